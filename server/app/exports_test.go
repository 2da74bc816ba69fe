package app

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"gatehouse/web/workbook"
)

// TestExports: a table holds what the list shows, no row and no column more,
// and is on record.
func TestExports(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	numbers := func(login, list string) (all []string) {
		t.Helper()
		for after := ""; ; {
			a := p.get(t, login, "/api/v1/"+list+"?limit=100&after="+after)
			items, _ := a.body["items"].([]any)
			for _, x := range items {
				all = append(all, x.(map[string]any)["no"].(string))
			}
			if after = a.str("next"); after == "" {
				return all
			}
		}
	}
	for _, c := range []struct{ login, list string }{{"hehua", "payments"}, {"tielu", "payments"}, {"office1", "applications"}, {"civil-affairs", "applications"}, {"housing", "orders"}, {"hehua", "orders"}, {"auditor", "refusals"}} {
		want := numbers(c.login, c.list)
		if len(want) > 5000 {
			t.Fatalf("%s has too many %s for one table", c.login, c.list)
		}
		text := p.get(t, c.login, "/"+c.list+".csv")
		if text.status != 200 || !strings.HasPrefix(text.raw, "\ufeff") {
			t.Fatalf("%s %s: %d", c.login, c.list, text.status)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text.raw, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows[1:] {
			got = append(got, r[0])
			if strings.ContainsAny(strings.Join(r, ""), "<>") {
				t.Errorf("marks in a table: %q", r)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s %s: %d rows, the list has %d", c.login, c.list, len(got), len(want))
		}
		sheet := p.get(t, c.login, "/"+c.list+".xlsx")
		if !bytes.HasPrefix([]byte(sheet.raw), []byte("PK")) {
			t.Fatalf("%s %s: no workbook", c.login, c.list)
		}
		if len(want) > 0 {
			table, err := workbook.Read("file", []byte(sheet.raw))
			if err != nil || len(table.Rows) != len(want) {
				t.Errorf("%s %s: %v", c.login, c.list, err)
			}
		}
	}
	if a := p.get(t, "office1", "/applications.csv?state=active_or_not"); a.status != 422 {
		t.Errorf("a state there is not: %d", a.status)
	}
	narrow := p.get(t, "office1", "/applications.csv?state=returned&q=食品")
	if n := strings.Count(strings.TrimSpace(narrow.raw), "\n"); narrow.status != 200 || n > 3 {
		t.Errorf("%d: %d rows", narrow.status, n)
	}
	if a := p.get(t, "", "/items.csv"); a.status == 200 {
		t.Error("somebody unknown took a table")
	}
	for login, may := range map[string]bool{"auditor": true, "admin": true, "office": false, "hehua": false, "": false} {
		a := p.get(t, login, "/api/v1/exports")
		if (a.status == 200) != may {
			t.Errorf("%s: %d", login, a.status)
		}
		if may && (!strings.Contains(a.raw, `"list":"applications"`) || !strings.Contains(a.raw, "state=returned") || strings.Contains(a.raw, "%E9")) {
			t.Error(a.raw)
		}
	}
}
