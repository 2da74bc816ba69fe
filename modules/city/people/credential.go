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
	store.Meta           // the user's id
	Hash       string    `json:"hash"` // PHC form
	Changed    time.Time `json:"changed"`
	Second     *second   `json:"second,omitempty"`  // nil: the password alone opens
	Pending    string    `json:"pending,omitempty"` // secret of an authenticator that is being set up
	Passkeys   []passkey `json:"passkeys,omitempty"`
	Spent      []spent   `json:"spent,omitempty"`   // answers of passkeys that have opened lately
	Outside    string    `json:"outside,omitempty"` // digest of whom the city's own sign-in knows, once it has named somebody
	Link       *link     `json:"link,omitempty"`    // by which its holder sets the password
}

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

// setPassword saves a password; tries at the one before no longer count.
func (p *People) setPassword(ctx context.Context, id, password string) error {
	h, err := today.hash(ctx, password)
	if err != nil {
		return fault.Wrap(err, "hash the password of %s", id)
	}
	put := func(c *credential) error {
		c.Hash, c.Changed = h, p.Clock().UTC()
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
