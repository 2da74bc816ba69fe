package items

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// Agreed is how far the year's agreement on an entry is in a community (R32);
// no ID where there is no case.
type Agreed struct {
	Entry, Community, ID, No, State string
	Late                            bool
}

// signed: nothing is missing.
func (a Agreed) signed() bool { return a.State == "signed" }

// agreed asks for the agreements of entries in communities.
func (m *Items) agreed(ctx context.Context, entries, communities []string) ([]Agreed, error) {
	if m.Agreed == nil || len(entries) == 0 {
		return nil, nil
	}
	return m.Agreed(ctx, entries, communities, m.Resource.Engine.Now())
}

// agreementsOf shows the agreement of each community for work that is called on
// by the assistance list.
func (m *Items) agreementsOf(ctx context.Context, v portal.Visitor, it *Item) (htmlOf, error) {
	l := v.Lang
	if it.Entry == "" || it.State == "ended" || it.State == withdrawn {
		return "", nil
	}
	as, err := m.agreed(ctx, []string{it.Entry}, it.communities())
	if err != nil || len(as) == 0 {
		return "", err
	}
	t := web.Table{CaptionKey: "item.part_agreements", Head: []web.Col{{Key: "item.community"}, {Key: "item.agreement"}}}
	missing := false
	for _, a := range as {
		missing = missing || !a.signed()
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, a.Community))}, {HTML: m.agreement(v, a)}})
	}
	return web.Section(l, "item.part_agreements", portal.In(l, func(h *web.H) {
		if missing {
			h.Raw(`<p>`)
			h.Text(portal.Rule(l, "R32"))
			h.Raw(`</p>`)
		}
		h.Add(t.HTML(l))
	})), nil
}

// agreement is the word for one agreement, with a link to it for those who may
// see it; what is signed is published.
func (m *Items) agreement(v portal.Visitor, a Agreed) htmlOf {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		switch {
		case a.signed():
			h.Add(web.Tag(l, web.Good, "state.agreement.signed"))
		case a.Late:
			h.Add(web.Tag(l, web.Bad, "agreement.late"))
		default:
			h.Add(web.Tag(l, web.Warn, "item.agreement_missing"))
		}
		if a.ID != "" && (a.signed() || m.Resource.Sees(v, "agreements", a.ID)) {
			h.Text(" ")
			h.Add(web.Link("/agreements/"+a.ID, a.No))
		}
	})
}
