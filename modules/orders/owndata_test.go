package orders

import (
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/server/fault"
)

// A caller gets what is held on them, and nobody else's; phone and name go at
// once when they demand it, and both is on record.
func TestOwnData(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App(f.m.Module())
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
