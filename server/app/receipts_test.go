package app

import (
	"testing"

	"gatehouse/modules/rating/ratings"
	"gatehouse/server/lifecycle"
)

// A receipt that stands in public is no key to the case: together with the
// numbers, which anybody can count through, it would tell at /verify whose it
// is. Nor is what stood in older results, the beginning of the last hash.
func TestReceiptsOpenNothing(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	ctx, n := t.Context(), 0
	ask := func(c *lifecycle.Case, receipts ...string) {
		n++
		for _, r := range receipts {
			if a := p.get(t, "", "/api/v1/verify?code="+c.No+"-"+r[:10]); a.status != 404 {
				t.Fatalf("%s answers to a receipt: %d", c.No, a.status)
			}
		}
	}
	err := p.Ratings.Ballots.Engine.Cases().Each(ctx, nil, func(b *ratings.Ballot) error {
		last := b.History[len(b.History)-1]
		ask(&b.Case, last.Receipt(), last.Hash)
		return nil
	})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	os, err := p.Orders.Resource.Engine.List(ctx, lifecycle.System, lifecycle.Find{Limit: 50})
	if err != nil || len(os.Cases) == 0 {
		t.Fatal(err)
	}
	for _, o := range os.Cases {
		ask(&o.Case, o.PublicReceipt())
	}
	js, err := p.Jobs.Resource.Engine.List(ctx, lifecycle.System, lifecycle.Find{Limit: 50})
	if err != nil || len(js.Cases) == 0 {
		t.Fatal(err)
	}
	for _, j := range js.Cases {
		ask(&j.Case, j.PublicReceipt())
	}
}
