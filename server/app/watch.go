package app

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/metrics"
)

// stale is after how long without a round of events and deadlines a process is
// not ready: it answers, but nothing that is due gets done.
const stale = 2 * time.Minute

// health is how the process is.
type health struct {
	beat     atomic.Int64 // unix nanoseconds of the last round
	stopping atomic.Bool

	probing sync.Mutex
	probed  time.Time // when something was last kept to see that it can be
	unkept  error     // what came of it
}

// late tells whether the rounds have stopped. Before the first there is nothing to miss.
func (h *health) late(now time.Time) bool {
	beat := h.beat.Load()
	return beat != 0 && now.Sub(time.Unix(0, beat)) > stale
}

// watch gives each request a number, which the answer carries and the log
// names, and counts it. Of the address only the pattern is written: paths and
// queries hold numbers and codes that are somebody's.
func (a *App) watch(c *fiber.Ctx) error {
	start := time.Now()
	b := make([]byte, 8)
	rand.Read(b)
	id := hex.EncodeToString(b)
	c.Locals(portal.RequestKey, id)
	c.Set(fiber.HeaderXRequestID, id)
	err := c.Next()
	if err != nil { // answered here, so that the log knows the status
		if err = a.answer(c, err); err != nil {
			return err
		}
	}
	route, status, took := routeOf(c), c.Response().StatusCode(), time.Since(start)
	a.metrics.Request(c.Method(), route, status, took)
	a.log.Info("request", "id", id, "method", c.Method(), "route", route, "status", status, "ms", took.Milliseconds())
	return nil
}

// answer answers a fault. A panic here is outside of what guards a request and
// would end the whole portal.
func (a *App) answer(c *fiber.Ctx, fault error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("panic", "id", portal.RequestID(c), "route", routeOf(c), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.Response().ResetBody()
			err = c.SendStatus(fiber.StatusInternalServerError)
		}
	}()
	return a.fail(c, fault)
}

// routeOf is the pattern that answered; what no pattern did shares one word, so
// that strangers cannot make up routes to count.
func routeOf(c *fiber.Ctx) string {
	if r := c.Route(); r != nil && r.Path != "/" {
		return r.Path
	}
	if c.Path() == "/" {
		return "/"
	}
	return "none"
}

// counted is a gate whose decisions are counted.
type counted struct {
	lifecycle.Gate
	metrics *metrics.Metrics
}

func (g counted) Decide(q lifecycle.Question) lifecycle.Verdict {
	v := g.Gate.Decide(q)
	g.metrics.Decision(v.Allowed)
	return v
}
