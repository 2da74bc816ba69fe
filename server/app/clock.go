package app

import (
	"sync/atomic"
	"time"
)

// Clock is the house's clock. It shows the machine's time, shifted while a past
// is being lived through.
type Clock struct{ shift atomic.Int64 }

// Now gives the time it shows.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.shift.Load())) }

// Set makes it show t and go on from there.
func (c *Clock) Set(t time.Time) { c.shift.Store(int64(time.Until(t))) }

// Reset makes it show the machine's time again.
func (c *Clock) Reset() { c.shift.Store(0) }
