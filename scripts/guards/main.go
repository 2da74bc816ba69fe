// Command guards takes the guards of the lifecycle tables away, one at a time,
// and runs the tests of the module: a guard that no test misses is needless, or
// a test is. A guard is
//
//   - a condition under which an act is refused with a fault,
//   - a condition under which a fact is told to the policy,
//   - with -from, the states that an act may start from (without it: any
//     state). A golden file of server/app watches these in every table.
//
// The module is compiled once with a switch at every guard; the tree stays as
// it is. Policy lines have mutants of their own (package policy).
//
//	go run ./scripts/guards -for 10m          a few of every module, at random
//	go run ./scripts/guards -module items     all of one
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	span := flag.Duration("for", time.Hour, "how long to try")
	only := flag.String("module", "", "one module only")
	seed := flag.Uint64("seed", rand.Uint64(), "of what is tried first")
	flag.BoolVar(&starts, "from", false, "the states that acts start from as well")
	flag.Parse()
	if err := run(*span, *only, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "guards:", err)
		os.Exit(1)
	}
}

// starts tells whether the states that acts start from are guards, too.
var starts bool

func run(span time.Duration, only string, seed uint64) error {
	dirs, err := filepath.Glob("modules/*/*")
	if err != nil {
		return err
	}
	dirs = slices.DeleteFunc(dirs, func(d string) bool {
		tests, _ := filepath.Glob(d + "/*_test.go")
		return len(tests) == 0 || only != "" && filepath.Base(d) != only || filepath.Base(d) == "housetest"
	})
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(dirs), func(i, j int) { dirs[i], dirs[j] = dirs[j], dirs[i] })
	end, sum := time.Now().Add(span), tally{}
	for i, d := range dirs {
		until := time.Now().Add(time.Until(end) / time.Duration(len(dirs)-i))
		t, err := try(d, until, r)
		if err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		sum.all, sum.tried, sum.missed = sum.all+t.all, sum.tried+t.tried, append(sum.missed, t.missed...)
	}
	slices.Sort(sum.missed)
	for _, m := range sum.missed {
		fmt.Println("SURVIVES:", m)
	}
	fmt.Printf("FIGURES guards: seed %d, %d guards in %d modules, %d taken away, %d noticed, %d survive\n",
		seed, sum.all, len(dirs), sum.tried, sum.tried-len(sum.missed), len(sum.missed))
	return nil
}

type tally struct {
	all, tried int
	missed     []string
}

// patience is how long the tests of one module may take with every guard in
// place; with one away they may take perMutant, or four times as long as they
// did, whichever is more. Longer is noticed, too.
const (
	patience  = 5 * time.Minute
	perMutant = time.Minute
)

// try takes guards of one module away until the time is up.
func try(dir string, until time.Time, r *rand.Rand) (t tally, err error) {
	tmp, err := os.MkdirTemp("", "guards")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(tmp)
	guards, overlay, err := switches(dir, tmp)
	if t.all = len(guards); err != nil || len(guards) == 0 {
		return t, err
	}
	list := filepath.Join(tmp, "overlay.json")
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err == nil {
		err = os.WriteFile(list, b, 0o600)
	}
	if err != nil {
		return t, err
	}
	bin := filepath.Join(tmp, "tests")
	if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", list, "-o", bin, "./"+dir).CombinedOutput(); err != nil {
		return t, fmt.Errorf("compile: %w\n%s", err, out)
	}
	begun := time.Now()
	if ok, err := passes(bin, dir, -1, patience); err != nil || !ok {
		return t, errors.Join(err, errors.New("the tests fail with every guard in place"))
	}
	most := max(perMutant, 4*time.Since(begun))
	for _, n := range r.Perm(len(guards)) {
		if time.Now().After(until) {
			break
		}
		ok, err := passes(bin, dir, n, most)
		if err != nil {
			return t, err
		}
		if t.tried++; ok {
			t.missed = append(t.missed, guards[n])
		}
	}
	return t, nil
}

// passes runs the tests with guard n away.
func passes(bin, dir string, n int, most time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	c := exec.CommandContext(ctx, bin, "-test.failfast")
	c.Dir, c.Env = dir, append(os.Environ(), fmt.Sprint(variable, "=", n))
	err := c.Run()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return false, nil
	}
	return err == nil, err
}

// variable names the guard that is away.
const variable = "GATEHOUSE_GUARD"

const helper = `package %s

import (
	"os"
	"strconv"
)

var guardAway = func() int {
	n, err := strconv.Atoi(os.Getenv("` + variable + `"))
	if err != nil {
		return -1
	}
	return n
}()

func guardStands(n int) bool { return n != guardAway }

func guardFrom(n int, from []string, all ...string) []string {
	if n == guardAway {
		return all
	}
	return from
}
`

// switches writes copies of a module's files with a switch at every guard, and
// gives what each guard is and which file stands for which.
func switches(dir, tmp string) (guards []string, overlay map[string]string, err error) {
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		return nil, nil, err
	}
	overlay = map[string]string{}
	name := ""
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, nil, err
		}
		found, changed, pkg, err := rewrite(f, string(text), len(guards))
		if err != nil {
			return nil, nil, err
		}
		name = pkg
		if len(found) == 0 {
			continue
		}
		guards = append(guards, found...)
		if err := stand(overlay, tmp, f, changed); err != nil {
			return nil, nil, err
		}
	}
	return guards, overlay, stand(overlay, tmp, filepath.Join(dir, "zz_guards.go"), fmt.Sprintf(helper, name))
}

// stand lets a text stand for a file.
func stand(overlay map[string]string, tmp, file, text string) error {
	at, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	overlay[at] = filepath.Join(tmp, filepath.Base(file))
	return os.WriteFile(overlay[at], []byte(text), 0o600)
}
