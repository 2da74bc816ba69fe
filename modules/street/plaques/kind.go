package plaques

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of acts that take more or less than a plaque's own fields.
type (
	findForm struct {
		Community  string `json:"community" form:"choice,required,from=plaque_communities"`
		Text       string `json:"text" form:"text,required,max=60"`
		Owner      string `json:"owner" form:"choice,required,of=department party committee"`
		Department string `json:"department" form:"choice,from=departments"`
		Position   string `json:"position" form:"choice,required,of=outside inside window"`
		Launch     bool   `json:"launch" form:"check"`
	}
	hangForm struct {
		At string `json:"at" form:"choice,required,of=window outside inside"` // where it really hangs
	}
	inspectForm struct {
		Result string `json:"result" form:"choice,required,of=ok remove"`
		Note   string `json:"note" form:"longtext,max=500"`
	}
	noteForm struct {
		Note string `json:"note" form:"longtext,max=500"`
	}
	whyForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
)

var (
	asked   = []string{"requested", "agreed_civil", "agreed_office"}
	hanging = []string{"hung", "regularised", "inspected"}

	onWall = store.Cond{Field: "hangs", Op: store.Eq, Value: "yes"}
)

func (m *Plaques) kind() portal.Kind[Plaque] {
	return portal.Kind[Plaque]{
		Table: lifecycle.Table[Plaque]{
			Noun: "plaque", Plural: "plaques", Prefix: "PZ",
			Title: func(p *Plaque) string { return p.Text },
			Scope: func(p *Plaque) lifecycle.Scope {
				return lifecycle.Scope{Department: p.Department, Places: []string{p.Community}}
			},
			Facts: m.facts,
			States: []lifecycle.State{ // what hangs on a wall is public anyway; who is accused or asks is not
				{Name: "requested", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"civil_affairs", "office_staff"}},
				{Name: "agreed_civil", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"office_staff"}},
				{Name: "agreed_office", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"civil_affairs"}},
				{Name: "agreed", Shelf: lifecycle.Filed, Tone: "good", Assignees: []string{"committee_head"}},
				{Name: "declined", Shelf: lifecycle.Filed, Tone: "neutral"},
				{Name: "hung", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "regularised", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "inspected", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "illegal", Shelf: lifecycle.Filed, Tone: "bad", Assignees: []string{"office_staff"}},
				{Name: "to_remove", Shelf: lifecycle.Public, Tone: "warn", Assignees: []string{"committee_head"}},
				{Name: "removed", Shelf: lifecycle.Public, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Plaque]{
				{Name: "request", To: []string{"requested"}, Rule: "R42", Look: lifecycle.Primary, Do: lifecycle.Fills("plaque", m.request)},
				{Name: "find", To: []string{"illegal", "hung"}, Rule: "R39", Do: lifecycle.Fills("plaque", m.find)},
				{Name: "agree_civil", From: []string{"requested", "agreed_office"}, To: []string{"agreed_civil", "agreed"}, Rule: "R42", Look: lifecycle.Primary, Do: lifecycle.Takes("plaque", agree)},
				{Name: "agree_office", From: []string{"requested", "agreed_civil"}, To: []string{"agreed_office", "agreed"}, Rule: "R42", Look: lifecycle.Primary, Do: lifecycle.Takes("plaque", agree)},
				{Name: "decline", From: asked, To: []string{"declined", "illegal"}, Rule: "R42", Look: lifecycle.Danger, Do: lifecycle.Takes("plaque", decline)},
				{Name: "hang", From: []string{"agreed"}, To: []string{"hung", "regularised"}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Takes("plaque", m.hang)},
				{Name: "inspect", From: hanging, To: []string{"inspected", "to_remove"}, Rule: "R42", Do: lifecycle.Takes("plaque", inspect)},
				{Name: "regularise", From: []string{"illegal"}, To: []string{"requested"}, Rule: "R42", Do: lifecycle.Takes("plaque", m.settle)},
				{Name: "order_removal", From: append([]string{"illegal"}, hanging...), To: []string{"to_remove"}, Rule: "R39", Look: lifecycle.Danger, Do: lifecycle.Takes("plaque", orderRemoval)},
				{Name: "remove", From: append([]string{"to_remove", "illegal"}, hanging...), To: []string{"removed"}, Rule: "R43", Look: lifecycle.Danger, Do: lifecycle.Takes("plaque", remove)},
			},
			Fields: []store.Field{{Name: "community"}, {Name: "launch"}, {Name: "outcome"}, {Name: "place"}, {Name: "item"}, {Name: "service_window"}, {Name: "hangs"}},
			Indexes: []store.Index{
				// One plaque for each place: two that are hung at the same moment cannot be one too many.
				{Name: "place", Fields: []string{"place"}, Unique: true},
				{Name: "cleanup", Fields: []string{"launch", "community", "outcome"}},
				{Name: "item", Fields: []string{"item"}},
				{Name: "hangs", Fields: []string{"hangs", "community"}},
				{Name: "service_window", Fields: []string{"service_window"}},
			},
			Extract: extract,
		},
		View: portal.View[Plaque]{
			Columns:  "community owner position",
			Sections: []portal.Section[Plaque]{{Fields: "community owner position found_at reason checked rule item window launch"}},
			Labels:   map[string]string{"community": "case.community", "rule": "case.rule"},
			Words: map[string]portal.Word[Plaque]{
				"owner":  m.whose,
				"rule":   func(v portal.Visitor, p *Plaque) web.Value { return web.Words(portal.Rule(v.Lang, p.rule())) },
				"launch": became,
			},
		},
		Filters: map[string]string{"outcome": "outcome", "launch": "launch", "community": "community", "hangs": "hangs"},
		Above:   above,
		Initial: map[string]func(context.Context, portal.Visitor, *Plaque) web.Values{
			"request":    starts(web.Values{"position": {window}, "owner": {department}}),
			"regularise": starts(web.Values{"position": {window}}),
			"hang":       func(_ context.Context, _ portal.Visitor, p *Plaque) web.Values { return web.Values{"at": {p.Position}} },
		},
	}
}

func starts(with web.Values) func(context.Context, portal.Visitor, *Plaque) web.Values {
	return func(context.Context, portal.Visitor, *Plaque) web.Values { return with }
}

// whose names the department whose plaque it is, or which of the two.
func (m *Plaques) whose(v portal.Visitor, p *Plaque) web.Value {
	if p.Department != "" {
		return web.Words(m.Names.Department(v.Lang, p.Department))
	}
	return web.Words(v.Lang.T("plaque.owner." + p.Owner))
}

// became says what the clean-up made of a plaque that was found at the launch.
func became(v portal.Visitor, p *Plaque) web.Value {
	if !p.Launch {
		return web.Value{}
	}
	return web.Marked(v.Lang, web.Neutral, "plaque.outcome."+p.outcome())
}

// above leads to the clean-up.
func above(_ context.Context, v portal.Visitor) (template.HTML, error) {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("plaques.lead")
		h.Text(" ")
		h.Add(web.Link("/plaques/cleanup", v.Lang.T("cleanup.title")))
		h.Raw(`</p>`)
	}), nil
}

func extract(p *Plaque) map[string]any {
	some := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	x := map[string]any{"community": p.Community, "launch": nil, "outcome": p.outcome(), "place": some(p.Place), "item": some(string(p.Item)), "service_window": some(string(p.Window)), "hangs": nil}
	if p.Launch {
		x["launch"] = "yes"
	}
	if p.hangs() {
		x["hangs"] = "yes"
	}
	return x
}
