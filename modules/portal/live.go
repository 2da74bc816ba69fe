package portal

import (
	"bufio"
	"encoding/json"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/lifecycle"
	"gatehouse/server/live"
)

const (
	heartbeat  = 15 * time.Second // keeps proxies from closing a silent stream
	takeWithin = 10 * time.Second // whoever does not take what is sent is too slow
	// streamLife ends every stream after a while: the browser comes back by
	// itself and is asked who it is again.
	streamLife = 5 * time.Minute
	retry      = "retry: 3000\n\n" // milliseconds until a browser comes back
)

// Topic lets pages hear of something: whoever may do the act at the places of a
// hint hears it.
func (h *Portal) Topic(name, act string, facts ...string) {
	if h.topics == nil {
		h.topics = map[string]topic{}
	}
	h.topics[name] = topic{act, facts}
}

type topic struct {
	act   string
	facts []string
}

// hears asks the gate about a hint; a topic that nobody has declared is heard
// by nobody.
func (h *Portal) hears(v Visitor, x live.Hint) bool {
	t, ok := h.topics[x.Topic]
	if !ok {
		return false
	}
	sc := lifecycle.Anywhere
	if len(x.Places) > 0 {
		sc = lifecycle.Scope{Places: x.Places}
	}
	return h.May(v, t.act, sc, t.facts...) == nil
}

// Events answers GET /live: a stream of hints for one browser, as server-sent
// events. An empty answer tells a browser not to come back.
func (h *Portal) Events(c *fiber.Ctx) error {
	v := Who(c)
	if !v.SignedIn() || v.Session == "" {
		return c.SendStatus(fiber.StatusNoContent)
	}
	after := c.Get("Last-Event-ID")
	if after == "" {
		after = c.Query("after") // a page that takes over from another cannot send the header
	}
	s := h.Live.Join(v.Session, after, func(x live.Hint) bool { return h.hears(v, x) })
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	ctx := c.Context()
	ctx.SetConnectionClose()
	conn := ctx.Conn() // the request itself must not be touched once this returns
	ctx.SetBodyStreamWriter(func(w *bufio.Writer) { stream(s, w, conn) })
	return nil
}

// stream writes hints until one side has had enough.
func stream(s *live.Stream, w *bufio.Writer, conn net.Conn) {
	defer s.Leave()
	send := func(text string) bool {
		conn.SetWriteDeadline(time.Now().Add(takeWithin))
		w.WriteString(text)
		return w.Flush() == nil
	}
	beat, end := time.NewTicker(heartbeat), time.NewTimer(streamLife)
	defer beat.Stop()
	defer end.Stop()
	for ok := send(retry); ok; {
		select {
		case <-s.Done():
			return
		case <-end.C:
			return
		case <-beat.C:
			ok = send(": still here\n\n")
		case <-s.Wake():
			for _, x := range s.Take() {
				ok = ok && send(event(x))
			}
		}
	}
}

func event(x live.Hint) string {
	b, _ := json.Marshal(x) // a word and a number: cannot fail
	return "id: " + x.ID + "\ndata: " + string(b) + "\n\n"
}
