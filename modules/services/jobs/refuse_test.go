package jobs

import (
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// What the doors of jobs refuse, and what is true of a job.
func TestDoorsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	if code, _ := f.Ask(app, "", "/visits", f.claim("o9")); code != 404 {
		t.Errorf("an order without a job: %d", code)
	}
	free := func(j *Job) bool {
		return slices.Contains(portaltest.Facts(f.Jobs.Engine.Table.Facts(j, portaltest.Step("close", "x"))), "free")
	}
	if free(&Job{Order: "o1"}) || !free(&Job{Order: "o1", Fund: "fund"}) {
		t.Error("which job is free")
	}
	f.phone = ""
	j := f.match("o1", "v1")
	f.must("v1", j.ID, "accept", nil)
	if code, _ := f.Ask(app, "v1", "/jobs/"+j.ID+"/reveal", "x=1"); code != 409 {
		t.Errorf("a phone that nobody left: %d", code)
	}
}
