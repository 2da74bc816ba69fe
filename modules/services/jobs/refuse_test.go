package jobs

import (
	"context"
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// What the doors of jobs refuse, and what is true of a job.
func TestDoorsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App(f.Module())
	if code, _ := f.Ask(app, "", "/visits", "no=GD-o9&pin=123456"); code != 404 {
		t.Errorf("an order without a job: %d", code)
	}
	free := func(j *Job) bool {
		return slices.Contains(portaltest.Facts(f.Resource.Engine.Table.Facts(j, portaltest.Step("close", "x"))), "free")
	}
	if free(&Job{Order: "o1"}) || !free(&Job{Order: "o1", Fund: "fund"}) {
		t.Error("which job is free")
	}
	j := f.match("o1", "")
	j = f.must(j.Vendor, j.ID, "accept", nil)
	f.Jobs.asks.Contact = func(context.Context, string) (string, string, error) { return "", "", nil }
	if code, _ := f.Ask(f.App(f.Module()), j.Vendor, "/jobs/"+j.ID+"/reveal", "x=1"); code != 409 {
		t.Errorf("a phone that nobody left: %d", code)
	}
}
