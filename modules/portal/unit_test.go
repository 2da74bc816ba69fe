package portal_test

import (
	"context"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
)

// Departments and streets handle requests; nothing else does.
func TestUnits(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	h.Names.Put("place", "liuxi", portal.Name{Hans: "柳溪街道"})
	for id, want := range map[string]bool{"fire": true, "statistics": true, "liuxi": true, "hehua": false, portaltest.District: false, "": false, "nobody": false} {
		if h.IsUnit(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
	if got := h.Names.Unit("zh-Hans", "liuxi") + h.Names.Unit("zh-Hans", "fire") + h.Names.Unit("zh-Hans", ""); got != "柳溪街道fire" {
		t.Error(got)
	}
	os, err := h.Options(context.Background(), portal.Visitor{Lang: "zh-Hans"}, "units", "categories")
	if err != nil || len(os["units"]) != 7 || os["units"][0].Group != "部门" || os["units"][4].Value != "liuxi" || len(os["categories"]) != len(portal.Categories) {
		t.Errorf("%v %+v", err, os)
	}
	if h.District() != portaltest.District {
		t.Error(h.District())
	}
}
