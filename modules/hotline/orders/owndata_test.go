package orders

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// A caller gets what is held on them, and nobody else's; phone and name go at
// once when they demand it, and both is on record.
func TestOwnData(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	one := f.to(f.file("op", "phone"), "closed")
	two := f.to(f.file("op", "phone", func(in *Filing) { in.Words = "楼道灯又坏了" }), "signed")
	f.file("op", "phone", func(in *Filing) { in.Phone, in.Words = "00099999999", "别人的事" })
	ask := func(by string) (int, OwnData, string) {
		code, body := f.Ask(app, by, "/api/v1/orders/callers/data", `{"order":"`+one.ID+`"}`)
		var out OwnData
		json.Unmarshal([]byte(body), &out)
		return code, out, body
	}
	for _, by := range []string{"op", "clerk.fire", "disp", ""} {
		if code, _, body := ask(by); code == 200 || strings.Contains(body, "00012345678") {
			t.Errorf("%q takes it: %d", by, code)
		}
	}
	code, out, body := ask("chief")
	if code != 200 || out.Phone != "00012345678" || len(out.Orders) != 2 || strings.Contains(body, "别人的事") {
		t.Fatal(code, body)
	}
	if e, ok := f.now(two.ID).Last("reveal"); !ok || e.By != "chief" || e.Note != "order.reveal_why.own_data" {
		t.Errorf("it is not on record: %+v", e)
	}
	if _, err := f.act(two, "chief", "forget", &forgetForm{Demand: "本人来电"}); fault.As(err).Code != "lifecycle.state" {
		t.Error("forgotten while somebody still has to call back", err)
	}
	if _, err := f.act(one, "op", "forget", &forgetForm{Demand: "本人来电"}); err == nil {
		t.Error("an operator deletes")
	}
	one = f.must(f.act(one, "chief", "forget", &forgetForm{Demand: "本人来电，回拨核实。"}))
	f.Bus.Once(t.Context())
	if c, err := f.m.card(t.Context(), one.Contact); c != nil || err != nil {
		t.Error("phone and name are still there", err)
	}
	if code, body := f.Ask(app, "chief", "/api/v1/orders/"+one.ID+"/reveal", `{"why":"check"}`); code != 409 || strings.Contains(body, "0001") {
		t.Error(code, body)
	}
	if c, err := f.m.card(t.Context(), two.Contact); c == nil || err != nil {
		t.Error("the order that goes on has lost its caller", err)
	}
	if e, _ := f.now(one.ID).Last("forget"); e.By != "chief" || !strings.Contains(e.Note, "回拨核实") {
		t.Errorf("%+v", e)
	}
}

// When its time is over, what the caller said goes and what was done stays:
// nobody finds the words in the store any more, the chain holds, pictures of
// the caller go, those of the unit stay.
func TestOrdersFade(t *testing.T) {
	t.Parallel()
	f := open(t)
	keep := func(name string) schema.File {
		t.Helper()
		x, err := f.Files.Keep(f.ctx, "", "files", name, []byte("楼栋,情况\n1栋,"+name+"\n"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	photo := keep("own.csv")
	one := f.to(f.file("op", "phone", func(in *Filing) {
		in.Words, in.Place, in.Files = "三楼姓赵的老人独居，灯坏了", "荷花路八号三楼", []schema.File{photo}
	}), "closed")
	going := f.to(f.file("op", "phone", func(in *Filing) { in.Words = "别的事还在办" }), "signed")
	for _, by := range []string{"op", "clerk.fire", "disp", ""} {
		if _, err := f.act(one, by, "fade", nil); err == nil {
			t.Errorf("%q deletes what the caller said", by)
		}
	}
	if _, err := f.act(going, "chief", "fade", nil); fault.As(err).Code != "lifecycle.state" {
		t.Error("it goes while somebody waits:", err)
	}
	f.Pass(3*366*24*time.Hour - 48*time.Hour)
	years := one.Settings.Int("privacy.order_years")
	if n, err := f.m.Resource.AnonymiseDue(f.ctx, 10); years != 3 || n != 0 || err != nil {
		t.Fatalf("%d went before %d years, %v", n, years, err)
	}
	f.Pass(72 * time.Hour)
	if n, err := f.m.Resource.AnonymiseDue(f.ctx, 10); n != 1 || err != nil {
		t.Fatalf("%d went, %v", n, err)
	}
	f.Bus.Once(f.ctx)
	row, err := f.Store.Get(f.ctx, "orders", one.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"赵", "八号", one.Caller, one.Contact} {
		if strings.Contains(string(row.Doc), word) {
			t.Errorf("%q is still there", word)
		}
	}
	if b, err := lifecycle.Check("orders", row); b != nil || err != nil {
		t.Error("the chain does not hold:", b, err)
	}
	if c, err := f.m.card(f.ctx, one.Contact); c != nil || err != nil {
		t.Error("phone and name are still there", err)
	}
	now := f.now(one.ID)
	if now.summary() != one.No || now.Unit != one.Unit || now.Solved != one.Solved || len(now.Replies) != len(one.Replies) {
		t.Errorf("what was done is not as it was: %+v", now)
	}
	for _, words := range []string{"赵", "荷花路"} {
		if page, err := f.m.Resource.Engine.List(f.ctx, portaltest.As("chief"), lifecycle.Find{Words: words}); err != nil || len(page.Cases) != 0 {
			t.Errorf("it is still found by %q, %v", words, err)
		}
	}
	if yes, err := f.m.Resource.NamesFile(f.ctx, photo.Hash); yes || err != nil {
		t.Error("the picture is still named", err)
	}
	f.Pass(25 * time.Hour)
	if n, err := f.Files.Sweep(f.ctx, f.m.Resource.NamesFile); n != 1 || err != nil {
		t.Errorf("%d files swept, %v", n, err)
	}
	if why, err := f.Files.Check(f.ctx, photo.Hash); why != "is missing" || err != nil {
		t.Errorf("the picture %q, %v", why, err)
	}
	if n, first, err := lifecycle.VerifyFiles(f.ctx, f.Store, "orders", f.Files.Check); first != nil || err != nil {
		t.Errorf("%d files, broken: %v %v", n, first, err)
	}
	app := f.App()
	if code, body := f.Ask(app, "chief", "/orders/"+one.ID, ""); code != 200 || !strings.Contains(body, "个人信息已于") {
		t.Errorf("its page: %d", code)
	}
	if code, body := f.Ask(app, "chief", "/api/v1/orders/"+going.ID, ""); code != 200 || strings.Contains(body, `"salt"`) {
		t.Errorf("the salt is shown: %d", code)
	}
}

// On the caller's demand it goes at once, by the head, on record.
func TestOrderFadesOnDemand(t *testing.T) {
	t.Parallel()
	f := open(t)
	one := f.must(f.act(f.to(f.file("op", "phone"), "closed"), "chief", "fade", nil))
	if e, ok := one.Last("fade"); !ok || e.By != "chief" || one.Words != "" || one.Caller != "" {
		t.Errorf("%+v", e)
	}
	if _, err := f.act(one, "chief", "fade", nil); err == nil {
		t.Error("twice")
	}
}
