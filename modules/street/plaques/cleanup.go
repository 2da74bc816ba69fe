package plaques

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Tally is the clean-up of one community (R43): what was found when the rules
// began, and what became of it.
type Tally struct {
	Community string `json:"community,omitempty"`
	Found     int64  `json:"found"`
	Removed   int64  `json:"removed"`
	Moved     int64  `json:"moved"`
	Kept      int64  `json:"kept"`
	Illegal   int64  `json:"illegal"`
}

// After is what still hangs.
func (t Tally) After() int64 { return t.Found - t.Removed }

// Balances tells whether everything that was found is accounted for.
func (t Tally) Balances() bool { return t.Found == t.Removed+t.Moved+t.Kept+t.Illegal }

func (t *Tally) of(outcome string) *int64 {
	switch outcome {
	case removed:
		return &t.Removed
	case moved:
		return &t.Moved
	case kept:
		return &t.Kept
	case illegal:
		return &t.Illegal
	}
	return &t.Found
}

func (t *Tally) add(x Tally) {
	for _, o := range []string{"", removed, moved, kept, illegal} {
		*t.of(o) += *x.of(o)
	}
}

// Cleanup counts the plaques found at launch in a place ("" is everywhere),
// community by community, from the plaques themselves. Found is counted on its
// own and not summed from the others, so that the balance says something.
func (m *Plaques) Cleanup(ctx context.Context, place string) (each []Tally, all Tally, err error) {
	by := map[string]*Tally{}
	for _, outcome := range []string{"", removed, moved, kept, illegal} {
		where := []store.Cond{{Field: "launch", Op: store.Eq, Value: "yes"}}
		if place != "" {
			where = append(where, m.within(place))
		}
		if outcome != "" {
			where = append(where, store.Cond{Field: "outcome", Op: store.Eq, Value: outcome})
		}
		groups, err := m.Engine.Cases().GroupBy(ctx, where, "community", "")
		if err != nil {
			return nil, all, fault.Wrap(err, "count plaques of %s", place)
		}
		for _, g := range groups {
			id, _ := g.Key.(string)
			if by[id] == nil {
				by[id] = &Tally{Community: id}
			}
			*by[id].of(outcome) = g.N
		}
	}
	for _, t := range by {
		each = append(each, *t)
		all.add(*t)
	}
	slices.SortFunc(each, func(a, b Tally) int { return strings.Compare(a.Community, b.Community) })
	return each, all, nil
}

// Hanging counts the plaques on the walls, rightly or not, community by community.
func (m *Plaques) Hanging(ctx context.Context) (map[string]int64, error) {
	groups, err := m.Engine.Cases().GroupBy(ctx, []store.Cond{onWall}, "community", "")
	out := map[string]int64{}
	for _, g := range groups {
		if community, ok := g.Key.(string); ok {
			out[community] = g.N
		}
	}
	return out, fault.Wrap(err, "count the plaques")
}

// within narrows to a place; cases know their district by a field of its own
// and no city, because there is one.
func (m *Plaques) within(place string) store.Cond {
	switch len(m.Places.Chain(place)) {
	case 1:
		return store.Cond{Field: "launch", Op: store.Eq, Value: "yes"}
	case 2:
		return store.Cond{Field: "district", Op: store.Eq, Value: place}
	}
	return store.Cond{Field: "scope", Op: store.Has, Value: []string{place}}
}

// askedPlace reads the place of a question; "" is everywhere.
func (m *Plaques) askedPlace(c *fiber.Ctx) (string, error) {
	place := c.Query("place")
	if place != "" && !m.Names.Known("place", place) {
		return "", fault.InvalidField("place", "schema.not_an_option")
	}
	return place, nil
}

// CleanUp is what became of the plaques, for programs.
type CleanUp struct {
	Place       string  `json:"place"`
	Communities []Tally `json:"communities"`
	Total       Tally   `json:"total"`
	Before      int64   `json:"before"`
	After       int64   `json:"after"`
	Balances    bool    `json:"balances"`
	Rule        string  `json:"rule"`
}

func (m *Plaques) cleanupAPI(c *fiber.Ctx) error {
	place, err := m.askedPlace(c)
	if err != nil {
		return err
	}
	each, all, err := m.Cleanup(c.UserContext(), place)
	if err != nil {
		return err
	}
	return c.JSON(CleanUp{place, append([]Tally{}, each...), all, all.Found, all.After(), all.Balances(), "R43"})
}

func (m *Plaques) cleanupPage(c *fiber.Ctx) error {
	v := portal.Who(c)
	place, err := m.askedPlace(c)
	if err != nil {
		return err
	}
	each, all, err := m.Cleanup(c.UserContext(), place)
	if err != nil {
		return err
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(m.balance(l, place, all))
		h.Add(m.tallies(l, place, each, all))
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("cleanup.title"), Lead: portal.Text(l, l.T("cleanup.lead")), Body: body,
		Crumbs: []web.Crumb{{Href: "/plaques", Text: l.T("plaques.title")}, {Text: l.T("cleanup.title")}}})
}

// balance says the sum in one sentence, and whether it adds up.
func (m *Plaques) balance(l web.Lang, place string, t Tally) template.HTML {
	tone, key := web.Good, "cleanup.balances"
	if !t.Balances() {
		tone, key = web.Bad, "cleanup.differs"
	}
	return web.Panel(l, tone, key, portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		if place != "" {
			h.Text(m.Names.Place(l, place) + " · ")
		}
		h.T("cleanup.sum", "found", t.Found, "removed", t.Removed, "moved", t.Moved, "kept", t.Kept, "illegal", t.Illegal, "after", t.After())
		h.Raw(`</p><p>`)
		h.Text(portal.Rule(l, "R43"))
		h.Raw(`</p>`)
	}))
}

func (m *Plaques) tallies(l web.Lang, place string, each []Tally, all Tally) template.HTML {
	t := web.Table{CaptionKey: "cleanup.table", EmptyKey: "cleanup.empty", Head: []web.Col{{Key: "case.community"}, {Key: "cleanup.before", Num: true}}}
	outcomes := []string{removed, moved, kept, illegal}
	for _, o := range outcomes {
		t.Head = append(t.Head, web.Col{Key: "plaque.outcome." + o, Num: true})
	}
	t.Head = append(t.Head, web.Col{Key: "cleanup.after", Num: true})
	number := func(n int64) template.HTML { return portal.Text(l, strconv.FormatInt(n, 10)) }
	row := func(name web.Cell, x Tally) {
		cell := func(n int64, key, value string) web.Cell { // leads to the plaques that it counts
			q := url.Values{"launch": {"yes"}}
			if x.Community != "" {
				q.Set("community", x.Community)
			} else if place != "" {
				q.Set("place", place)
			}
			if key != "" {
				q.Set(key, value)
			}
			return web.Cell{HTML: number(n), Href: "/plaques?" + q.Encode()}
		}
		cells := []web.Cell{name, cell(x.Found, "", "")}
		for _, o := range outcomes {
			cells = append(cells, cell(*x.of(o), "outcome", o))
		}
		t.Rows = append(t.Rows, append(cells, cell(x.After(), "hangs", "yes")))
	}
	for _, x := range each {
		row(web.Cell{HTML: portal.Text(l, m.Names.Place(l, x.Community)), Href: "/plaques/cleanup?place=" + url.QueryEscape(x.Community)}, x)
	}
	if len(each) > 1 {
		row(web.Cell{HTML: web.Translated(l, "cleanup.total")}, all)
	}
	return t.HTML(l)
}
