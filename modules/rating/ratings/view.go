package ratings

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/store"
	"gatehouse/web"
)

// percent writes basis points: 6861 as 68.61.
func percent(bp int) string { return fmt.Sprintf("%d.%02d", bp/100, bp%100) }

// points writes tenths as points: 783 as 78.3.
func points(tenths int) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }

func (m *Ratings) columns() []portal.Column[Round] {
	return []portal.Column[Round]{
		{Key: "round.period", Cell: func(v portal.Visitor, r *Round) template.HTML { return portal.Text(v.Lang, period(v.Lang, r)) }},
		{Key: "round.items", Num: true, Cell: func(v portal.Visitor, r *Round) template.HTML {
			return portal.Text(v.Lang, portal.Count(int64(len(r.Items))))
		}},
	}
}

func period(l web.Lang, r *Round) string {
	return l.T("round.from_to", "from", l.Day(r.From), "to", l.Day(r.To))
}

// lead: a round is of a district, not of a department.
func (m *Ratings) lead(v portal.Visitor, r *Round) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(m.Rounds.StateTag(v.Lang, r))
		h.Text(" " + r.No + " · " + m.Rounds.Names.Place(v.Lang, r.District))
	})
}

// office tells who may see which committee gave what.
func (m *Ratings) office(v portal.Visitor) bool {
	return m.Rounds.Holds(v.Actor, "office_staff", "auditor")
}

// redact: results of too few committees never show their scores, to nobody.
// Before a round is published a department sees its own results only,
// and others none; reasons are for the department concerned (R48).
func (m *Ratings) redact(v portal.Visitor, r *Round) {
	for i := range r.Sheets {
		if !m.mayIssue(v, r.Sheets[i].Community) {
			r.Sheets[i].Box = ""
		}
	}
	for i := range r.Results {
		if x := &r.Results[i]; !x.Enough {
			x.hide()
		}
	}
	if m.office(v) {
		return
	}
	own := m.departments(v.Actor, "dept_clerk")
	mine := func(item string) bool { i, _ := r.item(item); return slices.Contains(own, i.Department) }
	r.Finished = nil
	if r.State == "computed" { // the office looks first
		r.Results = nil
	}
	if r.State != "published" {
		r.Findings = nil
		r.Results = slices.DeleteFunc(r.Results, func(x Result) bool { return !mine(x.Item) })
		r.Objections = slices.DeleteFunc(r.Objections, func(o Objection) bool { return !slices.Contains(own, o.Department) })
	}
	for i := range r.Results {
		if x := &r.Results[i]; !mine(x.Item) {
			x.Reasons = nil
		}
	}
}

func (m *Ratings) detail(ctx context.Context, v portal.Visitor, r *Round) (template.HTML, error) {
	l := v.Lang
	cast, err := m.count(ctx, store.Cond{Field: "round", Op: store.Eq, Value: r.ID})
	if err != nil {
		return "", err
	}
	casting, err := m.casting(ctx, v, r)
	if err != nil {
		return "", err
	}
	calls, err := m.calls(ctx, l, r)
	if err != nil {
		return "", err
	}
	t := termsOf(r.Settings)
	return portal.In(l, func(h *web.H) {
		h.Add(casting)
		h.Add(web.Summary(l, portal.Pair(l, "round.period", period(l, r)), portal.Pair(l, "round.closes", l.Day(r.Closes)),
			portal.Pair(l, "round.weights", l.T("round.weights_are", "effect", t.effect, "money", t.money, "residents", t.residents)),
			portal.Pair(l, "round.minimum", l.T("round.minimum_is", "n", t.min, "residents", r.Settings.Int("eval.min_residents"), "share", r.Settings.Int("eval.min_residents_pct"))),
			portal.Pair(l, "round.gap_limit", l.T("round.gap_limit_is", "n", t.gap))))
		if r.State != "planned" && (r.State != "open" || m.office(v) || m.Rounds.Holds(v.Actor, "committee_staff", "auditor")) {
			n := r.expected()
			h.Add(web.Meter(l, "round.progress", int64(cast), int64(n), web.Info, strconv.Itoa(cast)+" / "+strconv.Itoa(n), ""))
		}
		if m.office(v) && r.State == "open" {
			h.Add(m.missing(l, r))
		}
		h.Add(m.sheets(l, r))
		if len(r.Results) > 0 {
			h.Add(web.Section(l, "round.results", m.results(v, r)))
			h.Add(calls)
		} else {
			h.Add(web.Section(l, "round.items", m.items(l, r)))
		}
		h.Add(m.objections(l, r))
		if m.office(v) || m.Rounds.Holds(v.Actor, "committee_staff", "dept_clerk") {
			h.Raw(`<p>`)
			h.Add(web.Link("/completions?round="+r.ID, l.T("completions.title")))
			h.Raw(`</p>`)
		}
	}), nil
}

// calls says how many hotline orders each item caused in the period.
func (m *Ratings) calls(ctx context.Context, l web.Lang, r *Round) (template.HTML, error) {
	if m.Orders == nil {
		return "", nil
	}
	t := web.Table{Head: []web.Col{{Key: "round.item"}, {Key: "round.orders", Num: true}, {Key: "round.orders_unhappy", Num: true}}}
	for _, x := range r.Results {
		n, unhappy, err := m.Orders(ctx, x.Item, endOf(r.From).AddDate(0, 0, -1), endOf(r.To))
		if err != nil {
			return "", err
		}
		if n > 0 {
			i, _ := r.item(x.Item)
			t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, i.Title)}, {HTML: portal.Text(l, strconv.Itoa(n))}, {HTML: portal.Text(l, strconv.Itoa(unhappy))}})
		}
	}
	if len(t.Rows) == 0 {
		return "", nil
	}
	how := "round.calls_shown"
	if r.Settings.Text("eval.orders") == "counted" {
		how = "round.calls_counted"
	}
	return web.Section(l, "round.calls", web.Join(portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T(how)
		h.Raw(`</p>`)
	}), t.HTML(l))), nil
}

// missing names the committees that have ballots left, for the office to remind.
func (m *Ratings) missing(l web.Lang, r *Round) template.HTML {
	wait := slices.DeleteFunc(r.communities(), func(c string) bool { return slices.Contains(r.Finished, c) })
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("round.waiting_for", "names", m.Rounds.PlaceNames(l, wait))
		h.Raw(` `)
		h.Add(web.Link("/ballots?round="+r.ID, l.T("ballots.title")))
		h.Raw(`</p>`)
	})
}

func (m *Ratings) items(l web.Lang, r *Round) template.HTML {
	t := web.Table{CaptionKey: "round.items", EmptyKey: "round.no_items", Head: []web.Col{{Key: "round.item"}, {Key: "case.department"}, {Key: "round.communities", Num: true}}}
	for _, i := range r.Items {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, i.Title), Href: "/items/" + i.Item},
			{HTML: portal.Text(l, m.Rounds.Names.Department(l, i.Department))}, {HTML: portal.Text(l, strconv.Itoa(len(i.Communities)))}})
	}
	return t.HTML(l)
}

func (m *Ratings) results(v portal.Visitor, r *Round) template.HTML {
	l := v.Lang
	t := web.Table{CaptionKey: "round.scores", EmptyKey: "round.no_items", Head: []web.Col{{Key: "round.item"}, {Key: "case.department"}, {Key: "round.n", Num: true},
		{Key: "round.effect", Num: true}, {Key: "round.money", Num: true}, {Key: "round.residents", Num: true}, {Key: "round.voice"}, {Key: "round.total", Num: true}, {Key: "round.verdict"}}}
	var bars []web.Bar
	for _, x := range r.Results {
		i, _ := r.item(x.Item)
		row := []web.Cell{{HTML: portal.Text(l, i.Title), Href: "/items/" + i.Item}, {HTML: portal.Text(l, m.Rounds.Names.Department(l, i.Department))},
			{HTML: portal.Text(l, strconv.Itoa(x.N))}}
		for _, n := range []int{x.Effect, x.Money, x.Residents} {
			row = append(row, web.Cell{HTML: portal.Text(l, score(x, n))})
		}
		row = append(row, web.Cell{HTML: portal.Text(l, said(l, x.Voice))}, web.Cell{HTML: portal.Text(l, score(x, x.Total))})
		finding := verdict(l, x)
		if m.Rounds.Holds(v.Actor, "office_staff") {
			finding += demand(l, x)
		}
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: finding}))
		if x.Enough {
			bars = append(bars, web.Bar{Label: i.Title, Href: "/items/" + i.Item, Value: int64(x.Total), Of: 1000, Text: points(x.Total), Tone: tone(x)})
		}
	}
	return portal.In(l, func(h *web.H) {
		h.Add(t.HTML(l))
		if len(bars) > 0 {
			h.Add(web.BarChart(l, "round.totals", bars))
		}
		h.Add(findings(l, r))
		h.Add(m.reasons(l, r))
	})
}

// said words what the households say; too few of them say how many are missing.
func said(l web.Lang, v *Voice) string {
	switch {
	case v == nil:
		return "—"
	case !v.Enough:
		return l.T("round.voice_few", "n", v.N, "min", v.Min)
	}
	text := l.T("round.voice_is", "score", percent(v.Score), "n", v.N)
	if v.Calls > 0 {
		text += " " + l.T("round.voice_calls", "n", v.Calls)
	}
	return text
}

// sheets lists what was handed out to households.
func (m *Ratings) sheets(l web.Lang, r *Round) template.HTML {
	if len(r.Sheets) == 0 || r.State != "open" {
		return ""
	}
	t := web.Table{CaptionKey: "round.sheets", EmptyKey: "none", Head: []web.Col{{Key: "round.community"}, {Key: "round.codes", Num: true}, {Key: "round.sheet"}}}
	for _, x := range r.Sheets {
		cell := web.Cell{}
		if x.Box != "" {
			cell = web.Cell{HTML: portal.Text(l, l.T("round.print_sheet", "no", x.Box)), Href: "/rounds/" + r.ID + "/sheets/" + x.Box}
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Rounds.Names.Place(l, x.Community))}, {HTML: portal.Text(l, strconv.Itoa(x.Codes))}, cell})
	}
	return web.Section(l, "round.asked", portal.In(l, func(h *web.H) {
		h.Add(t.HTML(l))
		h.Raw(`<p>`)
		h.Add(web.Link("/vote", l.T("vote.title")))
		h.Raw(`</p>`)
	}))
}

// findings shows what inspections found.
func findings(l web.Lang, r *Round) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, f := range r.Findings {
			i, _ := r.item(f.Item)
			h.Raw(`<p>`)
			h.T("round.found", "title", i.Title, "text", f.Text)
			h.Raw(`</p>`)
		}
	})
}

// score leaves out what is hidden and what nobody gave.
func score(x Result, n int) string {
	if x.Hidden || x.N == 0 {
		return "—"
	}
	return points(n)
}

func tone(x Result) web.Tone {
	switch {
	case len(x.Triggers) > 0:
		return web.Bad
	case x.Warning:
		return web.Warn
	}
	return web.Good
}

func verdict(l web.Lang, x Result) template.HTML {
	return portal.In(l, func(h *web.H) {
		if x.Unpaid {
			h.Add(web.Tag(l, web.Bad, "round.unpaid"))
			h.Raw(` `)
		}
		if !x.Enough {
			h.Add(web.Tag(l, web.Neutral, "round.not_enough"))
			h.Raw(` `)
		}
		for _, g := range x.Triggers {
			if g != "money" || !x.Unpaid {
				h.Add(web.Tag(l, web.Bad, "round.trigger."+g))
				h.Raw(` `)
			}
		}
		if x.Gap {
			h.Add(web.Tag(l, web.Warn, "round.gap"))
			h.Raw(` `)
		}
		if x.Warning {
			h.Add(web.Tag(l, web.Warn, "round.warning"))
		}
	})
}

// demand leads from a result with triggers to the order that follows from it (R10).
func demand(l web.Lang, x Result) template.HTML {
	if len(x.Triggers) == 0 {
		return ""
	}
	ground := x.Triggers[0]
	if ground == "total" { // no single dimension is too low: little effect on the whole
		ground = "effect"
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(` `)
		h.Add(web.Link("/rectifications/new/draft?item="+x.Item+"&grounds="+ground, l.T("round.demand")))
	})
}

func (m *Ratings) reasons(l web.Lang, r *Round) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, x := range r.Results {
			if len(x.Reasons) == 0 {
				continue
			}
			i, _ := r.item(x.Item)
			h.Raw(`<details class="more"><summary>`)
			h.T("round.reasons_for", "title", i.Title)
			h.Raw(`</summary><ul>`)
			for _, s := range x.Reasons {
				h.Raw(`<li>`)
				h.Text(s)
				h.Raw(`</li>`)
			}
			h.Raw(`</ul></details>`)
		}
	})
}

func (m *Ratings) objections(l web.Lang, r *Round) template.HTML {
	if len(r.Objections) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "round.objections", EmptyKey: "none", Head: []web.Col{{Key: "round.item"}, {Key: "case.department"}, {Key: "round.text"}, {Key: "round.answer"}}}
	for _, o := range r.Objections {
		i, _ := r.item(o.Item)
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, i.Title)}, {HTML: portal.Text(l, m.Rounds.Names.Department(l, o.Department))},
			{HTML: web.Paragraphs(o.Text)}, {HTML: web.Paragraphs(o.Answer)}})
	}
	return web.Section(l, "round.objections", t.HTML(l))
}

// anchor is the id of an item's form on the page.
func anchor(community, item string) string {
	return "rate-" + strings.ToLower(community) + "-" + strings.ToLower(item)
}
