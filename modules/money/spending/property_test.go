package spending_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/money/books"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Whatever anybody does in whatever order, with the books out of reach now and
// then: once every event has been relayed, the balances sum to nothing and are
// what an independent recount of the cases says; and no purse is ever
// overdrawn, not even while entries are on their way.
func TestBooksBalance(t *testing.T) {
	t.Parallel()
	reached := map[string]int{}
	many := portaltest.Walks(t, "30")
	rapid.Check(t, func(rt *rapid.T) {
		f := house(t)
		w := &walk{fixture: f, rt: rt, item: f.work()}
		for _, c := range []string{"hehua", "guangming"} { // a part in force takes sheets
			f.paid(w.item, c, 1)
			f.Sent(f.Items.Resource, "head."+c, w.item, "confirm", map[string]any{"community": c, "powers_in": true})
		}
		f.Fails = func(collection string) error {
			if collection == "entries" && rapid.IntRange(0, 3).Draw(rt, "reach") == 0 {
				return errors.New("out of reach")
			}
			return nil
		}
		for range rapid.IntRange(3, 18).Draw(rt, "steps") {
			w.step()
			w.noneOverdrawn()
		}
		f.Fails = nil
		f.Bus.Once(f.ctx)
		f.Bus.Once(f.ctx) // a refund that a relayed decision opened
		w.recount(reached)
	})
	t.Logf("entries met: %v", reached)
	for _, noun := range []string{"payment", "sheet", "use", "refund"} {
		if many && reached[noun] == 0 {
			t.Errorf("no walk entered a %s", noun)
		}
	}
}

type walk struct {
	*fixture
	rt   *rapid.T
	item string
	uses []string
}

func pick[T any](w *walk, name string, of ...T) T { return rapid.SampledFrom(of).Draw(w.rt, name) }

func (w *walk) step() {
	place := pick(w, "place", "hehua", "guangming")
	var err error
	switch pick(w, "kind", "use", "use", "use", "reverse", "sheet", "street", "withdraw", "refund", "relay", "time") {
	case "use":
		var id string
		if id, err = w.spend("head."+place, held(place, w.item), pick(w, "fen", int64(1), 30000, 60000, 100000)); err == nil {
			w.uses = append(w.uses, id)
		}
	case "reverse":
		if len(w.uses) > 0 {
			_, err = w.do(w.Spending.Uses, "head."+place, pick(w, "use", w.uses...), "reverse", map[string]any{"reason": "错"})
		}
	case "sheet":
		err = w.sheetPaid(place)
	case "street":
		var p string
		if p, err = w.do(w.Payments, "clerk.fire", "", "claim", map[string]any{"item": w.item, "community": "hehua", "instalment": 2, "amount": 50000, "voucher": "V", "paid_on": "2026-03-09"}); err == nil {
			_, err = w.do(w.Payments, "street.liuxi", p, "confirm", nil)
		}
	case "withdraw":
		err = w.leave()
	case "refund":
		for _, r := range w.refunds() {
			by := "head." + r.Place
			if r.Place == "liuxi" {
				by = "street.liuxi"
			}
			if _, err = w.do(w.Spending.Refunds, by, r.ID, "pay_back", map[string]any{"voucher": "T", "paid_on": "2026-03-09"}); err == nil {
				_, err = w.do(w.Spending.Refunds, "finance", r.ID, pick(w, "answer", "confirm", "confirm", "deny"), map[string]any{"reason": "错"})
			}
		}
	case "relay":
		w.Bus.Once(w.ctx)
	case "time": // holds of cases that were never saved are forgotten
		w.Pass(20 * 60 * 1e9)
	}
	// An event that nobody could take is no fault of whoever acted.
	if err != nil && fault.Is(err, fault.Internal) && !w.reachable(err) {
		w.rt.Fatalf("a fault inside: %v", err)
	}
}

// reachable: drawing asks what is on the account, and may find the books out of reach.
func (w *walk) reachable(err error) bool { return slices.Contains(chain(err), "out of reach") }

func chain(err error) []string {
	var out []string
	for err != nil {
		out = append(out, err.Error())
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = u.Unwrap()
	}
	return out
}

func (w *walk) sheetPaid(place string) error {
	d := w.Sheets
	id, err := w.do(d, "clerk.fire", "", "issue", map[string]any{"item": w.item, "community": place, "task": "排查", "quantity": 10, "unit": "户", "price": 700, "by": "2027-01-01"})
	for _, a := range []struct {
		by, act string
		in      map[string]any
	}{{"head." + place, "accept", nil}, {"head." + place, "perform", map[string]any{"done": 9, "done_by": "x", "evidence": "x"}}, {"head." + place, "sign", nil},
		{"clerk.fire", "admit", nil}, {"clerk.fire", "claim", map[string]any{"voucher": "V", "paid_on": "2026-03-09"}}, {"head." + place, "confirm", nil}} {
		if err == nil {
			_, err = w.do(d, a.by, id, a.act, a.in)
		}
	}
	return err
}

func (w *walk) leave() error {
	d := w.withdrawals.Resource
	id, err := w.do(d, "office.a", "", "propose", map[string]any{"item": w.item, "grounds": []string{"effect"}, "reason": "x"})
	for _, a := range []struct {
		by, act string
		in      map[string]any
	}{{"office.a", "notify", nil}, {"head.fire", "state", map[string]any{"statement": "x"}}, {"conference", "decide", map[string]any{"decision": "x", "minutes": "y"}}} {
		if err == nil {
			_, err = w.do(d, a.by, id, a.act, a.in)
		}
	}
	if err == nil && pick(w, "cancel", true, false) {
		_, err = w.do(d, "conference", id, "cancel", map[string]any{"why": "x", "minutes": "y"})
	}
	return err
}

// noneOverdrawn judges by the cases alone: what came in and what was taken out
// of each community's purse, whether entered yet or not.
func (w *walk) noneOverdrawn() {
	for a, n := range w.expected(true) {
		if kind := a.Kind(); (kind == "community" || kind == "street") && n < 0 {
			w.rt.Fatalf("%s is overdrawn by %d fen", a, -n)
		}
	}
}

// expected works out every balance from the cases; drawn counts refunds from
// the day they are due.
func (w *walk) expected(drawn bool) map[books.Account]schema.Fen {
	out := map[books.Account]schema.Fen{}
	move := func(from, to books.Account, n schema.Fen) { out[from] -= n; out[to] += n }
	all := lifecycle.Find{Limit: 100}
	ps, err := w.Payments.Engine.List(w.ctx, lifecycle.System, all)
	w.must(err)
	for _, p := range ps.Cases {
		place := p.Community
		if p.Payee == "street" {
			place = "liuxi"
		}
		if p.State == "confirmed" {
			move(books.Gave("fire"), books.Held(p.Payee, place, string(p.Item)), p.Amount)
		}
	}
	ss, err := w.Sheets.Engine.List(w.ctx, lifecycle.System, all)
	w.must(err)
	for _, s := range ss.Cases {
		if s.State == "paid" {
			move(books.Gave("fire"), books.Held("community", s.Community, string(s.Item)), 6300)
		}
	}
	us, err := w.Spending.Uses.Engine.List(w.ctx, lifecycle.System, all)
	w.must(err)
	for _, u := range us.Cases {
		if u.State != "reversed" {
			move(u.Account, books.Spent(u.Place, u.Category), u.Amount)
		}
	}
	for _, r := range w.refunds() {
		if r.State == "confirmed" || drawn && r.State != "cancelled" {
			move(r.Account, books.Returned("fire"), r.Amount)
		}
	}
	return out
}

func (w *walk) recount(reached map[string]int) {
	sums, err := w.Books.Sums(w.ctx)
	w.must(err)
	want := w.expected(false)
	total := schema.Fen(0)
	for a, s := range sums {
		total += s.Balance()
		if s.Balance() != want[a] {
			w.rt.Fatalf("%s has %d fen in the books, the cases say %d", a, s.Balance(), want[a])
		}
	}
	for a, n := range want {
		if sums[a].Balance() != n {
			w.rt.Fatalf("%s is not in the books, the cases say %d", a, n)
		}
	}
	if total != 0 {
		w.rt.Fatalf("the books are out of balance by %d fen", total)
	}
	w.must(w.Books.Each(w.ctx, func(e *books.Entry) { reached[e.Source.Noun]++ }))
}
