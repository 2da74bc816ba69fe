package admission

import (
	"slices"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// overlaps are the items in force that go to the same households meanwhile.
func (m *Admission) overlaps(a *Application) []Overlap {
	if m.Overlaps == nil || a.Start == "" {
		return nil
	}
	return m.Overlaps(a.Communities, a.Kinds, a.Residents, a.Start.Time(calendar.City), endOf(a), a.ID)
}

// asks is what the application would add to a community's load.
func asks(a *Application) portal.Load {
	return portal.Load{Items: 1, Hours: a.Hours, Inspections: a.Inspections, Meetings: a.Meetings, Groups: a.Groups}
}

// over names what a community would then have too much of, among what the
// application adds to. Ledgers and plaques have gates of their own.
func over(a *Application, carries, most portal.Load) []string {
	added := asks(a)
	return slices.DeleteFunc(carries.Plus(added).Over(most), func(kind string) bool { return added.Of(kind) == 0 })
}

// tooMuch tells whether some community would carry more than its committee's
// people may be asked for.
func (m *Admission) tooMuch(a *Application, s *lifecycle.Step) bool {
	return m.Load != nil && slices.ContainsFunc(a.Communities, func(c string) bool {
		carries, members := m.Load(c, s.Now)
		return len(over(a, carries, portal.Caps(s.Settings, members))) > 0
	})
}

// weight shows what the communities carry already, and who else knocks at the
// same doors.
func (m *Admission) weight(v portal.Visitor, a *Application) htmlOf {
	l, now := v.Lang, m.Resource.Engine.Now()
	if a.Decision != nil || !v.SignedIn() {
		return ""
	}
	return web.Join(m.loadTable(l, a, now), m.overlapTable(l, a))
}

func (m *Admission) loadTable(l web.Lang, a *Application, now time.Time) htmlOf {
	if m.Load == nil || len(a.Communities) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "application.part_weight", Head: []web.Col{{Key: "case.community"}, {Key: "application.carries", Num: true},
		{Key: "application.hours_now", Num: true}, {Key: "application.hours_then", Num: true}, {Key: "application.cap", Num: true}, {Key: "case.state"}}}
	number := func(n int64) web.Cell { return web.Cell{HTML: portal.Text(l, strconv.FormatInt(n, 10))} }
	for _, c := range a.Communities {
		carries, members := m.Load(c, now)
		most := portal.Caps(a.Settings, members)
		tag := web.Tag(l, web.Good, "application.within")
		if kinds := over(a, carries, most); len(kinds) > 0 {
			tag = web.Join(web.Tag(l, web.Bad, "application.over"), portal.Text(l, " "+portal.Choices(l, "load.", kinds)))
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, c)), Href: "/burden/" + c}, number(carries.Items),
			number(carries.Hours), number(carries.Hours + a.Hours), number(most.Hours), {HTML: tag}})
	}
	return web.Section(l, "application.part_weight", t.HTML(l))
}

func (m *Admission) overlapTable(l web.Lang, a *Application) htmlOf {
	os := m.overlaps(a)
	if len(os) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "application.part_overlap", Head: []web.Col{{Key: "case.title"}, {Key: "case.department"}, {Key: "application.shared"}, {Key: "application.term"}}}
	for _, o := range os {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, o.No+" "+o.Title), Href: "/items/" + o.ID}, {HTML: portal.Text(l, m.Resource.Names.Department(l, o.Department))},
			{HTML: m.placesText(l, o.Communities)}, {HTML: portal.Text(l, l.T("application.from_to", "start", l.Date(o.From), "end", l.Date(o.Until)))}})
	}
	return web.Section(l, "application.part_overlap", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("application.overlap_lead")
		h.Raw(`</p>`)
		h.Add(t.HTML(l))
	}))
}
