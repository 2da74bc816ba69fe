package vendors

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

type fixture struct {
	*portaltest.Portal
	*Vendors
	portaltest.Cases[Vendor]
	scores portaltest.Cases[Score]
	t      *testing.T
	ctx    context.Context
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := portaltest.New(t)
	for _, id := range []string{"vm1", "vm2"} {
		h.Person(id, policy.Appointment{Role: "vendor_manager", Place: portaltest.District})
	}
	m := portaltest.Must(New(context.Background(), h.Portal))
	return &fixture{h, m, portaltest.CasesOf(t, m.Resource), portaltest.CasesOf(t, m.Scores), t, context.Background()}
}

func (f *fixture) firm() *Firm {
	return &Firm{Name: "管修队", Licence: "91330299MA0000001", Classes: []string{"905"}, Communities: []string{"hehua"}, Papers: papers("2027-03-01", "2026-06-30"), Agreed: true}
}

func papers(licence, insurance schema.Date) Papers {
	return Papers{LicenceEnd: licence, Insurance: "责任险", InsuranceTo: insurance, Prices: "通下水 80 元", Phone: "00081890"}
}

var pictures = []schema.File{{Name: "a.png", Hash: "0", Type: "image/png", Size: 1}}

func (f *fixture) standard(class string) *Standard {
	f.t.Helper()
	s, err := f.Standards.Engine.Open(f.ctx, portaltest.As("vm1"), "draft", &Promise{Class: class, Title: "标准", Text: "先报价。", Warranty: 90}, lifecycle.Opts{})
	if err == nil {
		_, err = f.Standards.Engine.Act(f.ctx, portaltest.As("vm2"), s.ID, "enforce", nil, lifecycle.Opts{})
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.Bus.Once(f.ctx)
	return s
}

// vendor is one that works, with somebody of its own.
func (f *fixture) vendor() *Vendor {
	f.t.Helper()
	f.standard("905")
	x := f.Do(nil, "vm1", "apply", f.firm())
	f.must("vm1", x.ID, "vet", nil)
	f.Person("boss", policy.Appointment{Role: "vendor", Place: portaltest.District, Department: x.ID})
	return f.must("vm2", x.ID, "confirm", nil)
}

func (f *fixture) act(by, id, name string, in any) (*Vendor, error) {
	return f.Try(f.Get(id), by, name, in)
}

func (f *fixture) must(by, id, name string, in any) *Vendor {
	f.t.Helper()
	return f.Do(f.Get(id), by, name, in)
}

func (f *fixture) get(id string) *Vendor {
	f.t.Helper()
	f.Bus.Once(f.ctx)
	return f.Get(id)
}

func (f *fixture) charge(vendor string, points int64, ground string) *Score {
	f.t.Helper()
	return f.scores.Do(nil, "vm1", "enter", &Charge{Vendor: vendor, Points: points, Ground: ground, Text: "属实"})
}

func TestR72Standard(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.Do(nil, "vm1", "apply", f.firm())
	t.Run("no vendor of a class without a standard", func(t *testing.T) {
		_, err := f.act("vm1", x.ID, "vet", nil)
		if e := fault.As(err); e.Code != "vendor.no_standard" || e.Rule != "R72" {
			t.Error(err)
		}
	})
	t.Run("another person puts it in force", func(t *testing.T) {
		s, _ := f.Standards.Engine.Open(f.ctx, portaltest.As("vm1"), "draft", &Promise{Class: "905", Title: "标准", Text: "x", Warranty: 30}, lifecycle.Opts{})
		_, err := f.Standards.Engine.Act(f.ctx, portaltest.As("vm1"), s.ID, "enforce", nil, lifecycle.Opts{})
		portaltest.Refused(t, err, "STD1")
	})
	t.Run("a new one takes the place of the old", func(t *testing.T) {
		old := f.standard("905")
		f.standard("905")
		s, err := f.Standards.Engine.Cases().Get(f.ctx, old.ID)
		if err != nil || s.State != "superseded" {
			t.Error(err, s.State)
		}
		if s, err := f.StandardOf(f.ctx, "905"); err != nil || s == nil || s.Warranty != 90 {
			t.Error(s, err)
		}
	})
	f.must("vm1", x.ID, "vet", nil)
	for field, change := range map[string]func(*Firm){"agreed": func(x *Firm) { x.Agreed = false }, "licence_end": func(x *Firm) { x.LicenceEnd = "2026-03-08" }, "classes": func(x *Firm) { x.Classes = []string{"101"} }} {
		in := f.firm()
		change(in)
		if _, err := f.Try(nil, "vm1", "apply", in); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestR71Score(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	for _, c := range []struct {
		points int64
		ground string
		score  int64
		state  string
	}{{15, "late", 85, "active"}, {8, "rude", 77, "warned"}, {5, "praise", 82, "active"}, {30, "poor_work", 52, "suspended"}} {
		f.charge(x.ID, c.points, c.ground)
		if got := f.get(x.ID); got.Score != c.score || got.State != c.state {
			t.Fatalf("after %d for %s: %d %s", c.points, c.ground, got.Score, got.State)
		}
	}
	if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 0 {
		t.Error("a suspended vendor gets jobs")
	}
	t.Run("after its term it stands warned, and its score begins anew", func(t *testing.T) {
		f.Pass(93 * 24 * 60 * 60 * 1e9)
		if got := f.get(x.ID); got.State != "warned" || got.Score != 70 {
			t.Error(got.State, got.Score)
		}
		f.charge(x.ID, 2, "late")
		if got := f.get(x.ID); got.State != "warned" {
			t.Error("suspended again for what it has served", got.State)
		}
	})
	t.Run("an appeal that holds gives the points back, once", func(t *testing.T) {
		s := f.charge(x.ID, 10, "no_proof")
		before := f.get(x.ID).Score
		do := func(by, act string) error {
			_, err := f.Scores.Engine.Act(f.ctx, portaltest.As(by), s.ID, act, &textForm{Text: "x"}, lifecycle.Opts{})
			return err
		}
		if do("clerk.fire", "appeal") == nil || do("boss", "appeal") != nil {
			t.Error("who appeals")
		}
		if do("vm1", "cancel") == nil || do("boss", "cancel") == nil || do("office.a", "cancel") != nil {
			t.Error("the office alone decides")
		}
		for range 2 {
			f.Bus.Once(f.ctx)
		}
		if got := f.get(x.ID).Score; got != before+10 {
			t.Error(got, before)
		}
	})
}

// appeal lets the office cancel an entry.
func (f *fixture) appeal(s *Score) {
	f.t.Helper()
	for _, do := range [][2]string{{"boss", "appeal"}, {"office.a", "cancel"}} {
		f.scores.Do(s, do[0], do[1], &textForm{Text: "x"})
	}
}

func TestR71Appeal(t *testing.T) {
	t.Parallel()
	t.Run("it leaves the score as if the entry had never been", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		f.charge(x.ID, 5, "late")
		f.charge(x.ID, 30, "praise") // lifts to 100, not above
		s := f.charge(x.ID, 45, "rude")
		if got := f.get(x.ID); got.State != "suspended" || got.Score != 55 {
			t.Fatal(got.State, got.Score)
		}
		f.appeal(s)
		if got := f.get(x.ID); got.State != "active" || got.Score != 100 || got.Until != nil {
			t.Error("it is still suspended", got.State, got.Score)
		}
		// The news that it was entered comes once more, after that of the appeal.
		if err := f.mark(f.ctx, lifecycle.News{ID: "late", Case: s.ID}, struct{}{}); err != nil {
			t.Fatal(err)
		}
		if got := f.get(x.ID); got.State != "active" || got.Score != 100 {
			t.Error("late news undoes the appeal", got.State, got.Score)
		}
	})
	t.Run("it lifts no suspension that a person decided", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		s := f.charge(x.ID, 10, "late")
		f.get(x.ID)
		f.must("vm1", x.ID, "suspend", &reasonForm{Reason: "查处中"})
		f.appeal(s)
		if got := f.get(x.ID); got.State != "suspended" || got.Score != 100 {
			t.Error(got.State, got.Score)
		}
	})
	t.Run("a firm on probation stays on it", func(t *testing.T) {
		f := open(t)
		f.standard("905")
		x, _ := f.Try(nil, "vm1", "apply", f.firm())
		f.must("vm1", x.ID, "vet", nil)
		f.Person("boss", policy.Appointment{Role: "vendor", Place: portaltest.District, Department: x.ID})
		s := f.charge(x.ID, 25, "late")
		if got := f.get(x.ID); got.State != "warned" {
			t.Fatal(got.State)
		}
		f.appeal(s)
		if got := f.get(x.ID); got.State != "probation" {
			t.Error(got.State)
		}
	})
}

func TestR71FarDown(t *testing.T) {
	t.Parallel()
	t.Run("a low score and a grave entry propose to delist, and another person decides", func(t *testing.T) {
		for _, c := range []struct {
			points int64
			ground string
			want   string
		}{{61, "poor_work", "low_score"}, {1, "theft", "theft"}} {
			f := open(t)
			x := f.vendor()
			s := f.charge(x.ID, c.points, c.ground)
			got := f.get(x.ID)
			if got.State != "delisting" || got.Ground != c.want {
				t.Fatal(c.ground, got.State, got.Ground)
			}
			_, err := f.act("vm1", x.ID, "delist", nil)
			portaltest.Refused(t, err, "VED1")
			f.appeal(s)
			if got := f.get(x.ID); got.State != "active" || got.Ground != "" {
				t.Error("the appeal held", got.State, got.Ground)
			}
		}
	})
	t.Run("charged over twice the quote, twice", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		for i, want := range []string{"active", "active", "delisting"} {
			job := []string{"one", "one", "two"}[i] // news that comes twice is one entry
			if err := f.Vendors.Charge(f.ctx, lifecycle.News{ID: job}, x.ID, job); err != nil {
				t.Fatal(err)
			}
			if got := f.get(x.ID); got.State != want {
				t.Errorf("%s: %s %d", job, got.State, got.Score)
			}
		}
		if got := f.must("vm1", x.ID, "keep", &reasonForm{Reason: "系统里报价写错"}); got.State != "warned" || got.Score != 70 {
			t.Error(got.State, got.Score)
		}
		f.charge(x.ID, 1, "late")
		if got := f.get(x.ID); got.State != "warned" {
			t.Error("what was decided comes up again", got.State)
		}
	})
	t.Run("a suspension goes on when the proposal is turned down, and entries count meanwhile", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		f.must("vm1", x.ID, "suspend", &reasonForm{Reason: "查处中"})
		f.must("vm1", x.ID, "propose_delist", &delistForm{Ground: "fraud", Reason: "x"})
		f.charge(x.ID, 10, "late")
		if got := f.get(x.ID); got.State != "delisting" || got.Score != 90 {
			t.Fatal(got.State, got.Score)
		}
		if got := f.must("vm2", x.ID, "keep", &reasonForm{Reason: "证据不足"}); got.State != "suspended" {
			t.Fatal(got.State)
		}
		f.Pass(93 * 24 * 60 * 60 * 1e9)
		if got := f.get(x.ID); got.State != "warned" {
			t.Error("it never ends", got.State)
		}
	})
}

func TestR71Leaves(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	t.Run("two persons delist, for a term", func(t *testing.T) {
		f.must("vm1", x.ID, "propose_delist", &delistForm{Ground: "forged_licence", Reason: "伪造"})
		_, err := f.act("vm1", x.ID, "delist", nil)
		portaltest.Refused(t, err, "VED1")
		f.must("vm2", x.ID, "delist", nil)
		again := f.firm()
		again.LicenceEnd, again.InsuranceTo = "2030-01-01", "2030-01-01"
		_, err = f.act("vm1", x.ID, "reinstate", again)
		portaltest.Refused(t, err, "VED2")
		f.Pass(740 * 24 * 60 * 60 * 1e9)
		if got := f.must("vm1", x.ID, "reinstate", again); got.State != "applied" || got.Score != 100 {
			t.Error(got.State)
		}
	})
	t.Run("a vendor leaves by itself, and nobody for another", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		f.Person("rival", policy.Appointment{Role: "vendor", Place: portaltest.District, Department: "other"})
		if _, err := f.act("rival", x.ID, "leave", &reasonForm{Reason: "x"}); err == nil {
			t.Error("a rival let it leave")
		}
		if got := f.must("boss", x.ID, "leave", &reasonForm{Reason: "太严"}); got.State != "left" {
			t.Error(got.State)
		}
	})
	t.Run("with papers over there are no jobs until they are renewed", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 1 || !cs[0].Serves {
			t.Fatal(cs)
		}
		f.Pass(120 * 24 * 60 * 60 * 1e9)
		f.get(x.ID)
		if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 0 {
			t.Error("it gets jobs")
		}
		late := papers("2027-03-01", "2027-06-30")
		if _, err := f.act("boss", x.ID, "file_papers", &late); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Name != "files" {
			t.Error("papers that nobody can see", err)
		}
		late.Files = pictures
		f.must("boss", x.ID, "file_papers", &late)
		if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 0 {
			t.Error("its own word counts")
		}
		in := f.firm()
		in.Papers = late
		if _, err := f.act("boss", x.ID, "renew", in); !fault.Is(err, fault.Denied) {
			t.Error("it changes its name by itself", err)
		}
		if x = f.must("vm1", x.ID, "renew", in); x.Filed != nil {
			t.Error("still to be looked at")
		}
		if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 1 {
			t.Error("it gets none")
		}
	})
	t.Run("it is reminded before its papers end", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		f.Pass(85 * 24 * 60 * 60 * 1e9)
		if got := f.get(x.ID); !got.Ending || len(f.waits(got)) != 1 || f.waits(got)[0] != "vendor@"+x.ID {
			t.Error(got.Ending, f.waits(got))
		}
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	f.charge(x.ID, 15, "late")
	f.get(x.ID)
	late := papers("2028-03-01", "2028-06-30")
	late.Files = []schema.File{{Name: "licence.png", Hash: "0", Type: "image/png", Size: 1}}
	f.must("boss", x.ID, "file_papers", &late)
	app := f.App()
	if code, body := f.Ask(app, "vm1", "/vendors/"+x.ID, ""); code != 200 || !strings.Contains(body, "licence.png") || !strings.Contains(body, "2028年6月30日") {
		t.Error("the manager sees the new papers", code)
	}
	if code, body := f.Ask(app, "", "/vendors/"+x.ID, ""); code != 200 || !strings.Contains(body, "通下水 80 元") || !strings.Contains(body, "85") || strings.Contains(body, "迟到") || strings.Contains(body, "licence.png") {
		t.Error("what a customer sees", code)
	}
	if code, body := f.Ask(app, "boss", "/vendors/"+x.ID, ""); code != 200 || !strings.Contains(body, "迟到") || !strings.Contains(body, "−15") {
		t.Error("a vendor sees each deduction", code)
	}
}
