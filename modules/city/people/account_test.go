package people_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

func TestRegisterNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("taken", "auditor", portaltest.City, "")
	n := 0
	for name, c := range map[string]struct {
		f    func(*people.RegisterForm)
		want string
	}{
		"good":                    {func(*people.RegisterForm) {}, ""},
		"capital":                 {func(r *people.RegisterForm) { r.Login = "Li" }, "login:fault.user.bad_login"},
		"one letter":              {func(r *people.RegisterForm) { r.Login = "l" }, "login:fault.user.bad_login"},
		"not ascii":               {func(r *people.RegisterForm) { r.Login = "lı" }, "login:fault.user.bad_login"},
		"taken":                   {func(r *people.RegisterForm) { r.Login = "taken" }, "login:fault.user.unique_login"},
		"nine characters":         {func(r *people.RegisterForm) { r.Password = "荷花社区居委会很好" }, "password:fault.password.too_short"},
		"ten characters":          {func(r *people.RegisterForm) { r.Password = "荷花社区居委会非常好" }, ""},
		"129 characters":          {func(r *people.RegisterForm) { r.Password = strings.Repeat("x", 129) }, "password:schema.too_long"},
		"common":                  {func(r *people.RegisterForm) { r.Password = "QwertyUiop" }, "password:fault.password.common"},
		"the login":               {func(r *people.RegisterForm) { r.Login, r.Password = "li.hua.hehua", "LI.hua.hehua" }, "password:fault.password.is_login"},
		"unknown role":            {func(r *people.RegisterForm) { r.Role = "king" }, "role:schema.not_an_option"},
		"role of the portal":      {func(r *people.RegisterForm) { r.Role = "system" }, "role:schema.not_an_option"},
		"unknown place":           {func(r *people.RegisterForm) { r.Place = "nowhere" }, "place:fault.user.needs_place"},
		"place too low":           {func(r *people.RegisterForm) { r.Role, r.Place = "admin", "hehua" }, "place:fault.user.place_too_low"},
		"place above":             {func(r *people.RegisterForm) { r.Place = "liuxi" }, ""},
		"department role without": {func(r *people.RegisterForm) { r.Role = "dept_clerk" }, "department:fault.user.needs_department"},
		"department without role": {func(r *people.RegisterForm) { r.Department = "fire" }, "department:fault.user.needs_no_department"},
		"ends before":             {func(r *people.RegisterForm) { r.From, r.Until = "2026-05-01", "2026-04-30" }, "until:fault.user.ends_before_it_begins"},
	} {
		t.Run(name, func(t *testing.T) {
			n++
			in := people.RegisterForm{Login: fmt.Sprintf("li.hua.%d", n), Name: "李华", Password: password, Role: "committee_staff", Place: "hehua"}
			c.f(&in)
			_, err := h.p.Register(ctx, admin, in)
			got := ""
			if err != nil {
				e := fault.As(err)
				if len(e.Fields) != 1 {
					t.Fatalf("fields: %v", err)
				}
				got = e.Fields[0].Name + ":" + e.Fields[0].Code
				if !web.Known(e.Fields[0].Code) {
					t.Errorf("%s has no words", e.Fields[0].Code)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOnlyTheAdministratorKeepsAccounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	for _, who := range []string{"", "auditor", "office.head", "head.hehua", "conference"} {
		if _, err := h.p.Register(ctx, portaltest.As(who), people.RegisterForm{Login: "x" + who, Name: "x", Password: password, Role: "auditor", Place: portaltest.City}); err == nil {
			t.Errorf("%q registered a user", who)
		}
		for act, in := range map[string]any{"appoint": &people.AppointForm{Role: "auditor", Place: portaltest.City}, "dismiss": &people.DismissForm{N: "1"},
			"suspend": &people.ReasonForm{Reason: "x"}, "leave": &people.LeaveForm{Vacant: true}, "reset_password": &people.PasswordForm{Password: password}} {
			if err := h.act(portaltest.As(who), id, act, in); err == nil {
				t.Errorf("%q did %s", who, act)
			}
		}
	}
}

func TestWhoSeesWhom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li, wang := h.user("li", "committee_head", "hehua", ""), h.user("wang", "dept_head", "", "fire")
	for _, c := range []struct {
		by   string
		sees bool
		n    int
	}{{"admin", true, 2}, {"auditor", true, 2}, {li, true, 0}, {wang, false, 0}, {"office.head", false, 0}, {"", false, 0}} {
		_, err := h.p.Users.Engine.Get(ctx, portaltest.As(c.by), li)
		if (err == nil) != c.sees {
			t.Errorf("%q sees li: %v", c.by, err)
		}
		page, err := h.p.Users.Engine.List(ctx, portaltest.As(c.by), lifecycle.Find{})
		if err != nil || len(page.Cases) != c.n {
			t.Errorf("%q lists %d users, want %d: %v", c.by, len(page.Cases), c.n, err)
		}
	}
	if _, err := h.p.Users.Engine.Get(ctx, lifecycle.Actor{ID: li, For: wang}, li); err == nil {
		t.Error("who acts for another sees the own account as that other")
	}
}

// What is kept must never hold a password, nor a digest by which it could be guessed.
func TestNoSecretInTheRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := people.RegisterForm{Login: "li", Name: "li", Password: password, Role: "auditor", Place: portaltest.City}
	u, err := h.p.Users.Engine.Open(ctx, admin, "register", &in, lifecycle.Opts{Key: "k1"})
	if err != nil {
		t.Fatal(err)
	}
	digest := func() string {
		got, err := h.p.Users.Engine.Get(ctx, admin, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(got)
		if strings.Contains(string(b), password) || strings.Contains(string(b), "argon2") {
			t.Error("the record holds a secret")
		}
		return got.History[len(got.History)-1].Body
	}
	first := digest()
	in.Password = "another one entirely"
	b, _ := json.Marshal(in)
	if strings.Contains(string(b), "another") {
		t.Error("the input's digest is made of the password")
	}
	again, err := h.p.Users.Engine.Open(ctx, admin, "register", &in, lifecycle.Opts{Key: "k1"})
	if err != nil || again.ID != u.ID || first == "" {
		t.Errorf("two passwords give two digests: %v", err)
	}
	for i, pw := range []string{"first new password", "second new password"} {
		if _, err := h.p.Users.Engine.Act(ctx, admin, u.ID, "reset_password", &people.PasswordForm{Password: pw}, lifecycle.Opts{Key: "r" + string(rune('0'+i))}); err != nil {
			t.Fatal(err)
		}
		if d := digest(); i == 0 {
			first = d
		} else if d != first {
			t.Error("two passwords give two digests")
		}
	}
}

func TestAppointmentsCountAtOnceAndToTheDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	holds := func(role string) bool { return slices.Contains(h.Policy.Roles(id, "", "fire", nil, h.Now()), role) }
	h.must(admin, id, "appoint", &people.AppointForm{Role: "dept_head", Department: "fire", From: schema.Date(inDays(h, 2)), Until: schema.Date(inDays(h, 3))})
	if !holds("committee_staff") || holds("dept_head") {
		t.Error("on the first day")
	}
	h.Pass(48 * time.Hour)
	if !holds("dept_head") {
		t.Error("not on its first day")
	}
	h.Pass(24 * time.Hour)
	if !holds("dept_head") {
		t.Error("not on its last day")
	}
	h.Pass(24 * time.Hour)
	if holds("dept_head") {
		t.Error("after its last day")
	}
	portaltest.Refused(t, h.act(admin, id, "dismiss", &people.DismissForm{N: "2"}), "invalid")
	portaltest.Refused(t, h.act(admin, id, "appoint", &people.AppointForm{Role: "committee_staff", Place: "hehua"}), "invalid")
	h.must(admin, id, "dismiss", &people.DismissForm{N: "1"})
	if holds("committee_staff") {
		t.Error("after the dismissal")
	}
	h.must(admin, id, "appoint", &people.AppointForm{Role: "committee_staff", Place: "hehua"})
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "inquiry"})
	if got := h.Policy.Keys(id, "", h.Now()); len(got) != 0 {
		t.Errorf("work waits for a suspended person: %v", got)
	}
	h.must(admin, id, "reinstate", nil)
	if got := h.Policy.Keys(id, "", h.Now()); len(got) != 1 {
		t.Errorf("reinstated: %v", got)
	}
	h.must(admin, id, "leave", &people.LeaveForm{Vacant: true})
	if holds("committee_staff") {
		t.Error("after leaving")
	}
	portaltest.Refused(t, h.act(admin, id, "reinstate", nil), "lifecycle.state")
}

func TestLastAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.user("chief", "admin", portaltest.City, "")
	portaltest.Refused(t, h.act(admin, a, "dismiss", &people.DismissForm{N: "1"}), "RYD1")
	portaltest.Refused(t, h.act(admin, a, "suspend", &people.ReasonForm{Reason: "x"}), "RYD2")
	portaltest.Refused(t, h.act(admin, a, "leave", &people.LeaveForm{Vacant: true}), "RYD3")
	portaltest.Refused(t, h.act(portaltest.As(a), a, "appoint", &people.AppointForm{Role: "auditor", Place: portaltest.City}), "RYD4")
	h.must(admin, a, "appoint", &people.AppointForm{Role: "auditor", Place: portaltest.City})
	h.must(admin, a, "dismiss", &people.DismissForm{N: "2"}) // another appointment may end

	// An administrator until a day is no successor.
	b := h.user("deputy", "auditor", portaltest.City, "")
	h.must(admin, b, "appoint", &people.AppointForm{Role: "admin", Place: portaltest.City, Until: schema.Date(inDays(h, 9))})
	portaltest.Refused(t, h.act(admin, a, "leave", &people.LeaveForm{Vacant: true}), "RYD3")
	h.must(admin, b, "dismiss", &people.DismissForm{N: "2"})
	h.must(admin, b, "appoint", &people.AppointForm{Role: "admin", Place: portaltest.City})
	h.must(admin, a, "leave", &people.LeaveForm{Vacant: true})
	portaltest.Refused(t, h.act(admin, b, "leave", &people.LeaveForm{Vacant: true}), "RYD3")
}

// Two administrators remove each other at the same moment: one must stay.
func TestTwoAdministratorsRemoveEachOther(t *testing.T) {
	t.Parallel()
	for range 5 {
		h := newHouse(t)
		ids := []string{h.user("one", "admin", portaltest.City, ""), h.user("two", "admin", portaltest.City, "")}
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range ids {
			wg.Go(func() {
				<-start
				_ = h.act(portaltest.As(ids[i]), ids[1-i], "leave", &people.LeaveForm{Vacant: true})
			})
		}
		close(start)
		wg.Wait()
		left := 0
		if err := h.p.Users.Engine.Cases().Each(ctx, []store.Cond{{Field: "state", Op: store.Eq, Value: people.Active}}, func(*people.User) error { left++; return nil }); err != nil {
			t.Fatal(err)
		}
		if left != 1 {
			t.Fatalf("%d administrators are left", left)
		}
	}
}

func TestDelegation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wang, li := h.user("wang", "dept_head", "", "fire"), h.user("li", "committee_staff", "hehua", "")
	gone := h.user("gone", "auditor", portaltest.City, "")
	h.must(admin, gone, "leave", &people.LeaveForm{Vacant: true})
	good := people.DelegateForm{To: li, Roles: []string{"dept_clerk"}, Until: schema.Date(inDays(h, 89))}
	for name, c := range map[string]struct {
		f    func(*people.DelegateForm)
		want string
	}{
		"91 days":            {func(d *people.DelegateForm) { d.Until = schema.Date(inDays(h, 90)) }, "until:fault.user.too_long"},
		"to oneself":         {func(d *people.DelegateForm) { d.To = wang }, "to:fault.user.to_oneself"},
		"to nobody":          {func(d *people.DelegateForm) { d.To = "nobody" }, "to:fault.user.not_active"},
		"who left":           {func(d *people.DelegateForm) { d.To = gone }, "to:fault.user.not_active"},
		"a role one has not": {func(d *people.DelegateForm) { d.Roles = []string{"dept_clerk", "office_head"} }, "roles:fault.user.not_your_role"},
		"everybody's":        {func(d *people.DelegateForm) { d.Roles = []string{"signed_in"} }, "roles:fault.user.not_your_role"},
		"yesterday":          {func(d *people.DelegateForm) { d.From = schema.Date(inDays(h, -1)) }, "from:fault.user.in_the_past"},
		"ends too early":     {func(d *people.DelegateForm) { d.From, d.Until = schema.Date(inDays(h, 5)), schema.Date(inDays(h, 4)) }, "until:fault.user.ends_before_it_begins"},
	} {
		in := good
		c.f(&in)
		e := fault.As(h.act(portaltest.As(wang), wang, "delegate", &in))
		if len(e.Fields) != 1 || e.Fields[0].Name+":"+e.Fields[0].Code != c.want {
			t.Errorf("%s: %v, want %s", name, e, c.want)
		}
	}
	if err := h.act(admin, wang, "delegate", &good); err == nil {
		t.Error("an administrator delegated another's roles")
	}
	h.must(portaltest.As(wang), wang, "delegate", &good)

	as := lifecycle.Actor{ID: li, For: wang}
	roles := func() string {
		return strings.Join(h.Policy.Roles(li, wang, "fire", []string{portaltest.District}, h.Now()), " ")
	}
	if got := roles(); !strings.Contains(got, "dept_clerk") || strings.Contains(got, "dept_head") {
		t.Errorf("standing in gives %q", got)
	}
	if err := h.act(as, wang, "delegate", &good); err == nil {
		t.Error("a stand-in delegated further")
	}
	h.must(admin, wang, "suspend", &people.ReasonForm{Reason: "x"})
	if got := roles(); strings.Contains(got, "dept") {
		t.Errorf("standing in for a suspended person gives %q", got)
	}
	h.must(admin, wang, "reinstate", nil)
	h.Pass(89 * 24 * time.Hour)
	if got := roles(); !strings.Contains(got, "dept_clerk") {
		t.Errorf("on the last day: %q", got)
	}
	h.Pass(24 * time.Hour)
	if got := roles(); strings.Contains(got, "dept") {
		t.Errorf("after the last day: %q", got)
	}
	h.must(portaltest.As(wang), wang, "delegate", &people.DelegateForm{To: li, Roles: []string{"dept_head"}, Until: schema.Date(inDays(h, 1))})
	if got := roles(); !strings.Contains(got, "dept_head") {
		t.Errorf("delegated again: %q", got)
	}
	h.must(portaltest.As(wang), wang, "revoke_delegation", &people.RevokeForm{N: "2"})
	if got := roles(); strings.Contains(got, "dept") {
		t.Errorf("after it was revoked: %q", got)
	}
	portaltest.Refused(t, h.act(portaltest.As(wang), wang, "revoke_delegation", &people.RevokeForm{N: "2"}), "invalid")
}

// A new process must know what an earlier one saved.
func TestLoad(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wang, li := h.user("wang", "dept_head", "", "fire"), h.user("li", "committee_staff", "hehua", "")
	h.must(portaltest.As(wang), wang, "delegate", &people.DelegateForm{To: li, Roles: []string{"dept_head"}, Until: schema.Date(inDays(h, 1))})

	fresh := portaltest.New(t)
	fresh.Portal.Store = h.Portal.Store
	f := furnish(t, fresh)
	if err := f.LoadAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.Policy.Roles(li, wang, "fire", nil, f.Now()); !strings.Contains(strings.Join(got, " "), "dept_head") {
		t.Errorf("the stand-in was not read: %v", got)
	}
	if f.Names.Person(web.Simplified, li) != "li" || f.p.SetupCode() != "" {
		t.Error("the people were not read")
	}
	if b := f.browser().signIn("li", password); b.who() != "li" {
		t.Error("cannot sign in at the new process")
	}
}

// What somebody did goes on: whoever takes the posts over has them at once,
// until the same day, and the record says from whom.
func TestLeaversWorkIsHandedOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li, wang := h.user("li", "committee_head", "hehua", ""), h.user("wang", "committee_staff", "hehua", "")
	gone := h.user("gone", "auditor", portaltest.City, "")
	h.must(admin, gone, "leave", &people.LeaveForm{Vacant: true})
	last := schema.Date(inDays(h, 30))
	h.must(admin, li, "appoint", &people.AppointForm{Role: "committee_staff", Place: "hehua"})
	h.must(admin, li, "appoint", &people.AppointForm{Role: "dept_head", Department: "fire", Until: last})
	h.must(admin, li, "appoint", &people.AppointForm{Role: "auditor", Place: portaltest.City})
	h.must(admin, li, "dismiss", &people.DismissForm{N: "4"})
	for name, c := range map[string]struct {
		by   lifecycle.Actor
		in   people.LeaveForm
		want string
	}{
		"nobody is named": {admin, people.LeaveForm{}, "successor:fault.user.posts_vacant"},
		"who leaves":      {admin, people.LeaveForm{Successor: li}, "successor:fault.user.to_oneself"},
		"who has left":    {admin, people.LeaveForm{Successor: gone}, "successor:fault.user.not_active"},
		"nobody known":    {admin, people.LeaveForm{Successor: "x"}, "successor:fault.user.not_active"},
		"who decides it":  {lifecycle.Actor{ID: "admin"}, people.LeaveForm{Successor: "admin"}, "successor:fault.user.not_to_who_decides"},
	} {
		e := fault.As(h.act(c.by, li, "leave", &c.in))
		if len(e.Fields) != 1 || e.Fields[0].Name+":"+e.Fields[0].Code != c.want {
			t.Errorf("%s: %v, want %s", name, e, c.want)
		}
	}
	roles := func(id string) string { return strings.Join(h.Policy.Roles(id, "", "fire", nil, h.Now()), " ") }
	h.must(admin, li, "leave", &people.LeaveForm{Successor: wang})
	if got := roles(li); strings.Contains(got, "committee") || strings.Contains(got, "dept") {
		t.Errorf("who left still is %q", got)
	}
	h.Pass(0)
	if got := roles(wang); !strings.Contains(got, "committee_head") || !strings.Contains(got, "dept_head") || strings.Contains(got, "auditor") {
		t.Errorf("the successor is %q", got)
	}
	u, err := h.p.Users.Engine.Get(ctx, admin, wang)
	if err != nil || len(u.Appointments) != 3 {
		t.Fatalf("the successor's posts: %+v, %v", u.Appointments, err)
	}
	for _, a := range u.Appointments[1:] {
		if a.After != li || a.Heir != "" || a.Role == "dept_head" && a.Until != last || a.Role == "committee_head" && a.Until != "" {
			t.Errorf("taken over: %+v", a)
		}
	}
	h.Pass(0)
	if u, _ = h.p.Users.Engine.Get(ctx, admin, wang); len(u.Appointments) != 3 {
		t.Error("it is taken over twice")
	}
	b := h.browser().signIn("wang", password)
	if page := b.get("/me"); !strings.Contains(page, "接自li") {
		t.Error("the successor does not read from whom")
	}
}

// Only posts that would stand empty ask for somebody.
func TestAnotherHoldsThePost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one, two := h.user("one", "committee_head", "hehua", ""), h.user("two", "committee_head", "hehua", "")
	h.user("else", "committee_head", "yinxing", "")
	h.must(admin, one, "leave", &people.LeaveForm{})
	e := fault.As(h.act(admin, two, "leave", &people.LeaveForm{}))
	if len(e.Fields) != 1 || e.Fields[0].Code != "fault.user.posts_vacant" {
		t.Errorf("the last of them: %v", e)
	}
}

// An administrator's post is handed over like any other, and counts at once.
func TestAdministratorIsHandedOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.user("one", "admin", portaltest.City, ""), h.user("two", "admin", portaltest.City, "")
	c := h.user("three", "committee_staff", "hehua", "")
	h.must(portaltest.As(b), a, "leave", &people.LeaveForm{Successor: c})
	h.Pass(0)
	h.must(portaltest.As(c), b, "leave", &people.LeaveForm{Vacant: true})
	portaltest.Refused(t, h.act(admin, c, "leave", &people.LeaveForm{Vacant: true}), "RYD3")
}

// The name of somebody who left goes after years, or when they demand it; what
// they did stays on record under a number.
func TestLeaversNameGoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li, wang := h.user("li.hua", "committee_staff", "hehua", ""), h.user("wang", "committee_staff", "hehua", "")
	h.must(portaltest.As(li), li, "delegate", &people.DelegateForm{To: wang, Roles: []string{"committee_staff"}, Until: schema.Date(inDays(h, 9)), Reason: "住院"})
	if err := h.act(admin, li, "fade", nil); err == nil {
		t.Error("the name of somebody at work goes")
	}
	h.must(admin, li, "leave", &people.LeaveForm{})
	h.Pass(0)
	if err := h.act(portaltest.As("auditor"), li, "fade", nil); err == nil {
		t.Error("an auditor deletes a name")
	}
	h.Pass(3 * 366 * 24 * time.Hour)
	if n, err := h.p.Users.AnonymiseDue(ctx, 10); n != 1 || err != nil {
		t.Fatalf("%d went, %v", n, err)
	}
	row, err := h.Store.Get(ctx, "users", li)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"li.hua", "住院"} {
		if strings.Contains(string(row.Doc), word) {
			t.Errorf("%q is still there: %s", word, row.Doc)
		}
	}
	if b, err := lifecycle.Check("users", row); b != nil || err != nil {
		t.Error("the chain does not hold:", b, err)
	}
	u, err := h.p.Users.Engine.Get(ctx, admin, li)
	if err != nil || u.Name != u.No || len(u.Appointments) != 1 || h.Names.Person(web.Simplified, li) != u.No {
		t.Errorf("%+v, %v", u, err)
	}
	if h.user("li.hua", "auditor", portaltest.City, "") == "" {
		t.Error("the login is not free again")
	}
	if _, err := h.Store.Get(ctx, "credentials", li); err == nil {
		t.Error("the password of who left is still there")
	}
}

// Everybody may have what is held on them, without any secret, and that they
// took it is on record.
func TestOwnAccountData(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li := h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	b.enrol()
	got := b.post("/me/data")
	if b.status != 200 || !strings.Contains(got, `"login":"li"`) || !strings.Contains(got, `"second_factor_since"`) || !strings.Contains(got, `"kind":"pages"`) {
		t.Fatalf("%d %s", b.status, got)
	}
	for _, secret := range []string{"argon2", "secret", "salt", "codes", "wang"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is in it: %s", secret, got)
		}
	}
	u, err := h.p.Users.Engine.Get(ctx, admin, li)
	if e, ok := u.Last("take_data"); err != nil || !ok || e.By != li {
		t.Errorf("on record stands %+v, %v", e, err)
	}
	if err := h.act(admin, li, "take_data", nil); err == nil {
		t.Error("another takes it")
	}
	if x := h.browser(); x.send("POST", "/me/data", "") == "" || x.status == 200 {
		t.Errorf("nobody takes it: %d", x.status)
	}
}

// An account that the gate does not let be opened leaves nothing behind: no
// password, and no name on the administrators' roster.
func TestARefusedAccountLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	chief, li := h.user("chief", "admin", portaltest.City, ""), h.user("li", "committee_staff", "hehua", "")
	h.must(portaltest.As(chief), chief, "delegate", &people.DelegateForm{To: li, Roles: []string{"admin"}, Until: schema.Date(inDays(h, 1))})
	count := func() (n int64, roster string) {
		n, err := h.Store.Count(ctx, "credentials", store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		row, err := h.Store.Get(ctx, "rosters", "admins")
		if err != nil {
			t.Fatal(err)
		}
		return n, string(row.Doc)
	}
	n, roster := count()
	_, err := h.p.Register(ctx, lifecycle.Actor{ID: li, For: chief}, people.RegisterForm{Login: "new", Name: "new", Password: password, Role: "admin", Place: portaltest.City})
	portaltest.Refused(t, err, "RY07")
	if after, now := count(); after != n || now != roster {
		t.Errorf("%d credentials, were %d; roster %s, was %s", after, n, now, roster)
	}
}
