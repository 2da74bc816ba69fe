package catalogue

import (
	"testing"
	"unicode/utf8"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/store"
)

func appointment(role string) policy.Appointment {
	return policy.Appointment{Role: role, Place: portaltest.District}
}

func fieldOf(err error) string {
	if e := fault.As(err); len(e.Fields) == 1 {
		return e.Fields[0].Name
	}
	return ""
}

func TestSeedLines(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	count, codes := map[string]int{}, map[string]bool{}
	variant := map[rune]rune{}
	for _, w := range seedLines() {
		count[w.List]++
		if codes[w.Code] {
			t.Errorf("%s twice", w.Code)
		}
		codes[w.Code] = true
		if err := c.check(&w); err != nil {
			t.Errorf("%s: %v", w.Code, err)
		}
		if w.TitleEn == "" || w.Basis == "" || w.Category == "" {
			t.Errorf("%s lacks something", w.Code)
		}
		hans, hant := []rune(w.Title), []rune(w.TitleHant)
		if len(hans) != len(hant) || utf8.RuneCountInString(w.Title) > 120 {
			t.Errorf("%s: %d and %d characters", w.Code, len(hans), len(hant))
			continue
		}
		for i := range hans { // one traditional character may stand for one simplified only
			if was, ok := variant[hant[i]]; ok && was != hans[i] {
				t.Errorf("%s: %c is %c and %c", w.Code, hant[i], was, hans[i])
			}
			variant[hant[i]] = hans[i]
		}
	}
	for list, want := range map[string]int{Statutory: 29, Assistance: 46, Admission: 10, Negative: 7, TakenBack: 12} {
		if count[list] != want {
			t.Errorf("%s: %d entries, want %d", list, count[list], want)
		}
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	for range 2 { // twice gives the same
		if err := c.Seed(ctx, portaltest.As("office.a"), portaltest.As("conference"), 2026, "云准领〔2026〕1号"); err != nil {
			t.Fatal(err)
		}
		n, err := c.Resource.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "in_force"}}})
		if err != nil || n != 104 || len(c.index.inForce(h.Now())) != 104 {
			t.Fatalf("%d in force, %d in memory, %v", n, len(c.index.inForce(h.Now())), err)
		}
	}
	fresh, err := New(ctx, h.Portal, Asks{})
	if err != nil {
		t.Fatal(err)
	}
	if err := fresh.Load(ctx); err != nil {
		t.Fatal(err)
	}
	verdict, rule, id, title := fresh.Verdict("招商线索摸排", []string{"task"}, "culture", h.Now())
	if verdict != Never || rule != "R21" || id == "" || title != "FM-01 向社区下达招商引资任务和指标" {
		t.Error(verdict, rule, id, title)
	}
	verdict, rule, id, _ = fresh.Verdict("独居老人冬季上门探访", nil, "", h.Now())
	if verdict != Unclear || rule != "R3" || id == "" {
		t.Error(verdict, rule, id)
	}
	if list, _, inForce, err := fresh.Entry(ctx, "nowhere"); err == nil || inForce || list != "" {
		t.Error("an entry that is not there")
	}
}
