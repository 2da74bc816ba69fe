package items

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	*Items
	t      *testing.T
	ctx    context.Context
	scores map[string]int
	told   *[]lifecycle.News
}

func house(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	f := fixture{Portal: h, t: t, ctx: context.Background(), scores: map[string]int{}, told: &[]lifecycle.News{}}
	for _, from := range []string{"catalogue_called"} {
		h.Offer(from, func(context.Context, portal.Visitor) ([]web.Option, error) {
			return []web.Option{{Value: "XZ-01", Text: "高龄津贴"}}, nil
		})
	}
	m, err := New(f.ctx, h.Portal, Asks{
		Grant: func(ctx context.Context, id string) (Grant, bool, error) {
			g := grant()
			g.Application = id
			return g, true, nil
		},
		CityBureau: func(d string) bool { return d == "statistics" },
		Entry: func(ctx context.Context, id string, at time.Time) Entry {
			return map[string]Entry{"XZ-01": {"XZ-01", "协助办理高龄津贴", ""}, "ZR-01": {"ZR-01", "消防演练", "fire"}}[id]
		},
		Beyond: func(id, text string) string {
			if strings.Contains(text, "台账") {
				return "台账"
			}
			return ""
		},
		Score: func(ctx context.Context, item string) (int, bool) { n, ok := f.scores[item]; return n, ok },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []string{"opened", "activated", "suspended", "resumed", "ended", "withdrawn", "money_overdue"} {
		h.Bus.OnName("item."+e, func(ctx context.Context, ev lifecycle.News) error { *f.told = append(*f.told, ev); return nil })
	}
	f.Items = m
	return f
}

// grant is a long-term item in two communities with two instalments; it starts
// on the day the tests' clock starts.
func grant() Grant {
	return Grant{Application: "a1", ApplicationNo: "ZR-2026-00001", Title: "消防安全入户排查", Department: "fire", Kinds: []string{"task"}, Nature: "long", Side: "government",
		Communities: []string{"hehua", "guangming"}, Start: portaltest.Start, End: lastMoment("2027-02-28"), Powers: "建议权", Delivery: "signoff", Hours: 12,
		Instalments: []Instalment{{Due: "2026-03-20", Amount: 100000, Payee: "community"}, {Due: "2026-06-20", Amount: 50000, Payee: "street"}}}
}

func (f fixture) open(change ...func(*Grant)) *Item {
	f.t.Helper()
	g := grant()
	for _, c := range change {
		c(&g)
	}
	it, err := f.Resource.Engine.Open(f.ctx, lifecycle.System, "open", &g, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return it
}

func (f fixture) try(it *Item, by, act string, in any) error {
	who := portaltest.As(by)
	_, err := f.Resource.Engine.Act(f.ctx, who, it.ID, act, in, lifecycle.Opts{})
	return err
}

func (f fixture) do(it *Item, by, act string, in any) *Item {
	f.t.Helper()
	out, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), it.ID, act, in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return out
}

func (f fixture) again(it *Item) *Item {
	f.t.Helper()
	out, err := f.Resource.Engine.Get(f.ctx, lifecycle.System, it.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// pay brings an instalment to a state, as package funding tells it.
func (f fixture) pay(it *Item, community string, n int64, state string) *Item {
	f.t.Helper()
	return f.do(it, "system", "credit", &moneyNews{Community: community, Instalment: n, State: state})
}

// running is an item that is active in both communities.
func (f fixture) running(change ...func(*Grant)) *Item {
	f.t.Helper()
	it := f.open(change...)
	for _, c := range it.Communities {
		for n := range it.Instalments {
			f.pay(it, c, int64(n+1), "confirmed")
		}
		it = f.do(it, "head."+c, "confirm", &confirmForm{Community: c, PowersIn: true})
	}
	return it
}

func (f fixture) inForce(community string) string {
	for _, x := range f.Index.InForce(community, "fire", f.Portal.Now()) {
		return x.State
	}
	return ""
}

func (f fixture) heard(name, ref string) int {
	n := 0
	for _, ev := range *f.told {
		if ev.Name == "item."+name && ev.Ref == ref {
			n++
		}
	}
	return n
}

// done counts how often one of the acts was done to the item.
func (it *Item) done(acts ...string) (n int) {
	for _, e := range it.History {
		if slices.Contains(acts, e.Act) {
			n++
		}
	}
	return n
}

func states(it *Item) []string {
	out := []string{it.State}
	for _, p := range it.Parts {
		out = append(out, p.State)
	}
	return out
}

func want(t testing.TB, it *Item, wanted ...string) {
	t.Helper()
	if got := states(it); !slices.Equal(got, wanted) {
		t.Fatalf("item and parts are %v, want %v", got, wanted)
	}
}

func at(day string) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, calendar.City)
	if err != nil {
		panic(err)
	}
	return d
}
