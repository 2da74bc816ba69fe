//go:build bench

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// fresh founds a city in a file that is thrown away afterwards.
func fresh(ctx context.Context, o options, name string, measure func(*city, *server) error) (err error) {
	dir, err := os.MkdirTemp(o.cache, name)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(filepath.Join(dir, "city.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := build(ctx, db)
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.serve()
	if err != nil {
		return err
	}
	defer s.stop()
	return measure(c, s)
}

// repeat notes how long something takes.
func (t *table) repeat(ctx context.Context, o options, what, at string, do func() error) error {
	var ds []time.Duration
	for i := range o.requests + 2 {
		start := time.Now()
		if err := errors.Join(ctx.Err(), do()); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if i >= 2 { // the first ones prepare statements and sign in
			ds = append(ds, time.Since(start))
		}
		if len(ds) >= 5 && time.Since(start)*time.Duration(o.requests) > time.Minute {
			break // so slow that a few say it
		}
	}
	t.times(what, at, ds)
	return nil
}

// accounts measures the books with so many entries.
func accounts(ctx context.Context, o options, t *table) error {
	for _, n := range o.sizes {
		err := fresh(ctx, o, "books", func(c *city, s *server) error {
			if err := enter(ctx, c, n, t); err != nil {
				return err
			}
			held := books.Held("community", community(0, 7), "i7")
			for range o.rounds {
				for _, x := range []struct {
					what string
					do   func() error
				}{
					{"books: balance of a community's account", func() error { _, err := c.Books.Balance(ctx, held); return err }},
					{"books: balance of a department's account", func() error { _, err := c.Books.Balance(ctx, books.Gave(department(0, 3))); return err }},
					{"books: what a committee may draw from", func() error { _, err := c.Books.Purses(ctx, "", community(0, 7)); return err }},
					{"books: all accounts, as a page", func() error { _, err := s.ask("GET", "/books", "finance", nil, 200); return err }},
					{"books: one account, as a page", func() error {
						_, err := s.ask("GET", "/books?account="+string(held), "finance", nil, 200)
						return err
					}},
				} {
					if err := t.repeat(ctx, o, x.what, count(n), x.do); err != nil {
						return err
					}
				}
			}
			return c.balanced(ctx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// enter fills the books: two in three entries are payments, the third is a use.
func enter(ctx context.Context, c *city, n int, t *table) error {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	begin := time.Now().AddDate(-4, 0, 0)
	step := time.Since(begin) / time.Duration(n)
	var busy time.Duration
	for i := 0; i < n; i += batch {
		var es []*books.Entry
		for k := i; k < min(i+batch, n); k++ {
			d := r.IntN(districts)
			place := community(d, r.IntN(streets*communities))
			item := fmt.Sprint("i", r.IntN(40))
			e := &books.Entry{Meta: store.Meta{ID: fmt.Sprintf("bench-%08d", k)}, At: begin.Add(time.Duration(k) * step).UTC(), Amount: schema.Fen(1 + r.IntN(5_000_00)),
				Source: books.Source{Noun: "payment", ID: fmt.Sprint("p", k), No: fmt.Sprint("BF-", k)}, Memo: "第一期工作经费", Place: place, Item: item}
			e.Debit, e.Credit = books.Held("community", place, item), books.Gave(department(d, r.IntN(departments)))
			if k%3 == 2 {
				e.Debit, e.Credit = books.Spent(place, "activity"), e.Debit
			}
			es = append(es, e)
		}
		start := time.Now()
		if err := c.Books.Entries().InsertMany(ctx, es); err != nil {
			return err
		}
		busy += time.Since(start)
	}
	t.add("books: entries written, 1,000 a commit", count(n), "entries/s", float64(n)/busy.Seconds())
	return nil
}

// balanced: whatever was written, all balances sum to nothing.
func (c *city) balanced(ctx context.Context) error {
	sums, err := c.Books.Sums(ctx)
	if err != nil {
		return err
	}
	total := schema.Fen(0)
	for _, s := range sums {
		total += s.Balance()
	}
	if total != 0 {
		return fmt.Errorf("the books are out by %d fen", total)
	}
	return nil
}

// overlaps measures the duplicate-burden check among so many items in force.
func overlaps(ctx context.Context, o options, t *table) error {
	for _, n := range o.sizes {
		err := fresh(ctx, o, "overlap", func(c *city, _ *server) error {
			if err := carry(ctx, c, n); err != nil {
				return err
			}
			from := time.Now()
			var ask []string
			for k := range 4 {
				ask = append(ask, community(0, k))
			}
			for range o.rounds {
				err := t.repeat(ctx, o, "overlap: an application for four communities", count(n), func() error {
					if len(c.Items.Overlaps(ask, []string{"survey"}, 0, from, from.AddDate(0, 1, 0), "x")) == 0 {
						return errors.New("none found")
					}
					return nil
				})
				if err != nil {
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

// carry lets so many surveys in, each in two communities, five a month.
func carry(ctx context.Context, c *city, n int) error {
	from := time.Now().AddDate(0, -3, 0)
	for i := 0; i < n; i += batch {
		var its []*items.Item
		for k := i; k < min(i+batch, n); k++ {
			d := k % districts
			it := &items.Item{}
			it.ID, it.No, it.State, it.OpenedAt, it.ChangedAt = fmt.Sprintf("bench-%08d", k), fmt.Sprintf("SX-S%08d", k), "active", from, from
			it.Grant = items.Grant{Application: fmt.Sprint("a", k), Title: fmt.Sprint("入户调查", k), Department: department(d, k%departments), Kinds: []string{"survey"},
				Residents: 10, Hours: 5, Start: from, End: from.AddDate(0, 6, 0), Communities: []string{community(d, k/districts%(streets*communities)), community(d, (k/districts+7)%(streets*communities))}}
			for _, p := range it.Communities {
				it.Parts = append(it.Parts, items.Part{Community: p, State: "active", ActiveAt: from})
			}
			its = append(its, it)
		}
		if err := c.Items.Resource.Engine.Cases().InsertMany(ctx, its); err != nil {
			return err
		}
	}
	return nil
}
