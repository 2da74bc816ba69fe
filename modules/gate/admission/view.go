package admission

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Admission) columns() []portal.Column[Application] {
	return []portal.Column[Application]{
		{Key: "case.department", Cell: func(v portal.Visitor, a *Application) htmlOf {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, a.Department))
		}},
		{Key: "application.communities", Cell: func(v portal.Visitor, a *Application) htmlOf {
			return portal.Text(v.Lang, m.Resource.FewPlaces(v.Lang, a.Communities))
		}},
		{Key: "application.total", Num: true, Cell: func(v portal.Visitor, a *Application) htmlOf { return portal.Text(v.Lang, web.Yuan(a.Total())) }},
	}
}

func (m *Admission) detail(ctx context.Context, v portal.Visitor, a *Application) (htmlOf, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(m.verdict(l, a))
		h.Add(web.Section(l, "application.part_work", web.Summary(l, m.work(l, a)...)))
		h.Add(web.Section(l, "application.part_burden", web.Summary(l, m.burden(l, a)...)))
		h.Add(m.weight(v, a))
		h.Add(web.Section(l, "application.part_money", m.money(l, a)))
		if len(a.Answers) > 0 || a.State == "consulting" {
			h.Add(web.Section(l, "application.part_consultation", m.consultation(v, a)))
		}
		if streets := m.streets(a); len(streets) > 0 && (len(a.Streets) > 0 || a.State == "consulting" || a.State == "review" || a.State == "proposed") {
			h.Add(web.Section(l, "application.part_streets", m.consents(l, a, streets)))
		}
		if r := a.Report; r != nil && m.mayReadReport(v) {
			h.Add(web.Section(l, "application.part_report", web.Summary(l,
				portal.Pair(l, "application.recommend", l.T("application.recommend."+r.Recommend)), portal.Pair(l, "application.text", r.Text), portal.Pair(l, "application.legal", r.Legal))))
		}
	}), nil
}

// verdict is what has been decided, or what stands in the way.
func (m *Admission) verdict(l web.Lang, a *Application) htmlOf {
	var ps []web.Pair
	if d := a.Decision; d != nil {
		ps = append(ps, portal.Pair(l, "application.outcome", l.T("application.outcome."+d.Outcome)))
		if d.Rule != "" {
			ps = append(ps, portal.Pair(l, "case.rule", portal.Rule(l, d.Rule)))
		}
		if d.Outcome == "stopped" && d.Reason != "" {
			ps = append(ps, web.Pair{Key: "application.entry", Value: entryLink(l, d)})
		} else {
			ps = append(ps, portal.Pair(l, "application.reason", d.Reason))
		}
		if d.Outcome == "part" {
			ps = append(ps, web.Pair{Key: "application.granted", Value: m.placesText(l, d.Communities)})
		}
		ps = append(ps, portal.Pair(l, "application.conditions", d.Conditions), portal.Pair(l, "application.minutes", d.Minutes))
		if d.Plaque != "" && d.Plaque != "none" {
			ps = append(ps, portal.Pair(l, "application.plaque", l.T("application.plaque."+d.Plaque)))
		}
		return web.Section(l, "application.part_decision", web.Summary(l, portal.Filled(ps...)...))
	}
	title, missing := "application.part_gaps", a.Gaps
	if a.State == "draft" || a.State == "returned" && len(missing) == 0 {
		title, missing = "application.part_missing", missingWords(l, a)
	}
	if len(missing) == 0 {
		return ""
	}
	return web.Section(l, title, portal.In(l, func(h *web.H) {
		h.Raw(`<ol class="gaps">`)
		for _, g := range missing {
			h.Raw(`<li>`)
			h.Text(g)
			h.Raw(`</li>`)
		}
		h.Raw(`</ol>`)
	}))
}

// missingWords names what a draft still lacks: first what stops the signature,
// then what would send it back.
func missingWords(l web.Lang, a *Application) []string {
	stops, others := []string{}, []string{}
	for _, g := range gaps(a) {
		field := l.T("application." + g)
		if slices.Contains(essential, g) {
			stops = append(stops, l.T("application.gap_stops", "field", field))
		} else {
			others = append(others, l.T("application.gap_returns", "field", field))
		}
	}
	return append(stops, others...)
}

func (m *Admission) work(l web.Lang, a *Application) []web.Pair {
	ps := []web.Pair{
		portal.Pair(l, "application.kinds", portal.Choices(l, "application.kinds.", a.Kinds)),
		portal.Pair(l, "application.nature", portal.Choice(l, "application.nature.", a.Nature)),
		portal.Pair(l, "application.purpose", a.Purpose), portal.Pair(l, "application.side", portal.Choice(l, "application.side.", a.Side)),
		portal.Pair(l, "application.basis", a.Basis), portal.Pair(l, "application.why_not_self", a.WhyNotSelf),
		{Key: "application.communities", Value: m.placesText(l, a.Communities)},
		portal.Pair(l, "application.term", term(l, a)), portal.Pair(l, "application.frequency", portal.Choice(l, "application.frequency.", a.Frequency)),
		portal.Pair(l, "application.steps", a.Steps), portal.Pair(l, "application.urgent_reason", a.UrgentReason),
		portal.Pair(l, "application.acceptance", a.Acceptance), portal.Pair(l, "application.indicators", a.Indicators), portal.Pair(l, "application.contact", a.Contact),
	}
	if a.Origin != "" {
		ps = append(ps, portal.Pair(l, "application.origin", m.Resource.Names.Department(l, a.Origin)))
	}
	if a.Match.Title != "" {
		ps = append(ps, portal.Pair(l, "application.match", l.T("application.match."+a.Match.Verdict, "title", a.Match.Title)))
	}
	return portal.Filled(ps...)
}

func (m *Admission) burden(l web.Lang, a *Application) []web.Pair {
	return portal.Filled(
		portal.Pair(l, "application.hours", portal.Count(a.Hours)), portal.Pair(l, "application.inspections", portal.Count(a.Inspections)),
		portal.Pair(l, "application.meetings", portal.Count(a.Meetings)), portal.Pair(l, "application.groups", portal.Count(a.Groups)), portal.Pair(l, "application.residents", portal.Count(a.Residents)),
		portal.Pair(l, "application.data_fields", a.DataFields), portal.Pair(l, "application.data_keeper", a.DataKeeper), portal.Pair(l, "application.data_deleted", portal.Day(l, a.DataDeleted)),
		portal.Pair(l, "application.forms_added", a.FormsAdded), portal.Pair(l, "application.forms_dropped", a.FormsDropped),
		portal.Pair(l, "application.plaque", portal.Choice(l, "application.plaque.", a.Plaque)), portal.Pair(l, "application.burden", a.Burden),
	)
}

// schedule is when each community is owed what.
func (m *Admission) schedule(l web.Lang, a *Application) htmlOf {
	t := web.Table{CaptionKey: "application.instalments", EmptyKey: "application.no_instalments",
		Head: []web.Col{{Key: "application.instalments.due"}, {Key: "application.instalments.payee"}, {Key: "application.instalments.amount", Num: true}}}
	for _, i := range a.Instalments {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, portal.Day(l, i.Due))}, {HTML: portal.Text(l, l.T("application.instalments.payee."+i.Payee))}, {HTML: portal.Text(l, web.Yuan(i.Amount))}})
	}
	return t.HTML(l)
}

func (m *Admission) money(l web.Lang, a *Application) htmlOf {
	ps := portal.Filled(portal.Pair(l, "application.total", web.Yuan(a.Total())), portal.Pair(l, "application.fund_source", a.FundSource), portal.Pair(l, "application.budget_line", a.BudgetLine),
		portal.Pair(l, "application.price_basis", a.PriceBasis), portal.Pair(l, "application.delivery", portal.Choice(l, "application.delivery.", a.Delivery)),
		portal.Pair(l, "application.powers", a.Powers), portal.Pair(l, "application.transferred", portal.Choice(l, "application.transferred.", transferred(a))), portal.Pair(l, "application.staff", a.Staff), portal.Pair(l, "application.equipment", a.Equipment), portal.Pair(l, "application.training", a.Training))
	if f := a.Finance; f != nil {
		ps = append(ps, portal.Pair(l, "application.finance", l.T("application.funded."+yesNo(f.Funded))+" "+f.Note))
	}
	return web.Join(web.Summary(l, ps...), m.schedule(l, a))
}

// consultation shows the committees' answers side by side.
func (m *Admission) consultation(v portal.Visitor, a *Application) htmlOf {
	l := v.Lang
	t := web.Table{CaptionKey: "application.part_consultation", EmptyKey: "application.no_answers", Head: []web.Col{{Key: "application.community"}, {Key: "application.opinion"},
		{Key: "application.hours", Num: true}, {Key: "application.conditions"}, {Key: "application.residents_opinion"}}}
	tones := map[string]web.Tone{"agree": web.Good, "agree_if": web.Warn, "disagree": web.Bad}
	for _, x := range a.Answers {
		name := l.T("application.a_committee")
		if x.Community != "" {
			name = m.Resource.Names.Place(l, x.Community)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, name)}, {HTML: web.Tag(l, tones[x.Opinion], "application.opinion."+x.Opinion)},
			{HTML: portal.Text(l, strconv.FormatInt(x.Hours, 10))}, {HTML: portal.Text(l, x.Conditions)}, {HTML: portal.Text(l, x.Residents)}})
	}
	return portal.In(l, func(h *web.H) {
		h.Add(t.HTML(l))
		if wait := a.unanswered(); len(wait) > 0 && m.mayReadReport(v) {
			h.Raw(`<p>`)
			h.T("application.waiting_for", "names", m.Resource.PlaceNames(l, wait))
			h.Raw(`</p>`)
		}
	})
}

// consents shows what each street office said, and which are still silent.
func (m *Admission) consents(l web.Lang, a *Application, streets []string) htmlOf {
	t := web.Table{CaptionKey: "application.part_streets", Head: []web.Col{{Key: "application.street"}, {Key: "application.given"}, {Key: "application.arrangement"}}}
	for _, street := range streets {
		said, word := web.Tag(l, web.Neutral, "application.given.silent"), ""
		for _, x := range a.Streets {
			switch {
			case x.Street != street:
				continue
			case x.Given:
				said, word = web.Tag(l, web.Good, "application.given.yes"), x.Arrangement
			default:
				said, word = web.Tag(l, web.Bad, "application.given.no"), x.Arrangement
			}
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, street))}, {HTML: said}, {HTML: portal.Text(l, word)}})
	}
	return t.HTML(l)
}

// redact: who answered what is for the gatekeepers and for that committee; the
// applicant sees the answers without names, because committees depend on it (R48).
func (m *Admission) redact(v portal.Visitor, a *Application) {
	if m.mayReadReport(v) {
		return
	}
	own := m.Resource.Gate.Keys(v.Actor, m.Resource.Engine.Now())
	for i := range a.Answers {
		if !slices.Contains(own, "committee_staff@"+a.Answers[i].Community) {
			a.Answers[i].Community = ""
		}
	}
	// In the order of what they say, not of when they said it.
	slices.SortStableFunc(a.Answers, func(x, y Answer) int {
		return cmp.Or(strings.Compare(y.Community, x.Community), strings.Compare(x.Opinion, y.Opinion), int(x.Hours-y.Hours), strings.Compare(x.Conditions, y.Conditions))
	})
	if a.Report != nil && a.Decision == nil {
		a.Report = nil
	}
}

func (m *Admission) mayReadReport(v portal.Visitor) bool {
	return m.Resource.Holds(v.Actor, "office_staff", "conference", "finance", "auditor")
}

// hurdles shows who reports what would still bar the admission (R4): a report
// that recommends it would come back from the gate.
func (m *Admission) hurdles(ctx context.Context, v portal.Visitor, a *Application) (htmlOf, error) {
	if a == nil {
		return "", nil
	}
	facts, err := m.Resource.Engine.Facts(ctx, v.Actor, a, "approve")
	if err != nil {
		return "", err
	}
	l, hurdles := v.Lang, m.Resource.Policy.Bars("application.approve", facts)
	if len(hurdles) == 0 {
		return web.Panel(l, web.Good, "application.no_hurdles", portal.Text(l, l.T("application.no_hurdles_text"))), nil
	}
	return web.Panel(l, web.Warn, "application.hurdles", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, e := range hurdles {
			h.Raw(`<li><strong>`)
			h.T(e.Fact)
			h.Raw(`</strong> `)
			if web.Known("fault." + e.Remedy) {
				h.Text(l.Args("fault."+e.Remedy, e.Args))
			}
			if e.Rule != "" {
				h.Raw(` <span class="hint">`)
				h.Text(e.Rule)
				h.Raw(`</span>`)
			}
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})), nil
}

func (m *Admission) placesText(l web.Lang, ids []string) htmlOf {
	return portal.Text(l, m.Resource.PlaceNames(l, ids))
}

func (m *Admission) startDraft(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	out := web.Values{}
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		out["department"] = []string{own[0].Value}
	}
	return out
}

func (m *Admission) startEdit(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	row, _ := m.Resource.Engine.Table.Act("edit")
	return row.Do.Input.Values(&a.Content)
}

// startReturn fills in the gaps that the portal itself finds, so that the
// department gets one list of all of them.
func (m *Admission) startReturn(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	var out []string
	for _, g := range gaps(a) {
		out = append(out, v.Lang.T("application.gap", "field", "t:application."+g))
	}
	return web.Values{"gaps": {strings.Join(out, "\n")}}
}

// startApprove fills in what was applied for, and proposes to merge the visits
// of work that goes to the same households.
func (m *Admission) startApprove(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	out := web.Values{"communities": a.Communities, "plaque": {a.Plaque}}
	for _, o := range m.overlaps(a) {
		out["conditions"] = []string{v.Lang.T("application.merge", "no", o.No, "title", o.Title)}
		break
	}
	return out
}

func (m *Admission) startAnswer(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	out := web.Values{}
	if own, _ := m.answerCommunities(ctx, v, a); len(own) == 1 {
		out["community"] = []string{own[0].Value}
	}
	return out
}

func (m *Admission) startConsent(ctx context.Context, v portal.Visitor, a *Application) web.Values {
	if own, _ := m.ownStreets(ctx, v, a); len(own) == 1 {
		return web.Values{"street": {own[0].Value}}
	}
	return web.Values{}
}

// ownStreets are the streets of the application that the visitor speaks for.
func (m *Admission) ownStreets(ctx context.Context, v portal.Visitor, a *Application) ([]web.Option, error) {
	wait := m.open(a)
	return slices.DeleteFunc(m.Resource.OwnPlaces(v, "street_cadre"), func(o web.Option) bool { return !slices.Contains(wait, o.Value) }), nil
}

func (m *Admission) ownCommunities(ctx context.Context, v portal.Visitor, a *Application) ([]web.Option, error) {
	var out []web.Option
	for _, c := range a.Communities {
		out = append(out, web.Option{Value: c, Text: m.Resource.Names.Place(v.Lang, c)})
	}
	return out, nil
}

func (m *Admission) answerCommunities(ctx context.Context, v portal.Visitor, a *Application) ([]web.Option, error) {
	wait := a.unanswered()
	return slices.DeleteFunc(m.Resource.OwnPlaces(v, "committee_staff"), func(o web.Option) bool { return !slices.Contains(wait, o.Value) }), nil
}

// Grant gives what the decision on an application lets in; false when there is none.
func (m *Admission) Grant(ctx context.Context, id string) (Grant, bool, error) {
	a, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil || a.State != "approved" {
		return Grant{}, false, err
	}
	d := a.Decision
	g := Grant{Application: a.ID, No: a.No, Title: a.Title, Department: a.Department, Origin: a.Origin, Nature: a.Nature, Kinds: a.Kinds, Communities: d.Communities,
		Start: a.Start.Time(calendar.City), Conditions: d.Conditions, Plaque: d.Plaque, Side: a.Side, Powers: a.Powers, Delivery: a.Delivery,
		Hours: a.Hours, Inspections: a.Inspections, Meetings: a.Meetings, Groups: a.Groups, Residents: a.Residents, OnRequest: a.OnRequest, Instalments: a.Instalments, DecidedAt: a.ChangedAt}
	if a.Transferred {
		g.Staff = a.Staff
	}
	g.End = endOf(a)
	return g, true, nil
}

// endOf gives the last moment of the term: the day applied for, but never
// longer than the city allows for such work.
func endOf(a *Application) time.Time {
	start := a.Start.Time(calendar.City).In(calendar.City)
	limit := start.AddDate(0, a.Settings.Int("adm.term_long_months"), 0)
	switch a.Nature {
	case "temporary":
		limit = start.AddDate(0, 0, a.Settings.Int("adm.term_temporary_days"))
	case "pilot":
		limit = start.AddDate(0, a.Settings.Int("adm.term_pilot_months"), 0)
	}
	if end := a.End.Time(calendar.City); a.End != "" && end.AddDate(0, 0, 1).Before(limit) {
		limit = end.In(calendar.City).AddDate(0, 0, 1)
	}
	return limit.Add(-time.Nanosecond).UTC()
}
