package admission

import (
	"strconv"
	"time"

	"gatehouse/modules"
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

// tooMuch tells whether some community would carry more hours than its
// committee's people may be asked for.
func (m *Admission) tooMuch(a *Application, s *lifecycle.Step) bool {
	if m.Load == nil || a.Hours == 0 {
		return false
	}
	for _, c := range a.Communities {
		if _, hours, members := m.Load(c, s.Now); hours+a.Hours > int64(s.Settings.Int("load.cap_hours"))*max(members, 1) {
			return true
		}
	}
	return false
}

// weight shows what the communities carry already, and who else knocks at the
// same doors.
func (m *Admission) weight(v modules.Visitor, a *Application) htmlOf {
	l, now := v.Lang, m.Desk.Engine.Now()
	if a.Decision != nil || !v.SignedIn() {
		return ""
	}
	return web.Join(m.loadTable(l, a, now), m.overlapTable(l, a))
}

func (m *Admission) loadTable(l web.Lang, a *Application, now time.Time) htmlOf {
	if m.Load == nil || a.Hours == 0 || len(a.Communities) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "application.part_weight", Head: []web.Col{{Key: "case.community"}, {Key: "application.carries", Num: true},
		{Key: "application.hours_now", Num: true}, {Key: "application.hours_then", Num: true}, {Key: "application.cap", Num: true}, {Key: "case.state"}}}
	for _, c := range a.Communities {
		n, hours, members := m.Load(c, now)
		most := int64(a.Settings.Int("load.cap_hours")) * max(members, 1)
		tag := web.Tag(l, web.Good, "application.within")
		if hours+a.Hours > most {
			tag = web.Tag(l, web.Bad, "application.over")
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: modules.Text(l, m.Desk.Names.Place(l, c))}, {HTML: modules.Text(l, strconv.Itoa(n))},
			{HTML: modules.Text(l, strconv.FormatInt(hours, 10))}, {HTML: modules.Text(l, strconv.FormatInt(hours+a.Hours, 10))},
			{HTML: modules.Text(l, strconv.FormatInt(most, 10))}, {HTML: tag}})
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
		t.Rows = append(t.Rows, []web.Cell{{HTML: modules.Text(l, o.No+" "+o.Title), Href: "/items/" + o.ID}, {HTML: modules.Text(l, m.Desk.Names.Department(l, o.Department))},
			{HTML: m.placesText(l, o.Communities)}, {HTML: modules.Text(l, l.T("application.from_to", "start", l.Date(o.From), "end", l.Date(o.Until)))}})
	}
	return web.Section(l, "application.part_overlap", modules.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("application.overlap_lead")
		h.Raw(`</p>`)
		h.Add(t.HTML(l))
	}))
}
