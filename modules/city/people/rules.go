package people

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strconv"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// maxDelegation is how many days a stand-in may last at most.
const maxDelegation = 90

var goodLogin = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)

// facts: to oneself the own account is public. Lists cannot know who asks, so
// there the word finds nothing, as no account stands on the public shelf.
func (p *People) facts(u *User, s *lifecycle.Step) ([]string, error) {
	self := s.Actor.ID != "" && s.Actor.ID == u.ID && s.Actor.For == ""
	return []string{lifecycle.When(self, "self"), lifecycle.When(self, "public"), lifecycle.When(p.endsLast(u, s), "last_admin")}, nil
}

// endsLast tells whether the act would leave the city without an administrator.
func (p *People) endsLast(u *User, s *lifecycle.Step) bool {
	switch s.Act {
	case "suspend", "leave":
		return u.runs(s.Now, 0) && !p.mem.othersRun(u.ID, s.Now)
	case "dismiss":
		in := lifecycle.In[DismissForm](s)
		if in == nil { // a page asks: bar the button only when there is nothing else to end
			return u.runs(s.Now, 0) && !p.mem.othersRun(u.ID, s.Now) &&
				!slices.ContainsFunc(u.Appointments, func(a Appointment) bool { return a.Role != "admin" && !a.over(s.Now) })
		}
		n, _ := strconv.ParseInt(in.N, 10, 64)
		return u.runs(s.Now, 0) && !u.runs(s.Now, n) && !p.mem.othersRun(u.ID, s.Now)
	}
	return false
}

// runs tells whether the user is an administrator without an end in sight, by
// another appointment than number n.
func (u *User) runs(now time.Time, n int64) bool {
	return u.State == Active && slices.ContainsFunc(u.Appointments, func(a Appointment) bool {
		return a.Role == "admin" && a.N != n && a.Until == "" && a.holds(now)
	})
}

func (p *People) register(u *User, in *RegisterForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	if !goodLogin.MatchString(in.Login) {
		f.Wrong("login", "fault.user.bad_login")
	} else if _, taken := p.mem.byLogin(in.Login); taken {
		f.Kind, f.Code, f.Remedy = fault.Conflict, "user.unique_login", "user.unique_login.remedy"
		f.Wrong("login", "fault.user.unique_login")
	}
	if in.Password != "" {
		checkPassword(f, "password", in.Password, in.Login)
	}
	a := p.appointment(f, AppointForm{in.Role, in.Place, in.Department, in.From, in.Until}, s.Now)
	a.N = 1
	u.Login, u.Name, u.Post, u.Appointments = in.Login, in.Name, in.Post, []Appointment{a}
	return f.Err()
}

// registered makes the account that the gate has let be opened usable.
func (p *People) registered(u *User, s *lifecycle.Step) error {
	if u.Appointments[0].Role == "admin" {
		if err := p.enrol(s.Ctx, u.ID); err != nil {
			return err
		}
	}
	password := lifecycle.In[RegisterForm](s).Password
	if password == "" {
		password = rand.Text()
	}
	return p.setPassword(s.Ctx, u.ID, password)
}

func (p *People) appoint(u *User, in *AppointForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	a := p.appointment(f, *in, s.Now)
	for _, b := range u.Appointments {
		if b.Role == a.Role && b.Place == a.Place && b.Department == a.Department && !b.over(s.Now) {
			f.Wrong("role", "fault.user.appointed_already")
			break
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	a.N = int64(len(u.Appointments)) + 1
	u.Appointments = append(u.Appointments, a)
	if a.Role == "admin" {
		return p.enrol(s.Ctx, u.ID)
	}
	return nil
}

var depth = map[string]int{"city": 1, "district": 2, "street": 3, "community": 4}

// appointment checks a role against the place it is held at: at the role's
// level or above; a role of a department in a department, at its seat.
func (p *People) appointment(f *fault.Error, in AppointForm, now time.Time) Appointment {
	a := Appointment{Role: in.Role, Place: in.Place, Department: in.Department, From: in.From, Until: in.Until}
	level := p.roleLevel(in.Role)
	switch {
	case level == "":
		f.Wrong("role", "schema.not_an_option")
	case level == "department":
		x, ok := p.Employer(in.Department)
		if !ok {
			f.Wrong("department", "fault.user.needs_department")
		}
		a.Place = x.Place
	case in.Department != "":
		f.Wrong("department", "fault.user.needs_no_department")
	case depth[p.City.Level(in.Place)] == 0:
		f.Wrong("place", "fault.user.needs_place")
	case level != "any" && depth[p.City.Level(in.Place)] > depth[level]:
		f.Wrong("place", "fault.user.place_too_low", "level", "t:level."+level)
	}
	if a.From == "" {
		a.From = schema.DateOf(now, calendar.City)
	}
	if a.Until != "" && a.Until < a.From {
		f.Wrong("until", "fault.user.ends_before_it_begins")
	}
	return a
}

// roleLevel gives the level a role is held at, "" for what cannot be given.
func (p *People) roleLevel(role string) string {
	for _, r := range p.Policy.Set().Roles() {
		if r.Name == role && !slices.Contains(given, role) {
			return r.Level
		}
	}
	return ""
}

// given are the roles that nobody is appointed to.
var given = []string{"everyone", "signed_in", "system"}

func (p *People) dismiss(u *User, in *DismissForm, s *lifecycle.Step) error {
	for i := range u.Appointments {
		a := &u.Appointments[i]
		if strconv.FormatInt(a.N, 10) != in.N || a.over(s.Now) {
			continue
		}
		if a.Role == "admin" && u.runs(s.Now, 0) && !u.runs(s.Now, a.N) {
			if err := p.strike(s.Ctx, u.ID, s.Now); err != nil {
				return err
			}
		}
		a.Ended = &s.Now
		return nil
	}
	return fault.InvalidField("n", "fault.user.no_such_appointment")
}

func amend(u *User, in *AmendForm, s *lifecycle.Step) error {
	u.Name, u.Post = in.Name, in.Post
	return nil
}

func (p *People) resetPassword(u *User, in *PasswordForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	checkPassword(f, "password", in.Password, u.Login)
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.setPassword(s.Ctx, u.ID, in.Password); err != nil {
		return err
	}
	return p.endSessions(s.Ctx, u.ID, "")
}

func (p *People) suspend(u *User, in *ReasonForm, s *lifecycle.Step) error {
	s.Note(in.Reason)
	if err := p.strikeIfAdmin(u, s); err != nil {
		return err
	}
	return p.endSessions(s.Ctx, u.ID, "") // who is reinstated signs in again
}

func (p *People) strikeIfAdmin(u *User, s *lifecycle.Step) error {
	if !u.runs(s.Now, 0) {
		return nil
	}
	return p.strike(s.Ctx, u.ID, s.Now)
}

func (p *People) reinstate(u *User, s *lifecycle.Step) error {
	if slices.ContainsFunc(u.Appointments, func(a Appointment) bool { return a.Role == "admin" && !a.over(s.Now) }) {
		return p.enrol(s.Ctx, u.ID)
	}
	return nil
}

func (p *People) delegate(u *User, in *DelegateForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	today := schema.DateOf(s.Now, calendar.City)
	d := Delegation{N: int64(len(u.Delegations)) + 1, To: in.To, Roles: in.Roles, From: in.From, Until: in.Until, Reason: in.Reason}
	if d.From == "" {
		d.From = today
	}
	switch to, ok := p.mem.user(in.To); {
	case in.To == u.ID:
		f.Wrong("to", "fault.user.to_oneself")
	case !ok || to.State != Active:
		f.Wrong("to", "fault.user.not_active")
	}
	own := p.ownRoles(u.ID, s.Now)
	for _, r := range in.Roles {
		if !slices.Contains(own, r) {
			f.Wrong("roles", "fault.user.not_your_role", "role", "t:role."+r)
			break
		}
	}
	begin, end := span(d.From, d.Until, nil)
	switch {
	case d.From < today:
		f.Wrong("from", "fault.user.in_the_past")
	case d.Until < d.From:
		f.Wrong("until", "fault.user.ends_before_it_begins")
	case end.After(begin.AddDate(0, 0, maxDelegation)):
		f.Wrong("until", "fault.user.too_long", "max", maxDelegation)
	}
	if err := f.Err(); err != nil {
		return err
	}
	u.Delegations = append(u.Delegations, d)
	return nil
}

// ownRoles gives the roles a person holds now by appointment, and those these include.
func (p *People) ownRoles(id string, now time.Time) []string {
	u, ok := p.mem.user(id)
	if !ok || u.State != Active {
		return nil
	}
	var out []string
	for _, r := range p.Policy.Roles(id, "", "*", nil, now) {
		if !slices.Contains(given, r) {
			out = append(out, r)
		}
	}
	return out
}

func (p *People) revokeDelegation(u *User, in *RevokeForm, s *lifecycle.Step) error {
	for i := range u.Delegations {
		d := &u.Delegations[i]
		if strconv.FormatInt(d.N, 10) == in.N && !d.over(s.Now) {
			d.Ended = &s.Now
			return nil
		}
	}
	return fault.InvalidField("n", "fault.user.no_such_delegation")
}
