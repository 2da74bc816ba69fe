package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/admission"
	"gatehouse/server/app/demo"
	"gatehouse/server/config"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// process is the real program on a data folder.
type process struct {
	*portal
	cmd *exec.Cmd
}

// start runs serve on a free port and waits until it tells its address.
func start(t *testing.T, bin, data string, tokens map[string]string) *process {
	t.Helper()
	p := &process{portal: &portal{tokens: tokens}, cmd: exec.Command(bin, "serve", "--addr", "127.0.0.1:0", "--data", data)}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "http://"); ok {
			p.base = "http://" + strings.TrimSuffix(at, "/")
			go io.Copy(io.Discard, out)
			return p
		}
	}
	t.Fatalf("serve ended: %v", lines.Err())
	return nil
}

// kill ends it without a word, as a power cut does.
func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// found makes a data folder with a city in it and two items that await money.
func found(t *testing.T, data string) {
	t.Helper()
	ctx, clock := context.Background(), new(Clock)
	c := config.Config{Store: "sqlite", Data: data}
	db, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a, err := Build(ctx, db, c, clock.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := demo.Found(ctx, a.city(clock), time.Now()); err != nil {
		t.Fatal(err)
	}
}

// told is what the portal has acknowledged: how long a case's history was then.
type told struct {
	sync.Mutex
	entries map[string]int
	acts    int
	wrong   []string // refusals, which are the test's own mistake
}

// client drafts applications and takes each to its approval, as eight people,
// until the portal is gone.
func (p *process) client(department string, until <-chan struct{}, say *told) {
	soon := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	in, _ := json.Marshal(fields{"department": department, "title": "断电演练记录", "kinds": []string{"task"}, "nature": "long", "communities": []string{"hehua"},
		"purpose": "x", "steps": "x", "contact": "x", "burden": "x", "powers": "x", "fund_source": "x", "delivery": "signoff", "start": soon(90),
		"instalments": []fields{{"due": soon(30), "amount": 100, "payee": "community"}}})
	for {
		path := "/api/v1/applications"
		for i, act := range []struct{ login, name, in string }{{department, "", string(in)}, {department, "/submit", ""}, {"office1", "/accept", ""},
			{"hehua", "/answer", `{"community":"hehua","opinion":"agree"}`}, {"finance", "/check_money", `{"funded":"yes"}`},
			{"liuxi", "/consent", `{"street":"liuxi","given":"yes","arrangement":"x"}`},
			{"office2", "/propose", `{"recommend":"approve","text":"x"}`}, {"office", "/approve", "{}"}} {
			select {
			case <-until:
				return
			default:
			}
			a, err := p.ask(path+act.name, p.tokens[act.login], act.in)
			if err != nil {
				return // the power is gone, and nobody told us anything
			}
			say.hear(a, i+1)
			path = "/api/v1/applications/" + a.str("id")
		}
	}
}

// hear notes an answer; n acts of the case are done by it.
func (s *told) hear(a answer, n int) {
	s.Lock()
	defer s.Unlock()
	if a.status != 200 && a.status != 201 {
		s.wrong = append(s.wrong, a.raw)
		return
	}
	s.entries[a.str("id")], s.acts = n, s.acts+1
}

// ask is post without a test that it could end: the portal may be gone.
func (p *process) ask(path, token, body string) (answer, error) {
	r, err := http.NewRequest("POST", p.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := browser.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: res.StatusCode, raw: string(b)}
	return a, json.Unmarshal(b, &a.body)
}

// What was answered is there after the power is cut, no history is broken, and
// what was not yet told to other modules is told after the restart.
func TestPowerCut(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	rounds := 3
	if os.Getenv("GATEHOUSE_LONG") == "1" {
		rounds = 30
	}
	bin, data := filepath.Join(t.TempDir(), "gatehouse"), filepath.Join(t.TempDir(), "data")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "gatehouse/server").CombinedOutput(); err != nil {
		t.Fatalf("build: %v %s", err, out)
	}
	found(t, data)
	say, clientele := &told{entries: map[string]int{}}, []string{"health", "culture", "housing", "market", "justice", "disabled"}
	tokens, left := map[string]string{}, int64(0) // a session outlives the cut as well
	for range rounds {
		p := start(t, bin, data, tokens)
		for _, login := range append(clientele, "office", "office1", "office2", "hehua", "liuxi", "finance") {
			p.token(t, login)
		}
		until := make(chan struct{})
		var clients sync.WaitGroup
		for _, department := range clientele {
			clients.Go(func() { p.client(department, until, say) })
		}
		time.Sleep(time.Duration(300+rand.IntN(900)) * time.Millisecond)
		p.kill()
		close(until)
		clients.Wait()
		if out, err := exec.Command(bin, "verify", "--data", data).CombinedOutput(); err != nil {
			t.Fatalf("verify: %v %s", err, out)
		}
		left += look(t, data, say, false)
	}
	p := start(t, bin, data, tokens)
	time.Sleep(2 * time.Second)
	p.kill()
	look(t, data, say, true)
	t.Logf("%d cuts, %d acts acknowledged on %d applications, %d cases had events left to tell", rounds, say.acts, len(say.entries), left)
	if say.acts < 20*rounds || len(say.wrong) > 0 {
		t.Errorf("%d acts before the cuts, %d refused: %s", say.acts, len(say.wrong), say.wrong[:min(len(say.wrong), 2)])
	}
}

// look reads the folder: every act that was acknowledged is there, and once the
// portal has run again nothing waits to be told, and every approval has become
// an item, once. It gives how many cases have something to tell, and before that
// lets one more tell again what it has told.
func look(t *testing.T, data string, say *told, after bool) (left int64) {
	t.Helper()
	ctx := context.Background()
	db, err := Connect(ctx, config.Config{Store: "sqlite", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a, err := Build(ctx, db, config.Config{}, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, d := range a.House.Desks() {
		n, err := db.Count(ctx, d.Plural(), store.Query{Where: []store.Cond{{Field: "pending", Op: store.Eq, Value: int64(1)}}})
		if err != nil || after && n > 0 {
			t.Errorf("%s: %d cases still have something to tell: %v", d.Plural(), n, err)
		}
		left += n
	}
	var last *admission.Application
	for id, n := range say.entries {
		x, err := a.Admission.Desk.Engine.Cases().Get(ctx, id)
		if err != nil || len(x.History) < n {
			t.Errorf("application %s: %d acts were acknowledged: %v", id, n, err)
			continue
		}
		if !after && x.State == "approved" {
			last = x
		}
		if _, err := a.itemOf(ctx, id); after && x.State == "approved" && err != nil {
			t.Errorf("application %s was approved and is no item: %v", id, err)
		}
	}
	if last != nil { // as if the power had gone before the event was ticked off
		_, err := a.Admission.Desk.Engine.Cases().Change(ctx, last.ID, func(x *admission.Application) error {
			x.Outbox = []lifecycle.Event{{ID: fmt.Sprint(x.ID, ":", len(x.History)), Name: "application.approved", Case: x.ID, At: x.ChangedAt}}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return left
}
