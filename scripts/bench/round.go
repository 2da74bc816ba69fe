//go:build bench

package main

import (
	"context"
	"fmt"

	"gatehouse/modules/rating/ratings"
	"gatehouse/server/store"
)

// answer is a household's answer kept by itself, as the portal does not: what
// counting the boxes is compared with.
type answer struct {
	store.Meta
	Round   string
	Channel string
	Grades  map[string]string
}

// rounds measures the count of a round in which so many households have
// answered for five items.
func rounds(ctx context.Context, o options, t *table) error {
	for _, n := range o.sizes {
		err := fresh(ctx, o, "round", func(c *city, _ *server) error {
			const round = "bench"
			items := []string{"a", "b", "c", "d", "e"}
			if err := ratings.Fill(ctx, c.Ratings, round, items, n); err != nil {
				return err
			}
			answers, err := store.Open(ctx, c.Portal.Store, store.Spec{Name: "bench_answers", Fields: []store.Field{{Name: "round"}},
				Indexes: []store.Index{{Name: "round", Fields: []string{"round"}}}}, func(a *answer) map[string]any { return map[string]any{"round": a.Round} })
			if err != nil {
				return err
			}
			for from := 0; from < n; from += store.MaxLimit {
				var batch []*answer
				for i := from; i < min(n, from+store.MaxLimit); i++ {
					a := &answer{Meta: store.Meta{ID: fmt.Sprintf("%09d", i)}, Round: round, Channel: "qr", Grades: map[string]string{}}
					for _, it := range items {
						a.Grades[it] = "85"
					}
					batch = append(batch, a)
				}
				if err := answers.InsertMany(ctx, batch); err != nil {
					return err
				}
			}
			one := []store.Cond{{Field: "round", Op: store.Eq, Value: round}}
			for range o.rounds {
				if err := t.repeat(ctx, o, "round: count households", count(n)+" in boxes", func() error {
					got, err := c.Ratings.Heard(ctx, round, "a")
					if err == nil && got != n {
						err = fmt.Errorf("%d households counted, not %d", got, n)
					}
					return err
				}); err != nil {
					return err
				}
				few := o
				few.requests = 3
				if err := t.repeat(ctx, few, "round: count households", count(n)+" one by one", func() error {
					got := 0
					err := answers.Each(ctx, one, func(a *answer) error {
						if a.Grades["a"] != "" {
							got++
						}
						return nil
					})
					if err == nil && got != n {
						err = fmt.Errorf("%d households counted, not %d", got, n)
					}
					return err
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
