package people

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/session"
	"gatehouse/server/sso"
	"gatehouse/web"
)

// abroad is what a browser takes along to the identity provider and brings back.
type abroad struct {
	sso.Question
	Next string
}

const abroadLife = 10 * time.Minute

// goOutside answers GET /signin/sso: the identity provider is asked who this is.
func (p *People) goOutside(c *fiber.Ctx) error {
	if p.SSO == nil {
		return fault.Missing("page")
	}
	at, q, err := p.SSO.Begin(c.UserContext())
	if err != nil {
		return p.outsideFailed(c, err)
	}
	b, err := json.Marshal(abroad{q, ownPath(c.Query("next"))})
	if err != nil {
		return fault.Wrap(err, "write down a question to the identity provider")
	}
	now := p.Clock().UTC()
	t, err := p.signer.Issue(session.Claims{Session: rand.Text(), Person: nobody, Audience: session.Outside, Issued: now, Expires: now.Add(abroadLife), Data: string(b)})
	if err != nil {
		return fault.Wrap(err, "seal a question to the identity provider")
	}
	p.setOutsideCookie(c, string(t))
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(at, fiber.StatusSeeOther)
}

// setOutsideCookie lasts until the answer comes; "" takes it away.
func (p *People) setOutsideCookie(c *fiber.Ctx, value string) {
	k := &fiber.Cookie{Name: p.cookieName() + "-sso", Value: value, Path: "/", HTTPOnly: true, Secure: p.Secure, SameSite: fiber.CookieSameSiteLaxMode, MaxAge: int(abroadLife / time.Second)}
	if value == "" {
		k.MaxAge, k.Expires = -1, p.Clock().AddDate(-1, 0, 0)
	}
	c.Cookie(k)
}

// comeBack answers GET /signin/callback, where the identity provider sends browsers to.
func (p *People) comeBack(c *fiber.Ctx) error {
	if p.SSO == nil {
		return fault.Missing("page")
	}
	raw := c.Cookies(p.cookieName() + "-sso")
	p.setOutsideCookie(c, "")
	c.Set(fiber.HeaderCacheControl, "no-store")
	var a abroad
	claims, err := p.signer.Verify(session.Token(raw), session.Outside, p.Clock().UTC())
	if err == nil {
		err = json.Unmarshal([]byte(claims.Data), &a)
	}
	if err != nil {
		return p.outsideFailed(c, sso.ErrRefused)
	}
	who, err := p.SSO.Finish(c.UserContext(), a.Question, c.Query("state"), c.Query("code"))
	if err != nil {
		return p.outsideFailed(c, err)
	}
	id, has, err := p.outsider(c, who)
	if err != nil {
		return p.outsideFailed(c, err)
	}
	if has && !who.Second {
		return p.askSecond(c, id, a.Next)
	}
	if err := p.enter(c, id, who.Second); err != nil {
		return err
	}
	return c.Redirect(a.Next, fiber.StatusSeeOther)
}

// outsider gives the account that somebody has here, and whether it has a
// second factor. The first who comes for an account keeps it: a login that the
// identity provider later gives to somebody else opens nothing.
func (p *People) outsider(c *fiber.Ctx, who sso.Identity) (id string, second bool, err error) {
	unknown := fault.New(fault.Unauthenticated, "people.sso_unknown", "login", who.Login)
	id, ok := p.mem.byLogin(who.Login)
	u, _ := p.mem.user(id)
	if !ok || u.State != Active {
		return "", false, unknown
	}
	subject := digest(p.SSO.Issuer + "\x00" + who.Subject)
	_, err = p.credentials.Change(c.UserContext(), id, func(x *credential) error {
		if x.Outside != "" && x.Outside != subject {
			return unknown
		}
		x.Outside, second = subject, x.Second != nil
		return nil
	})
	return id, second, asFault(err, "bind the account of %s", id)
}

// outsideFailed shows the sign-in page with what went wrong outside.
func (p *People) outsideFailed(c *fiber.Ctx, err error) error {
	e := fault.As(err)
	switch {
	case errors.Is(err, sso.ErrAway):
		e = fault.New(fault.Conflict, "people.sso_away")
	case errors.Is(err, sso.ErrRefused):
		e = fault.New(fault.Unauthenticated, "people.sso_refused")
	case e.Kind == fault.Internal:
		return err
	}
	return p.showSignIn(c, refusedStatus(e), "/", nil, e)
}

// outsideDoor is the link on the sign-in page, where the city has such a provider.
func (p *People) outsideDoor(h *web.H, l web.Lang, next string) {
	if p.SSO == nil {
		return
	}
	h.Raw(`<p class="sso">`)
	h.Add(web.Button(l, web.ButtonSpec{LabelKey: "people.sso", Href: "/signin/sso?next=" + url.QueryEscape(next)}))
	h.Raw(`</p>`)
}
