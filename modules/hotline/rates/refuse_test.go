package rates

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// A month in which nothing counted is neither published nor a table.
func TestEmptyMonth(t *testing.T) {
	t.Parallel()
	f := open(t)
	portaltest.Wrong(t, publish(&Bulletin{}, portaltest.Step("publish", "hotline")), "bulletin.empty")
	b, err := f.act("hotline", "draw", "", &drawForm{Month: "2025-07"})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Rows) > 0 {
		t.Fatalf("%d rows", len(b.Rows))
	}
	if code, _ := f.Ask(f.App(), "hotline", "/bulletins/"+b.ID+"/rates.xlsx", ""); code != 409 {
		t.Errorf("a table of nothing: %d", code)
	}
}
