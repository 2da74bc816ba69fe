package calls

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/live"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	*Calls
	t     *testing.T
	ctx   context.Context
	board *Switchboard
}

func open(t *testing.T) fixture {
	t.Helper()
	h, ctx := portaltest.New(t), context.Background()
	m, err := New(ctx, h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"op1", "op2"} {
		h.Person(id, policy.Appointment{Role: "operator", Place: portaltest.District})
	}
	b, err := m.Boards.Engine.Open(ctx, portaltest.As("admin"), "connect", &Plan{Name: "81890"}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	return fixture{h, m, t, ctx, b}
}

func at(d time.Duration) string { return portaltest.Start.Add(d).Format(time.RFC3339) }

// send posts a report signed with a key at a moment.
func (f fixture) send(key string, signed time.Time, body string) (int, string) {
	f.t.Helper()
	r := httptest.NewRequest("POST", "/api/v1/calls", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(headerWho, f.board.No)
	r.Header.Set(headerSeal, fmt.Sprintf("t=%d,v1=%s", signed.Unix(), hex.EncodeToString(Seal(key, signed.Unix(), []byte(body)))))
	res, err := f.App().Test(r, -1)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func (f fixture) ring(call, number string) *Call {
	f.t.Helper()
	c, err := f.Hear(f.ctx, f.board.No, Report{Call: call, Line: "81890", Number: number, RingingAt: f.Now().Format(time.RFC3339)})
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func TestReports(t *testing.T) {
	t.Parallel()
	f := open(t)
	key := f.key(f.board.ID, 1)
	ringing := fmt.Sprintf(`{"call":"a-1","line":"81890","number":"00013800138000","ringing_at":%q}`, at(0))
	t.Run("only a signed, fresh report is believed", func(t *testing.T) {
		for name, c := range map[string]struct {
			key  string
			when time.Duration
			want string
		}{"another key": {"x", 0, "call.bad_signature"}, "too old": {key, -6 * time.Minute, "call.too_old"}, "too young": {key, 6 * time.Minute, "call.too_old"}} {
			if code, body := f.send(c.key, f.Now().Add(c.when), ringing); code != 401 || !strings.Contains(body, c.want) {
				t.Errorf("%s: %d %s", name, code, body)
			}
		}
		app := f.App()
		if code, body := f.Ask(app, "", "/api/v1/calls", ringing); code != 401 || !strings.Contains(body, "call.no_signature") {
			t.Errorf("unsigned: %d %s", code, body)
		}
		if cs, _ := f.Ringing(f.ctx, portaltest.As("op1"), 10); len(cs) != 0 {
			t.Error("a refused report rings")
		}
	})
	t.Run("a report sent again changes nothing", func(t *testing.T) {
		s := f.Live.Join("s", "", func(live.Hint) bool { return true })
		for range 3 {
			if code, body := f.send(key, f.Now(), ringing); code != 200 {
				t.Fatal(code, body)
			}
		}
		cs, err := f.Ringing(f.ctx, portaltest.As("op1"), 10)
		if err != nil || len(cs) != 1 || cs[0].Masked != "000****8000" || cs[0].Revision != 1 {
			t.Errorf("%v %+v", err, cs)
		}
		if hs := s.Take(); len(hs) != 1 || hs[0].New != 1 {
			t.Errorf("%+v", hs)
		}
	})
	t.Run("wrong input names its field", func(t *testing.T) {
		for body, field := range map[string]string{
			`{"line":"x"}`: "call", `{"call":"b","number":"1;DROP","ringing_at":"` + at(0) + `"}`: "number", `{"call":"b"}`: "ringing_at", `{"call":"b","ringing_at":"noon"}`: "ringing_at",
			`{"call":"b","ringing_at":"` + at(-48*time.Hour) + `"}`: "ringing_at", `{"call":"b","ringing_at":"` + at(0) + `","answered_at":"` + at(-time.Minute) + `"}`: "answered_at",
			`{"call":"b","ringing_at":"` + at(0) + `","ended_at":"` + at(-time.Minute) + `"}`: "ended_at", `{"call":"b","more":1}`: "more",
		} {
			if code, out := f.send(key, f.Now(), body); code != 422 || !strings.Contains(out, `"name":"`+field+`"`) {
				t.Errorf("%s: %d %s", body, code, out)
			}
		}
	})
	t.Run("a key is replaced, the old one holds for a day", func(t *testing.T) {
		if _, err := f.Boards.Engine.Act(f.ctx, portaltest.As("op1"), f.board.ID, "rotate", nil, lifecycle.Opts{}); err == nil {
			t.Error("an operator replaced the key")
		}
		if _, err := f.Boards.Engine.Act(f.ctx, portaltest.As("admin"), f.board.ID, "rotate", nil, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
		fresh := f.key(f.board.ID, 2)
		for _, k := range []string{key, fresh} {
			if code, body := f.send(k, f.Now(), ringing); code != 200 {
				t.Error(code, body)
			}
		}
		f.Pass(25 * time.Hour)
		if code, _ := f.send(key, f.Now(), ringing); code != 401 {
			t.Error("the old key still holds", code)
		}
		if code, body := f.Ask(f.App(), "admin", "/switchboards/"+f.board.ID, ""); code != 200 || !strings.Contains(body, fresh) {
			t.Error("the administrator does not see the key", code)
		}
		if code, body := f.Ask(f.App(), "auditor", "/switchboards/"+f.board.ID, ""); code != 200 || strings.Contains(body, fresh) {
			t.Error("the auditor sees the key", code)
		}
		f.Boards.Engine.Act(f.ctx, portaltest.As("admin"), f.board.ID, "cut_off", nil, lifecycle.Opts{})
		if code, _ := f.send(fresh, f.Now(), ringing); code != 401 {
			t.Error("a switchboard that is cut off reports", code)
		}
	})
}

func TestTake(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.ring("a", "00013800138000")
	if _, err := f.Take(f.ctx, portaltest.As("auditor"), c.ID); err == nil {
		t.Error("the auditor took a call")
	}
	if _, err := f.Ringing(f.ctx, portaltest.As("office.a"), 5); err == nil {
		t.Error("the office sees who rings")
	}
	var wg sync.WaitGroup
	won := make([]error, 2)
	for i, op := range []string{"op1", "op2"} {
		wg.Go(func() { _, won[i] = f.Take(f.ctx, portaltest.As(op), c.ID) })
	}
	wg.Wait()
	if (won[0] == nil) == (won[1] == nil) {
		t.Fatal("not exactly one took it", won)
	}
	who, other := "op1", "op2"
	if won[0] != nil {
		who, other = other, who
	}
	_, err := f.Take(f.ctx, portaltest.As(other), c.ID)
	portaltest.Refused(t, err, "call.taken")
	_, err = f.Reveal(f.ctx, portaltest.As(other), c.ID)
	portaltest.Refused(t, err, "not_found")
	if c, err := f.Own(f.ctx, portaltest.As(other), c.ID); c != nil || !fault.Is(err, fault.NotFound) {
		t.Error("another's call:", c, err)
	}
	if err := f.Settle(f.ctx, portaltest.As(other), c.ID, Filed, "GD-1"); !fault.Is(err, fault.NotFound) {
		t.Error("another settled it:", err)
	}
	phone, err := f.Reveal(f.ctx, portaltest.As(who), c.ID)
	if err != nil || phone != "00013800138000" {
		t.Error(phone, err)
	}
	if c, _ := f.calls.Get(f.ctx, c.ID); len(c.Looks) != 1 || c.Looks[0].By != who {
		t.Errorf("the look is not written down: %+v", c)
	}
	if err := f.Settle(f.ctx, portaltest.As(who), c.ID, Filed, "GD-1"); err != nil {
		t.Fatal(err)
	}
	_, err = f.Reveal(f.ctx, portaltest.As(who), c.ID)
	portaltest.Refused(t, err, "call.erased")
}

// The number of a call that came to nothing is erased after some hours.
func TestErase(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.ring("a", "00013800138000")
	f.Pass(time.Hour)
	later := f.ring("b", "00013900139000")
	f.Pass(90 * time.Minute)
	if err := f.Erase(f.ctx); err != nil {
		t.Fatal(err)
	}
	c, _ = f.calls.Get(f.ctx, c.ID)
	later, _ = f.calls.Get(f.ctx, later.ID)
	if c.Phone != "" || c.Masked == "" || later.Phone == "" {
		t.Errorf("%+v %+v", c, later)
	}
}

func TestR68(t *testing.T) {
	t.Parallel()
	f := open(t)
	report := func(call string, answered time.Duration) {
		in := Report{Call: call, RingingAt: at(0), EndedAt: at(5 * time.Minute)}
		if answered >= 0 {
			in.AnsweredAt = at(answered)
		}
		if _, err := f.Hear(f.ctx, f.board.No, in); err != nil {
			t.Fatal(err)
		}
	}
	f.Pass(4 * time.Minute)
	for i := range 9 {
		report(fmt.Sprint("quick", i), 15*time.Second)
	}
	sum := func() Rates {
		day := schema.DateOf(f.Now(), time.UTC)
		r, _, err := f.Between(f.ctx, day, day)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Run("R68 nine of ten within 15 seconds are enough", func(t *testing.T) {
		report("slow", 15*time.Second+time.Second)
		if r := sum(); r.Calls != 10 || r.Quick != 9 || r.Answered != 10 || !r.met(90) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("R68 a call that nobody picks up counts", func(t *testing.T) {
		report("lost", -1)
		if r := sum(); r.Calls != 11 || r.Answered != 10 || r.met(90) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("R68 what still rings does not count yet, what is answered at once does", func(t *testing.T) {
		c := f.ring("ringing", "")
		if r := sum(); r.Calls != 11 {
			t.Errorf("%+v", r)
		}
		if _, err := f.Take(f.ctx, portaltest.As("op1"), c.ID); err != nil {
			t.Fatal(err)
		}
		if err := f.Settle(f.ctx, portaltest.As("op1"), c.ID, AtOnce, "GD-1"); err != nil {
			t.Fatal(err)
		}
		if r := sum(); r.Calls != 12 || r.Quick != 10 || r.Direct != 1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("R68 the rates are shown to everybody", func(t *testing.T) {
		app := f.App()
		code, body := f.Ask(app, "", "/calls", "")
		for _, want := range []string{"83.3%", "R68", "9.1%"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d lacks %s", code, want)
			}
		}
		if code, body := f.Ask(app, "", "/api/v1/calls/rates?month=2026-03", ""); code != 200 || !strings.Contains(body, `"quick":10`) || !strings.Contains(body, `"met":false`) {
			t.Error(code, body)
		}
		for _, bad := range []string{"x", "2026-13", "2026-3"} {
			if code, _ := f.Ask(app, "", "/calls?month="+bad, ""); code != 422 {
				t.Error(bad, code)
			}
		}
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{"13800138000": "138****8000", "81890123": "818****0123", "8189012": "****12", "12": "****", "": ""} {
		if got := Mask(phone); got != want {
			t.Errorf("%s: %s, want %s", phone, got, want)
		}
	}
	if pct(2, 3) != 667 || pct(1, 3) != 333 || pct(0, 0) != 0 || percent(web.English, 9, 11) != "81.8%" {
		t.Error(pct(2, 3), pct(1, 3))
	}
}

// TestForgedCalls: messages with a wrong signature slow their network down; a
// true one from there still counts.
func TestForgedCalls(t *testing.T) {
	t.Parallel()
	f := open(t)
	body := `{"call":"1","line":"81890","number":"13800001234","ringing_at":"` + at(0) + `"}`
	for range forgedRule.N {
		if code, got := f.send("guess", portaltest.Start, body); code != 401 {
			t.Fatal(code, got)
		}
	}
	from := time.Now()
	if code, got := f.send(f.keys(f.board)[0], portaltest.Start, body); code != 200 {
		t.Error(code, got)
	}
	if time.Since(from) < forgedRule.Per/time.Duration(forgedRule.N)/2 {
		t.Error("forged messages cost nothing")
	}
}
