package vendors

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/housetest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

type fixture struct {
	*housetest.House
	*Vendors
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := housetest.New(t)
	for _, id := range []string{"vm1", "vm2"} {
		h.Person(id, policy.Appointment{Role: "vendor_manager", Place: housetest.District})
	}
	m, err := New(context.Background(), h.House, Asks{District: func() []string { return []string{housetest.District} }})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{h, m, t, context.Background()}
}

func (f *fixture) firm() *Firm {
	return &Firm{Name: "管修队", Licence: "91330299MA0000001", LicenceEnd: "2027-03-01", Insurance: "责任险", InsuranceTo: "2026-06-30", Classes: []string{"905"}, Communities: []string{"hehua"}, Prices: "通下水 80 元", Phone: "00081890", Agreed: true}
}

func (f *fixture) standard(class string) *Standard {
	f.t.Helper()
	s, err := f.Standards.Engine.Open(f.ctx, housetest.As("vm1"), "draft", &Promise{Class: class, Title: "标准", Text: "先报价。", Warranty: 90}, lifecycle.Opts{})
	if err == nil {
		_, err = f.Standards.Engine.Act(f.ctx, housetest.As("vm2"), s.ID, "enforce", nil, lifecycle.Opts{})
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
	x, err := f.Desk.Engine.Open(f.ctx, housetest.As("vm1"), "apply", f.firm(), lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.must("vm1", x.ID, "vet", nil)
	f.Person("boss", policy.Appointment{Role: "vendor", Place: housetest.District, Department: x.ID})
	return f.must("vm2", x.ID, "confirm", nil)
}

func (f *fixture) act(by, id, name string, in any) (*Vendor, error) {
	return f.Desk.Engine.Act(f.ctx, housetest.As(by), id, name, in, lifecycle.Opts{})
}

func (f *fixture) must(by, id, name string, in any) *Vendor {
	f.t.Helper()
	x, err := f.act(by, id, name, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, name, err)
	}
	return x
}

func (f *fixture) get(id string) *Vendor {
	f.t.Helper()
	f.Bus.Once(f.ctx)
	x, err := f.Desk.Engine.Cases().Get(f.ctx, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return x
}

func (f *fixture) charge(vendor string, points int64, ground string) *Score {
	f.t.Helper()
	s, err := f.Scores.Engine.Open(f.ctx, housetest.As("vm1"), "enter", &Charge{Vendor: vendor, Points: points, Ground: ground, Text: "属实"}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func TestR72Standard(t *testing.T) {
	t.Parallel()
	f := open(t)
	x, err := f.Desk.Engine.Open(f.ctx, housetest.As("vm1"), "apply", f.firm(), lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("no vendor of a class without a standard", func(t *testing.T) {
		_, err := f.act("vm1", x.ID, "vet", nil)
		if e := fault.As(err); e.Code != "vendor.no_standard" || e.Rule != "R72" {
			t.Error(err)
		}
	})
	t.Run("another person puts it in force", func(t *testing.T) {
		s, _ := f.Standards.Engine.Open(f.ctx, housetest.As("vm1"), "draft", &Promise{Class: "905", Title: "标准", Text: "x", Warranty: 30}, lifecycle.Opts{})
		_, err := f.Standards.Engine.Act(f.ctx, housetest.As("vm1"), s.ID, "enforce", nil, lifecycle.Opts{})
		housetest.Refused(t, err, "STD1")
	})
	t.Run("a new one takes the place of the old", func(t *testing.T) {
		old := f.standard("905")
		f.standard("905")
		s, err := f.Standards.Engine.Cases().Get(f.ctx, old.ID)
		if err != nil || s.State != "superseded" {
			t.Error(err, s.State)
		}
		if _, days, ok, err := f.Standard(f.ctx, "905"); err != nil || !ok || days != 90 {
			t.Error(days, ok, err)
		}
	})
	f.must("vm1", x.ID, "vet", nil)
	for field, change := range map[string]func(*Firm){"agreed": func(x *Firm) { x.Agreed = false }, "licence_end": func(x *Firm) { x.LicenceEnd = "2026-03-08" }, "classes": func(x *Firm) { x.Classes = []string{"101"} }} {
		in := f.firm()
		change(in)
		if _, err := f.Desk.Engine.Open(f.ctx, housetest.As("vm1"), "apply", in, lifecycle.Opts{}); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Name != field {
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
	t.Run("after its term it stands warned", func(t *testing.T) {
		f.Pass(93 * 24 * 60 * 60 * 1e9)
		if got := f.get(x.ID); got.State != "warned" {
			t.Error(got.State)
		}
	})
	t.Run("an appeal that holds gives the points back, once", func(t *testing.T) {
		s := f.charge(x.ID, 10, "no_proof")
		before := f.get(x.ID).Score
		do := func(by, act string) error {
			_, err := f.Scores.Engine.Act(f.ctx, housetest.As(by), s.ID, act, &textForm{Text: "x"}, lifecycle.Opts{})
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

func TestR71Leaves(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	t.Run("two persons delist, for a term", func(t *testing.T) {
		f.must("vm1", x.ID, "propose_delist", &delistForm{Ground: "forged_licence", Reason: "伪造"})
		_, err := f.act("vm1", x.ID, "delist", nil)
		housetest.Refused(t, err, "VED1")
		f.must("vm2", x.ID, "delist", nil)
		again := f.firm()
		again.LicenceEnd, again.InsuranceTo = "2030-01-01", "2030-01-01"
		_, err = f.act("vm1", x.ID, "reinstate", again)
		housetest.Refused(t, err, "VED2")
		f.Pass(740 * 24 * 60 * 60 * 1e9)
		if got := f.must("vm1", x.ID, "reinstate", again); got.State != "applied" || got.Score != 100 {
			t.Error(got.State)
		}
	})
	t.Run("a vendor leaves by itself, and nobody for another", func(t *testing.T) {
		f := open(t)
		x := f.vendor()
		f.Person("rival", policy.Appointment{Role: "vendor", Place: housetest.District, Department: "other"})
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
		in := f.firm()
		in.InsuranceTo = schema.Date("2027-06-30")
		f.must("boss", x.ID, "renew", in)
		if cs, _ := f.Candidates(f.ctx, "905", "hehua"); len(cs) != 1 {
			t.Error("it gets none")
		}
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	f.charge(x.ID, 15, "late")
	f.get(x.ID)
	app := f.App(f.Module())
	if code, body := f.Ask(app, "", "/vendors/"+x.ID, ""); code != 200 || !strings.Contains(body, "通下水 80 元") || !strings.Contains(body, "85") || strings.Contains(body, "迟到") {
		t.Error("what a customer sees", code)
	}
	if code, body := f.Ask(app, "boss", "/vendors/"+x.ID, ""); code != 200 || !strings.Contains(body, "迟到") || !strings.Contains(body, "−15") {
		t.Error("a vendor sees each deduction", code)
	}
}
