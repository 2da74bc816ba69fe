package app

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// TestR73Typhoon: a thousand requests at once are all taken, each once, and a
// hundred that say the same stay a hundred callers' own; the queue is looked at
// meanwhile.
func TestR73Typhoon(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	before := p.get(t, "", "/api/v1/hotline/counts")
	if before.status != 200 {
		t.Fatal(before.status)
	}
	calls := make([]call, 1000)
	for i := range calls {
		in := fields{"words": fmt.Sprintf("台风把第%d棵树刮倒了，压住电线。", i), "community": "yugang", "place": fmt.Sprintf("渔港路%d号", i), "phone": fmt.Sprintf("000555%05d", i)}
		if i < 100 {
			in["words"], in["place"] = "海鲜市场门口水管爆了，水很大。", "渔港路12号"
		}
		calls[i] = call{path: "orders/new/file", in: in}
	}
	looked := make(chan string)
	go func() {
		for range 20 {
			if a := p.hit(t, "GET", "/api/v1/orders?state=new&limit=100", p.token(t, "dispatcher"), nil); a.status != 200 {
				looked <- a.raw
				return
			}
		}
		looked <- ""
	}()
	nos := map[string]bool{}
	for _, a := range p.together(t, calls...) {
		if a.status != 201 || a.str("pin") == "" {
			t.Fatalf("not taken: %d %s", a.status, a.raw)
		}
		nos[a.str("no")] = true
	}
	if wrong := <-looked; wrong != "" {
		t.Error("the queue does not answer:", wrong)
	}
	if len(nos) != len(calls) {
		t.Errorf("%d requests have %d numbers", len(calls), len(nos))
	}
	t.Run("R54 sent again they are the same requests", func(t *testing.T) {
		for _, a := range p.together(t, calls[:50]...) {
			if !nos[a.str("no")] {
				t.Errorf("a second order: %d %s", a.status, a.raw)
			}
		}
	})
	t.Run("R54 an operator sees the duplicates of the burst pipe", func(t *testing.T) {
		operator, _ := p.People.ID("operator1")
		p.get(t, "operator1", "/api/v1/orders?state=new&limit=1") // signed in
		found, err := p.Orders.Resource.Engine.List(t.Context(), lifecycle.Actor{ID: operator}, lifecycle.Find{Words: "海鲜市场门口水管爆了", Where: []store.Cond{{Field: "community", Op: store.Eq, Value: "yugang"}}, Limit: 100})
		if err != nil || len(found.Cases) != 100 || !strings.Contains(found.Cases[0].Words, "爆") {
			t.Error(err, len(found.Cases))
		}
	})
}
