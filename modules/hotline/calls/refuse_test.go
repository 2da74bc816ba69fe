package calls

import (
	"testing"
	"time"

	"gatehouse/modules/portaltest"
)

// A call that is over is nobody's to take, and one that is not there is none.
func TestTakeRefuses(t *testing.T) {
	t.Parallel()
	f := open(t)
	if _, err := f.Hear(f.ctx, f.board.No, Report{Call: "gone", Line: "81890", RingingAt: at(0), EndedAt: at(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	var id string
	if err := f.calls.Each(f.ctx, nil, func(c *Call) error { id = c.ID; return nil }); err != nil {
		t.Fatal(err)
	}
	_, err := f.Take(f.ctx, portaltest.As("op1"), id)
	portaltest.Wrong(t, err, "call.over")
	_, err = f.Take(f.ctx, portaltest.As("op1"), "nothing")
	portaltest.Wrong(t, err, "not_found")
}
