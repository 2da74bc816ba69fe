package people

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// credential is a user's password and second factor, kept apart from the record.
type credential struct {
	store.Meta        // the user's id
	Hash       string `json:"hash"` // PHC form
	tries
	Changed  time.Time `json:"changed"`
	Second   *second   `json:"second,omitempty"`  // nil: the password alone opens
	Pending  string    `json:"pending,omitempty"` // secret of an authenticator that is being set up
	Passkeys []passkey `json:"passkeys,omitempty"`
	Spent    []spent   `json:"spent,omitempty"`   // answers of passkeys that have opened lately
	Outside  string    `json:"outside,omitempty"` // digest of whom the city's own sign-in knows, once it has named somebody
	Link     *link     `json:"link,omitempty"`    // by which its holder sets the password
}

// tries counts what went wrong in a row, and how long that keeps the account waiting.
type tries struct {
	Failures    int        `json:"failures,omitempty"`
	LockedUntil *time.Time `json:"locked_until,omitempty"`
}

const (
	freeTries   = 5 // wrong passwords in a row before the account waits
	firstWait   = time.Minute
	longestWait = time.Hour
)

// nobody is the credential that stands in for logins that do not exist, so
// that they cost the same work and write the same rows.
const nobody = "nobody"

func (p *People) seedNobody(ctx context.Context) error {
	c, err := p.credentials.Get(ctx, nobody)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fault.Wrap(err, "read the credential of nobody")
	}
	if err == nil && !outdated(c.Hash) {
		return nil
	}
	return p.setPassword(ctx, nobody, rand.Text())
}

// setPassword saves a password and forgets failures.
func (p *People) setPassword(ctx context.Context, id, password string) error {
	h, err := today.hash(ctx, password)
	if err != nil {
		return fault.Wrap(err, "hash the password of %s", id)
	}
	put := func(c *credential) error {
		c.Hash, c.Failures, c.LockedUntil, c.Changed = h, 0, nil, p.Clock().UTC()
		return nil
	}
	_, err = p.credentials.Change(ctx, id, put)
	if errors.Is(err, store.ErrNotFound) {
		c := &credential{Meta: store.Meta{ID: id}}
		put(c)
		var there *store.UniqueError
		if err = p.credentials.Insert(ctx, c); errors.As(err, &there) {
			_, err = p.credentials.Change(ctx, id, put)
		}
	}
	return fault.Wrap(err, "save the password of %s", id)
}

// verify compares a password and counts failures. The right password of
// somebody who may not sign in counts as wrong, as does any while the account
// waits; waiting tries are not counted, or a stranger could lock it for ever.
func (p *People) verify(ctx context.Context, id, password string, may bool) (bool, error) {
	c, err := p.credentials.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		id, may = nobody, false
		c, err = p.credentials.Get(ctx, id)
	}
	if err != nil {
		return false, fault.Wrap(err, "read the credential of %s", id)
	}
	match, err := matches(ctx, c.Hash, password)
	if err != nil {
		return false, fault.Wrap(err, "compare the password of %s", id)
	}
	if match && may && c.Failures == 0 && c.LockedUntil == nil {
		if outdated(c.Hash) {
			return true, p.setPassword(ctx, id, password)
		}
		return true, nil
	}
	now, ok := p.Clock().UTC(), false
	_, err = p.credentials.Change(ctx, id, func(c *credential) error {
		ok = c.count(match && may, now)
		return nil
	})
	return ok, fault.Wrap(err, "count a try of %s", id)
}

// count takes one try into account; true when it opens.
func (c *tries) count(right bool, now time.Time) bool {
	if c.LockedUntil != nil && now.Before(*c.LockedUntil) {
		return false
	}
	if right {
		c.Failures, c.LockedUntil = 0, nil
		return true
	}
	c.Failures++
	if over := c.Failures - freeTries; over >= 0 {
		until := now.Add(min(firstWait<<min(over, 10), longestWait))
		c.LockedUntil = &until
	}
	return false
}
