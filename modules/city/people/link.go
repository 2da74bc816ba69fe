package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// link is a one-time link by which somebody sets their own password: nobody
// tells it to another. Only its number is kept; the newest is the only one.
type link struct {
	N     int64     `json:"n"` // of those made for the account
	Until time.Time `json:"until"`
	Used  bool      `json:"used,omitempty"`
}

// holds tells whether the link may still be used.
func (l *link) holds(now time.Time) bool { return l != nil && !l.Used && now.Before(l.Until) }

// linkLife is how long a link may be used.
const linkLife = 24 * time.Hour

// linkForm is what whoever holds a link types.
type linkForm struct {
	New    string `json:"new_password" form:"secret,required,max=128"`
	Repeat string `json:"repeat_password" form:"secret,required,max=128"`
}

var linkType = schema.Of[linkForm]("password")

// linkToken is what only the portal can make of an account and a number.
func (p *People) linkToken(id string, n int64) string {
	mac := hmac.New(sha256.New, p.Signing)
	mac.Write([]byte("one-time link\x00" + id + "\x00" + strconv.FormatInt(n, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// sendLink makes a new link, which ends the one before.
func (p *People) sendLink(u *User, s *lifecycle.Step) error {
	_, err := p.credentials.Change(s.Ctx, u.ID, func(c *credential) error {
		n := int64(1)
		if c.Link != nil {
			n = c.Link.N + 1
		}
		c.Link = &link{N: n, Until: s.Now.Add(linkLife)}
		return nil
	})
	return fault.Wrap(err, "make a link for %s", u.ID)
}

// linkMade shows a new link to who made it, this once.
func (p *People) linkMade(c *fiber.Ctx, u *User) error {
	v := portal.Who(c)
	x, err := p.credentials.Get(c.UserContext(), u.ID)
	if err != nil {
		return fault.Wrap(err, "read the credential of %s", u.ID)
	}
	at := p.Public + "/welcome/" + u.ID + "/" + p.linkToken(u.ID, x.Link.N)
	c.Set(fiber.HeaderCacheControl, "no-store")
	l := v.Lang
	return p.Show(c, fiber.StatusOK, web.Page{Title: l.T("people.link"), Crumbs: []web.Crumb{{Href: p.Users.Href(u), Text: u.Name}, {Text: l.T("people.link")}}, Body: portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("people.link_lead", "name", u.Name, "until", l.Time(x.Link.Until))
		h.Raw(`</p><p><code>`)
		h.Text(at)
		h.Raw(`</code></p><p class="hint">`)
		h.T("people.link_once")
		h.Raw(`</p>`)
	})})
}

// linked finds whose link somebody holds; every other one gets the same answer.
func (p *People) linked(c *fiber.Ctx) (*User, *link, error) {
	over := fault.New(fault.NotFound, "people.link_over")
	u, ok := p.mem.user(c.Params("id"))
	if !ok || u.State != Active {
		return nil, nil, over
	}
	x, err := p.credentials.Get(c.UserContext(), u.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, over
	}
	if err != nil {
		return nil, nil, fault.Wrap(err, "read the credential of %s", u.ID)
	}
	if !x.Link.holds(p.Clock()) || !hmac.Equal([]byte(c.Params("token")), []byte(p.linkToken(u.ID, x.Link.N))) {
		return nil, nil, over
	}
	return u, x.Link, nil
}

// welcome answers GET /welcome/:id/:token. It uses nothing up: what looks at
// links in mail before people do may open it as often as it likes.
func (p *People) welcome(c *fiber.Ctx) error {
	u, _, err := p.linked(c)
	if err != nil {
		return err
	}
	return p.showWelcome(c, fiber.StatusOK, u, nil)
}

func (p *People) showWelcome(c *fiber.Ctx, status int, u *User, e *fault.Error) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	l := portal.Who(c).Lang
	spec := web.FormSpec{Action: "/welcome/" + u.ID + "/" + c.Params("token"), Type: linkType, SubmitKey: "people.link_set"}
	if e != nil {
		spec.Errors = e.Fields
	}
	return p.Show(c, status, web.Page{Title: l.T("people.link_title"), Invalid: e != nil, Body: portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("people.link_hello", "name", u.Name, "login", u.Login)
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})})
}

// setByLink answers POST /welcome/:id/:token: the password holds, the link is
// used up, and whoever was signed in no longer is.
func (p *People) setByLink(c *fiber.Ctx) error {
	u, held, err := p.linked(c)
	if err != nil {
		return err
	}
	got, err := linkType.Form(formValues(c))
	if err != nil {
		return p.showWelcome(c, fiber.StatusUnprocessableEntity, u, fault.As(err))
	}
	in, f := got.(*linkForm), fault.New(fault.Invalid, "invalid")
	checkPassword(f, "new_password", in.New, u.Login)
	if in.New != in.Repeat {
		f.Wrong("repeat_password", "fault.password.differs")
	}
	if len(f.Fields) > 0 {
		return p.showWelcome(c, fiber.StatusUnprocessableEntity, u, f)
	}
	if err := p.useLink(c.UserContext(), u.ID, held.N, in.New); err != nil {
		return err
	}
	if _, err := p.Users.Engine.Act(c.UserContext(), lifecycle.System, u.ID, "use_link", nil, lifecycle.Opts{}); err != nil {
		return err
	}
	if err := p.endSessions(c.UserContext(), u.ID, ""); err != nil {
		return err
	}
	return c.Redirect("/signin?done=people.link_used", fiber.StatusSeeOther)
}

// useLink sets the password if the link still holds, in one write: of two who
// send it at once one does.
func (p *People) useLink(ctx context.Context, id string, n int64, password string) error {
	h, err := today.hash(ctx, password)
	if err != nil {
		return fault.Wrap(err, "hash the password of %s", id)
	}
	now := p.Clock().UTC()
	_, err = p.credentials.Change(ctx, id, func(c *credential) error {
		if !c.Link.holds(now) || c.Link.N != n {
			return fault.New(fault.NotFound, "people.link_over")
		}
		c.Hash, c.Changed, c.Link.Used = h, now, true
		return nil
	})
	return fault.Wrap(err, "save the password of %s", id)
}
