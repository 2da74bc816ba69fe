package open311

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

const (
	mostKept  = 64       // answers
	mostBytes = 16 << 20 // of all answers together
	keptFor   = 30 * time.Second
	rowsOfOne = 50 // a list counts as one request more for as many rows
	atOnce    = 2  // lists are made; the others wait
)

// lists are answers that were made since an order last changed. Programs ask
// for the same lists over and over, and a list of a thousand costs what a
// thousand pages cost.
type lists struct {
	slots chan struct{}

	mu    sync.Mutex
	rev   string
	kept  map[string]answer
	bytes int
}

type answer struct {
	at   time.Time
	kind string
	body []byte
}

func newLists() *lists { return &lists{slots: make(chan struct{}, atOnce), kept: map[string]answer{}} }

// get gives an answer of a revision.
func (l *lists) get(rev, key string, now time.Time) (answer, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rev != l.rev {
		l.rev, l.kept, l.bytes = rev, map[string]answer{}, 0
	}
	a, ok := l.kept[key]
	return a, ok && now.Sub(a.at) < keptFor && !now.Before(a.at)
}

// put keeps an answer, in place of the oldest where there is no room.
func (l *lists) put(rev, key string, a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rev != l.rev || len(a.body) > mostBytes/4 {
		return
	}
	l.bytes += len(a.body) - len(l.kept[key].body)
	l.kept[key] = a
	for len(l.kept) > mostKept || l.bytes > mostBytes {
		oldest := ""
		for k, x := range l.kept {
			if oldest == "" || x.at.Before(l.kept[oldest].at) {
				oldest = k
			}
		}
		l.bytes -= len(l.kept[oldest].body)
		delete(l.kept, oldest)
	}
}

// slot waits until a list may be made.
func (l *lists) slot(ctx context.Context) (free func(), err error) {
	wait := time.NewTimer(5 * time.Second)
	defer wait.Stop()
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots }, nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return nil, fault.New(fault.Unavailable, "busy")
}

// revision names the last change of any order.
func (m *Open311) revision(ctx context.Context) (string, error) {
	os, err := m.find(ctx, orders.Query{ChangedFrom: time.Unix(1, 0), Limit: 1})
	if err != nil || len(os) == 0 {
		return "", err
	}
	return os[0].ID + os[0].State + os[0].Changed.Format(time.RFC3339Nano), nil
}

// wants are the arguments that a list depends on; any other changes nothing.
var wants = []string{"service_request_id", "service_code", "status", "start_date", "end_date", "updated_after", "updated_before", "page", "page_size"}

// listed answers a list from what is kept, or makes it. Whoever has one made
// pays for its rows.
func (m *Open311) listed(c *fiber.Ctx, list func(*fiber.Ctx) (rows int, err error)) error {
	rev, err := m.revision(c.UserContext())
	if err != nil {
		return err
	}
	key := c.Path()[strings.LastIndexByte(c.Path(), '.'):] + "\x00" + string(portal.Who(c).Lang)
	for _, w := range wants {
		key += "\x00" + c.Query(w)
	}
	now := m.h.Clock()
	if a, ok := m.lists.get(rev, key, now); ok {
		c.Set(fiber.HeaderContentType, a.kind)
		return c.Send(a.body)
	}
	free, err := m.lists.slot(c.UserContext())
	if err != nil {
		return err
	}
	defer free()
	rows, err := list(c)
	m.asked.CountN(limit.Network(c.IP()), rows/rowsOfOne)
	if err == nil {
		m.lists.put(rev, key, answer{now, string(c.Response().Header.ContentType()), append([]byte(nil), c.Response().Body()...)})
	}
	return err
}
