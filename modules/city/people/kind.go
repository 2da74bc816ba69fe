package people

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The states of a user.
const (
	Active    = "active"
	Suspended = "suspended"
	Left      = "left"
)

func (p *People) users() portal.Kind[User] {
	return portal.Kind[User]{
		Table: lifecycle.Table[User]{
			Noun: "user", Plural: "users", Prefix: "RY",
			States: []lifecycle.State{
				{Name: Active, Shelf: lifecycle.Filed, Tone: "good"},
				{Name: Suspended, Shelf: lifecycle.Filed, Tone: "warn"},
				{Name: Left, Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Title:    func(u *User) string { return u.Name },
			Scope:    func(*User) lifecycle.Scope { return lifecycle.Scope{} },
			Personal: []string{"login", "name", "post", "delegations"}, AnonymiseOn: anonymisesOn,
			Facts:   p.facts,
			Fields:  []store.Field{{Name: "login"}},
			Indexes: []store.Index{{Name: "login", Fields: []string{"login"}, Unique: true}},
			Extract: func(u *User) map[string]any { return map[string]any{"login": u.Login} },
			Acts: []lifecycle.Act[User]{
				{Name: "register", To: []string{Active}, Do: lifecycle.Fills("register", p.register).Then(p.registered)},
				{Name: "appoint", From: []string{Active}, Look: lifecycle.Primary, Do: lifecycle.Takes("appoint", p.appoint)},
				{Name: "dismiss", From: []string{Active, Suspended}, Do: lifecycle.Takes("dismiss", p.dismiss)},
				{Name: "amend", From: []string{Active, Suspended}, Do: lifecycle.Takes("user", amend)},
				{Name: "reset_password", From: []string{Active, Suspended}, Do: lifecycle.Takes("reset_password", p.resetPassword)},
				{Name: "send_link", From: []string{Active}, Do: lifecycle.Does(p.sendLink)},
				{Name: "use_link", From: []string{Active}, Look: lifecycle.Hidden},
				{Name: "drop_second", From: []string{Active, Suspended}, Do: lifecycle.Does(p.dropSecond)},
				{Name: "suspend", From: []string{Active}, To: []string{Suspended}, Look: lifecycle.Danger, Do: lifecycle.Takes("suspend", p.suspend)},
				{Name: "reinstate", From: []string{Suspended}, To: []string{Active}, Look: lifecycle.Primary, Do: lifecycle.Does(p.reinstate)},
				{Name: "leave", From: []string{Active, Suspended}, To: []string{Left}, Look: lifecycle.Danger, Do: lifecycle.Takes("leave", p.leave), Emits: Departed},
				{Name: "inherit", From: []string{Active}, Look: lifecycle.Hidden, Do: lifecycle.Takes("inherit", p.inherit)},
				{Name: "take_data", From: []string{Active}, Look: lifecycle.Hidden},
				{Name: "fade", From: []string{Left}, Look: lifecycle.Danger, Do: lifecycle.Does(anonymise)},
				{Name: "delegate", From: []string{Active}, Do: lifecycle.Takes("delegate", p.delegate)},
				{Name: "revoke_delegation", From: []string{Active}, Do: lifecycle.Takes("revoke_delegation", p.revokeDelegation)},
			},
		},
		View: portal.View[User]{
			Columns: "login post appointments",
			Sections: []portal.Section[User]{
				{Fields: "login post"},
				{Title: "appointments", HTML: p.appointmentPart},
				{Title: "delegations", HTML: p.delegationPart},
			},
			Words: map[string]portal.Word[User]{"appointments": p.running},
		},
		Unplaced: true,
		Filters:  map[string]string{"login": "login"},
		Prefill:  map[string]string{"amend": ""},
		Aside:    map[string]func(context.Context, portal.Visitor, *User) (template.HTML, error){"leave": p.vacancies},
		Choices: map[string]func(context.Context, portal.Visitor, *User) ([]web.Option, error){
			"dismiss.n":           p.appointmentOptions,
			"revoke_delegation.n": p.delegationOptions,
			"delegate.roles": func(_ context.Context, v portal.Visitor, u *User) ([]web.Option, error) {
				return roleOptions(v.Lang, p.ownRoles(u.ID, p.Clock())), nil
			},
			"delegate.to":     p.othersOptions,
			"leave.successor": p.othersOptions,
		},
		Shown: map[string]func(*fiber.Ctx, *User) error{"send_link": p.linkMade},
	}
}
