package calls

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/limit"
	"gatehouse/server/store"
)

// Topic is what pages hear of.
const Topic = "calls"

// Calls is the module.
type Calls struct {
	Boards *portal.Resource[Switchboard]
	h      *portal.Portal
	calls  *store.Collection[Call]
	forged *limit.Limiter // messages with a wrong signature
}

const eraseEvery = time.Minute

// New opens the switchboards and the calls.
func New(ctx context.Context, h *portal.Portal) (m *Calls, err error) {
	m = &Calls{h: h, forged: limit.New(forgedRule, h.Clock)}
	if m.Boards, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, fault.Wrap(err, "open the switchboards")
	}
	if m.calls, err = store.Open(ctx, h.Store, spec, extract); err != nil {
		return nil, fault.Wrap(err, "open the calls")
	}
	h.Topic(Topic, "call.see")
	portal.MirrorOf(h, m.calls, "calls", m.tell, ringing)
	h.Every(eraseEvery, "erase the numbers of calls", m.Erase)
	h.Add(portal.Module{Name: "calls", Routes: func(r fiber.Router) {
		r.Post("/api/v1/calls", m.receive)
		r.Get("/calls", m.page)
		r.Get("/api/v1/calls/rates", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/calls", LabelKey: "calls.title", Order: 67, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "hotline_head", "auditor")
	}})
	h.Menu(portal.MenuEntry{Href: "/switchboards", LabelKey: "switchboards.title", Order: 95, Show: func(v portal.Visitor) bool { return h.Holds(v.Actor, "admin") }})
	return m, nil
}

// ringing are the calls that nobody has answered and that have not ended.
var ringing = store.Cond{Field: "waiting", Op: store.Eq, Value: int64(1)}

// tell lets the open pages know; a call that has just begun to ring is new.
func (m *Calls) tell(c *Call) { m.h.Live.Tell(Topic, int(one(c.Revision == 1 && c.waiting()))) }

// eraseAtOnce bounds one round; the next is a minute later.
const eraseAtOnce = 500

// Erase takes away the numbers of calls that are older than the setting allows.
func (m *Calls) Erase(ctx context.Context) error {
	before := m.h.Clock().Add(-time.Duration(m.h.Settings().Int("hot.call_phone_h")) * time.Hour)
	old, err := m.calls.Find(ctx, store.Query{Where: []store.Cond{{Field: "phone", Op: store.Eq, Value: int64(1)}, {Field: "rang", Op: store.Lt, Value: store.Stamp(before)}}, Sort: "rang", Limit: eraseAtOnce})
	if err != nil {
		return fault.Wrap(err, "find old calls")
	}
	for _, c := range old {
		if _, err := m.calls.Change(ctx, c.ID, func(c *Call) error { c.Phone = ""; return nil }); err != nil {
			return fault.Wrap(err, "erase the number of call %s", c.ID)
		}
	}
	return nil
}

// Ringing gives the calls that ring now, the longest first.
func (m *Calls) Ringing(ctx context.Context, by lifecycle.Actor, limit int) ([]*Call, error) {
	if e := m.may(by, "call.see"); e != nil {
		return nil, e
	}
	cs, err := m.calls.Find(ctx, store.Query{Where: []store.Cond{ringing,
		{Field: "rang", Op: store.Gte, Value: store.Stamp(m.h.Clock().Add(-ringsFor))}}, Sort: "rang", Limit: limit})
	return cs, fault.Wrap(err, "find ringing calls")
}

func (m *Calls) may(by lifecycle.Actor, act string) error {
	return m.h.May(portal.Visitor{Actor: by}, act, lifecycle.Anywhere)
}

// Take gives a ringing call to an operator; whoever is a moment later hears
// that it is taken.
func (m *Calls) Take(ctx context.Context, by lifecycle.Actor, id string) (*Call, error) {
	if e := m.may(by, "call.take"); e != nil {
		return nil, e
	}
	return m.change(ctx, id, func(c *Call) error {
		switch {
		case c.Operator == by.ID:
			return nil
		case c.Operator != "":
			return fault.New(fault.Conflict, "call.taken")
		case !c.Ended.IsZero():
			return fault.New(fault.Conflict, "call.over")
		}
		c.Operator = by.ID
		if c.Answered.IsZero() {
			m.answered(c, m.h.Clock().UTC().Truncate(time.Millisecond))
		}
		return nil
	})
}

// mostLooks are written down of one call.
const mostLooks = 50

// Reveal shows the full number to the operator whose call it is, and writes
// down that it was shown.
func (m *Calls) Reveal(ctx context.Context, by lifecycle.Actor, id string) (string, error) {
	if e := m.may(by, "call.reveal"); e != nil {
		return "", e
	}
	c, err := m.change(ctx, id, func(c *Call) error {
		switch {
		case c.Operator != by.ID:
			return fault.Missing("call")
		case c.Phone == "":
			return fault.New(fault.Conflict, "call.erased")
		}
		c.Looks = append(c.Looks, Look{By: by.ID, At: m.h.Clock().UTC()})
		c.Looks = slices.Delete(c.Looks, 0, max(0, len(c.Looks)-mostLooks))
		return nil
	})
	if err != nil {
		return "", err
	}
	return c.Phone, nil
}

// Own gives an operator's own call to the portal, which looks the caller up or
// keeps the number with the order; nobody is shown it.
func (m *Calls) Own(ctx context.Context, by lifecycle.Actor, id string) (*Call, error) {
	c, err := m.calls.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Operator != by.ID {
		return nil, fault.Missing("call")
	}
	return c, fault.Wrap(err, "read call %s", id)
}

// Settle says what came of an operator's call, and forgets the number: an
// order keeps its own contact.
func (m *Calls) Settle(ctx context.Context, by lifecycle.Actor, id, outcome, order string) error {
	_, err := m.change(ctx, id, func(c *Call) error {
		if c.Operator != by.ID {
			return fault.Missing("call")
		}
		c.Outcome, c.Order, c.Phone = outcome, order, ""
		return nil
	})
	return err
}

func (m *Calls) change(ctx context.Context, id string, f func(*Call) error) (*Call, error) {
	c, err := m.calls.Change(ctx, id, f)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing("call")
	}
	return c, fault.Wrap(err, "save call %s", id)
}
