package supervision

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Supervision) columns() []portal.Column[Note] {
	return []portal.Column[Note]{
		{Key: "case.community", Cell: func(v portal.Visitor, n *Note) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Place(v.Lang, n.Community))
		}},
		{Key: "note.kind", Cell: func(v portal.Visitor, n *Note) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("note.kind."+n.Kind))
		}},
	}
}

func (m *Supervision) detail(ctx context.Context, v portal.Visitor, n *Note) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "note.part_note", web.Summary(l, m.asked(l, n)...)))
		ps := said(l, n)
		if n.SentBack != "" {
			ps = append(ps, portal.Pair(l, "note.sent_back", n.SentBack))
		}
		if n.Closed != "" {
			ps = append(ps, portal.Pair(l, "note.closed", n.Closed))
		}
		if len(ps) > 0 {
			h.Add(web.Section(l, "note.part_answer", web.Summary(l, ps...)))
		}
	}), nil
}

// asked is what the committee wrote, with the rule it stands on.
func (m *Supervision) asked(l web.Lang, n *Note) []web.Pair {
	return portal.Filled(
		portal.Pair(l, "case.community", m.Resource.Names.Place(l, n.Community)),
		portal.Pair(l, "note.organisation", n.Organisation),
		portal.Pair(l, "note.kind", l.T("note.kind."+n.Kind)),
		portal.Pair(l, "note.matter", n.Matter),
		portal.Pair(l, "note.facts", n.Facts),
		portal.Pair(l, "note.demand", n.Demand),
		portal.Pair(l, "case.rule", portal.Rule(l, "R13")))
}

func said(l web.Lang, n *Note) []web.Pair {
	var out []web.Pair
	for _, a := range n.Answers {
		key := "note.said"
		if a.Late {
			key = "note.said_late"
		}
		out = append(out, portal.Pair(l, "note.answer", l.T(key, "day", a.On, "text", a.Text)))
	}
	return out
}

// slip is the printed note (监督意见单), for whoever has no account.
func (m *Supervision) slip(ctx context.Context, v portal.Visitor, n *Note) (*portal.Letter, error) {
	e, ok := n.Last("issue", "reopen")
	if !ok {
		return nil, nil
	}
	l := v.Lang
	due := ""
	for _, d := range n.Deadlines { // the newest is the one in force
		due = l.Date(d.Due)
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("note.slip_text", "place", m.Resource.Names.Place(l, n.Community), "matter", n.Matter, "due", due)
		h.Raw(`</p>`)
		h.Add(web.Summary(l, portal.Filled(
			portal.Pair(l, "note.facts", n.Facts),
			portal.Pair(l, "note.demand", n.Demand),
			portal.Pair(l, "note.sent_back", n.SentBack),
			portal.Pair(l, "case.rule", portal.Rule(l, "R13")))...))
		h.Raw(`<p>`)
		h.T("note.slip_else")
		h.Raw(`</p>`)
	})
	committee := l.T("note.committee_of", "place", m.Resource.Names.Place(l, n.Community))
	return &portal.Letter{TitleKey: "note.slip", Office: committee, To: n.Organisation, Body: body, From: committee, Date: e.At, Code: m.Resource.Code(n, e)}, nil
}
