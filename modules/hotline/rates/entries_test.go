package rates

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"gatehouse/modules/hotline/orders"
	"gatehouse/server/store"
)

// month draws a bulletin of orders that are all numbered.
func (f *fixture) month(os ...orders.Measure) *Bulletin {
	f.t.Helper()
	for i := range os {
		os[i].Receipt = fmt.Sprintf("GD-%04d", i)
	}
	f.orders["2026-02"] = os
	b, err := f.act("hotline", "draw", "", &drawForm{Month: "2026-02"})
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

func (f *fixture) publish(b *Bulletin) *Bulletin {
	f.t.Helper()
	b, err := f.act("hotline", "publish", b.ID, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

// Every figure of the page leads to a list that has as many lines as the figure says.
func TestR65FiguresLeadToTheirOrders(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.publish(f.month(append(good("fire", 250),
		orders.Measure{Unit: "fire", Late: true, Solved: "not", Graded: true, Grade: 0},
		orders.Measure{Unit: "fire", Excluded: true, Late: true},
		orders.Measure{Unit: "fire", Contacted: true, Closed: true, Solved: "partly", Graded: true, Grade: 30, PolicyFlag: true},
		orders.Measure{Unit: "liuxi", Open: true, Late: true, ReturnedBy: []string{"fire"}})...))
	app := f.App()
	_, body := f.Ask(app, "", "/bulletins/"+b.ID, "")
	body = body[strings.Index(body, "<main"):]
	links := regexp.MustCompile(`<td[^>]*><span class="cell"><a href="([^"]+)">([^<]+)</a>`).FindAllStringSubmatch(body, -1)
	if rest := regexp.MustCompile(`<td[^>]*data-l="([^"]+)"[^>]*><span class="cell">[0-9][^<]*<`).FindAllStringSubmatch(body, -1); len(rest) != 1 || rest[0][1] != "名次" { // which stands in the table itself
		t.Errorf("figures that lead nowhere: %v", rest)
	}
	if len(links) != 2*(len(inRanks)+len(inWork)) {
		t.Fatalf("%d figures lead to their orders", len(links))
	}
	for _, x := range links {
		at := html.UnescapeString(x[1])
		if code, page := f.Ask(app, "", at, ""); code != 200 || !strings.Contains(page, x[2]) {
			t.Errorf("%s: %d", at, code)
		}
		var all []Entry
		var got Behind
		for next := "0"; next != ""; next = got.Next {
			code, answer := f.Ask(app, "", "/api/v1"+at+"&after="+next, "")
			got = Behind{}
			if err := json.Unmarshal([]byte(answer), &got); err != nil || code != 200 || got.Value != x[2] || len(got.Entries) > mostEntries {
				t.Fatal(at, code, err, got)
			}
			all = append(all, got.Entries...)
		}
		if !strings.HasSuffix(x[2], "%") && !strings.Contains(x[2], ".") && x[2] != "—" && fmt.Sprint(len(all)) != x[2] {
			t.Errorf("%s says %s and lists %d", at, x[2], len(all))
		}
		if got.Figure != "dispatched" {
			continue
		}
		if d, err := digest(all); err != nil || d != got.Digest || d != row(t, b, got.Unit).Entries {
			t.Error("the list is not the one that the bulletin seals", err)
		}
	}
}

func TestR65EntriesArePublicWithTheBulletin(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.month(append(good("fire", 2), orders.Measure{Unit: "liuxi", Solved: "not"})...)
	app := f.App()
	at := "/bulletins/" + b.ID + "/entries?unit=fire"
	for _, by := range []string{"", "clerk.fire", "head.hehua"} {
		if code, body := f.Ask(app, by, at, ""); code == 200 || strings.Contains(body, "GD-0000") {
			t.Errorf("%q reads a draft's orders", by)
		}
	}
	f.publish(b)
	for by, want := range map[string]string{"": ">GD-0000<", "clerk.fire": "/orders?receipt=GD-0000", "street.liuxi": ">GD-0000<", "hotline": "/orders?receipt=GD-0000"} {
		if code, body := f.Ask(app, by, at, ""); code != 200 || !strings.Contains(body, want) || strings.Contains(body, "GD-0002") || (want[0] == '>') == strings.Contains(body, "/orders?") {
			t.Errorf("%q: %d, not led to %s", by, code, want)
		}
	}
	if _, body := f.Ask(app, "street.liuxi", "/bulletins/"+b.ID+"/entries?unit=liuxi", ""); !strings.Contains(body, "/orders?receipt=GD-0002") || !strings.Contains(body, "/orders?due_month=2026-02&amp;unit=liuxi") {
		t.Error("a street does not find its own orders")
	}
	for query, want := range map[string]int{"": 422, "?unit=culture": 422, "?unit=fire&figure=rank": 422, "?unit=fire&after=x": 422, "?unit=fire&after=-1": 422, "?unit=fire&after=3": 422, "?unit=fire&after=2": 200} {
		if code, _ := f.Ask(app, "", "/bulletins/"+b.ID+"/entries"+query, ""); code != want {
			t.Errorf("%s: %d, want %d", query, code, want)
		}
	}
	if _, body := f.Ask(app, "", "/bulletins/"+b.ID+"/circular", ""); strings.Contains(body, "/entries?") {
		t.Error("a link on paper")
	}
}

// What a bulletin was counted from stays, whatever becomes of the orders, and
// nobody changes it unseen.
func TestVerify(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f := open(t)
	b := f.publish(f.month(append(good("fire", 21), orders.Measure{Unit: "liuxi", Solved: "not", Late: true})...))
	if n, err := f.Verify(ctx); n != 22 || err != nil {
		t.Fatal(n, err)
	}
	r := row(t, b, "fire")
	f.orders["2026-02"] = nil
	if es, err := f.entries(ctx, b, r); len(es) != 21 || err != nil {
		t.Fatal(len(es), err)
	}
	change := func(id string, what func(*account)) {
		t.Helper()
		if _, err := f.accounts.Change(ctx, id, func(a *account) error { what(a); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	broken := func(why string) {
		t.Helper()
		if _, err := f.Verify(ctx); err == nil || !strings.Contains(err.Error(), "broken: bulletin "+b.No) {
			t.Errorf("%s goes unseen: %v", why, err)
		}
	}
	id := accountID(b.ID, r.Entries)
	change(id, func(a *account) { a.Entries[3].Late = true })
	broken("a changed line")
	change(id, func(a *account) { a.Entries[3].Late = false })
	if _, err := f.Bulletins.Engine.Cases().Change(ctx, b.ID, func(b *Bulletin) error { b.Rows[0].Late++; return nil }); err != nil {
		t.Fatal(err)
	}
	broken("a changed figure")
	if _, err := f.Bulletins.Engine.Cases().Change(ctx, b.ID, func(b *Bulletin) error { b.Rows[0].Late--; return nil }); err != nil {
		t.Fatal(err)
	}
	a, err := f.accounts.Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.accounts.Delete(ctx, a); err != nil {
		t.Fatal(err)
	}
	broken("a list that is gone")
}

// A bulletin that is older than its entries is shown as it was.
func TestOlderBulletins(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f := open(t)
	b := f.publish(f.month(good("fire", 2)...))
	if _, err := f.Bulletins.Engine.Cases().Change(ctx, b.ID, func(b *Bulletin) error { b.Rows[0].Entries = ""; return nil }); err != nil {
		t.Fatal(err)
	}
	app := f.App()
	if code, body := f.Ask(app, "", "/bulletins/"+b.ID, ""); code != 200 || strings.Contains(body, "/entries?") {
		t.Error(code)
	}
	if code, _ := f.Ask(app, "", "/bulletins/"+b.ID+"/entries?unit=fire", ""); code != 404 {
		t.Error(code)
	}
	if n, err := f.Verify(ctx); n != 0 || err != nil {
		t.Error(n, err)
	}
}

// Two who count at once leave each other's lists alone.
func TestDrawnTwiceTheSame(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.month(good("fire", 2)...)
	again, err := f.act("hotline", "redraw", b.ID, nil)
	if err != nil || again.Rows[0].Entries != b.Rows[0].Entries {
		t.Fatal(err, again)
	}
	if n, err := f.accounts.Count(context.Background(), store.Query{}); n != 1 || err != nil {
		t.Error(n, err)
	}
}

// Off a list in the order of filing, numbers could be counted.
func TestEntriesStandInTheOrderOfReceipts(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.orders["2026-02"] = []orders.Measure{{Unit: "fire", Receipt: "b"}, {Unit: "fire", Receipt: "c"}, {Unit: "liuxi", Receipt: "a", ReturnedBy: []string{"fire"}}}
	b, err := f.act("hotline", "draw", "", &drawForm{Month: "2026-02"})
	if err != nil {
		t.Fatal(err)
	}
	es, err := f.entries(context.Background(), b, row(t, b, "fire"))
	if err != nil || len(es) != 3 || es[0].Receipt != "a" || es[1].Receipt != "b" || es[2].Receipt != "c" {
		t.Error(es, err)
	}
}
