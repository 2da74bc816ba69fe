package people

import (
	"context"
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

// SignInForm is what opens a session on pages.
type SignInForm struct {
	Login    string `json:"login" form:"text,required,max=60"`
	Password string `json:"password" form:"secret,required,max=128"`
}

// ProgramForm opens a session of a program, which cannot be asked twice.
type ProgramForm struct {
	SignInForm
	Code string `json:"code" form:"text,max=20"` // of the second factor, where the account has one
}

var (
	signInType  = schema.Of[SignInForm]("signin")
	programType = schema.Of[ProgramForm]("signin")
)

// check gives the person whom login and password stand for, and whether a code
// of the second factor was right too. Whether the login exists, the account
// waits or the person has left: the answer and the work are the same. Who would
// have to wait gives the code in the same form, and learns only whether all of
// it was right.
func (p *People) check(ctx context.Context, from origin, in *ProgramForm) (id string, second bool, err error) {
	id, may := nobody, false
	if found, ok := p.mem.byLogin(in.Login); ok {
		u, _ := p.mem.user(found)
		id, may = found, u.State == Active
	}
	cred, err := p.credentialOf(ctx, id)
	if err != nil {
		return "", false, err
	}
	whose := account(cred)
	if cred.ID == nobody {
		may, whose = false, "login "+strings.ToLower(in.Login)
	}
	from.session = "" // another's, perhaps
	x := p.trial(from, whose, cred)
	wait := x.password()
	if wait > 0 && in.Code == "" {
		return "", false, toWait(wait)
	}
	match, err := p.verify(ctx, x, cred, in.Password)
	wrong := fault.New(fault.Unauthenticated, "people.wrong_sign_in")
	switch {
	case err != nil:
		return "", false, err
	case !match || !may || wait > 0 && cred.Second == nil:
		return "", false, wrong
	case in.Code != "" && cred.Second != nil:
		err = p.checkSecond(ctx, from, id, in.Code)
		if wait > 0 && err != nil && fault.As(err).Kind != fault.Internal {
			return "", false, wrong
		}
		second = err == nil
	}
	if err == nil && wait == 0 {
		x.right()
	}
	if err == nil && outdated(cred.Hash) {
		err = p.setPassword(ctx, id, in.Password)
	}
	return id, second, err
}

func (p *People) signInPage(c *fiber.Ctx) error {
	if portal.Who(c).SignedIn() {
		return c.Redirect(ownPath(c.Query("next")), fiber.StatusSeeOther)
	}
	return p.showSignIn(c, fiber.StatusOK, ownPath(c.Query("next")), nil, nil)
}

func (p *People) signIn(c *fiber.Ctx) error {
	next := ownPath(c.FormValue("next"))
	values := formValues(c)
	in, err := programType.Form(values)
	if err != nil {
		return p.showSignIn(c, fiber.StatusUnprocessableEntity, next, values, fault.As(err))
	}
	id, second, err := p.check(c.UserContext(), p.originOf(c), in.(*ProgramForm))
	if err != nil {
		e := fault.As(err)
		if e.Kind == fault.Internal {
			return err
		}
		return p.showSignIn(c, refusedStatus(e), next, values, e)
	}
	has, err := p.hasSecond(c.UserContext(), id)
	if err != nil {
		return err
	}
	if has && !second {
		return p.askSecond(c, id, next)
	}
	if err := p.enter(c, id, second); err != nil {
		return err
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

// enter starts a page's session in place of the one the browser had; second
// says that the second factor was given too.
func (p *People) enter(c *fiber.Ctx, id string, second bool) error {
	if v := portal.Who(c); v.Session != "" {
		if err := p.revoke(c.UserContext(), v.Actor.ID, v.Session); err != nil {
			return err
		}
	}
	_, t, err := p.begin(c.UserContext(), id, session.Pages, c.Get(fiber.HeaderUserAgent), second)
	if err != nil {
		return err
	}
	p.setCookie(c, t)
	return p.remember(c, id)
}

// refusedStatus: there is no kind of fault for "too many", HTTP has a number.
func refusedStatus(e *fault.Error) int {
	if e.Code == "too_many_requests" || e.Code == "people.wait" {
		return fiber.StatusTooManyRequests
	}
	return portal.Status(e.Kind)
}

func (p *People) showSignIn(c *fiber.Ctx, status int, next string, values web.Values, e *fault.Error) error {
	l := portal.Who(c).Lang
	t := signInType
	if e != nil && e.Code == "people.wait" || len(values["code"]) > 0 {
		t = programType // with the code nobody has to wait
	}
	spec := web.FormSpec{Action: "/signin", Type: t, Values: values, SubmitKey: "people.sign_in", Hidden: map[string]string{"next": next}}
	if e != nil {
		spec.Errors = e.Fields
	}
	door, err := p.passkeyDoor(l, next)
	if err != nil {
		return err
	}
	body := portal.In(l, func(h *web.H) {
		if e != nil && len(e.Fields) == 0 {
			h.Add(web.Refusal(l, e))
		}
		h.Add(web.Form(l, spec))
		h.Add(door)
		p.outsideDoor(h, l, next)
	})
	return p.Show(c, status, web.Page{Title: l.T("people.sign_in"), Body: body, Invalid: e != nil})
}

func (p *People) signOut(c *fiber.Ctx) error {
	if v := portal.Who(c); v.Session != "" {
		if err := p.revoke(c.UserContext(), v.Actor.ID, v.Session); err != nil {
			return err
		}
	}
	p.setCookie(c, "")
	return c.Redirect("/", fiber.StatusSeeOther)
}

// openSession answers POST /api/v1/session.
func (p *People) openSession(c *fiber.Ctx) error {
	got, err := programType.JSON(c.Body())
	if err != nil {
		return err
	}
	in := got.(*ProgramForm)
	id, second, err := p.check(c.UserContext(), p.originOf(c), in)
	if err == nil && !second {
		err = p.needsNoSecond(c.UserContext(), id)
	}
	if err != nil {
		if e := fault.As(err); refusedStatus(e) == fiber.StatusTooManyRequests {
			return sendTooMany(c, e)
		}
		return err
	}
	s, t, err := p.begin(c.UserContext(), id, session.Programs, c.Get(fiber.HeaderUserAgent), second)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusCreated).JSON(Token{string(t), s.Expires})
}

// needsNoSecond asks for the code that a program has to send along.
func (p *People) needsNoSecond(ctx context.Context, id string) error {
	has, err := p.hasSecond(ctx, id)
	if err == nil && has {
		err = fault.New(fault.Unauthenticated, "people.second_needed")
	}
	return err
}

func sendTooMany(c *fiber.Ctx, e *fault.Error) error {
	minutes, ok := e.Args["n"].(int)
	if !ok {
		minutes = 1
	}
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(60*minutes))
	pr := portal.ProblemOf(portal.Who(c).Lang, e, c.Path())
	pr.Status = fiber.StatusTooManyRequests
	if err := c.Status(pr.Status).JSON(pr); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json; charset=utf-8")
	return nil
}

// closeSession answers DELETE /api/v1/session.
func (p *People) closeSession(c *fiber.Ctx) error {
	v := portal.Who(c)
	if v.Session == "" {
		return fault.New(fault.Unauthenticated, "unauthenticated")
	}
	if err := p.revoke(c.UserContext(), v.Actor.ID, v.Session); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// toSignIn sends somebody who is not signed in to do so and come back.
func toSignIn(c *fiber.Ctx) error {
	return c.Redirect("/signin?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
}

func formValues(c *fiber.Ctx) web.Values {
	out := web.Values{}
	for k, v := range c.Request().PostArgs().All() {
		out[string(k)] = append(out[string(k)], string(v))
	}
	return out
}

// Token is what a program sends with each request.
type Token struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires_at"`
}

// SignInAPI describes the sign-in for the document of the API.
func SignInAPI() map[string]any { return programType.OpenAPI() }
