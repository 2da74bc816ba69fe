package emergencies

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Emergencies) now(e *Emergency) bool { return e.inForce(m.Clock()) }

func mustAssist(_ context.Context, v portal.Visitor, _ *Emergency) (template.HTML, error) {
	return web.Panel(v.Lang, web.Warn, "emergency.in_force", web.Text(portal.Rule(v.Lang, "R1"))), nil
}

func (m *Emergencies) department(v portal.Visitor, e *Emergency) web.Value {
	return web.Words(m.Names.Department(v.Lang, e.Department))
}

func term(v portal.Visitor, e *Emergency) web.Value {
	return web.Words(v.Lang.T("emergency.from_to", "start", e.Start, "end", e.End))
}

// standing says at a glance whether it is in force, and whether it is late.
func (m *Emergencies) standing(v portal.Visitor, e *Emergency) web.Value {
	x := term(v, e)
	switch {
	case e.Late && e.Report == nil:
		x.HTML = web.Join(web.Text(x.Text+" "), web.Tag(v.Lang, web.Bad, "emergency.late"))
	case m.now(e):
		x.HTML = web.Join(web.Text(x.Text+" "), web.Tag(v.Lang, web.Warn, "emergency.in_force"))
	}
	return x
}

// spent and people: none is an account too.
func spent(_ portal.Visitor, e *Emergency) web.Value {
	if e.Report == nil {
		return web.Value{}
	}
	return web.Words(web.Yuan(e.Spent))
}

func people(_ portal.Visitor, e *Emergency) web.Value {
	if e.Report == nil {
		return web.Value{}
	}
	return web.Words(strconv.FormatInt(e.People, 10))
}

func filing(v portal.Visitor, e *Emergency) web.Value {
	if !e.Late {
		return web.Value{}
	}
	return web.Marked(v.Lang, web.Bad, "emergency.late")
}

// appliedAs: the number says to everybody what became of it, the link leads
// those who may follow it.
func (m *Emergencies) appliedAs(v portal.Visitor, e *Emergency) web.Value {
	if !m.Sees(v, "applications", string(e.Application)) {
		return web.Words(e.AppliedAs)
	}
	return web.Linked("/applications/"+string(e.Application), e.AppliedAs)
}

// authority is who declared or last extended it.
func authority(_ portal.Visitor, e *Emergency) web.Value {
	if n := len(e.Extensions); n > 0 {
		return web.Words(e.Extensions[n-1].DeclaredBy)
	}
	return web.Words(e.DeclaredBy)
}

func (m *Emergencies) addressees(v portal.Visitor, e *Emergency) web.Value {
	return web.Words(v.Lang.T("emergency.notice_to", "department", m.Names.Department(v.Lang, e.Department), "places", m.PlaceNames(v.Lang, e.Communities)))
}

func workdays(_ portal.Visitor, e *Emergency) web.Value {
	return web.Number(int64(e.Settings.Int("emg.file_wd")))
}

// estimated: what was estimated is where the account begins.
func estimated(_ context.Context, _ portal.Visitor, e *Emergency) web.Values {
	if e.Cost == 0 {
		return nil
	}
	return web.Values{"spent": {schema.FormYuan(e.Cost)}}
}

// duty reminds whoever declares of what it sets off.
func duty(_ context.Context, v portal.Visitor, _ *Emergency) (template.HTML, error) {
	return web.Panel(v.Lang, web.Info, "emergency.what_follows", web.Text(portal.Rule(v.Lang, "R1"))), nil
}

// home shows committees and streets what is in force at theirs and that they
// must assist.
func (m *Emergencies) home(_ context.Context, v portal.Visitor) (template.HTML, error) {
	own := append(m.Own(v, "committee_staff"), m.Own(v, "street_cadre")...)
	cs := m.memory.inForce(m.Clock(), func(c card) bool {
		return slices.ContainsFunc(c.communities, func(p string) bool {
			return slices.ContainsFunc(m.Places.Chain(p), func(q string) bool { return slices.Contains(own, q) })
		})
	})
	if len(own) == 0 || len(cs) == 0 {
		return "", nil
	}
	l := v.Lang
	return web.Panel(l, web.Warn, "emergency.home", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, c := range cs {
			h.Raw(`<li>`)
			h.Add(web.Link("/emergencies/"+c.id, c.event))
			h.Text(" ")
			h.T("emergency.home_line", "no", c.no, "department", m.Names.Department(l, c.department), "day", c.until.Add(-1))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul><p>`)
		h.Text(portal.Rule(l, "R1"))
		h.Raw(`</p>`)
	})), nil
}
