package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/server/store"
)

// victim names the file that the child process of TestKill writes to.
const victim = "GATEHOUSE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		write(path)
	}
	os.Exit(m.Run())
}

// write adds rows with eight goroutines and prints each id after its commit, until it is killed.
func write(path string) {
	db, err := Open(path)
	if err == nil {
		err = db.Ensure(context.Background(), spec)
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				r := row(g*100_000+i, "all", fmt.Sprint("c", i%7))
				r.ID = fmt.Sprintf("p%d-%s", os.Getpid(), r.ID)
				r.X["number"] = r.ID
				err := db.Insert(context.Background(), "order", r)
				mu.Lock()
				if err != nil {
					fmt.Println("error", err)
				} else {
					fmt.Println("ok", r.ID)
				}
				mu.Unlock()
			}
		}()
	}
	select {}
}

// A write that was answered survives the death of the process, and the file
// stays whole. It says nothing about the loss of power.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	var acked []string
	for range 4 {
		acked = append(acked, killed(t, path)...)
		check(t, path, acked)
	}
	t.Logf("%d answered writes in four killed processes", len(acked))
	if len(acked) < 10 {
		t.Errorf("only %d answered writes; the test shows nothing", len(acked))
	}
}

// killed runs a child for a moment and gives the ids that it has answered.
func killed(t *testing.T, path string) (acked []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n') // a line cut by the kill has no end and does not count
		if err != nil {
			break
		}
		id, ok := strings.CutPrefix(strings.TrimSpace(line), "ok ")
		if !ok {
			t.Errorf("the child says %q", line)
			break
		}
		if acked = append(acked, id); len(acked) == 1 {
			time.AfterFunc(50*time.Millisecond+rand.N(250*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	cmd.Process.Kill()
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	return acked
}

func check(t *testing.T, path string, acked []string) {
	t.Helper()
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ensure(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	var have []string
	q := store.Query{Sort: "id", Limit: store.MaxLimit, Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{"all"}}}}
	for {
		page := ids(t, db, q)
		have = append(have, page...)
		if len(page) < q.Limit {
			break
		}
		q.After = &store.Cursor{ID: page[len(page)-1]}
	}
	for _, id := range acked {
		if _, ok := slices.BinarySearch(have, id); !ok {
			t.Fatalf("answered write %s is lost", id)
		}
	}
	n, err := db.Count(t.Context(), "order", store.Query{Where: []store.Cond{{Field: "text", Op: store.Matches, Value: "电梯故障"}}})
	if err != nil || int(n) != len(have) {
		t.Errorf("%d rows, %d of them are found by their words: %v", len(have), n, err)
	}
	var answer string
	if err := db.row(t.Context(), "PRAGMA integrity_check", nil, &answer); err != nil || answer != "ok" {
		t.Errorf("integrity check: %q, %v", answer, err)
	}
}
