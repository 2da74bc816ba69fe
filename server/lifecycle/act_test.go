package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func TestALife(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.draft("stalls")
	if p.State != "draft" || p.No != "XK-2026-00001" || p.Revision != 1 || !p.OpenedAt.Equal(monday) || p.OpenedBy != "maker" {
		t.Fatalf("opened as %+v", p.Case)
	}
	h.must(maker, p.ID, "file", nil)
	h.must(lifecycle.Actor{ID: "deputy", For: "office"}, p.ID, "mark", &markForm{Key: "seen"})
	p = h.must(office, p.ID, "decide", &decideForm{Grant: "no"})
	if p.State != "refused" || len(p.History) != 4 {
		t.Fatalf("is %s after %d entries", p.State, len(p.History))
	}
	e := p.History[2]
	if e.Seq != 3 || e.By != "deputy" || e.For != "office" || e.From != "filed" || e.To != "filed" || e.Note != "marked seen" || e.Line != "PE01" ||
		len(e.Changes) != 1 || e.Changes[0].Field != "marks" || string(e.Changes[0].New) != `{"seen":"deputy"}` || e.Changes[0].Old != nil {
		t.Errorf("entry %+v", e)
	}
	if !p.Did("office", "mark") || !p.Did("deputy", "mark") || p.Did("maker", "mark") || p.Did("", "mark") {
		t.Error("Did must know both who acted and who was stood in for")
	}
	if last, ok := p.Last("file", "mark"); !ok || last.Seq != 3 {
		t.Errorf("Last gives %+v", last)
	}
	h.whole()
}

func TestWhatIsNotInTheTable(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	p := h.filed("stalls")
	for _, act := range []string{"nonsense", "", "see", "draft"} {
		_, err := h.Act(ctx, maker, p.ID, act, nil, lifecycle.Opts{})
		wants(t, err, fault.NotFound, "not_found")
	}
	for _, act := range []string{"nonsense", "file"} {
		_, err := h.Open(ctx, maker, act, nil, lifecycle.Opts{})
		wants(t, err, fault.NotFound, "not_found")
	}
	_, err := h.Act(ctx, maker, p.ID, "file", nil, lifecycle.Opts{})
	e := wants(t, err, fault.Conflict, "lifecycle.state")
	if e.Args["act"] != "t:act.permit.file" || e.Args["state"] != "t:state.permit.filed" || e.Fact != "state.permit.filed" {
		t.Errorf("the refusal must name act and state: %+v", e)
	}
	_, err = h.Act(ctx, maker, p.ID, "mark", markForm{Key: "by value"}, lifecycle.Opts{})
	wants(t, err, fault.Internal, "internal")
	if got := h.stored(p.ID); got.Revision != p.Revision || got.Marks != nil {
		t.Error("a refused act changed the case")
	}
}

func TestStaleRevision(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	p := h.filed("stalls")
	h.must(office, p.ID, "mark", &markForm{Key: "a"})
	_, err := h.Act(ctx, office, p.ID, "mark", &markForm{Key: "b"}, lifecycle.Opts{Revision: p.Revision})
	wants(t, err, fault.Conflict, "lifecycle.stale")
	if _, err = h.Act(ctx, office, p.ID, "mark", &markForm{Key: "b"}, lifecycle.Opts{Revision: p.Revision + 1}); err != nil {
		t.Error(err)
	}
}

func TestTwentyOfficersDecideOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	var done, told atomic.Int32
	together(20, func(i int) {
		grant := []string{"yes", "no"}[i%2]
		_, err := h.Act(context.Background(), lifecycle.Actor{ID: "officer" + grant}, p.ID, "decide", &decideForm{Grant: grant}, lifecycle.Opts{})
		switch {
		case err == nil:
			done.Add(1)
		case fault.Is(err, fault.Conflict):
			told.Add(1)
		default:
			t.Error(err)
		}
	})
	if done.Load() != 1 || told.Load() != 19 {
		t.Errorf("%d decided, %d were told", done.Load(), told.Load())
	}
	if got := len(h.stored(p.ID).History); got != 3 {
		t.Errorf("%d entries", got)
	}
	h.whole()
}

func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// meeting gives a function that returns only when n callers have come.
func meeting(n int) func() {
	var wg sync.WaitGroup
	wg.Add(n)
	return func() { wg.Done(); wg.Wait() }
}

func TestAllMarksOfARaceStay(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	together(16, func(i int) {
		in := &markForm{Key: string(rune('a' + i))}
		if _, err := h.Act(context.Background(), office, p.ID, "mark", in, lifecycle.Opts{}); err != nil {
			t.Error(err)
		}
	})
	if got := h.stored(p.ID); len(got.Marks) != 16 || len(got.History) != 18 {
		t.Errorf("%d marks, %d entries", len(got.Marks), len(got.History))
	}
	h.whole()
}

func TestKeysOfActs(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	p := h.filed("stalls")
	o := lifecycle.Opts{Key: "k", Revision: p.Revision} // as a page sends it
	do := func(by lifecycle.Actor, key string) error {
		_, err := h.Act(ctx, by, p.ID, "mark", &markForm{Key: key}, o)
		return err
	}
	all := meeting(8)
	h.Table.Acts[2].Do = lifecycle.Takes("permit_mark", func(p *permit, in *markForm, s *lifecycle.Step) error {
		all()
		return mark(p, in, s)
	})
	together(8, func(int) { // a form that was clicked eight times
		if err := do(office, "a"); err != nil {
			t.Error(err)
		}
	})
	if got := h.stored(p.ID); len(got.History) != 3 {
		t.Fatalf("one key, %d entries", len(got.History))
	}
	h.Table.Acts[2].Do = lifecycle.Takes("permit_mark", mark)
	wants(t, do(office, "b"), fault.Conflict, "lifecycle.key_reused")
	o.Revision = 0
	if err := do(lifecycle.Actor{ID: "another"}, "b"); err != nil {
		t.Error("keys belong to who sends them:", err)
	}
	h.must(office, p.ID, "decide", &decideForm{Grant: "yes"})
	if err := do(office, "a"); err != nil {
		t.Error("a repeat is answered though the state has moved on:", err)
	}
}

func TestKeysOfOpenings(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	open := func(by lifecycle.Actor, title, key string) (*permit, error) {
		return h.Open(ctx, by, "draft", &draftForm{Title: title}, lifecycle.Opts{Key: key})
	}
	all := meeting(12)
	usual := h.Table.Acts[0].Do
	h.Table.Acts[0].Do = lifecycle.Takes("permit", func(p *permit, in *draftForm, s *lifecycle.Step) error {
		all()
		p.Title = in.Title
		return nil
	})
	var ids sync.Map
	together(12, func(int) {
		p, err := open(maker, "stalls", "k")
		if err != nil {
			t.Error(err)
			return
		}
		ids.Store(p.ID, true)
	})
	if n, err := h.Cases().Count(ctx, store.Query{}); n != 1 || err != nil {
		t.Fatalf("one key opened %d cases (%v)", n, err)
	}
	h.Table.Acts[0].Do = usual
	_, err := open(maker, "other", "k")
	wants(t, err, fault.Conflict, "lifecycle.key_reused")
	if _, err := open(office, "stalls", "k"); err != nil {
		t.Error(err)
	}
	if n, _ := h.Cases().Count(ctx, store.Query{}); n != 2 {
		t.Errorf("%d cases of two people", n)
	}
}

// A fast hash of a password would be as good as the password.
func TestNoHashOfASecretInTheHistory(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	open := func(title, password string) (string, error) {
		p, err := h.Open(ctx, maker, "draft", &draftForm{Title: title, Password: password}, lifecycle.Opts{Key: "k"})
		if err != nil {
			return "", err
		}
		return p.ID + p.History[0].Body, nil
	}
	one, err := open("t", "one")
	if two, again := open("t", "two"); err != nil || again != nil || one != two {
		t.Errorf("the digest of the input tells passwords apart: %s, %s, %v, %v", one, two, err, again)
	}
	if _, err := open("other", "one"); err == nil {
		t.Error("the digest tells nothing apart")
	}
}

func TestGateBeforeEverything(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	writes := 0
	h.Cases().OnSave(func(*permit) { writes++ })
	usual := h.Table.Acts[0].Do
	h.Table.Acts[0].Do = lifecycle.Does(func(*permit, *lifecycle.Step) error { return fault.InvalidField("title", "schema.required") })
	_, err := h.Open(ctx, stranger, "draft", nil, lifecycle.Opts{}) // hears no word about the input
	wants(t, err, fault.Denied, "policy.role")
	_, err = h.Open(ctx, maker, "draft", nil, lifecycle.Opts{})
	wants(t, err, fault.Invalid, "invalid")
	h.Table.Acts[0].Do = usual
	h.gate.deny["permit.draft"] = "PED1"
	_, err = h.Open(ctx, maker, "draft", &draftForm{Title: "a"}, lifecycle.Opts{Key: "k"})
	wants(t, err, fault.Denied, "policy.PED1")
	if writes != 0 {
		t.Errorf("%d writes", writes)
	}
	delete(h.gate.deny, "permit.draft")
	p := h.draft("a")
	if p.No != "XK-2026-00001" {
		t.Errorf("a refused opening took a number: %s", p.No)
	}
	h.gate.deny["permit.file"] = "PED2"
	writes = 0
	_, err = h.Act(ctx, maker, p.ID, "file", nil, lifecycle.Opts{})
	wants(t, err, fault.Denied, "policy.PED2")
	if writes != 0 || h.stored(p.ID).State != "draft" {
		t.Error("a refused act was saved")
	}
	q := h.gate.asked[len(h.gate.asked)-1]
	if q.Act != "permit.file" || q.Actor != maker || q.Scope.Department != "fire" || !q.At.Equal(monday) || q.Facts[0] != "draft" {
		t.Errorf("the gate was asked %+v", q)
	}
}

func TestUnseenIsNotFound(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	p := h.draft("secret")
	ids := []string{p.ID, "00000000-0000-7000-8000-000000000000", "", "a/b", "ä", "a b", "a\x00b", "\xff", "a%2fb", "..;", strings.Repeat("x", 65)}
	for _, id := range ids {
		_, err := h.Get(ctx, office, id)
		wants(t, err, fault.NotFound, "not_found")
		_, err = h.Act(ctx, office, id, "file", nil, lifecycle.Opts{})
		wants(t, err, fault.NotFound, "not_found")
	}
	if _, err := h.Get(ctx, maker, p.ID); err != nil {
		t.Error(err)
	}
	strange := h.stored(p.ID) // even if the store had it
	strange.ID, strange.No, strange.OpenKey = "a b", "XK-0", "k"
	if err := h.Cases().Insert(ctx, strange); err != nil {
		t.Fatal(err)
	}
	_, err := h.Get(ctx, maker, "a b")
	wants(t, err, fault.NotFound, "not_found")
}

func TestChosenIDs(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.Table.ID = func(p *permit) string { return p.Title }
	open := func(id, key string) (*permit, error) {
		return h.Open(ctx, maker, "draft", &draftForm{Title: id}, lifecycle.Opts{Key: key})
	}
	if p, err := open("fire-1.A_b", "k"); err != nil || p.ID != "fire-1.A_b" {
		t.Error(p, err)
	}
	if _, err := open("fire-1.A_b", "k"); err != nil {
		t.Error("the same request again:", err)
	}
	_, err := open("fire-1.A_b", "other")
	wants(t, err, fault.Conflict, "permit.unique_id")
	_, err = open("a/b", "")
	wants(t, err, fault.Internal, "internal")
}

// Every stored moment reads back as it was hashed, on every engine.
func TestMomentsAreWholeMicroseconds(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.set(monday.Add(1_234_567))
	p := h.filed("stalls")
	if want := monday.Add(1_234_000); !p.OpenedAt.Equal(want) || !p.History[1].At.Equal(want) || p.OpenedAt.Location() != time.UTC {
		t.Errorf("opened at %s", p.OpenedAt)
	}
}

func TestErrorsOfEffectsSaveNothing(t *testing.T) {
	t.Parallel()
	table := permits()
	table.Acts[2].Do = lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
		p.Title = "changed"
		return errors.New("no")
	})
	h := build(t)
	h.Table = table
	p := h.filed("stalls")
	if _, err := h.Act(context.Background(), office, p.ID, "mark", nil, lifecycle.Opts{}); err == nil {
		t.Fatal("done")
	}
	a, _ := json.Marshal(p)
	if b, _ := json.Marshal(h.stored(p.ID)); string(a) != string(b) {
		t.Errorf("was\n%s\nis\n%s", a, b)
	}
	table.Acts[2].Do = lifecycle.Does(func(_ *permit, s *lifecycle.Step) error { s.Go("granted"); return nil })
	if _, err := h.Act(context.Background(), office, p.ID, "mark", nil, lifecycle.Opts{}); !fault.Is(err, fault.Internal) {
		t.Errorf("an effect went where its row does not lead: %v", err)
	}
}
