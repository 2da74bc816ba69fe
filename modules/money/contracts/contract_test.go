package contracts

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
)

type fixture struct {
	*gatetest.Gate
	*Contracts
	t              *testing.T
	bought, sheets string // items in Hehua and Guangming: bought by contract, paid by sheet
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Gate: gatetest.New(t), t: t}
	for delivery, id := range map[string]*string{"contract": &f.bought, "signoff": &f.sheets} {
		g := gatetest.Grant("fire", "hehua", "guangming")
		g.Application, g.Title, g.Delivery = delivery, "保洁", delivery
		*id = f.Active(g).ID
	}
	var err error
	if f.Contracts, err = New(context.Background(), f.Portal.Portal, f.Items); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) try(by, id, act string, in map[string]any) (portal.Done, error) {
	if in == nil {
		return f.Send(f.Resource, by, id, act, nil)
	}
	return f.Send(f.Resource, by, id, act, in)
}

func (f *fixture) do(by, id, act string, in map[string]any) portal.Done {
	f.t.Helper()
	d, err := f.try(by, id, act, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return d
}

func (f *fixture) terms(more ...any) map[string]any {
	in := map[string]any{"item": f.bought, "communities": []string{"hehua", "guangming"}, "provider": "清风服务社", "scope": "楼道保洁", "price": 1200000,
		"start": "2026-04-01", "end": "2026-12-31", "standard": "每周抽查一次"}
	for i := 0; i < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	return in
}

func at(community string, more ...string) map[string]any {
	in := map[string]any{"community": community}
	for i := 0; i < len(more); i += 2 {
		in[more[i]] = more[i+1]
	}
	return in
}

func TestR5EveryCommitteeConsentsAndAccepts(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.do("clerk.fire", "", "draft", f.terms()).ID
	if d := f.do("head.hehua", id, "consent", at("hehua")); d.State != "drafted" {
		t.Fatal("agreed by one of two")
	}
	for _, c := range []struct{ by, act, community string }{{"staff.guangming", "consent", "guangming"}, {"head.hehua", "consent", "guangming"}, {"head.fire", "consent", "guangming"}, {"head.yinxing", "consent", "yinxing"}} {
		if _, err := f.try(c.by, id, c.act, at(c.community)); err == nil {
			t.Errorf("%s consented for %s", c.by, c.community)
		}
	}
	f.do("head.guangming", id, "withhold", at("guangming", "wish", "先试一个月"))
	if d := f.do("head.guangming", id, "consent", at("guangming")); d.State != "agreed" {
		t.Fatal(d.State)
	}
	if _, err := f.try("clerk.fire", id, "start", nil); err == nil {
		t.Error("a clerk signed")
	}
	f.do("head.fire", id, "start", nil)
	f.do("head.hehua", id, "accept", at("hehua", "note", "合格"))
	f.do("head.guangming", id, "fault", at("guangming", "wish", "三单元没有打扫"))
	if _, err := f.try("head.fire", id, "close", nil); err == nil {
		t.Error("closed before it was accepted")
	}
	if d := f.do("head.guangming", id, "accept", at("guangming", "note", "已补做")); d.State != "accepted" {
		t.Fatal(d.State)
	}
	if d := f.do("head.fire", id, "close", nil); d.State != "closed" {
		t.Error(d.State)
	}
}

func TestAmendingAsksAnew(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.do("clerk.fire", "", "draft", f.terms()).ID
	f.do("head.hehua", id, "consent", at("hehua"))
	f.do("head.guangming", id, "consent", at("guangming"))
	in := f.terms("price", 900000)
	delete(in, "item")
	delete(in, "communities")
	in["end"] = "2026-03-31"
	if _, err := f.try("clerk.fire", id, "amend", in); !fault.Is(err, fault.Invalid) {
		t.Error("ends before it starts:", err)
	}
	in["end"] = "2026-12-31"
	if d := f.do("clerk.fire", id, "amend", in); d.State != "drafted" {
		t.Fatal(d.State)
	}
	if _, err := f.try("head.fire", id, "start", nil); !fault.Is(err, fault.Conflict) {
		t.Error("the old consent counted:", err)
	}
}

func TestR6NoContractForWorkThatStandsStill(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.do("clerk.fire", "", "draft", f.terms()).ID
	f.do("head.hehua", id, "consent", at("hehua"))
	f.do("head.guangming", id, "consent", at("guangming"))
	f.Suspend(f.bought, "guangming")
	_, err := f.try("head.fire", id, "start", nil)
	portaltest.Refused(t, err, "R6")
	if d := f.do("office.head", id, "terminate", map[string]any{"reason": "事项暂停"}); d.State != "terminated" {
		t.Error(d.State)
	}
}

func TestDraftIsExact(t *testing.T) {
	t.Parallel()
	f := open(t)
	for name, c := range map[string]struct {
		by, want string
		in       map[string]any
	}{
		"paid by sheets":     {"clerk.fire", "invalid", f.terms("item", f.sheets)},
		"no such item":       {"clerk.fire", "invalid", f.terms("item", "moon")},
		"not there":          {"clerk.fire", "invalid", f.terms("communities", []string{"hehua", "yinxing"})},
		"ends first":         {"clerk.fire", "invalid", f.terms("end", "2026-03-31")},
		"for nothing":        {"clerk.fire", "invalid", f.terms("price", 0)},
		"another department": {"clerk.health", "policy.role", f.terms()},
	} {
		_, err := f.try(c.by, "", "draft", c.in)
		t.Run(name, func(t *testing.T) { portaltest.Refused(t, err, c.want) })
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	id := f.do("clerk.fire", "", "draft", f.terms()).ID
	if code, _ := f.Ask(app, "", "/contracts/"+id, ""); code != 404 {
		t.Errorf("a draft is public: %d", code)
	}
	if code, body := f.Ask(app, "head.hehua", "/contracts/"+id+"/consent", ""); code != 200 || !strings.Contains(body, "hehua") {
		t.Errorf("%d", code)
	}
	f.do("head.hehua", id, "consent", at("hehua"))
	f.do("head.guangming", id, "consent", at("guangming"))
	f.do("head.fire", id, "start", nil)
	if code, body := f.Ask(app, "", "/contracts/"+id, ""); code != 200 || !strings.Contains(body, "12,000.00") {
		t.Errorf("%d", code)
	}
}
