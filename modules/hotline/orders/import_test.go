package orders

import (
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func somePast(n int) (out []Past) {
	for i := range n {
		at := portaltest.Start.AddDate(0, 0, -1-i%60)
		out = append(out, Past{Key: "key" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String(), Opened: at, Signed: at.Add(10 * time.Minute), Contacted: at.Add(20 * time.Minute), Closed: at.Add(30 * time.Minute),
			Words: "路灯不亮", Type: "help", Category: "101", Community: "hehua", Unit: "fire", Result: "已修好。", Solved: "solved", Grade: 80, Graded: true, Phone: "00012345678"})
	}
	return out
}

// Every category of R52 can be brought from the past, once, closed and without a number.
func TestR52PastOrders(t *testing.T) {
	t.Parallel()
	f := open(t)
	past := somePast(1200)
	past[0].Category, past[1].Category, past[1].Signed = "901", "906", time.Time{}
	past[2].Closed = past[2].Opened.AddDate(0, 0, 9)
	if past[2].Closed.After(portaltest.Start) {
		past[2].Opened = past[2].Opened.AddDate(0, 0, -20)
		past[2].Signed, past[2].Contacted, past[2].Closed = past[2].Opened, past[2].Opened, past[2].Opened.AddDate(0, 0, 9)
	}
	made, err := f.m.Import(f.ctx, past)
	if err != nil || made != len(past) {
		t.Fatal(made, err)
	}
	again, err := f.m.Import(f.ctx, append(past[:10:10], somePast(1201)[1200]))
	if err != nil || again != 1 {
		t.Error("imported twice", again, err)
	}
	n, err := f.m.Resource.Engine.Cases().Count(f.ctx, store.Query{Where: []store.Cond{{Field: "channel", Op: store.Eq, Value: "import"}}})
	if err != nil || n != 1201 {
		t.Error(n, err)
	}
	get := func(key string) *Order {
		os, err := f.m.Resource.Engine.Cases().Find(f.ctx, store.Query{Where: []store.Cond{{Field: "twin", Op: store.Eq, Value: f.m.pastTwin(key)}}, Limit: 1})
		if err != nil || len(os) != 1 {
			t.Fatal(err)
		}
		return os[0]
	}
	o := get(past[5].Key)
	if o.State != "closed" || o.Contact != "" || o.Caller == "" || !o.OpenedAt.Equal(past[5].Opened) || o.DueMonth == "" || !o.InTime.Closed || !o.InTime.Signed || o.Late || o.told() == "" {
		t.Errorf("%+v", o)
	}
	if social := get(past[0].Key); social.Stream != "social" {
		t.Errorf("%+v", social.Sorted)
	}
	if late := get(past[2].Key); !late.Late || late.InTime.Closed {
		t.Errorf("%+v", late.Handling)
	}
	if o := get(past[1].Key); o.DueMonth != "" {
		t.Error("an order whose times nobody kept counts in the rates")
	}
	if _, broken, err := lifecycle.Verify(f.ctx, f.Store, "orders"); err != nil || broken != nil {
		t.Error(broken, err)
	}
	for _, by := range []string{"chief", "disp", "op", ""} {
		if _, err := f.m.Resource.Engine.Open(f.ctx, portaltest.As(by), "import", &past[0], lifecycle.Opts{}); err == nil {
			t.Errorf("%s imported an order by hand", by)
		}
	}
}
