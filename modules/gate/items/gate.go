package items

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Verdicts of the gate.
const (
	admitted    = "admitted"
	notAdmitted = "not_admitted"
	notBegun    = "not_begun"
	inWindow    = "transition"      // it ran before the launch and may go on for now (R26)
	windowOver  = "transition_over" // it had to apply or leave, and did neither (R26)
)

// kindsOfWork are the six kinds that need admission (R3).
var kindsOfWork = []string{"organisation", "task", "appraisal", "plaque", "ledger", "survey"}

// asking is the question put to the gate.
type asking struct {
	Community, Department string
	Kinds                 []string
}

// Answer is the gate's answer: may this department do this here now?
type Answer struct {
	Verdict string  `json:"verdict"` // admitted, suspended, not_begun, transition, transition_over, not_admitted
	Rule    string  `json:"rule"`
	Items   []Cite  `json:"items"`             // in force or suspended, on which it stands
	Before  *Before `json:"before,omitempty"`  // work of before the launch that it stands on (R26)
	Pending []Cite  `json:"pending,omitempty"` // approved, but money or powers have not arrived
	Refuse  string  `json:"refuse,omitempty"`  // where the committee refuses, filled in
	Lists   string  `json:"lists,omitempty"`   // where the item lists are asked
}

// Cite is an item that an answer stands on.
type Cite struct {
	ID    string `json:"id"`
	No    string `json:"no"`
	Title string `json:"title"`
	State string `json:"state"`
	Href  string `json:"href"`
}

// gateOpen asks the gate about the gate: it is public, like the items.
func (m *Items) gateOpen(v portal.Visitor) error {
	if err := m.Resource.May(v, "item.see", lifecycle.Anywhere, string(lifecycle.Public)); err != nil {
		return err
	}
	return nil
}

// Judged is an answer in words, for programs.
type Judged struct {
	Answer
	Text     string    `json:"text"`
	RuleText string    `json:"rule_text"`
	AsOf     time.Time `json:"as_of"`
}

func (m *Items) gateAPI(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.gateOpen(v); err != nil {
		return err
	}
	q, err := m.question(c, true)
	if err != nil {
		return err
	}
	a, err := m.Judge(c.UserContext(), q.Community, q.Department, q.Kinds)
	if err != nil {
		return err
	}
	return c.JSON(Judged{a, v.Lang.T("gate.verdict." + a.Verdict), portal.Rule(v.Lang, a.Rule), m.Resource.Engine.Now()})
}

// question reads and checks the question; whole demands that it says where and who.
func (m *Items) question(c *fiber.Ctx, whole bool) (asking, error) {
	q := asking{Community: c.Query("community"), Department: c.Query("department")}
	q.Kinds = strings.FieldsFunc(c.Query("kinds", c.Query("kind")), func(r rune) bool { return r == ',' || r == ' ' })
	f := fault.New(fault.Invalid, "invalid")
	check := func(name, value, kind string) {
		switch {
		case value == "" && whole:
			f.Wrong(name, "schema.required")
		case value != "" && !m.Resource.Names.Known(kind, value):
			f.Wrong(name, "schema.not_an_option")
		}
	}
	check("community", q.Community, "place")
	check("department", q.Department, "department")
	for _, k := range q.Kinds {
		if !slices.Contains(kindsOfWork, k) {
			f.Wrong("kinds", "schema.not_an_option")
		}
	}
	if len(f.Fields) > 0 {
		return q, f
	}
	return q, nil
}

// Judge answers from the index, judged against the clock: may a department do
// work of these kinds (none: any) in a community now?
func (m *Items) Judge(ctx context.Context, community, department string, kinds []string) (Answer, error) {
	a := Answer{Verdict: notAdmitted, Rule: "R7", Items: []Cite{}}
	for _, x := range m.Resource.Index.InForce(community, department, m.Resource.Engine.Now()) {
		if !covers(x, kinds) {
			continue
		}
		cite, err := m.cite(ctx, x.Item, x.State)
		if err != nil {
			return a, err
		}
		a.Items = append(a.Items, cite)
		if x.State != suspended {
			a.Verdict, a.Rule = admitted, "R3"
		} else if a.Verdict != admitted {
			a.Verdict, a.Rule = suspended, "R6"
		}
	}
	if a.Verdict != notAdmitted {
		return a, nil
	}
	if begins, err := m.beginning(ctx, community, department, kinds); err != nil || len(begins) > 0 {
		a.Verdict, a.Rule, a.Items = notBegun, "R3", begins
		return a, err
	}
	before, ok, err := m.before(ctx, community, department, kinds)
	if err != nil {
		return a, err
	}
	if ok {
		a.Verdict, a.Rule, a.Before = inWindow, "R26", &before
		if before.State != "must_leave" {
			return a, nil
		}
		a.Verdict = windowOver
		a.Refuse = "/refusals/new?" + url.Values{"community": {community}, "department": {department}, "ground": {windowOver}, "title": {before.Title}}.Encode()
		return a, nil
	}
	a.Lists = "/check"
	if a.Pending, err = m.waiting(ctx, community, department); len(a.Pending) > 0 {
		a.Rule = "R6" // admitted, but not paid for
	}
	a.Refuse = "/refusals/new?" + refusal(community, department, kinds, a.Pending).Encode()
	return a, err
}

// Before is work that ran before the launch (R26).
type Before struct {
	ID    string    `json:"id"`
	No    string    `json:"no"`
	Title string    `json:"title"`
	State string    `json:"state"` // found, kept, applied, must_leave
	Until time.Time `json:"until"` // end of its window
}

// before asks for work of before the launch.
func (m *Items) before(ctx context.Context, community, department string, kinds []string) (Before, bool, error) {
	if m.Before == nil {
		return Before{}, false, nil
	}
	return m.Before(ctx, community, department, kinds)
}

// refusal fills in a refusal: of the one item that waits for its money, or of
// work that nobody admitted.
func refusal(community, department string, kinds []string, waiting []Cite) url.Values {
	q := url.Values{"community": {community}, "department": {department}, "ground": {"not_admitted"}}
	if len(waiting) == 1 {
		q.Set("item", waiting[0].ID)
		q.Set("ground", "no_money")
	}
	if len(kinds) > 0 {
		q.Set("kind", kinds[0])
	}
	return q
}

// covers: an item stands for the kinds it was admitted with; a duty by law has none and stands for any.
func covers(x policy.InForce, kinds []string) bool {
	return len(kinds) == 0 || len(x.Kinds) == 0 || !slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(x.Kinds, k) })
}

func (m *Items) cite(ctx context.Context, id, state string) (Cite, error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return Cite{}, err
	}
	return Cite{ID: id, No: it.No, Title: it.Title, State: state, Href: m.Resource.Href(it)}, nil
}

// waiting are approved items of a department that a community has not confirmed.
func (m *Items) waiting(ctx context.Context, community, department string) ([]Cite, error) {
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 20, Where: []store.Cond{{Field: "department", Op: store.Eq, Value: department},
		{Field: "scope", Op: store.Has, Value: []string{community}}, {Field: "state", Op: store.In, Value: live}}})
	if err != nil {
		return nil, fault.Wrap(err, "list items waiting in %s", community)
	}
	var out []Cite
	for _, it := range its {
		if p := it.part(community); p != nil && p.State == pending {
			out = append(out, Cite{ID: it.ID, No: it.No, Title: it.Title, State: p.State, Href: m.Resource.Href(it)})
		}
	}
	return out, nil
}

// beginning lists the items that the committee has confirmed and whose term is
// still to begin: not to be done today, and nothing to refuse.
func (m *Items) beginning(ctx context.Context, community, department string, kinds []string) ([]Cite, error) {
	now := m.Resource.Engine.Now()
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 20, Where: []store.Cond{{Field: "department", Op: store.Eq, Value: department},
		{Field: "scope", Op: store.Has, Value: []string{community}}, {Field: "state", Op: store.In, Value: live}}})
	if err != nil {
		return nil, fault.Wrap(err, "list items beginning in %s", community)
	}
	var out []Cite
	for _, it := range its {
		p := it.part(community)
		if p == nil || p.State != active || !it.Start.After(now) || !covers(policy.InForce{Kinds: it.Kinds}, kinds) {
			continue
		}
		out = append(out, Cite{ID: it.ID, No: it.No, Title: it.Title, State: p.State, Href: m.Resource.Href(it)})
	}
	return out, nil
}

func (m *Items) gatePage(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	if err := m.gateOpen(v); err != nil {
		return err
	}
	q, err := m.question(c, false)
	if err != nil {
		return err
	}
	form, err := m.gateForm(ctx, v, q)
	if err != nil {
		return err
	}
	answer := htmlOf("")
	if q.Community != "" && q.Department != "" {
		a, err := m.Judge(ctx, q.Community, q.Department, q.Kinds)
		if err != nil {
			return err
		}
		answer = m.answer(v, q, a)
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) { h.Add(form); h.Add(answer) })
	return m.Resource.Show(c, fiber.StatusOK, web.Page{Title: l.T("gate.title"), Lead: portal.Text(l, l.T("gate.lead")), Body: body})
}

func (m *Items) gateForm(ctx context.Context, v portal.Visitor, q asking) (htmlOf, error) {
	os, err := m.Resource.Options(ctx, v, "communities", "departments")
	if err != nil {
		return "", err
	}
	var kinds []web.Option
	for _, k := range kindsOfWork {
		kinds = append(kinds, web.Option{Value: k, Text: v.Lang.T("application.kinds." + k)})
	}
	kind := ""
	if len(q.Kinds) > 0 {
		kind = q.Kinds[0]
	}
	return web.Filters(v.Lang, web.FilterSpec{Action: "/gate", Fields: []web.FilterField{
		{Name: "community", LabelKey: "gate.community", Value: q.Community, Options: os["communities"]},
		{Name: "department", LabelKey: "gate.department", Value: q.Department, Options: os["departments"]},
		{Name: "kind", LabelKey: "gate.kinds", Value: kind, Options: kinds}}}), nil
}

func (m *Items) answer(v portal.Visitor, q asking, a Answer) htmlOf {
	l := v.Lang
	tones := map[string]web.Tone{admitted: web.Good, suspended: web.Bad, notBegun: web.Info, inWindow: web.Info, windowOver: web.Bad, notAdmitted: web.Warn}
	return web.Panel(l, tones[a.Verdict], "gate.verdict."+a.Verdict, portal.In(l, func(h *web.H) {
		say := func(s string) { h.Raw(`<p>`); h.Text(s); h.Raw(`</p>`) }
		say(m.Resource.Names.Department(l, q.Department) + " · " + m.Resource.Names.Place(l, q.Community))
		text := "gate." + a.Verdict + "_text"
		if a.Before != nil && a.Before.State == "kept" {
			text = "gate.kept_text"
		}
		say(l.T(text))
		if b := a.Before; b != nil {
			h.Raw(`<p>`)
			h.Add(web.Link("/carryovers/"+b.ID, b.No+" "+b.Title))
			h.Text(" ")
			h.Add(web.Tag(l, web.Neutral, "state.carryover."+b.State))
			h.Raw(`</p>`)
			if b.State == "found" {
				say(l.T("gate.until", "until", l.Date(b.Until)))
			}
		}
		say(portal.Rule(l, a.Rule))
		h.Add(cites(l, a.Items))
		if len(a.Pending) > 0 {
			say(l.T("gate.pending_text"))
			h.Add(cites(l, a.Pending))
		}
		if a.Refuse != "" {
			acts := []web.ActionItem{{LabelKey: "gate.refuse", Href: a.Refuse, Primary: true}}
			if a.Lists != "" {
				acts = append(acts, web.ActionItem{LabelKey: "gate.lists", Href: a.Lists})
			}
			h.Add(web.Actions(l, acts))
		}
		say(l.T("gate.as_of", "at", l.Time(m.Resource.Engine.Now())))
	}))
}

func cites(l web.Lang, cs []Cite) htmlOf {
	if len(cs) == 0 {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, x := range cs {
			h.Raw(`<li>`)
			h.Add(web.Link(x.Href, x.No+" "+x.Title))
			h.Text(" ")
			h.Add(web.Tag(l, web.Neutral, "state.item."+x.State))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})
}
