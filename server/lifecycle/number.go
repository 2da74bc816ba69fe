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

func (n *Numbers) next(ctx context.Context, prefix string, at time.Time) (string, error) {
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
		c, err := n.counters.Change(ctx, key, func(c *counter) error { c.Next += n.block; return nil })
		if err == nil {
			return &span{c.Next - n.block, c.Next}, nil
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
