package vendors

import (
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

// What vendors, scores and standards refuse by themselves.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	s := portaltest.Step("act", "vm1")
	portaltest.Wrong(t, f.Vendors.enter(&Score{}, &Charge{Vendor: "nobody"}, s), "vendor:schema.not_an_option")
	over := &Vendor{}
	over.LicenceEnd, over.InsuranceTo = "2030-01-01", "2026-03-08"
	portaltest.Wrong(t, f.Vendors.vet(over, s), "vendor.papers_over")
	for _, class := range []string{"nothing", "101"} { // 101 is an administrative request
		_, err := f.Standards.Engine.Open(f.ctx, portaltest.As("vm1"), "draft", &Promise{Class: class, Title: "标准", Text: "x"}, lifecycle.Opts{})
		portaltest.Wrong(t, err, "class:schema.not_an_option")
	}
}

// Four eyes: who took a vendor on probation does not confirm it.
func TestAnotherPersonConfirms(t *testing.T) {
	t.Parallel()
	f := open(t)
	x := f.vendor()
	facts := func(person string) bool {
		for _, fact := range portaltest.Facts(f.Vendors.Engine.Table.Facts(x, portaltest.Step("confirm", person))) {
			if fact == "own_vetting" {
				return true
			}
		}
		return false
	}
	if x.Vetted == "" || !facts(x.Vetted) || facts("somebody.else") {
		t.Errorf("vetted by %q, own: %v", x.Vetted, facts(x.Vetted))
	}
}
