package people

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// NewPasswordForm changes one's own password.
type NewPasswordForm struct {
	Password string `json:"password" form:"secret,required,max=128"`
	New      string `json:"new_password" form:"secret,required,max=128"`
	Repeat   string `json:"repeat_password" form:"secret,required,max=128"`
}

// ForForm says for whom one acts from now on; "" is oneself again.
type ForForm struct {
	For string `json:"for" form:"choice,from=stand_in"`
}

var (
	newPasswordType = schema.Of[NewPasswordForm]("password")
	forType         = schema.Of[ForForm]("me_for")
)

// signedIn gives the visitor and their account.
func (p *People) signedIn(c *fiber.Ctx) (portal.Visitor, *User, error) {
	v := portal.Who(c)
	u, ok := p.mem.user(v.Actor.ID)
	if !ok {
		return v, nil, fault.New(fault.Unauthenticated, "unauthenticated")
	}
	return v, u, nil
}

// Me is who asks, for programs.
type Me struct {
	ID     string   `json:"id"`
	Login  string   `json:"login"`
	Name   string   `json:"name"`
	Post   string   `json:"post"`
	Roles  []Role   `json:"roles"`
	For    string   `json:"standing_in_for"`
	MayFor []MayFor `json:"can_stand_in_for"`
}

// Role is one that a person holds now.
type Role struct {
	Role       string      `json:"role"`
	Place      string      `json:"place"`
	PlaceName  string      `json:"place_name"`
	Department string      `json:"department"`
	Until      schema.Date `json:"until"` // its last day; "" has no end
}

// MayFor is somebody one may stand in for.
type MayFor struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Roles []string    `json:"roles"`
	Until schema.Date `json:"until"`
}

// StandingIn is for whom a session acts.
type StandingIn struct {
	For string `json:"standing_in_for"`
}

// me answers GET /api/v1/me.
func (p *People) me(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	now := p.Clock().UTC()
	out := Me{ID: u.ID, Login: u.Login, Name: u.Name, Post: u.Post, Roles: []Role{}, For: v.Actor.For, MayFor: []MayFor{}}
	for _, a := range u.Appointments {
		if a.holds(now) {
			out.Roles = append(out.Roles, Role{a.Role, a.Place, p.Names.Place(v.Lang, a.Place), a.Department, a.Until})
		}
	}
	for _, g := range p.mem.mayStandFor(u.ID, now) {
		out.MayFor = append(out.MayFor, MayFor{g.id, p.Names.Person(v.Lang, g.id), g.roles, g.d.Until})
	}
	return c.JSON(out)
}

// standIn answers POST /me/for and /api/v1/me/for.
func (p *People) standIn(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	var in any
	if portal.IsAPI(c) {
		in, err = forType.JSON(c.Body())
	} else {
		in, err = forType.Form(formValues(c))
	}
	if err != nil {
		return err
	}
	whom := strings.Clone(in.(*ForForm).For)
	if whom != "" && !slices.ContainsFunc(p.mem.mayStandFor(u.ID, p.Clock().UTC()), func(g grant) bool { return g.id == whom }) {
		return fault.New(fault.Denied, "people.not_a_stand_in")
	}
	if _, err := p.sessions.Change(c.UserContext(), v.Session, func(s *Session) error { s.For = whom; return nil }); err != nil {
		return fault.Wrap(err, "change for whom session %s acts", v.Session)
	}
	if portal.IsAPI(c) {
		return c.JSON(StandingIn{whom})
	}
	return c.Redirect("/me?done=people.switched", fiber.StatusSeeOther)
}

// changePassword answers POST /me/password: the old password is asked again,
// and all other sessions end.
func (p *People) changePassword(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	got, err := newPasswordType.Form(formValues(c))
	if err == nil {
		err = p.renew(c, u, got.(*NewPasswordForm))
	}
	if err != nil {
		if e := fault.As(err); e.Kind != fault.Internal {
			return p.showMe(c, refusedStatus(e), v, u, e)
		}
		return err
	}
	if err := p.endSessions(c.UserContext(), u.ID, v.Session); err != nil {
		return err
	}
	if err := p.remember(c, u.ID); err != nil {
		return err
	}
	return c.Redirect("/me?done=people.password_changed", fiber.StatusSeeOther)
}

func (p *People) renew(c *fiber.Ctx, u *User, in *NewPasswordForm) error {
	f := fault.New(fault.Invalid, "invalid")
	checkPassword(f, "new_password", in.New, u.Login)
	if in.New != in.Repeat {
		f.Wrong("repeat_password", "fault.password.differs")
	}
	if err := f.Err(); err != nil {
		return err
	}
	// The session may be a stranger's at an open desk: the same limits as for signing in.
	if err := p.again(c, u, in.Password); err != nil {
		return err
	}
	return p.setPassword(c.UserContext(), u.ID, in.New)
}

// endOthers answers POST /me/sessions/end.
func (p *People) endOthers(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	if err := p.endSessions(c.UserContext(), u.ID, v.Session); err != nil {
		return err
	}
	return c.Redirect("/me?done=people.sessions_ended", fiber.StatusSeeOther)
}

func (p *People) revokeSession(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if err := p.revoke(c.UserContext(), u.ID, id); err != nil {
		return err
	}
	if id == v.Session {
		p.setCookie(c, "")
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	return c.Redirect("/me?done=people.session_revoked", fiber.StatusSeeOther)
}

func (p *People) mePage(c *fiber.Ctx) error {
	v, u, err := p.signedIn(c)
	if err != nil {
		return toSignIn(c)
	}
	return p.showMe(c, fiber.StatusOK, v, u, nil)
}

// showMe is one's own page: appointments, standing in, password, sessions.
func (p *People) showMe(c *fiber.Ctx, status int, v portal.Visitor, u *User, e *fault.Error) error {
	l, now := v.Lang, p.Clock().UTC()
	ss, err := p.sessionsOf(c.UserContext(), u.ID)
	if err != nil {
		return err
	}
	second, err := p.hasSecond(c.UserContext(), u.ID)
	if err != nil {
		return err
	}
	spec := web.FormSpec{Action: "/me/password", Type: newPasswordType, SubmitKey: "people.change_password", CSRF: p.CSRF(v)}
	if e != nil {
		spec.Errors = e.Fields
	}
	body := portal.In(l, func(h *web.H) {
		if e != nil && len(e.Fields) == 0 {
			h.Add(web.Refusal(l, e))
		}
		h.Add(web.Summary(l, portal.Pair(l, "user.login", u.Login), portal.Pair(l, "user.post", u.Post)))
		h.Add(web.Section(l, "user.appointments", p.appointmentTable(l, u, now)))
		h.Add(web.Section(l, "people.standing_in", p.standInPart(v, u, now)))
		if len(u.Delegations) > 0 {
			h.Add(web.Section(l, "user.delegations", p.delegationTable(l, u, now)))
		}
		h.Add(web.Section(l, "people.second", secondPart(l, second)))
		h.Add(web.Section(l, "people.sessions", p.sessionPart(v, ss, now)))
		h.Add(web.Section(l, "people.change_password", web.Form(l, spec)))
		if v.Actor.For == "" {
			h.Add(web.Section(l, "people.own_data", web.Join(web.Paragraphs(l.T("people.own_data_why")), p.button(v, "/me/data", "people.own_data", "", ""))))
		}
	})
	return p.Show(c, status, web.Page{Title: l.T("people.me"), Heading: u.Name, Body: body, Aside: p.myActs(v, u), Invalid: e != nil})
}

// myActs are the acts on one's own account, as its own page offers them.
func (p *People) myActs(v portal.Visitor, u *User) template.HTML {
	var as []web.ActionItem
	if v.Actor.For == "" {
		as = append(as, web.ActionItem{LabelKey: "act.user.delegate", Href: "/users/" + u.ID + "/delegate", Primary: true})
		if slices.ContainsFunc(u.Delegations, func(d Delegation) bool { return !d.over(p.Clock()) }) {
			as = append(as, web.ActionItem{LabelKey: "act.user.revoke_delegation", Href: "/users/" + u.ID + "/revoke_delegation"})
		}
		as = append(as, web.ActionItem{LabelKey: "people.my_history", Href: "/users/" + u.ID})
	}
	return web.Actions(v.Lang, as)
}

// standInPart lets one switch between oneself and whom one may stand in for.
func (p *People) standInPart(v portal.Visitor, u *User, now time.Time) template.HTML {
	l := v.Lang
	grants := p.mem.mayStandFor(u.ID, now)
	return portal.In(l, func(h *web.H) {
		if v.Actor.For != "" {
			h.Raw(`<p>`)
			h.T("people.now_for", "name", p.Names.Person(l, v.Actor.For))
			h.Raw(`</p>`)
			h.Add(p.button(v, "/me/for", "people.for_oneself", "for", ""))
		}
		if len(grants) == 0 && v.Actor.For == "" {
			h.Raw(`<p class="empty">`)
			h.T("people.no_stand_in")
			h.Raw(`</p>`)
		}
		for _, g := range grants {
			if g.id == v.Actor.For {
				continue
			}
			h.Raw(`<p>`)
			h.T("people.may_stand_in", "name", p.Names.Person(l, g.id), "roles", roleKeys(g.roles), "until", g.d.Until)
			h.Raw(`</p>`)
			h.Add(p.button(v, "/me/for", "people.act_for", "for", g.id))
		}
	})
}

// secondPart says whether the second factor is on.
func secondPart(l web.Lang, on bool) template.HTML {
	word := "people.second_off"
	if on {
		word = "people.second_on"
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T(word)
		h.Text(" ")
		h.Add(web.Link("/me/second", l.T("people.second_manage")))
		h.Raw(`</p>`)
	})
}

// button is a form of one button.
func (p *People) button(v portal.Visitor, action, label, name, value string) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<form method="post" action="`)
		h.Href(action)
		h.Raw(`"><input type="hidden" name="_csrf" value="`)
		h.Text(p.CSRF(v))
		h.Raw(`">`)
		h.Add(web.Button(v.Lang, web.ButtonSpec{LabelKey: label, Name: name, Value: value}))
		h.Raw(`</form>`)
	})
}

// sessionPart lists the sessions and lets one end all others at once.
func (p *People) sessionPart(v portal.Visitor, ss []*Session, now time.Time) template.HTML {
	others := slices.ContainsFunc(ss, func(s *Session) bool { return s.ID != v.Session && s.alive(now) })
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(p.sessionTable(v, ss, now))
		if others {
			h.Add(p.button(v, "/me/sessions/end", "session.end_others", "", ""))
		}
	})
}

func (p *People) sessionTable(v portal.Visitor, ss []*Session, now time.Time) template.HTML {
	l := v.Lang
	t := web.Table{Head: []web.Col{{Key: "session.created"}, {Key: "session.seen"}, {Key: "session.kind"}, {Key: "session.agent"}, {Key: "session.end"}}}
	slices.SortFunc(ss, func(a, b *Session) int { return b.Created.Compare(a.Created) })
	for _, s := range ss {
		if !s.alive(now) || len(t.Rows) == 50 {
			continue
		}
		end := p.button(v, "/me/sessions/"+s.ID+"/revoke", "session.revoke", "", "")
		if s.ID == v.Session {
			end = web.Translated(l, "session.this")
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.Time(s.Created))}, {HTML: web.When(l, now, s.Seen)},
			{HTML: web.Translated(l, "session.kind."+kindOf(s))}, {HTML: web.Text(device(s.Agent))}, {HTML: end}})
	}
	return t.HTML(l)
}

func kindOf(s *Session) string {
	_, kind, _ := strings.Cut(string(s.Audience), "/")
	return kind
}
