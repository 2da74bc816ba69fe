package people

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// LeaveForm closes an account. Work belongs to posts, not to persons: handing
// it over means that somebody else holds the post.
type LeaveForm struct {
	Successor string `json:"successor" form:"choice,from=people"`
	Vacant    bool   `json:"vacant" form:"check"` // nobody is to take posts over that only this person holds
}

// inheritForm says whose posts a successor takes over.
type inheritForm struct {
	From string `json:"from" form:"text,required,max=64"`
}

// leave ends all that the person was given and has given.
func (p *People) leave(u *User, in *LeaveForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	heir, ok := p.mem.user(in.Successor)
	switch {
	case in.Successor == "":
		if !in.Vacant && len(p.onlyHolder(u, s.Now)) > 0 {
			f.Wrong("successor", "fault.user.posts_vacant")
		}
	case in.Successor == u.ID:
		f.Wrong("successor", "fault.user.to_oneself")
	case in.Successor == s.Actor.ID || in.Successor == s.Actor.For:
		f.Wrong("successor", "fault.user.not_to_who_decides")
	case !ok || heir.State != Active:
		f.Wrong("successor", "fault.user.not_active")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.strikeIfAdmin(u, s); err != nil {
		return err
	}
	if err := p.endSessions(s.Ctx, u.ID, ""); err != nil {
		return err
	}
	for i := range u.Appointments {
		if a := &u.Appointments[i]; !a.over(s.Now) {
			a.Ended, a.Heir = &s.Now, in.Successor
		}
	}
	for i := range u.Delegations {
		if d := &u.Delegations[i]; !d.over(s.Now) {
			d.Ended = &s.Now
		}
	}
	return nil
}

// onlyHolder gives the posts that nobody but this person holds now.
func (p *People) onlyHolder(u *User, now time.Time) []Appointment {
	others := p.mem.active()
	return slices.DeleteFunc(u.running(now), func(a Appointment) bool {
		return slices.ContainsFunc(others, func(o *User) bool { return o.ID != u.ID && o.has(a, now) })
	})
}

// has tells whether the user holds the same post now.
func (u *User) has(a Appointment, now time.Time) bool {
	return slices.ContainsFunc(u.Appointments, func(b Appointment) bool {
		return b.Role == a.Role && b.Place == a.Place && b.Department == a.Department && b.holds(now)
	})
}

// departed deletes the password of somebody who left and hands the posts to the
// named successor. One who cannot take them any more leaves them vacant, as the
// record then shows.
func (p *People) departed(ctx context.Context, n lifecycle.News, x Departure) error {
	if err := p.dropCredential(ctx, n.Case); err != nil || x.Heir == "" {
		return err
	}
	return p.Users.After(ctx, n, x.Heir, "inherit", &inheritForm{n.Case})
}

// inherit takes over what somebody who left was appointed to, for as long as
// they were.
func (p *People) inherit(u *User, in *inheritForm, s *lifecycle.Step) error {
	from, err := p.Users.Engine.Cases().Get(s.Ctx, in.From)
	if err != nil {
		return fault.Wrap(err, "read who left, %s", in.From)
	}
	for _, a := range from.Appointments {
		if a.Heir != u.ID || u.has(a, s.Now) {
			continue
		}
		a.N, a.From, a.Ended, a.Heir, a.After = int64(len(u.Appointments))+1, schema.DateOf(s.Now, calendar.City), nil, "", from.ID
		u.Appointments = append(u.Appointments, a)
		if a.Role == "admin" {
			if err := p.enrol(s.Ctx, u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropCredential deletes password, second factor and passkeys of somebody who
// left for good.
func (p *People) dropCredential(ctx context.Context, id string) error {
	c, err := p.credentials.Get(ctx, id)
	if err == nil {
		err = p.credentials.Delete(ctx, c)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fault.Wrap(err, "delete the credential of %s", id)
}

// anonymisesOn gives when the name of somebody who left is no longer needed.
func anonymisesOn(u *User) time.Time {
	if u.State != Left {
		return time.Time{}
	}
	return u.ChangedAt.AddDate(u.Settings.Int("privacy.user_years"), 0, 0)
}

// anonymise leaves what somebody was appointed to, under a number instead of a name.
func anonymise(u *User, _ *lifecycle.Step) error {
	u.Name, u.Login, u.Post = u.No, "left-"+strings.ToLower(u.No), ""
	for i := range u.Delegations {
		u.Delegations[i].Reason = ""
	}
	return nil
}

// vacancies stands under the form: the posts that nobody else holds.
func (p *People) vacancies(_ context.Context, v portal.Visitor, u *User) (template.HTML, error) {
	only := p.onlyHolder(u, p.Clock().UTC())
	if len(only) == 0 {
		return "", nil
	}
	return web.Panel(v.Lang, web.Warn, "user.only_holder", portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, a := range only {
			h.Raw(`<li>`)
			h.Text(p.wording(v.Lang, a))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})), nil
}
