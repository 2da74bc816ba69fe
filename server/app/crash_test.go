package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/gate/admission"
	"gatehouse/modules/portaltest"
	"gatehouse/server/app/demo"
	"gatehouse/server/config"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// process is the real program on a data folder.
type process struct {
	*site
	cmd  *exec.Cmd
	code string // for the set-up of an empty portal
}

// start runs serve on a free port and waits until it tells its address.
func start(t *testing.T, bin, data string, tokens map[string]string) *process {
	t.Helper()
	p := startWith(t, data, bin)
	p.tokens = tokens
	return p
}

// startWith starts the program by a command that takes its arguments.
func startWith(t *testing.T, data string, command ...string) *process {
	t.Helper()
	args := append(command[1:len(command):len(command)], "serve", "--addr", "127.0.0.1:0", "--data", data)
	p := &process{site: &site{}, cmd: exec.Command(command[0], args...)}
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
		if _, code, ok := strings.Cut(lines.Text(), "with this code: "); ok {
			p.code = code
		}
		if _, at, ok := strings.Cut(lines.Text(), "http://"); ok {
			p.base = "http://" + strings.TrimSuffix(at, "/")
			go io.Copy(io.Discard, out)
			return p
		}
	}
	t.Fatalf("serve ended: %v", lines.Err())
	return nil
}

// built is the real program, compiled once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "gatehouse-program")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // others may run it
		return "", err
	}
	atEnd(func() { os.RemoveAll(dir) })
	bin := filepath.Join(dir, "gatehouse")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "gatehouse/server").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
})

// kill ends it without a word, as a power cut does.
func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// job is one act that a client asks for once, when its turn comes.
type job struct{ login, path, in string }

// found makes a data folder with a city in it whose work of a few months is
// under way: money to be claimed and confirmed, and a round to vote in.
func found(t *testing.T, data string) (pay, vote []job) {
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
	clock.Set(time.Now().AddDate(0, 0, -130))
	if err := demo.Found(ctx, a.city(clock), clock.Now()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &site{App: a, clock: clock, base: "http://" + l.Addr().String(), tokens: map[string]string{}}
	go a.Fiber.Listener(l)
	defer a.Fiber.Shutdown()
	where := []string{"hehua", "shuangqiao", "yinxing"}
	var items []string
	for _, department := range []string{"health", "culture", "housing", "market"} {
		_, item := p.working(t, fields{"department": department, "communities": where,
			"instalments": []fields{{"due": p.workday(2), "amount": 500000, "payee": "community"}, {"due": p.workday(60), "amount": 500000, "payee": "community"}}})
		items = append(items, item)
		for _, c := range where {
			pay = append(pay, job{department, "/api/v1/payments", fmt.Sprintf(`{"item":%q,"community":%q,"instalment":2,"amount":500000,"voucher":"JX2","paid_on":%q}`, item, c, time.Now().AddDate(0, 0, -1).Format(time.DateOnly))})
		}
	}
	clock.Set(time.Now().AddDate(0, 0, -1))
	p.late(1)
	r := p.round(t)
	for _, item := range items {
		for _, c := range where {
			vote = append(vote, job{c, "/api/v1/ballots", fmt.Sprintf(`{"round":%q,"item":%q,"community":%q,"effect":"85","money":"100","residents":"70"}`, r, item, c)})
		}
	}
	return pay, vote
}

// told is what the portal has acknowledged: how long a case's history was then.
type told struct {
	sync.Mutex
	entries map[string]int // of applications
	cases   map[string]int // of others, by plural/id
	orders  []string       // numbers that residents were given
	kinds   map[string]int // acts by kind
	acts    int
	lost    int
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
	s.kinds["application"]++
}

// note hears that an act on another case was done; what had been done before a
// cut took away the answer is no mistake.
func (s *told) note(plural string, a answer, n int) {
	s.Lock()
	defer s.Unlock()
	if a.status != 200 && a.status != 201 {
		if a.status != 409 && a.str("code") != "policy.BLD3" {
			s.wrong = append(s.wrong, a.raw)
		}
		return
	}
	s.cases[plural+"/"+a.str("id")] = n
	s.acts++
	s.kinds[plural]++
}

// pays claims money and lets the committee confirm it.
func (p *process) pays(jobs <-chan job, until <-chan struct{}, say *told) {
	for {
		select {
		case <-until:
			return
		case j := <-jobs:
			a, err := p.ask(j.path, p.tokens[j.login], j.in)
			if err != nil {
				return
			}
			say.note("payments", a, 1)
			if a.status != 201 {
				continue
			}
			if a, err = p.ask(j.path+"/"+a.str("id")+"/confirm", p.tokens[a.str("community")], ""); err != nil {
				return
			}
			say.note("payments", a, 2)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// votes casts ballots.
func (p *process) votes(jobs <-chan job, until <-chan struct{}, say *told) {
	for {
		select {
		case <-until:
			return
		case j := <-jobs:
			a, err := p.ask(j.path, p.tokens[j.login], j.in)
			if err != nil {
				return
			}
			say.note("ballots", a, 1)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// calls files what troubles a resident through the public form, and keeps the
// number that the page gives.
func (p *process) calls(until <-chan struct{}, say *told) {
	for {
		select {
		case <-until:
			return
		case <-time.After(60 * time.Millisecond):
		}
		form := url.Values{"words": {"三号楼楼道灯不亮，老人夜里下楼看不见。"}, "community": {"hehua"}, "place": {"三号楼"}, "category": {"101"}}
		r, err := http.NewRequest("POST", p.base+"/orders/new/file", strings.NewReader(form.Encode()))
		if err != nil {
			return
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := browser.Do(r)
		if err != nil {
			return
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return
		}
		say.Lock()
		if no := given.FindString(string(b)); res.StatusCode < 300 && no != "" {
			say.orders = append(say.orders, no)
			say.acts++
			say.kinds["orders"]++
		}
		say.Unlock()
	}
}

var given = regexp.MustCompile(`GD-[0-9]{4}-[0-9]{5}`)

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

// busy are the kinds of cases that people must have been at when the power goes.
var busy = []string{"application", "payments", "ballots", "orders"}

// enough tells whether so many acts are acknowledged, and some of each kind: a
// slow machine is cut later.
func (s *told) enough(acts int) bool {
	s.Lock()
	defer s.Unlock()
	return s.acts >= acts && !slices.ContainsFunc(busy, func(kind string) bool { return s.kinds[kind] == 0 })
}

// What was answered is there after the power is cut, no history is broken, and
// what was not yet told to other modules is told after the restart. Ring 1 cuts
// once, ring 2 three times, ring 3 a hundred times.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	rounds := portaltest.Sized(1, 3, 100)
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	pay, vote := found(t, data)
	say, clientele := &told{entries: map[string]int{}, cases: map[string]int{}, kinds: map[string]int{}}, []string{"health", "culture", "housing", "market", "justice", "disabled"}
	tokens, left := map[string]string{}, int64(0) // a session outlives the cut as well
	payments, ballots := make(chan job, len(pay)), make(chan job, len(vote))
	for i := range pay {
		payments <- pay[i]
	}
	for i := range vote {
		ballots <- vote[i]
	}
	for round := range rounds {
		p := start(t, bin, data, tokens)
		for _, login := range append(clientele, "office", "office1", "office2", "hehua", "shuangqiao", "yinxing", "liuxi", "finance") {
			p.token(t, login)
		}
		until := make(chan struct{})
		var clients sync.WaitGroup
		for _, department := range clientele {
			clients.Go(func() { p.client(department, until, say) })
		}
		clients.Go(func() { p.pays(payments, until, say) })
		clients.Go(func() { p.votes(ballots, until, say) })
		clients.Go(func() { p.calls(until, say) })
		for end := time.Now().Add(time.Minute); !say.enough(20*(round+1)) && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(900)) * time.Millisecond) // in the middle of something
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
	t.Logf("FIGURES crash: rounds %d, acknowledged acts %d %v on %d cases, cases with events left to tell at a cut %d, losses %d",
		rounds, say.acts, say.kinds, len(say.entries)+len(say.cases)+len(say.orders), left, say.lost)
	for _, kind := range busy {
		if say.kinds[kind] == 0 {
			t.Errorf("nothing was done about %s", kind)
		}
	}
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
	for _, d := range a.Portal.Resources() {
		n, err := db.Count(ctx, d.Plural(), store.Query{Where: []store.Cond{{Field: "pending", Op: store.Eq, Value: int64(1)}}})
		if err != nil || after && n > 0 {
			t.Errorf("%s: %d cases still have something to tell: %v", d.Plural(), n, err)
		}
		left += n
	}
	var last *admission.Application
	for id, n := range say.entries {
		x, err := a.Admission.Resource.Engine.Cases().Get(ctx, id)
		if err != nil || len(x.History) < n {
			say.lost++
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
	for at, n := range say.cases {
		plural, id, _ := strings.Cut(at, "/")
		var l life
		row, err := db.Get(ctx, plural, id)
		if err == nil {
			err = json.Unmarshal(row.Doc, &l)
		}
		if err != nil || len(l.History) < n {
			say.lost++
			t.Errorf("%s: %d acts were acknowledged, %d are there: %v", at, n, len(l.History), err)
		}
	}
	for _, no := range say.orders {
		if n, err := db.Count(ctx, "orders", store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}}); n != 1 || err != nil {
			say.lost++
			t.Errorf("order %s was given out and there are %d of it: %v", no, n, err)
		}
	}
	if after {
		balanced(t, ctx, a)
	}
	if last != nil { // as if the power had gone before the event was ticked off
		_, err := a.Admission.Resource.Engine.Cases().Change(ctx, last.ID, func(x *admission.Application) error {
			x.Outbox = []lifecycle.Message{{News: lifecycle.News{ID: fmt.Sprint(x.ID, ":", len(x.History)), Name: "application.approved", Case: x.ID, At: x.ChangedAt}}}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return left
}

// balanced wants every confirmed payment in the books, once, and the books to
// come to nothing in sum.
func balanced(t *testing.T, ctx context.Context, a *App) {
	t.Helper()
	confirmed, err := a.Portal.Store.Find(ctx, "payments", store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "confirmed"}}, Limit: store.MaxLimit})
	if err != nil || len(confirmed) == 0 {
		t.Errorf("%d payments confirmed: %v", len(confirmed), err)
	}
	for _, row := range confirmed {
		n, err := a.Books.Entries().Count(ctx, store.Query{Where: []store.Cond{{Field: "source", Op: store.Eq, Value: "payment:" + row.ID}}})
		if n != 1 || err != nil {
			t.Errorf("payment %s stands %d times in the books: %v", row.ID, n, err)
		}
	}
	sums, err := a.Books.Sums(ctx)
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, s := range sums {
		total += int64(s.Balance())
	}
	if total != 0 || len(sums) == 0 {
		t.Errorf("the books of %d accounts come to %d fen", len(sums), total)
	}
}
