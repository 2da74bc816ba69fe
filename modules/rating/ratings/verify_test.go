package ratings

import (
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/server/store"
)

func TestVerifyCountsAnew(t *testing.T) {
	t.Parallel()
	b := func(change func(*box)) error {
		x := &box{Meta: store.Meta{ID: "12345"}, Codes: 12, Spent: make([]byte, 2)}
		for n, grade := range []string{"100", "70", "100"} {
			x.put(n*4, channels[n], map[string]string{"i": grade})
		}
		change(x)
		n, err := x.check()
		if err == nil && n != 3 {
			t.Error(n)
		}
		return err
	}
	for name, c := range map[string]struct {
		change func(*box)
		want   string
	}{
		"as it was":               {func(*box) {}, ""},
		"a household added":       {func(x *box) { x.Households["qr"]++ }, "households counted"},
		"a used code freed":       {func(x *box) { x.Spent[0] &^= 1 }, "households counted"},
		"a code nobody was given": {func(x *box) { x.Spent[1] |= 1 << 4 }, "never handed out"},
		"a grade added":           {func(x *box) { x.Counts["i"]["qr"]["0"]++ }, "grades by qr"},
	} {
		if err := b(c.change); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := open(t)
	r := f.opened()
	x := f.vote(r, r.Items[0].Item, "hehua", "100", "100", "100")
	if ballots, _, err := f.Ratings.Verify(t.Context()); ballots != 1 || err != nil {
		t.Fatal(ballots, err)
	}
	// A committee finds its receipt in the result; nobody else finds it on a page.
	page := func(who string) string { _, body := f.Ask(f.App(), who, "/ballots/"+x.ID, ""); return body }
	if got := page("head.hehua"); !strings.Contains(got, x.receipt()) || !strings.Contains(got, "还没有计票") {
		t.Error("before the counting")
	}
	r = f.settled(f.shown(r))
	if got := page("head.hehua"); !strings.Contains(got, "已计入") {
		t.Error("after the counting")
	}
	if _, _, err := f.Ratings.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := [2]string{"0123456789abcdef", "0123456789abcdef"}
	counted := map[string][][2]string{r.ID + " " + r.Items[0].Item: {x.receipts()}}
	if err := f.fresh(r).checkReceipts(counted); err != nil {
		t.Error(err)
	}
	older := f.fresh(r)
	for i := range older.Results {
		if older.Results[i].Item == x.Item {
			older.Results[i].Receipts = []string{x.History[len(x.History)-1].Hash[:16]}
		}
	}
	if err := older.checkReceipts(counted); err != nil || !older.counts(x) {
		t.Error("an older result no longer holds", err)
	}
	for name, have := range map[string][][2]string{"one was left out": nil, "another was put in its place": {other}, "one was added": {other, x.receipts()}} {
		if err := f.fresh(r).checkReceipts(map[string][][2]string{r.ID + " " + r.Items[0].Item: have}); err == nil || !strings.Contains(err.Error(), "not those that counted") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Past the unique index, as somebody with the database in their hands may.
	x.ID = "twin"
	doc, err := json.Marshal(x)
	if err == nil {
		err = f.Store.Insert(t.Context(), "ballots", store.Row{ID: "twin", Revision: 1, Doc: doc, X: map[string]any{"no": "twin"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Ratings.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "one committee's") {
		t.Error("a committee counts twice", err)
	}
}
