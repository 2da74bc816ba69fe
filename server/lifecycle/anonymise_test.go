package lifecycle_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// faded gives the stored row of a permit whose personal part has gone, and the
// row before.
func faded(t *testing.T) (h *house, before, after store.Row) {
	t.Helper()
	h, before = life(t)
	h.set(h.clock().AddDate(0, 0, 101))
	if n, err := h.AnonymiseDue(context.Background(), 10); n != 1 || err != nil {
		t.Fatalf("%d faded, %v", n, err)
	}
	after, err := h.Store.Get(context.Background(), "permits", before.ID)
	if err != nil {
		t.Fatal(err)
	}
	return h, before, after
}

// What is personal goes out of the case, its history and the index, and the
// chain holds as before: the same hashes, each entry.
func TestFade(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, row := life(t)
	for _, word := range []string{"灯笼", "seen"} {
		if !strings.Contains(string(row.Doc), word) {
			t.Fatalf("%q was never there", word)
		}
	}
	if n, err := h.AnonymiseDue(ctx, 10); n != 0 || err != nil {
		t.Fatalf("%d fade before their day, %v", n, err)
	}
	due := func(days int) int64 {
		t.Helper()
		n, err := h.AnonymiseBy(ctx, h.clock().AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if due(99) != 0 || due(101) != 1 {
		t.Errorf("due by day 99: %d, by day 101: %d", due(99), due(101))
	}
	h, before, after := faded(t)
	for _, word := range []string{"灯笼", "seen\":", "salt"} {
		if strings.Contains(string(after.Doc), word) {
			t.Errorf("%q is still there: %s", word, after.Doc)
		}
	}
	b, err := lifecycle.Check("permits", after)
	if b != nil || err != nil {
		t.Fatalf("the chain does not hold: %v %v", b, err)
	}
	var was, is lifecycle.Case
	if json.Unmarshal(before.Doc, &was) != nil || json.Unmarshal(after.Doc, &is) != nil {
		t.Fatal("unreadable")
	}
	for i, e := range was.History {
		if is.History[i].Hash != e.Hash {
			t.Errorf("entry %d has another hash", i+1)
		}
	}
	if e := is.History[len(is.History)-1]; e.Act != "fade" || e.By != "system" || is.Anonymised == nil {
		t.Errorf("on record stands %+v", e)
	}
	if n, err := h.AnonymiseDue(ctx, 10); n != 0 || err != nil {
		t.Errorf("%d fade twice, %v", n, err)
	}
	if _, err := h.Act(ctx, lifecycle.System, before.ID, "fade", nil, lifecycle.Opts{}); err == nil {
		t.Error("it can be done twice by hand")
	}
}

// What has faded stays as it is: words that are added would never go again.
func TestWhatFadedIsAtRest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h, before, _ := faded(t)
	add := func(id string) error {
		_, err := h.Act(ctx, office, id, "remark", &markForm{Key: "later"}, lifecycle.Opts{})
		return err
	}
	offers := func(id string) int {
		p, err := h.Get(ctx, office, id)
		if err != nil {
			t.Fatal(err)
		}
		os, err := h.Offers(ctx, office, p)
		if err != nil {
			t.Fatal(err)
		}
		return len(os)
	}
	if err := add(before.ID); !fault.Is(err, fault.Conflict) || fault.As(err).Code != "lifecycle.faded" || offers(before.ID) != 0 {
		t.Errorf("added: %v; offered: %d acts", err, offers(before.ID))
	}
	p := h.filed("another")
	h.must(office, p.ID, "decide", &decideForm{Grant: "yes"})
	if n, err := offers(p.ID), add(p.ID); n != 1 || err != nil {
		t.Errorf("what has not faded offers %d, %v", n, err)
	}
}

// Two cases with the same words have different digests: nobody finds out by
// comparing or guessing what stood there.
func TestFadedWordsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	h := build(t)
	sums := map[string]bool{}
	for range 3 {
		p := h.filed("the same words")
		for _, c := range p.History[0].Changes {
			if c.Field == "title" {
				sums[c.Is] = true
			}
		}
	}
	if len(sums) != 3 || sums[""] {
		t.Errorf("digests: %v", sums)
	}
}

// Nobody empties or alters a history behind the act.
func TestFadingIsNoWayToTamper(t *testing.T) {
	t.Parallel()
	_, live, gone := faded(t)
	change := func(m object, entry int, field string) object {
		for _, x := range m["history"].([]any)[entry].(object)["changes"].([]any) {
			if x.(object)["field"] == field {
				return x.(object)
			}
		}
		t.Fatalf("entry %d does not change %s", entry, field)
		return nil
	}
	for name, c := range map[string]struct {
		row   store.Row
		spoil func(object)
		why   string
	}{
		"another value":       {live, func(m object) { change(m, 0, "title")["new"] = "other" }, "changed after it was written"},
		"a value taken away":  {live, func(m object) { delete(change(m, 0, "title"), "new") }, "changed after it was written"},
		"another salt":        {live, func(m object) { m["salt"] = "other" }, "changed after it was written"},
		"the salt taken away": {live, func(m object) { delete(m, "salt") }, "lost the salt"},
		"emptied without the act": {live, func(m object) {
			delete(m, "salt")
			delete(change(m, 0, "title"), "new")
			delete(change(m, 2, "marks"), "new")
		}, "lost the salt"},
		"another digest":     {live, func(m object) { change(m, 0, "title")["is"] = strings.Repeat("0", 64) }, "changed after it was written"},
		"digests taken away": {live, func(m object) { delete(change(m, 0, "title"), "is") }, "changed after it was written"},
		"the title in force": {live, func(m object) { m["title"] = "other" }, "outside the portal's acts"},
		"words put back":     {gone, func(m object) { change(m, 0, "title")["new"] = "invented" }, "lost the salt"},
		"words and a salt":   {gone, func(m object) { change(m, 0, "title")["new"] = "invented"; m["salt"] = "x" }, "changed after it was written"},
		"the act dropped":    {gone, func(m object) { h := m["history"].([]any); m["history"] = slices.Delete(h, 4, 5) }, "lost the salt"},
		"the day of it":      {gone, func(m object) { m["faded_at"] = "2027-01-01T00:00:00Z" }, "outside the portal's acts"},
		"a title put back":   {gone, func(m object) { m["title"] = "invented" }, "outside the portal's acts"},
	} {
		m := open(t, c.row.Doc)
		c.spoil(m)
		doc, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		b, err := lifecycle.Check("permits", store.Row{ID: c.row.ID, Doc: doc})
		if err != nil || b == nil || !strings.Contains(b.Why, c.why) {
			t.Errorf("%s: %v %v, want %q", name, b, err, c.why)
		}
	}
}
