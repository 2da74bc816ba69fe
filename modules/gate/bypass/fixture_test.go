package bypass

import (
	"context"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	m   *Bypass
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m, err := New(context.Background(), h.Portal, Asks{Refusal: func(ctx context.Context, id string) (Demand, error) {
		switch id {
		case "r1":
			return Demand{No: "JJ-2026-00001", Department: "health", Community: "hehua", Title: "安装应用", Way: "chat", Evidence: "截图", DemandedOn: "2026-03-06", By: "head.hehua"}, nil
		case "r2":
			return Demand{No: "JJ-2026-00002", Department: "health", Community: "yinxing", Title: "安装应用", Way: "call", DemandedOn: "2026-03-06", ByStreet: true, By: "street.liuxi"}, nil
		}
		return Demand{}, fault.Missing("refusal")
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.Person("both", policy.Appointment{Role: "office_staff", Place: portaltest.District}, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "health"})
	return fixture{h, m, t, context.Background()}
}

var chat = Content{Department: "health", Community: "hehua", What: "今晚交评比表", DemandedOn: "2026-03-06", Way: "chat", Evidence: "群里说八点前必须交，是我亲眼看到的。"}

func (f fixture) file(by string) *Report {
	f.t.Helper()
	r, _, err := f.m.File(f.ctx, portaltest.As(by), &chat)
	return f.must(r, err)
}

func (f fixture) act(r *Report, by, act string, in any) (*Report, error) {
	return f.m.Reports.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(r *Report, err error) *Report {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// now reads a report past the gate.
func (f fixture) now(r *Report) *Report {
	f.t.Helper()
	return f.must(f.m.Reports.Engine.Cases().Get(f.ctx, r.ID))
}

// to brings a report to a state on the straight way there.
func (f fixture) to(r *Report, state string) *Report {
	f.t.Helper()
	for _, step := range []struct {
		from, act string
		in        any
	}{
		{"filed", "take", nil},
		{"verifying", "substantiate", &findingForm{Finding: "聊天记录属实。"}},
		{"substantiated", "order", &orderForm{Demand: "stop", Text: "立即停止评比。"}},
		{"ordered", "send_letter", &letterForm{Text: "请即停止。"}},
	} {
		if r.State == state {
			return r
		}
		if r.State != step.from {
			continue
		}
		if step.act == "send_letter" {
			f.Workdays(6)
		}
		r = f.must(f.act(r, "office.a", step.act, step.in))
	}
	if r.State != state {
		f.t.Fatalf("is %s, not %s", r.State, state)
	}
	return r
}

func (f fixture) sees(person string, r *Report) bool {
	return f.m.Reports.Engine.Sees(f.ctx, portaltest.As(person), r)
}

func (f fixture) waitsFor(r *Report, person string) bool {
	f.t.Helper()
	ts, err := f.m.Reports.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"}, 50)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, x := range ts {
		if x.No == r.No {
			return true
		}
	}
	return false
}

// Circulars.

func (f fixture) write(by string, in Draft) (*Circular, error) {
	return f.m.Circulars.Engine.Open(f.ctx, portaltest.As(by), "draft", &in, lifecycle.Opts{})
}

func (f fixture) on(c *Circular, by, act string, in any) (*Circular, error) {
	return f.m.Circulars.Engine.Act(f.ctx, portaltest.As(by), c.ID, act, in, lifecycle.Opts{})
}

func (f fixture) ok(c *Circular, err error) *Circular {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func about(report string) Draft {
	return Draft{Report: report, Title: "卫生评比摊派", Period: "2026年3月", Broken: "R7", Demand: "停止评比。", Audience: []string{"departments", "communities"}}
}
