package people

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (p *People) appointmentPart(_ context.Context, v portal.Visitor, u *User) (template.HTML, error) {
	return p.appointmentTable(v.Lang, u, p.Clock().UTC()), nil
}

func (p *People) delegationPart(_ context.Context, v portal.Visitor, u *User) (template.HTML, error) {
	if len(u.Delegations) == 0 {
		return "", nil
	}
	return p.delegationTable(v.Lang, u, p.Clock().UTC()), nil
}

// running names the roles that count now, each with its place or department.
func (p *People) running(v portal.Visitor, u *User) web.Value {
	var out []string
	for _, a := range u.running(p.Clock()) {
		out = append(out, p.wording(v.Lang, a))
	}
	return web.Words(strings.Join(out, v.Lang.T("list.separator")))
}

// wording says an appointment in one line.
func (p *People) wording(l web.Lang, a Appointment) string {
	where := p.Names.Place(l, a.Place)
	if a.Department != "" {
		where = p.Names.Department(l, a.Department)
	}
	return l.T("user.role_at", "role", "t:role."+a.Role, "where", where)
}

func (p *People) appointmentTable(l web.Lang, u *User, now time.Time) template.HTML {
	t := web.Table{Head: []web.Col{{Key: "user.role"}, {Key: "user.from"}, {Key: "user.until"}, {Key: "user.now"}}}
	for _, a := range u.Appointments {
		t.Rows = append(t.Rows, []web.Cell{{HTML: p.postCell(l, a)}, {HTML: day(l, a.From)}, {HTML: lastDay(l, a.Until, a.Ended)},
			{HTML: count(l, a.holds(now), a.over(now))}})
	}
	return t.HTML(l)
}

// postCell names a post, and from whom or to whom it was handed over.
func (p *People) postCell(l web.Lang, a Appointment) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Text(p.wording(l, a))
		for word, who := range map[string]string{"user.after": a.After, "user.heir": a.Heir} {
			if who != "" {
				h.Raw(`<br><span class="hint">`)
				h.T(word, "name", p.Names.Person(l, who))
				h.Raw(`</span>`)
			}
		}
	})
}

func (p *People) delegationTable(l web.Lang, u *User, now time.Time) template.HTML {
	t := web.Table{Head: []web.Col{{Key: "user.to"}, {Key: "user.roles"}, {Key: "user.from"}, {Key: "user.until"}, {Key: "user.now"}, {Key: "user.reason"}}}
	for _, d := range u.Delegations {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(p.Names.Person(l, d.To))}, {HTML: web.Text(l.Value(roleKeys(d.Roles)))}, {HTML: day(l, d.From)},
			{HTML: lastDay(l, d.Until, d.Ended)}, {HTML: count(l, d.holds(now), d.over(now))}, {HTML: web.Text(d.Reason)}})
	}
	return t.HTML(l)
}

// count is the tag that says whether something counts now, no more, or not yet.
func count(l web.Lang, holds, over bool) template.HTML {
	switch {
	case holds:
		return web.Tag(l, web.Good, "user.in_force")
	case over:
		return web.Tag(l, web.Neutral, "user.over")
	}
	return web.Tag(l, web.Info, "user.later")
}

func day(l web.Lang, d schema.Date) template.HTML {
	if d == "" {
		return ""
	}
	return web.Text(l.Day(d))
}

func lastDay(l web.Lang, until schema.Date, ended *time.Time) template.HTML {
	if ended != nil {
		return web.Text(l.Date(*ended))
	}
	if until == "" {
		return web.Translated(l, "user.no_end")
	}
	return day(l, until)
}

func roleKeys(roles []string) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = "t:role." + r
	}
	return out
}

func roleOptions(l web.Lang, roles []string) []web.Option {
	var out []web.Option
	for _, r := range roles {
		out = append(out, web.Option{Value: r, Text: l.T("role." + r)})
	}
	return out
}

func (p *People) appointmentOptions(_ context.Context, v portal.Visitor, u *User) ([]web.Option, error) {
	var out []web.Option
	for _, a := range u.Appointments {
		if !a.over(p.Clock()) {
			out = append(out, web.Option{Value: strconv.FormatInt(a.N, 10), Text: p.wording(v.Lang, a)})
		}
	}
	return out, nil
}

func (p *People) delegationOptions(_ context.Context, v portal.Visitor, u *User) ([]web.Option, error) {
	var out []web.Option
	for _, d := range u.Delegations {
		if !d.over(p.Clock()) {
			text := v.Lang.T("user.delegation_line", "name", p.Names.Person(v.Lang, d.To), "roles", roleKeys(d.Roles), "until", d.Until)
			out = append(out, web.Option{Value: strconv.FormatInt(d.N, 10), Text: text})
		}
	}
	return out, nil
}

func (p *People) othersOptions(_ context.Context, _ portal.Visitor, u *User) ([]web.Option, error) {
	return slices.DeleteFunc(p.peopleOptions(), func(o web.Option) bool { return o.Value == u.ID }), nil
}

// peopleOptions lists everybody at work.
func (p *People) peopleOptions() []web.Option {
	var out []web.Option
	for _, u := range p.mem.active() {
		text := u.Name
		if u.Post != "" {
			text += " · " + u.Post
		}
		out = append(out, web.Option{Value: u.ID, Text: text})
	}
	return out
}

// offer gives the choices of form fields that name a person, a role or whom a
// post may lie with. Who is not signed in learns no names.
func (p *People) offer() {
	p.Offer("people", func(_ context.Context, v portal.Visitor) ([]web.Option, error) {
		if !v.SignedIn() {
			return nil, nil
		}
		return p.peopleOptions(), nil
	})
	p.Offer("employers", p.EmployerOptions)
	p.Offer("roles", func(_ context.Context, v portal.Visitor) ([]web.Option, error) {
		var all []string
		for _, r := range p.Policy.Set().Roles() {
			if !slices.Contains(given, r.Name) {
				all = append(all, r.Name)
			}
		}
		return roleOptions(v.Lang, all), nil
	})
	p.Offer("own_roles", func(_ context.Context, v portal.Visitor) ([]web.Option, error) {
		return roleOptions(v.Lang, p.ownRoles(v.Actor.ID, p.Clock())), nil
	})
}
