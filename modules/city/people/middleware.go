package people

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/session"
	"gatehouse/web"
)

// Middleware says who asks, in every request, before anything else looks at it.
// A program that shows a bad token is refused; a page's bad cookie is nobody's.
func (p *People) Middleware(c *fiber.Ctx) error {
	v := p.preferences(c)
	portal.Welcome(c, v)
	if p.mem.empty() && !beforeSetup(c.Path()) {
		return p.sendToSetup(c)
	}
	if raw, ok := bearer(c); ok {
		return p.asProgram(c, v, raw)
	}
	v, err := p.asPerson(c, v)
	if err != nil {
		return err
	}
	if err := p.sameSite(c, v); err != nil {
		return err
	}
	switch {
	case !v.Bare || settingUp(c.Path()):
		return c.Next()
	case portal.IsAPI(c):
		return fault.New(fault.Denied, "people.second_required")
	}
	return c.Redirect("/me/second", fiber.StatusSeeOther)
}

// Known tells whether somebody signed in asks. It looks at the headers alone:
// the body of a request has not come yet.
func (p *People) Known(c *fiber.Ctx) bool {
	raw, use := session.Token(c.Cookies(p.cookieName())), session.Pages
	if t, ok := bearer(c); ok {
		raw, use = t, session.Programs
	}
	_, _, _, err := p.admit(c.UserContext(), raw, use)
	return err == nil
}

func bearer(c *fiber.Ctx) (session.Token, bool) {
	scheme, raw, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	return session.Token(strings.TrimSpace(raw)), strings.EqualFold(scheme, "Bearer")
}

func (p *People) asProgram(c *fiber.Ctx, v portal.Visitor, raw session.Token) error {
	s, u, _, err := p.admit(c.UserContext(), raw, session.Programs)
	switch {
	case errors.Is(err, session.ErrToken), errors.Is(err, errNoSession):
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
		return fault.New(fault.Unauthenticated, "people.bad_token")
	case err != nil:
		return err
	}
	if p.lacksSecond(s) {
		return fault.New(fault.Denied, "people.second_required")
	}
	portal.Welcome(c, known(v, s, u))
	return c.Next()
}

func (p *People) asPerson(c *fiber.Ctx, v portal.Visitor) (portal.Visitor, error) {
	raw := session.Token(c.Cookies(p.cookieName()))
	if raw == "" {
		return v, nil
	}
	s, u, claims, err := p.admit(c.UserContext(), raw, session.Pages)
	switch {
	case errors.Is(err, session.ErrToken), errors.Is(err, errNoSession):
		return v, nil
	case err != nil:
		return v, err
	}
	v = known(v, s, u)
	v.Bare = p.lacksSecond(s)
	portal.Welcome(c, v)
	if now := p.Clock().UTC(); claims.HalfOver(now) {
		t, err := p.token(s, now)
		if err != nil {
			return v, err
		}
		p.setCookie(c, t)
	}
	return v, nil
}

// known fills in who the visitor is. A stand-in whose grant has ended stays
// one: the gate then gives no role at all, where silently acting for oneself
// could do what nobody meant.
func known(v portal.Visitor, s *Session, u *User) portal.Visitor {
	v.Actor, v.Name, v.Session = lifecycle.Actor{ID: u.ID, For: s.For}, u.Name, s.ID
	return v
}

func (p *People) cookieName() string {
	if p.Secure {
		return "__Host-gatehouse"
	}
	return "gatehouse"
}

// setCookie hands the token to the browser, "" takes it away.
func (p *People) setCookie(c *fiber.Ctx, t session.Token) {
	k := &fiber.Cookie{Name: p.cookieName(), Value: string(t), Path: "/", HTTPOnly: true, Secure: p.Secure,
		SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true}
	if t == "" {
		k.SessionOnly, k.MaxAge = false, -1
		k.Expires = p.Clock().AddDate(-1, 0, 0)
	}
	c.Cookie(k)
}

// sameSite refuses what another site makes a browser do. A request without a
// session may come from a program that names no origin.
func (p *People) sameSite(c *fiber.Ctx, v portal.Visitor) error {
	if safe(c.Method()) {
		return nil
	}
	site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	own := site == "same-origin" || site == "none"
	if site == "" {
		u, err := url.Parse(origin)
		own = err == nil && origin != "" && strings.EqualFold(u.Host, c.Hostname())
	}
	switch {
	case !own && (v.SignedIn() || site != "" || origin != ""):
		return fault.New(fault.Denied, "csrf")
	case !v.SignedIn():
		return nil
	case portal.IsAPI(c) && site == "same-origin", p.CheckCSRF(v, c.Get("X-CSRF-Token")):
		return nil
	case !portal.IsAPI(c) && p.CheckCSRF(v, c.FormValue("_csrf")):
		return nil
	}
	return fault.New(fault.Denied, "csrf")
}

func safe(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// preferences reads how the visitor likes the pages.
func (p *People) preferences(c *fiber.Ctx) portal.Visitor {
	v := portal.Visitor{Lang: web.Match(c.Cookies("lang"), c.Get(fiber.HeaderAcceptLanguage)), Elder: c.Cookies("elder") == "1"}
	if t := c.Cookies("theme"); t == "light" || t == "dark" {
		v.Theme = t
	}
	return v
}

const year = 365 * 24 * 60 * 60 // seconds

// prefer answers POST /preferences; what is not named stays as it was.
func (p *People) prefer(c *fiber.Ctx) error {
	for name, allowed := range map[string][]string{"lang": {"zh-Hans", "zh-Hant", "en"}, "elder": {"0", "1"}, "letters": {"0", "1"}, "theme": {"light", "dark", "auto"}} {
		value := c.FormValue(name)
		for _, a := range allowed {
			if value == a {
				c.Cookie(&fiber.Cookie{Name: name, Value: a, Path: "/", MaxAge: year, HTTPOnly: true, Secure: p.Secure, SameSite: fiber.CookieSameSiteLaxMode})
			}
		}
	}
	return c.Redirect(ownPath(c.FormValue("next")), fiber.StatusSeeOther)
}

// ownPath lets only our own paths through, so that no link sends people
// elsewhere after they signed in; anything else becomes the start page.
func ownPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) ||
		strings.ContainsFunc(next, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return strings.Clone(next)
}
