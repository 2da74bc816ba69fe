package ratings

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// onlyGrades is the part of a ballot that a committee fills in on the round's
// page; the rest is known there.
var onlyGrades = schema.Of[gradesForm]("ballot")

// casting is the page of a committee: every item that works in its community,
// with large grades to tap, one form an item, so that a bad connection loses
// one ballot at most.
func (m *Ratings) casting(ctx context.Context, v portal.Visitor, r *Round) (template.HTML, error) {
	if !r.takes(m.Rounds.Engine.Now()) {
		return "", nil
	}
	own := slices.DeleteFunc(m.held(v.Actor, "committee_head"), func(c string) bool { return len(r.itemsIn(c)) == 0 })
	if len(own) == 0 {
		return "", nil
	}
	bs, err := m.Ballots.Engine.Cases().Find(ctx, store.Query{Sort: "id", Limit: store.MaxLimit, Where: []store.Cond{
		{Field: "round", Op: store.Eq, Value: r.ID}, {Field: "community", Op: store.In, Value: own}}})
	if err != nil {
		return "", err
	}
	done := map[string]*Ballot{}
	for _, b := range bs {
		done[b.Community+" "+b.Item] = b
	}
	options := map[string][]web.Option{"grades": grades(v.Lang, r.Settings)}
	return web.Section(v.Lang, "ballot.casting", portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("ballot.casting_intro")
		h.Raw(`</p>`)
		for _, c := range own {
			if len(own) > 1 {
				h.Raw(`<h3>`)
				h.Text(m.Rounds.Names.Place(v.Lang, c))
				h.Raw(`</h3>`)
			}
			first := true
			for _, i := range r.itemsIn(c) {
				if b := done[c+" "+i.Item]; b != nil {
					h.Add(m.castAlready(v.Lang, b))
					continue
				}
				h.Add(m.ballotForm(v, r, i, c, options, first))
				first = false
			}
		}
	})), nil
}

func (m *Ratings) castAlready(l web.Lang, b *Ballot) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.Add(web.Tag(l, web.Good, "state.ballot.cast"))
		h.Raw(` `)
		h.Add(web.Link("/ballots/"+b.ID, b.Title))
		h.Raw(`</p>`)
	})
}

func (m *Ratings) ballotForm(v portal.Visitor, r *Round, i Item, community string, options map[string][]web.Option, open bool) template.HTML {
	id := anchor(community, i.Item)
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<details class="more" id="`)
		h.Text(id)
		h.Raw(`"`)
		if open {
			h.Raw(` open`)
		}
		h.Raw(`><summary>`)
		h.Text(i.Title + " · " + m.Rounds.Names.Department(v.Lang, i.Department))
		h.Raw(`</summary><div class="more-body">`)
		h.Add(web.Form(v.Lang, web.FormSpec{ID: id + "-form", Action: "/ballots/new/cast", Type: onlyGrades, Options: options, SubmitKey: "act.ballot.cast",
			CSRF: m.Rounds.CSRF(v), OpKey: portal.NewKey(), Hidden: map[string]string{"round": r.ID, "item": i.Item, "community": community}}))
		h.Raw(`</div></details>`)
	})
}

func (m *Ratings) ballotColumns() []portal.Column[Ballot] {
	return []portal.Column[Ballot]{
		{Key: "ballot.round", Cell: func(v portal.Visitor, b *Ballot) template.HTML { return portal.Text(v.Lang, b.RoundNo) }},
		{Key: "ballot.community", Cell: func(v portal.Visitor, b *Ballot) template.HTML {
			return portal.Text(v.Lang, m.Rounds.Names.Place(v.Lang, b.Community))
		}},
	}
}

func (m *Ratings) ballotDetail(ctx context.Context, v portal.Visitor, b *Ballot) (template.HTML, error) {
	l := v.Lang
	r, err := m.Rounds.Engine.Cases().Get(ctx, b.Round)
	if err != nil {
		return "", fault.Wrap(err, "read round %s", b.Round)
	}
	counted := "ballot.not_counted"
	if r.counts(b) {
		counted = "ballot.is_counted"
	}
	pts := func(n int) string { return l.T("ballot.points", "points", n) }
	return portal.In(l, func(h *web.H) {
		h.Add(web.Summary(l, portal.Filled(
			web.Pair{Key: "ballot.round", Value: web.Link("/rounds/"+b.Round, b.RoundNo)},
			web.Pair{Key: "ballot.item", Value: web.Link("/items/"+b.Item, b.Title)},
			portal.Pair(l, "ballot.community", m.Rounds.Names.Place(l, b.Community)),
			portal.Pair(l, "ballot.effect", pts(b.Effect)), portal.Pair(l, "ballot.money", pts(b.Money)), portal.Pair(l, "ballot.residents", pts(b.Residents)),
			portal.Pair(l, "ballot.text", b.Text), portal.Pair(l, "ballot.receipt", b.receipt()), portal.Pair(l, "ballot.counted", l.T(counted)))...))
		h.Raw(`<p>`)
		h.T("ballot.who_sees")
		h.Raw(`</p><p>`)
		h.Add(web.Link("/rounds/"+b.Round, l.T("ballot.next")))
		h.Raw(`</p>`)
	}), nil
}
