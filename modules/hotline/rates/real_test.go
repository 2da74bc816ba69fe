package rates

import (
	"fmt"
	"testing"
	"time"

	"gatehouse/modules/hotline/hotlinetest"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portaltest"
)

// A month is counted from the orders themselves.
func TestR65CountsTheOrders(t *testing.T) {
	t.Parallel()
	h := hotlinetest.New(t)
	m := portaltest.Must(New(t.Context(), h.Portal.Portal, h.Orders))
	day := time.Date(2026, 2, 10, 1, 0, 0, 0, time.UTC)
	for i := range 3 {
		past := orders.Past{Key: fmt.Sprint(i), Opened: day, Signed: day.Add(time.Hour), Contacted: day.Add(2 * time.Hour), Closed: day.Add(24 * time.Hour),
			Words: "路灯不亮", Type: "help", Category: "101", Community: "hehua", Unit: "fire", Result: "已换", Solved: "solved", Grade: 100, Graded: true}
		if i == 2 {
			past.Closed, past.Solved, past.Grade = day.Add(14*24*time.Hour), "not", 0
		}
		if _, err := h.Orders.Import(t.Context(), []orders.Past{past}); err != nil {
			t.Fatal(err)
		}
	}
	b := portaltest.CasesOf(t, m.Bulletins).Do(nil, "chief", "draw", &drawForm{Month: "2026-02"})
	r := row(t, b, "fire")
	if r.Dispatched != 3 || r.OnTime != 2 || r.Late != 1 || r.Solved != 2 || r.Not != 1 || r.Contacted != 3 || r.Dissatisfied != 1 {
		t.Errorf("%+v", r)
	}
	if n, err := m.Verify(t.Context()); n != 3 || err != nil {
		t.Error(n, err)
	}
}
