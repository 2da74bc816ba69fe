package ratings

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"gatehouse/server/fault"
)

// Verify holds the ballots against each other: in a round a committee rates an
// item once, each ballot counted in a settled result and no other did, each
// household code that was used has counted once, and no code
// counts that was never handed out. It gives the number of ballots and of
// households. What anybody answered it neither needs nor tells.
func (m *Ratings) Verify(ctx context.Context) (ballots, households int, err error) {
	cast, counted := map[[3]string]string{}, map[string][][2]string{}
	err = m.Ballots.Engine.Cases().Each(ctx, nil, func(b *Ballot) error {
		ballots++
		key := [3]string{b.Round, b.Item, b.Community}
		if other, twice := cast[key]; twice {
			return fmt.Errorf("broken: ballots %s and %s are one committee's about one item", other, b.ID)
		}
		cast[key] = b.ID
		counted[b.Round+" "+b.Item] = append(counted[b.Round+" "+b.Item], b.receipts())
		return nil
	})
	if err != nil {
		return ballots, 0, fault.Wrap(err, "read the ballots")
	}
	if err := m.Rounds.Engine.Cases().Each(ctx, nil, func(r *Round) error { return r.checkReceipts(counted) }); err != nil {
		return ballots, 0, fault.Wrap(err, "read the rounds")
	}
	err = m.boxes.Each(ctx, nil, func(b *box) error {
		n, err := b.check()
		households += n
		return err
	})
	return ballots, households, fault.Wrap(err, "read the boxes")
}

// counts tells whether the ballot counted in the round's result.
func (r *Round) counts(b *Ballot) bool {
	own := b.receipts()
	return slices.ContainsFunc(r.Results, func(x Result) bool {
		return x.Item == b.Item && slices.ContainsFunc(x.Receipts, func(s string) bool { return slices.Contains(own[:], s) })
	})
}

// checkReceipts holds the receipts of a settled result against the ballots; one
// that is older than receipts has none.
func (r *Round) checkReceipts(counted map[string][][2]string) error {
	old := !slices.ContainsFunc(r.Results, func(x Result) bool { return len(x.Receipts) > 0 })
	if r.State != "final" && r.State != "published" || old {
		return nil
	}
	for _, x := range r.Results {
		var have, old []string
		for _, rs := range counted[r.ID+" "+x.Item] {
			have, old = append(have, rs[0]), append(old, rs[1])
		}
		slices.Sort(have)
		slices.Sort(old)
		if !slices.Equal(have, x.Receipts) && !slices.Equal(old, x.Receipts) {
			return fmt.Errorf("broken: round %s: of item %s the ballots are not those that counted", r.No, x.Item)
		}
	}
	return nil
}

// check counts a box anew.
func (b *box) check() (n int, err error) {
	bad := func(format string, args ...any) (int, error) {
		return 0, fmt.Errorf("broken: box %s: "+format, append([]any{b.ID}, args...)...)
	}
	for i, x := range b.Spent {
		n += bits.OnesCount8(x)
		if last := b.Codes - 8*i; last < 8 && x>>max(last, 0) != 0 {
			return bad("a code was used that was never handed out")
		}
	}
	answered := 0
	for _, k := range b.Households {
		answered += k
	}
	if answered != n {
		return bad("%d codes were used, and %d households counted", n, answered)
	}
	for item, by := range b.Counts {
		for channel, grades := range by {
			graded := 0
			for _, k := range grades {
				graded += k
			}
			if graded > b.Households[channel] {
				return bad("item %s has %d grades by %s of %d households", item, graded, channel, b.Households[channel])
			}
		}
	}
	return n, nil
}
