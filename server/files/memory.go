package files

import (
	"bytes"
	"context"
	"sync"
	"time"

	"gatehouse/server/store"
)

// Memory keeps files as long as the process lives, as a store in memory does.
type Memory struct{ m sync.Map }

// NewMemory keeps files in memory.
func NewMemory() *Memory { return new(Memory) }

// Put keeps a copy.
func (m *Memory) Put(ctx context.Context, hash string, b []byte) error {
	m.m.LoadOrStore(hash, bytes.Clone(b))
	return nil
}

// Get gives a copy.
func (m *Memory) Get(ctx context.Context, hash string) ([]byte, error) {
	b, ok := m.m.Load(hash)
	if !ok {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(b.([]byte)), nil
}

// Delete forgets it.
func (m *Memory) Delete(ctx context.Context, hash string) error {
	m.m.Delete(hash)
	return nil
}

// Tidy has nothing to do.
func (m *Memory) Tidy(ctx context.Context, before time.Time) error { return nil }
