package items

import (
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// entered is an item as it stands in the index, without a store behind it.
func entered(id, application string, kinds []string, residents int64, from, until time.Time, communities ...string) *Item {
	it := &Item{Case: lifecycle.Case{Meta: store.Meta{ID: id}, No: "SX-" + id}}
	it.Grant = Grant{Application: application, Title: id, Kinds: kinds, Residents: residents, Start: from, End: until, Hours: 10, Meetings: 2, Communities: communities}
	for _, c := range communities {
		it.Parts = append(it.Parts, Part{Community: c, State: active, ActiveAt: from})
	}
	return it
}

func empty() *Items {
	return &Items{seen: map[string]int64{}, of: map[string]string{}, carried: map[string]map[string]carried{}}
}

func TestCarried(t *testing.T) {
	m := empty()
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	a := entered("a", "ap-a", []string{"task"}, 100, day(1), day(20), "hehua", "guangming")
	b := entered("b", "ap-b", []string{"ledger"}, 0, day(5), time.Time{}, "hehua")
	b.Parts[0].State, b.Parts[0].Since = withdrawn, day(10)
	m.of["a"], m.of["b"] = "ap-a", "ap-b"
	m.carry(a)
	m.carry(b)
	for d, want := range map[int][2]int64{1: {1, 10}, 7: {2, 20}, 12: {1, 10}} {
		if got := m.Carried("hehua", day(d)); got != (portal.Load{Items: want[0], Hours: want[1], Meetings: 2 * want[0]}) {
			t.Errorf("on 3-%d: %+v, want %v", d, got, want)
		}
	}
	ask := func(kinds []string, residents int64, from, until int, application string) int {
		return len(m.Overlaps([]string{"hehua", "yinxing"}, kinds, residents, day(from), day(until), application))
	}
	for name, got := range map[string][2]int{
		"a survey in the same time":        {ask([]string{"survey"}, 0, 18, 25, "x"), 1},
		"after it has ended":               {ask([]string{"survey"}, 0, 21, 25, "x"), 0},
		"work that goes to no household":   {ask([]string{"ledger"}, 0, 1, 25, "x"), 0},
		"its own item":                     {ask([]string{"survey"}, 0, 1, 25, "ap-a"), 0},
		"a task that must reach residents": {ask([]string{"task"}, 50, 1, 25, "x"), 1},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d overlaps, want %d", name, got[0], got[1])
		}
	}
}
