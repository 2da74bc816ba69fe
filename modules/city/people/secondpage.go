package people

import (
	"crypto/rand"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/session"
	"gatehouse/web"
)

// CodeForm is a code of the second factor.
type CodeForm struct {
	Code string `json:"code" form:"text,required,max=20"`
}

// GiveUpForm takes the own second factor away.
type GiveUpForm struct {
	Password string `json:"password" form:"secret,required,max=128"`
	Code     string `json:"code" form:"text,required,max=20"`
}

var (
	codeType   = schema.Of[CodeForm]("second")
	giveUpType = schema.Of[GiveUpForm]("second")
)

// halfLife is how long one may look for the phone after the password.
const halfLife = 5 * time.Minute

// askSecond asks for the code; that the password was right is kept in a signed
// word in the form, not in a session.
func (p *People) askSecond(c *fiber.Ctx, id, next string) error {
	now := p.Clock().UTC()
	t, err := p.signer.Issue(session.Claims{Session: rand.Text(), Person: id, Audience: session.Halfway, Issued: now, Expires: now.Add(halfLife)})
	if err != nil {
		return fault.Wrap(err, "sign the half of a sign-in of %s", id)
	}
	return p.showSecond(c, fiber.StatusOK, id, string(t), next, nil)
}

func (p *People) showSecond(c *fiber.Ctx, status int, id, half, next string, e *fault.Error) error {
	l := portal.Who(c).Lang
	x, err := p.credentials.Get(c.UserContext(), id)
	if err != nil {
		return fault.Wrap(err, "read the credential of %s", id)
	}
	door := template.HTML("")
	if len(x.Passkeys) > 0 {
		if door, err = p.passkeyDoor(l, next); err != nil {
			return err
		}
	}
	spec := web.FormSpec{Action: "/signin/second", Type: codeType, SubmitKey: "people.sign_in", Hidden: map[string]string{"half": half, "next": next}}
	if e != nil {
		spec.Errors = e.Fields
	}
	body := portal.In(l, func(h *web.H) {
		if e != nil && len(e.Fields) == 0 {
			h.Add(web.Refusal(l, e))
		}
		h.Raw(`<p>`)
		h.T("people.second_ask")
		h.Raw(`</p>`)
		h.Add(door)
		h.Add(web.Form(l, spec))
	})
	return p.Show(c, status, web.Page{Title: l.T("people.second"), Body: body, Invalid: e != nil})
}

// signInSecond answers POST /signin/second.
func (p *People) signInSecond(c *fiber.Ctx) error {
	next, half := ownPath(c.FormValue("next")), c.FormValue("half")
	claims, err := p.signer.Verify(session.Token(half), session.Halfway, p.Clock().UTC())
	u, ok := p.mem.user(claims.Person)
	if err != nil || !ok || u.State != Active {
		return p.showSignIn(c, fiber.StatusUnauthorized, next, nil, fault.New(fault.Unauthenticated, "people.half_over"))
	}
	in, err := codeType.Form(formValues(c))
	if err == nil {
		err = p.checkSecond(c.UserContext(), p.originOf(c), u.ID, in.(*CodeForm).Code)
	}
	if err != nil {
		e := fault.As(err)
		if e.Kind == fault.Internal {
			return err
		}
		return p.showSecond(c, refusedStatus(e), u.ID, half, next, e)
	}
	if err := p.enter(c, u.ID, true); err != nil {
		return err
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

// secondPage is where one's own second factor is set up, renewed and given up.
func (p *People) secondPage(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return toSignIn(c)
	}
	return p.showMySecond(c, fiber.StatusOK, v, u, "", nil)
}

// showMySecond shows the page; form is which of its forms the fault belongs to.
func (p *People) showMySecond(c *fiber.Ctx, status int, v portal.Visitor, u *User, form string, e *fault.Error) error {
	l := v.Lang
	cred, err := p.credentials.Get(c.UserContext(), u.ID)
	if err != nil {
		return fault.Wrap(err, "read the credential of %s", u.ID)
	}
	spec := func(act string, t *schema.Type, submit string) web.FormSpec {
		s := web.FormSpec{ID: act, Action: "/me/second/" + act, Type: t, SubmitKey: submit, CSRF: p.CSRF(v)}
		if e != nil && act == form {
			s.Errors = e.Fields
		}
		return s
	}
	keys, err := p.passkeyPart(v, u, cred, spec)
	if err != nil {
		return err
	}
	body := portal.In(l, func(h *web.H) {
		if e != nil && len(e.Fields) == 0 {
			h.Add(web.Refusal(l, e))
		}
		if v.Bare {
			h.Add(web.Panel(l, web.Warn, "people.second_required_title", web.Translated(l, "people.second_required_why")))
		}
		if cred.Second != nil {
			h.Add(web.Summary(l, portal.Pair(l, "people.second_since", l.Date(cred.Second.Since)), portal.Pair(l, "people.codes_left", strconv.Itoa(len(cred.Second.Codes)))))
		}
		h.Add(keys)
		h.Add(web.Section(l, "people.app", p.appPart(v, u, cred, spec)))
		if cred.Second != nil {
			h.Add(web.Section(l, "people.new_codes", web.Form(l, spec("codes", codeType, "people.make_codes"))))
		}
	})
	return p.Show(c, status, web.Page{Title: l.T("people.second"), Body: body, Invalid: e != nil,
		Crumbs: []web.Crumb{{Href: "/me", Text: l.T("people.me")}}})
}

// appPart is the authenticator on a phone: not there, being set up, or in use.
func (p *People) appPart(v portal.Visitor, u *User, c *credential, spec func(act string, t *schema.Type, submit string) web.FormSpec) template.HTML {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		switch {
		case c.hasApp():
			h.Raw(`<p>`)
			h.T("people.second_on")
			h.Raw(`</p>`)
			drop := spec("drop", giveUpType, "people.second_drop")
			drop.Danger = true
			h.Add(web.Details(l, "people.second_drop", web.Form(l, drop)))
		case c.Pending != "":
			h.Add(p.enrolment(l, u, c.Pending))
			h.Add(web.Form(l, spec("confirm", codeType, "people.second_confirm")))
		default:
			h.Raw(`<p>`)
			h.T("people.second_why")
			h.Raw(`</p>`)
			h.Add(p.button(v, "/me/second/begin", "people.second_begin", "", ""))
		}
	})
}

// enrolment shows the secret: as a picture for the phone and in letters for
// whoever cannot take one.
func (p *People) enrolment(l web.Lang, u *User, secret string) template.HTML {
	name := l.T("site.name")
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + name + ":" + u.Login, RawQuery: url.Values{"secret": {secret}, "issuer": {name}}.Encode()}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<ol class="steps"><li>`)
		h.T("people.second_step_app")
		h.Raw(`</li><li>`)
		h.T("people.second_step_scan")
		h.Raw(`<div class="qr">`)
		h.Add(web.QR(l, uri.String()))
		h.Raw(`</div><p class="hint">`)
		h.T("people.second_by_hand", "secret", inFours(secret))
		h.Raw(`</p></li><li>`)
		h.T("people.second_step_code")
		h.Raw(`</li></ol>`)
	})
}

func inFours(s string) string {
	var out []string
	for len(s) > 4 {
		out, s = append(out, s[:4]), s[4:]
	}
	return strings.Join(append(out, s), " ")
}

func (p *People) beginSecond(c *fiber.Ctx) error {
	_, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	if err := p.propose(c.UserContext(), u.ID); err != nil {
		return err
	}
	return c.Redirect("/me/second", fiber.StatusSeeOther)
}

// confirmSecond puts the second factor into use; sessions that were opened
// without it end, but for this one.
func (p *People) confirmSecond(c *fiber.Ctx) error {
	return p.mySecond(c, "confirm", codeType, func(v portal.Visitor, u *User, in any) error {
		codes, err := p.adopt(c.UserContext(), u.ID, in.(*CodeForm).Code)
		if err != nil {
			return err
		}
		if err := p.raise(c.UserContext(), v.Session); err != nil {
			return err
		}
		if err := p.endSessions(c.UserContext(), u.ID, v.Session); err != nil {
			return err
		}
		return p.showCodes(c, codes)
	})
}

func (p *People) renewCodes(c *fiber.Ctx) error {
	return p.mySecond(c, "codes", codeType, func(v portal.Visitor, u *User, in any) error {
		if err := p.checkSecond(c.UserContext(), p.originOf(c), u.ID, in.(*CodeForm).Code); err != nil {
			return err
		}
		codes, err := p.respare(c.UserContext(), u.ID)
		if err != nil {
			return err
		}
		return p.showCodes(c, codes)
	})
}

func (p *People) giveUpSecond(c *fiber.Ctx) error {
	return p.mySecond(c, "drop", giveUpType, func(v portal.Visitor, u *User, in any) error {
		f := in.(*GiveUpForm)
		if err := p.again(c, u, f.Password); err != nil {
			return err
		}
		if err := p.checkSecond(c.UserContext(), p.originOf(c), u.ID, f.Code); err != nil {
			return err
		}
		if err := p.forgetApp(c.UserContext(), u.ID); err != nil {
			return err
		}
		return c.Redirect("/me?done=people.second_dropped", fiber.StatusSeeOther)
	})
}

// mySecond reads a form of the page and shows what is wrong with it there.
func (p *People) mySecond(c *fiber.Ctx, form string, t *schema.Type, do func(portal.Visitor, *User, any) error) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	in, err := t.Form(formValues(c))
	if err == nil {
		err = do(v, u, in)
	}
	if e := fault.As(err); err != nil && e.Kind != fault.Internal {
		return p.showMySecond(c, refusedStatus(e), v, u, form, e)
	}
	return err
}

// showCodes shows the recovery codes, this once.
func (p *People) showCodes(c *fiber.Ctx, codes []string) error {
	l := portal.Who(c).Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("people.codes_keep")
		h.Raw(`</p><ul class="codes">`)
		for _, x := range codes {
			h.Raw(`<li><code>`)
			h.Text(x)
			h.Raw(`</code></li>`)
		}
		h.Raw(`</ul><p>`)
		h.Add(web.Link("/me", l.T("people.me")))
		h.Raw(`</p>`)
	})
	return p.Show(c, fiber.StatusOK, web.Page{Title: l.T("people.recovery_codes"), Body: body})
}
