package orders

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// card is who called: phone and name, beside the order and never in it. It is
// deleted some time after the order is closed.
type card struct {
	store.Meta
	Caller string `json:"caller"` // keyed digest of the phone
	Phone  string `json:"phone"`
	Name   string `json:"name,omitempty"`
	Forget string `json:"forget,omitempty"` // the day from which it is deleted, "" while the order is open
}

// fragment is how many digits a search needs at least.
const fragment = 4

func openCards(ctx context.Context, d store.Driver) (*store.Collection[card], error) {
	return store.Open(ctx, d, store.Spec{Name: "order_contacts",
		Fields:  []store.Field{{Name: "caller"}, {Name: "forget"}, {Name: "parts", Kind: store.List}},
		Indexes: []store.Index{{Name: "caller", Fields: []string{"caller"}}, {Name: "forget", Fields: []string{"forget"}}},
	}, func(c *card) map[string]any {
		x := map[string]any{"caller": c.Caller, "forget": nil, "parts": parts(c.Phone)}
		if c.Forget != "" {
			x["forget"] = c.Forget
		}
		return x
	})
}

// parts are the runs of digits that a phone is found by.
func parts(phone string) []string {
	var out []string
	for i := 0; i+fragment <= len(phone); i++ {
		if p := phone[i : i+fragment]; !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// plainPhone brings a phone number into its one spelling: digits only.
func plainPhone(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", nil
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case strings.ContainsRune(" -()（）+　－", r):
			return -1
		}
		return 'x'
	}, typed)
	if strings.Contains(plain, "x") || len(plain) < 5 || len(plain) > 15 {
		return "", fault.InvalidField("phone", "order.no_phone")
	}
	if len(plain) == 13 && strings.HasPrefix(plain, "86") {
		plain = plain[2:]
	}
	return plain, nil
}

// masked shows as much of a phone as tells two callers apart.
func masked(phone string) string {
	if len(phone) < 7 {
		return "•••" + phone[max(0, len(phone)-2):]
	}
	return phone[:3] + "••••" + phone[len(phone)-4:]
}

// digest is a keyed digest: only the portal can make it.
func (m *Orders) digest(of ...string) string {
	h := hmac.New(sha256.New, m.Signing)
	for _, x := range of {
		h.Write([]byte(x + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// callerOf gives the digest by which a caller is known again, "" without a phone.
func (m *Orders) callerOf(phone string) string {
	if phone == "" {
		return ""
	}
	return m.digest("caller", phone)
}

// PIN is an order's six digits, which only the portal can make: with the
// number they prove who the caller is.
func (m *Orders) PIN(id string) string {
	h := hmac.New(sha256.New, m.Signing)
	h.Write([]byte("order pin\x00" + id))
	b := h.Sum(nil)
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	return fmt.Sprintf("%06d", n%1_000_000)
}

// Receipt gives the number and the PIN of an order to whoever filed it, to be
// read out to the caller; it is nobody else's.
func (m *Orders) Receipt(ctx context.Context, by lifecycle.Actor, id string) (x Filed, ok bool, err error) {
	o, err := m.Engine.Get(ctx, by, id)
	if fault.Is(err, fault.NotFound) || err == nil && o.OpenedBy != by.ID {
		return Filed{}, false, nil
	}
	if err != nil {
		return Filed{}, false, err
	}
	return Filed{ID: id, No: o.No, PIN: m.PIN(id)}, true, nil
}

// card reads who called; nothing where nobody left a phone or it is deleted.
func (m *Orders) card(ctx context.Context, id string) (*card, error) {
	if id == "" {
		return nil, nil
	}
	c, err := m.cards.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return c, fault.Wrap(err, "read contact %s", id)
}

// keepUntil sets the day on which a contact is deleted, "" for none.
func (m *Orders) keepUntil(ctx context.Context, id, day string) error {
	if id == "" {
		return nil
	}
	_, err := m.cards.Change(ctx, id, func(c *card) error { c.Forget = day; return nil })
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fault.Wrap(err, "date contact %s", id)
}

// date says until when the contact of an order that ended is kept, and that it
// is kept on when the order goes on.
func (m *Orders) date(ctx context.Context, n lifecycle.News, _ struct{}) error {
	o, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil {
		return err
	}
	day := ""
	if o.ClosedAt != nil {
		day = o.ClosedAt.In(zone).AddDate(0, 0, o.Settings.Int("privacy.contact_days")).Format(time.DateOnly)
	}
	return m.keepUntil(ctx, o.Contact, day)
}

// Forgetting counts the contacts that are due to be deleted by then.
func (m *Orders) Forgetting(ctx context.Context, by time.Time) (int64, error) {
	n, err := m.cards.Count(ctx, store.Query{Where: []store.Cond{{Field: "forget", Op: store.Lt, Value: by.In(zone).Format(time.DateOnly)}}})
	return n, fault.Wrap(err, "count contacts")
}

// Forget deletes the contacts whose time is over, and tells how many.
func (m *Orders) Forget(ctx context.Context) (n int, err error) {
	day := m.Clock().In(zone).Format(time.DateOnly)
	err = m.cards.Each(ctx, []store.Cond{{Field: "forget", Op: store.Lt, Value: day}}, func(c *card) error {
		n++
		return m.cards.Delete(ctx, c)
	})
	return n, fault.Wrap(err, "forget contacts")
}

// callersBy finds callers by a run of digits of their phone.
func (m *Orders) callersBy(ctx context.Context, digits string) ([]string, error) {
	if len(digits) < fragment {
		return nil, nil
	}
	cs, err := m.cards.Find(ctx, store.Query{Where: []store.Cond{{Field: "parts", Op: store.Has, Value: parts(digits)}}, Sort: "id", Limit: 200})
	if err != nil {
		return nil, fault.Wrap(err, "find callers")
	}
	var out []string
	for _, c := range cs {
		if strings.Contains(c.Phone, digits) && !slices.Contains(out, c.Caller) {
			out = append(out, c.Caller)
		}
	}
	return out, nil
}
