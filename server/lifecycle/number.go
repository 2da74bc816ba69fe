package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/store"
)

// Numbers gives cases their numbers, counted by prefix and year. A process
// takes them in blocks, so a busy day has no queue at one counter; a block
// that a stopped process did not use up stays a gap.
type Numbers struct {
	counters *store.Collection[counter]
	block    int64
	mu       sync.Mutex
	have     map[string]*span

	// Outside remembers, outside the store, which numbers may have been given:
	// a store that went back in time must not give them again. Nil: nothing does.
	Outside Outside
}

// Outside is a memory of numbers that does not go back with the store. What it
// is told is durable when it returns.
type Outside interface {
	Given(key string) int64 // the highest number that may have been given
	Give(key string, upTo int64) error
	Skip(key string, from, to int64) error // numbers of which the store knew nothing
}

// All gives the highest number of each counter that may have been given.
func (n *Numbers) All(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := n.counters.Each(ctx, nil, func(c *counter) error { out[c.ID] = c.Next; return nil })
	return out, err
}

type counter struct {
	store.Meta
	Next int64 `json:"next"`
}

type span struct{ next, end int64 }

// NewNumbers declares the collection of counters.
func NewNumbers(ctx context.Context, d store.Driver) (*Numbers, error) {
	c, err := store.Open(ctx, d, store.Spec{Name: "counters"}, func(*counter) map[string]any { return nil })
	if err != nil {
		return nil, err
	}
	return &Numbers{counters: c, block: 16, have: map[string]*span{}}, nil
}

// Next gives the next number of a prefix in the year of a moment.
func (n *Numbers) Next(ctx context.Context, prefix string, at time.Time) (string, error) {
	key := fmt.Sprintf("%s-%d", prefix, at.In(calendar.City).Year())
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.have[key]
	if s == nil || s.next == s.end {
		var err error
		if s, err = n.take(ctx, key); err != nil {
			return "", err
		}
		n.have[key] = s
	}
	s.next++
	return fmt.Sprintf("%s-%05d", key, s.next), nil
}

func (n *Numbers) take(ctx context.Context, key string) (*span, error) {
	for {
		given, knew := int64(0), int64(0)
		if n.Outside != nil {
			given = n.Outside.Given(key)
		}
		c, err := n.counters.Change(ctx, key, func(c *counter) error { knew = c.Next; c.Next = max(c.Next, given) + n.block; return nil })
		if err == nil {
			return &span{c.Next - n.block, c.Next}, n.outside(key, knew, given, c.Next)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		var taken *store.UniqueError
		if err := n.counters.Insert(ctx, &counter{Meta: store.Meta{ID: key}}); err != nil && !errors.As(err, &taken) {
			return nil, err
		}
	}
}

// outside tells the outer memory of a block, and of numbers that the store has
// forgotten.
func (n *Numbers) outside(key string, knew, given, upTo int64) error {
	if n.Outside == nil {
		return nil
	}
	if given > knew {
		if err := n.Outside.Skip(key, knew+1, given); err != nil {
			return err
		}
	}
	return n.Outside.Give(key, upTo)
}
