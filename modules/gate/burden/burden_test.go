package burden

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
)

func TestMeter(t *testing.T) {
	h := portaltest.New(t)
	began := h.Now().AddDate(0, -2, 0)
	b := New(h.Portal, Asks{District: func() []string { return []string{portaltest.District} },
		Communities: func(string) []string { return []string{"hehua", "guangming"} },
		Members:     func(string) int64 { return 5 },
		Kept: func(context.Context) (map[string]int64, map[string]int64, error) {
			return map[string]int64{"hehua": 21}, map[string]int64{"hehua": 6}, nil
		},
		Carried: func(community string, at time.Time) []Part {
			if community == "hehua" || at.Before(began) {
				return []Part{{No: "SX-1", Load: portal.Load{Items: 1, Hours: 12, Groups: 8}}}
			}
			return []Part{{No: "SX-2", Title: "消防检查", Department: "fire", Load: portal.Load{Items: 1, Hours: 1, Meetings: 7}}, {No: "SX-3", Load: portal.Load{Items: 8, Hours: 200, Inspections: 4}}}
		}})
	app := h.App()
	b.Module().Routes(app)
	code, body := h.Ask(app, "", "/api/v1/burden", "")
	var got struct{ Items []Reading }
	if err := json.Unmarshal([]byte(body), &got); code != 200 || err != nil || len(got.Items) != 2 {
		t.Fatalf("%d %v %s", code, err, body)
	}
	// 5 people times 40 hours; the heaviest community stands first.
	if g := got.Items[0]; g.Community != "guangming" || g.Caps.Hours != 200 || !slices.Equal(g.Over, []string{"hours", "meetings"}) || !slices.Equal(got.Items[1].Over, []string{"ledgers"}) {
		t.Errorf("%+v", got.Items)
	}
	code, body = h.Ask(app, "", "/api/v1/burden/guangming", "")
	var place struct{ Months []Month }
	if err := json.Unmarshal([]byte(body), &place); code != 200 || err != nil || len(place.Months) != 12 || place.Months[0].Hours != 12 || place.Months[11].Hours != 201 {
		t.Errorf("%d %v %s", code, err, body)
	}
	for path, want := range map[string]int{"/burden": 200, "/burden/hehua": 200, "/burden/nowhere": 404, "/api/v1/burden/nowhere": 404} {
		if code, body := h.Ask(app, "", path, ""); code != want || want == 200 && !strings.Contains(body, "201") && !strings.Contains(body, "12") {
			t.Errorf("%s: %d", path, code)
		}
	}
	// What the figures are made of, now and at the end of a month.
	var made Parts
	code, body = h.Ask(app, "", "/api/v1/burden/guangming/items", "")
	if err := json.Unmarshal([]byte(body), &made); code != 200 || err != nil || len(made.Items) != 2 || made.Sum != (portal.Load{Items: 9, Hours: 201, Meetings: 7, Inspections: 4}) {
		t.Errorf("%d %v %s", code, err, body)
	}
	code, body = h.Ask(app, "", "/api/v1/burden/guangming/items?month="+place.Months[0].Month, "")
	if err := json.Unmarshal([]byte(body), &made); code != 200 || err != nil || len(made.Items) != 1 || made.Sum.Hours != place.Months[0].Hours || made.Month != place.Months[0].Month {
		t.Errorf("%d %v %s", code, err, body)
	}
	for path, want := range map[string]int{"/burden/guangming/items": 200, "/burden/nowhere/items": 404, "/burden/guangming/items?month=1999-01": 422, "/burden/guangming/items?month=x": 422} {
		if code, body := h.Ask(app, "", path, ""); code != want || want == 200 && !strings.Contains(body, "SX-2 消防检查") {
			t.Errorf("%s: %d", path, code)
		}
	}
}
