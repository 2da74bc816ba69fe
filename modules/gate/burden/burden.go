// Package burden is the meter of what communities carry against what they may
// be asked to carry: items in force, hours, inspections and meetings a month,
// apps and chat groups, ledgers, plaques; and how that has changed. Nothing is
// typed in: every figure is computed from the items, ledgers and plaques.
package burden

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Asks is what the meter needs of other modules, in plain types.
type Asks struct {
	// Communities lists the communities below a place, District the places that stand for a district.
	Communities func(under string) []string
	District    func() []string
	// Carried gives what each item in force asked of a community at a moment.
	Carried func(community string, at time.Time) []Part
	// Kept gives the ledgers in use and the plaques that hang, community by community.
	Kept func(ctx context.Context) (ledgers, plaques map[string]int64, err error)
	// AtLaunch gives what ran in a community on launch day, and what of it still does (R26).
	AtLaunch func(ctx context.Context, community string) (items, now int, hours, hoursNow int64, err error)
	// Members counts the people of its committee.
	Members func(community string) int64
}

// Burden is the module.
type Burden struct {
	Asks
	h *portal.Portal
}

// New puts the meter into the menu.
func New(h *portal.Portal, asks Asks) *Burden {
	h.Menu(portal.MenuEntry{Href: "/burden", LabelKey: "burden.title", Order: 58})
	return &Burden{asks, h}
}

// Module gives what the house serves.
func (b *Burden) Module() portal.Module {
	return portal.Module{Name: "burden", Routes: func(r fiber.Router) {
		r.Get("/burden", b.page)
		r.Get("/api/v1/burden", b.page)
		r.Get("/burden/:community", b.place)
		r.Get("/api/v1/burden/:community", b.place)
		r.Get("/burden/:community/items", b.partsPage)
		r.Get("/api/v1/burden/:community/items", b.partsPage)
	}}
}

// Reading is what one community carries, and of what it is too much.
type Reading struct {
	Community string `json:"community"`
	portal.Load
	Caps portal.Load `json:"caps"`
	Over []string    `json:"over,omitempty"`
}

// readings reads the meters of some communities, the heaviest first.
func (b *Burden) readings(ctx context.Context, communities []string) ([]Reading, error) {
	ledgers, plaques, err := b.Kept(ctx)
	if err != nil {
		return nil, fault.Wrap(err, "count ledgers and plaques")
	}
	out := make([]Reading, len(communities))
	for i, c := range communities {
		r := Reading{Community: c, Load: sum(b.Carried(c, b.h.Clock())), Caps: portal.Caps(b.h.Settings(), b.Members(c))}
		r.Ledgers, r.Plaques = ledgers[c], plaques[c]
		r.Over = r.Load.Over(r.Caps)
		out[i] = r
	}
	slices.SortStableFunc(out, func(x, y Reading) int { return cmp.Compare(y.Hours, x.Hours) })
	return out, nil
}

// communities are all of the city.
func (b *Burden) communities() (out []string) {
	for _, d := range b.District() {
		out = append(out, b.Communities(d)...)
	}
	return out
}

func (b *Burden) open(v portal.Visitor) error {
	if e := b.h.May(v, "burden.see", lifecycle.Anywhere); e != nil {
		return e
	}
	return nil
}

// Readings is what all communities carry, for programs.
type Readings struct {
	Items []Reading `json:"items"`
	AsOf  time.Time `json:"as_of"`
}

// Carried is what one community carries, now and month by month.
type Carried struct {
	Now    Reading `json:"now"`
	Months []Month `json:"months"`
}

func (b *Burden) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := b.open(v); err != nil {
		return err
	}
	rs, err := b.readings(c.UserContext(), b.communities())
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		return c.JSON(Readings{rs, b.h.Clock().UTC()})
	}
	l := v.Lang
	t := web.Table{CaptionKey: "burden.title", EmptyKey: "list.empty", Head: []web.Col{{Key: "case.community"}}}
	for _, k := range portal.LoadKinds {
		t.Head = append(t.Head, web.Col{Key: "load." + k, Num: true})
	}
	t.Head = append(t.Head, web.Col{Key: "case.state"})
	var bars []web.Bar
	for _, r := range rs {
		name := b.h.Names.Place(l, r.Community)
		row := []web.Cell{{HTML: portal.Text(l, name), Href: "/burden/" + r.Community}}
		for _, k := range portal.LoadKinds {
			row = append(row, web.Cell{HTML: portal.Text(l, strconv.FormatInt(r.Of(k), 10)), Href: behind(k, r.Community, "")})
		}
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: tag(l, r)}))
		bars = append(bars, web.Bar{Label: name, Value: r.Hours, Href: "/burden/" + r.Community})
	}
	return b.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("burden.title"), Lead: portal.Text(l, l.T("burden.lead")),
		Body: web.Join(web.BarChart(l, "burden.hours", bars), t.HTML(l))})
}

func (b *Burden) place(c *fiber.Ctx) error {
	v, community := portal.Who(c), c.Params("community")
	if err := b.open(v); err != nil {
		return err
	}
	if !slices.Contains(b.communities(), community) {
		return fault.Missing("community")
	}
	rs, err := b.readings(c.UserContext(), []string{community})
	if err != nil {
		return err
	}
	r, months := rs[0], b.months(community)
	if portal.IsAPI(c) {
		return c.JSON(Carried{r, months})
	}
	before, err := b.before(c.UserContext(), v.Lang, community)
	if err != nil {
		return err
	}
	l := v.Lang
	var bars []web.Bar
	for _, m := range months {
		bars = append(bars, web.Bar{Label: m.Month, Value: m.Hours, Href: behind("hours", community, m.Month)})
	}
	return b.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("burden.of", "place", b.h.Names.Place(l, community)), Lead: tag(l, r),
		Crumbs: []web.Crumb{{Href: "/burden", Text: l.T("burden.title")}, {Text: b.h.Names.Place(l, community)}},
		Body:   web.Join(meters(l, r), due(l, community), before, web.Trend(l, "burden.trend", bars))})
}

// before compares what ran at the launch with what of it still does (R26).
func (b *Burden) before(ctx context.Context, l web.Lang, community string) (template.HTML, error) {
	if b.AtLaunch == nil {
		return "", nil
	}
	items, now, hours, hoursNow, err := b.AtLaunch(ctx, community)
	if err != nil || items == 0 {
		return "", err
	}
	t := web.Table{CaptionKey: "burden.before_after", Head: []web.Col{{Key: "burden.what"}, {Key: "burden.at_launch", Num: true}, {Key: "burden.still", Num: true}}}
	row := func(key string, then, now int64) {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, l.T(key)), Href: "/carryovers?place=" + community}, {HTML: portal.Text(l, strconv.FormatInt(then, 10))}, {HTML: portal.Text(l, strconv.FormatInt(now, 10))}})
	}
	row("burden.things", int64(items), int64(now))
	row("load.hours", hours, hoursNow)
	return web.Section(l, "burden.before_after", t.HTML(l)), nil
}

// meters shows each kind of load against its cap.
func meters(l web.Lang, r Reading) template.HTML {
	var out []template.HTML
	for _, k := range portal.LoadKinds {
		tone := web.Good
		if slices.Contains(r.Over, k) {
			tone = web.Bad
		}
		n, most := r.Of(k), r.Caps.Of(k)
		out = append(out, web.Meter(l, "load."+k, n, most, tone, l.T("burden.of_cap", "n", n, "cap", most), behind(k, r.Community, "")))
	}
	return web.Join(out...)
}

// behind leads to what a figure is made of, now or at the end of a month.
func behind(kind, community, month string) string {
	switch {
	case kind == "ledgers":
		return "/ledgers?in_use=yes&place=" + community
	case kind == "plaques":
		return "/plaques?hangs=yes&place=" + community
	case month == "":
		return "/burden/" + community + "/items"
	}
	return "/burden/" + community + "/items?month=" + month
}

// due leads to what may be asked of the committee by law today.
func due(l web.Lang, community string) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.Add(web.Link("/gate/due?community="+community, l.T("burden.due")))
		h.Raw(`</p>`)
	})
}

// Month is a community's burden at the end of a month.
type Month struct {
	Month string `json:"month"` // 2026-03
	portal.Load
}

// monthsShown of the past, with the running one.
const monthsShown = 12

// months reads the last twelve months, the running one as of now.
func (b *Burden) months(community string) []Month {
	var out []Month
	for i := monthsShown - 1; i >= 0; i-- {
		month, at := b.month(i)
		out = append(out, Month{Month: month, Load: sum(b.Carried(community, at))})
	}
	return out
}

// month is the one so many months ago, and the moment at which it is read.
func (b *Burden) month(ago int) (month string, at time.Time) {
	now := b.h.Clock().In(calendar.City)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, calendar.City).AddDate(0, -ago, 0)
	if at = first.AddDate(0, 1, 0).Add(-time.Nanosecond); at.After(now) {
		at = now
	}
	return first.Format("2006-01"), at
}

// tag says whether it is within the caps, and what is not.
func tag(l web.Lang, r Reading) template.HTML {
	if len(r.Over) == 0 {
		return web.Tag(l, web.Good, "application.within")
	}
	return web.Join(web.Tag(l, web.Bad, "application.over"), portal.Text(l, " "+portal.Choices(l, "load.", r.Over)))
}
