package admission

import (
	"context"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Asks is what admission needs of other modules, in plain types.
type Asks struct {
	// Department tells a department's level and the district department its
	// work goes through.
	Department func(id string) (level, channel string, ok bool)
	// Verdict asks the item lists about a title.
	Verdict func(title string, kinds []string, department string, at time.Time) (verdict, rule, entry, entryTitle string)
	// Barred tells whether a withdrawal bars the department from such work (R50).
	Barred func(ctx context.Context, department string, kinds []string, at time.Time) bool
	// Overlaps lists the items that go to the same households in the same time; nil is none.
	Overlaps func(communities, kinds []string, residents int64, from, until time.Time, application string) []Overlap
	// Load gives what a community carries, and how many its committee has to carry it.
	Load func(community string, at time.Time) (carries portal.Load, members int64)
	// District gives the places that stand for the whole district.
	District func() []string
}

// Overlap is an item in force that goes to the same households.
type Overlap struct {
	ID, No, Title, Department string
	From, Until               time.Time
	Communities               []string
}

// Admission is the module.
type Admission struct {
	Asks
	Resource *portal.Resource[Application]
}

// New opens the desk of applications.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Admission, error) {
	m := &Admission{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns = m.columns()
	d.Detail, d.Redact = m.detail, m.redact
	d.Initial = map[string]func(context.Context, portal.Visitor, *Application) web.Values{
		"draft": m.startDraft, "edit": m.startEdit, "return": m.startReturn, "approve": m.startApprove, "answer": m.startAnswer, "consent": m.startConsent,
	}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Application) (htmlOf, error){"propose": m.hurdles}
	typing := map[string]web.Check{"title": {URL: "/check/fragment?applying=1", Target: "check"}}
	d.Checks = map[string]map[string]web.Check{"draft": typing, "edit": typing}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Application) ([]web.Option, error){
		"approve.communities": m.ownCommunities, "answer.community": m.answerCommunities, "consent.street": m.ownStreets,
	}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Application) (*portal.Letter, error){
		"notice": m.notice, "application": m.applicationForm,
	}
	h.Menu(portal.MenuEntry{Href: "/applications", LabelKey: "applications.title", Order: 20}) // signed out, the list holds what was decided
	return m, nil
}

// places: an application that names no community yet concerns the district.
func (m *Admission) places(a *Application) []string {
	if len(a.Communities) > 0 {
		return a.Communities
	}
	if m.District == nil {
		return nil
	}
	return m.District()
}

func (m *Admission) cityBureau(department string) bool {
	level, _, _ := m.Department(department)
	return level == "city"
}

func (m *Admission) match(a *Application, at time.Time) Match {
	v, rule, entry, title := m.Verdict(a.Title, a.Kinds, a.Department, at)
	return Match{Verdict: v, Rule: rule, Entry: entry, Title: title}
}

// waits: while the committees are asked, it waits for each that has not
// answered and for the finance bureau.
func (m *Admission) waits(a *Application) []string {
	sc := lifecycle.Scope{Department: a.Department, Places: m.places(a)}
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, sc) }
	switch a.State {
	case "consulting":
		var out []string
		for _, c := range a.unanswered() {
			out = append(out, "committee_head@"+c)
		}
		out = append(out, m.streetTurn(a)...)
		if a.Finance == nil {
			out = append(out, turn("finance")...)
		}
		return out
	case "review":
		if a.Finance == nil && !a.OnRequest {
			return slices.Concat(turn("finance"), turn("office_staff"), m.streetTurn(a))
		}
		return append(turn("office_staff"), m.streetTurn(a)...)
	case "proposed":
		if a.ClassA {
			return turn("conference")
		}
		return turn("office_head")
	case "draft", "returned":
		return turn("dept_clerk")
	case "submitted":
		return turn("office_staff")
	}
	return nil
}

func (m *Admission) streetTurn(a *Application) []string {
	var out []string
	for _, street := range m.unheard(a) {
		out = append(out, "street_cadre@"+street)
	}
	return out
}

// Grant is what a decision lets in, for the module that keeps items in force.
type Grant struct {
	Application, No, Title, Department, Origin, Nature string
	Kinds, Communities                                 []string
	Start, End                                         time.Time // a zero End has none
	Conditions, Plaque, Side, Powers, Delivery         string
	Hours, Inspections, Meetings, Groups, Residents    int64
	OnRequest                                          bool
	Staff                                              string // of a function that is transferred; "" otherwise (R8)
	Instalments                                        []Instalment
	DecidedAt                                          time.Time
}
