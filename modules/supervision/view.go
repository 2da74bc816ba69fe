package supervision

import (
	"context"
	"html/template"

	"gatehouse/modules"
	"gatehouse/web"
)

func (m *Supervision) columns() []modules.Column[Note] {
	return []modules.Column[Note]{
		{Key: "case.community", Cell: func(v modules.Visitor, n *Note) template.HTML {
			return modules.Text(v.Lang, m.Desk.Names.Place(v.Lang, n.Community))
		}},
		{Key: "note.kind", Cell: func(v modules.Visitor, n *Note) template.HTML {
			return modules.Text(v.Lang, v.Lang.T("note.kind."+n.Kind))
		}},
	}
}

func (m *Supervision) detail(ctx context.Context, v modules.Visitor, n *Note) (template.HTML, error) {
	l := v.Lang
	return modules.In(l, func(h *web.H) {
		h.Add(web.Section(l, "note.part_note", web.Summary(l, m.asked(l, n)...)))
		ps := said(l, n)
		if n.SentBack != "" {
			ps = append(ps, modules.Pair(l, "note.sent_back", n.SentBack))
		}
		if n.Closed != "" {
			ps = append(ps, modules.Pair(l, "note.closed", n.Closed))
		}
		if len(ps) > 0 {
			h.Add(web.Section(l, "note.part_answer", web.Summary(l, ps...)))
		}
	}), nil
}

// asked is what the committee wrote, with the rule it stands on.
func (m *Supervision) asked(l web.Lang, n *Note) []web.Pair {
	return modules.Filled(
		modules.Pair(l, "case.community", m.Desk.Names.Place(l, n.Community)),
		modules.Pair(l, "note.organisation", n.Organisation),
		modules.Pair(l, "note.kind", l.T("note.kind."+n.Kind)),
		modules.Pair(l, "note.matter", n.Matter),
		modules.Pair(l, "note.facts", n.Facts),
		modules.Pair(l, "note.demand", n.Demand),
		modules.Pair(l, "case.rule", modules.Rule(l, "R13")))
}

func said(l web.Lang, n *Note) []web.Pair {
	var out []web.Pair
	for _, a := range n.Answers {
		key := "note.said"
		if a.Late {
			key = "note.said_late"
		}
		out = append(out, modules.Pair(l, "note.answer", l.T(key, "day", a.On, "text", a.Text)))
	}
	return out
}

// slip is the printed note (监督意见单), for whoever has no account.
func (m *Supervision) slip(ctx context.Context, v modules.Visitor, n *Note) (*modules.Letter, error) {
	e, ok := n.Last("issue", "reopen")
	if !ok {
		return nil, nil
	}
	l := v.Lang
	due := ""
	for _, d := range n.Deadlines { // the newest is the one in force
		due = l.Date(d.Due)
	}
	body := modules.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("note.slip_text", "place", m.Desk.Names.Place(l, n.Community), "matter", n.Matter, "due", due)
		h.Raw(`</p>`)
		h.Add(web.Summary(l, modules.Filled(
			modules.Pair(l, "note.facts", n.Facts),
			modules.Pair(l, "note.demand", n.Demand),
			modules.Pair(l, "note.sent_back", n.SentBack),
			modules.Pair(l, "case.rule", modules.Rule(l, "R13")))...))
		h.Raw(`<p>`)
		h.T("note.slip_else")
		h.Raw(`</p>`)
	})
	committee := l.T("note.committee_of", "place", m.Desk.Names.Place(l, n.Community))
	return &modules.Letter{TitleKey: "note.slip", Office: committee, To: n.Organisation, Body: body, From: committee, Date: e.At, Code: m.Desk.Code(n, e)}, nil
}
