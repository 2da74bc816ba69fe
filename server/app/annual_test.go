package app

import (
	"bytes"
	"strings"
	"testing"
)

// TestAnnual: the year's catalogue holds what is in force and nothing else, and
// shows what a decision on a renewal looks at.
func TestAnnual(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	a := p.get(t, "", "/api/v1/annual")
	if a.status != 200 {
		t.Fatal(a.status, a.raw)
	}
	seen, soon := map[string]map[string]any{}, 0
	for _, x := range a.body["items"].([]any) {
		y := x.(map[string]any)
		seen[y["title"].(string)] = y
		if y["decide_this_year"] == true {
			soon++
		}
	}
	for _, title := range []string{"消防安全入户排查", "法律咨询服务窗口", "辅助器具需求登记"} {
		if seen[title] == nil {
			t.Errorf("%s is in force and not in the catalogue", title)
		}
	}
	for _, title := range []string{"科普示范台账", "电动车充电安全宣传", "空置房屋入户普查"} {
		if seen[title] != nil {
			t.Errorf("%s is not in force and stands in the catalogue", title)
		}
	}
	if y := seen["辅助器具需求登记"]; y["score"] != 84.0 || y["decide_this_year"] != true || soon == 0 {
		t.Errorf("the one whose renewal is due: %v", y)
	}
	if y := seen["消防安全入户排查"]; y["communities"] != 3.0 || y["hours"] != 36.0 || y["money_in"] == 0.0 {
		t.Errorf("%v", y)
	}
	if page := p.get(t, "", "/annual"); page.status != 200 || !strings.Contains(page.raw, "今年要定去留的") || strings.Contains(page.raw, "annual.xlsx") {
		t.Error("the page", page.status)
	}
	if sheet := p.get(t, "office", "/annual.xlsx"); sheet.status != 200 || !bytes.HasPrefix([]byte(sheet.raw), []byte("PK")) {
		t.Error("no workbook", sheet.status)
	}
	if sheet := p.get(t, "", "/annual.xlsx"); sheet.status == 200 {
		t.Error("somebody unknown took it along")
	}
	if rec := p.get(t, "auditor", "/api/v1/exports"); !strings.Contains(rec.raw, `"narrow":"annual"`) {
		t.Error("it is not on record", rec.raw)
	}
}
