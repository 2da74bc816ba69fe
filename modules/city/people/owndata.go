package people

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// OwnData is everything that is held on somebody with an account, for that
// person. Secrets and digests of secrets are not in it.
type OwnData struct {
	Account     *User        `json:"account"` // with its history
	SecondSince *time.Time   `json:"second_factor_since,omitempty"`
	Passkeys    []OwnKey     `json:"passkeys"`
	Sessions    []OwnSession `json:"sessions"`
}

// OwnKey is a passkey, by its name.
type OwnKey struct {
	Name  string     `json:"name"`
	Since time.Time  `json:"since"`
	Used  *time.Time `json:"used,omitempty"`
}

// OwnSession is one signing-in of the last week.
type OwnSession struct {
	Kind    string     `json:"kind"` // pages, api
	Created time.Time  `json:"created"`
	Seen    time.Time  `json:"seen"`
	Ended   *time.Time `json:"ended,omitempty"`
	Device  string     `json:"device"`
}

// ownData answers POST /me/data: what is held on oneself, as a file. That it
// was taken is on record.
func (p *People) ownData(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	whole, err := p.Users.Engine.Act(ctx, v.Actor, u.ID, "take_data", nil, lifecycle.Opts{})
	if err != nil {
		return err
	}
	shown := *whole
	shown.Salt, shown.OpenKey, shown.Outbox = "", "", nil
	out := OwnData{Account: &shown, Passkeys: []OwnKey{}, Sessions: []OwnSession{}}
	x, err := p.credentials.Get(ctx, u.ID)
	if err != nil {
		return fault.Wrap(err, "read the credential of %s", u.ID)
	}
	if x.Second != nil {
		out.SecondSince = &x.Second.Since
	}
	for _, k := range x.Passkeys {
		out.Passkeys = append(out.Passkeys, OwnKey{k.Name, k.Since, k.Used})
	}
	ss, err := p.sessionsOf(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, s := range ss {
		out.Sessions = append(out.Sessions, OwnSession{kindOf(s), s.Created, s.Seen, s.Revoked, s.Agent})
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Attachment(u.No + ".json")
	return c.JSON(out)
}
