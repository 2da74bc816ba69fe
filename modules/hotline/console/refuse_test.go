package console

import (
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
)

// What the console refuses of a draft.
func TestDraftRefuses(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, err := read(func(name string) string {
		if name == "words" {
			return "\xff\xfe"
		}
		return ""
	})
	portaltest.Wrong(t, err, "bad_utf8")
	_, err = f.Console.keep(f.ctx, portaltest.As("op1"), "nothing", typed{})
	portaltest.Wrong(t, err, "not_found")
	_, err = f.Console.filing(f.ctx, portal.Visitor{Actor: portaltest.As("op1")}, &Draft{Fields: map[string]string{"words": " \n"}})
	portaltest.Wrong(t, err, "words:schema.required")
	d := f.draft1("op1", "")
	code, body := f.post("op1", "/console/drafts/"+d.ID, "words", "没有来电", "do", "reveal")
	if code != 404 || strings.Contains(body, "1380") {
		t.Errorf("a number without a call: %d", code)
	}
}
