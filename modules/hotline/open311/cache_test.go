package open311

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/modules/hotline/orders"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// full is a fixture with so many public orders, and counts the lists made.
func full(t *testing.T, n int) (*fixture, *atomic.Int64) {
	t.Helper()
	f, made := open(t), new(atomic.Int64)
	for i := range n {
		id := fmt.Sprint(1000 + i)
		f.Put(orders.Order{Case: lifecycle.Case{Meta: store.Meta{ID: id}, No: "GD-" + id, State: "closed", OpenedAt: f.Now(), ChangedAt: f.Now()},
			Said: orders.Said{Words: "路灯不亮"}, Sorted: orders.Sorted{Type: "help", Category: "101"}, Channel: "phone"})
	}
	find := f.find
	f.find = func(ctx context.Context, q orders.Query) ([]orders.Brief, error) {
		if q.Limit > 1 {
			made.Add(1)
		}
		return find(ctx, q)
	}
	return f, made
}

// TestListsAreKept: the same list is made once, in each format and for each
// question, until an order changes; what it does not depend on changes nothing.
func TestListsAreKept(t *testing.T) {
	t.Parallel()
	f, made := full(t, 200)
	get := func(path string, want int64) string {
		t.Helper()
		status, body, _ := f.get("/open311/v2/requests" + path)
		if status != 200 || made.Load() != want {
			t.Errorf("%s: %d, made %d, want %d", path, status, made.Load(), want)
		}
		return body
	}
	first := get(".json", 1)
	for i := range 30 {
		if got := get(fmt.Sprintf(".json?nothing=%d", i), 1); got != first {
			t.Fatal("another answer")
		}
	}
	get(".xml", 2)
	get(".json?page=2", 3)
	f.Pass(time.Minute)
	f.Change("1199", func(o *orders.Order) { o.Words, o.ChangedAt = "路灯亮了", f.Now() })
	if got := get(".json", 4); !strings.Contains(got, "路灯亮了") {
		t.Error("an old answer after a change")
	}
	f.Change("1199", func(o *orders.Order) { o.Words = "别处改过" })
	f.Pass(keptFor)
	if got := get(".json", 5); !strings.Contains(got, "别处改过") {
		t.Error("an answer is kept for too long")
	}
}

// TestDearLists: who has one long list after another made is slowed down by
// their rows, and somebody else is not.
func TestDearLists(t *testing.T) {
	t.Parallel()
	f, made := full(t, 1000)
	refused := 0
	for i := range 60 {
		if status, _, _ := f.get(fmt.Sprintf("/open311/v2/requests.json?end_date=%s", f.Now().Add(time.Duration(i)*time.Second).Format("2006-01-02T15:04:05Z"))); status == 429 {
			refused++
		}
	}
	if n := made.Load(); n > 20 || refused < 40 {
		t.Errorf("%d of 60 lists of a thousand were made, %d refused", n, refused)
	}
	if f.Open311.asked.Wait("203.0.113.5") != 0 {
		t.Error("others wait too")
	}
	f.Pass(time.Minute)
	if status, _, _ := f.get("/open311/v2/services.json"); status != 200 {
		t.Errorf("a minute later: %d", status)
	}
}

// TestKeptIsBounded: answers are kept in bounded memory, the oldest go first.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	l, at := newLists(), time.Unix(0, 0)
	l.get("1", "", at)
	for i := range 500 {
		l.put("1", fmt.Sprint(i), answer{at: at.Add(time.Duration(i)), body: make([]byte, 1<<20)})
	}
	if len(l.kept) > mostKept || l.bytes > mostBytes || l.bytes != len(l.kept)<<20 {
		t.Errorf("%d answers, %d bytes", len(l.kept), l.bytes)
	}
	if _, ok := l.get("1", "499", at); ok {
		t.Error("an answer of later")
	}
	if _, ok := l.get("1", "499", at.Add(500)); !ok {
		t.Error("the newest is gone")
	}
	l.put("0", "old", answer{at: at, body: []byte("x")})
	if _, ok := l.get("1", "old", at); ok {
		t.Error("an answer of an older revision is kept")
	}
}
