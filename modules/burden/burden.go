// Package burden is the meter of what communities carry: items in force, their
// hours a month against the cap, and how that has changed. Nothing is typed in:
// every figure is computed from the items themselves.
package burden

import (
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
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
	// Carried gives how many items a community carried at a moment, and their hours a month.
	Carried func(community string, at time.Time) (items int, hours int64)
	// Members counts the people of its committee.
	Members func(community string) int64
}

// Burden is the module.
type Burden struct {
	Asks
	h *modules.House
}

// New puts the meter into the menu.
func New(h *modules.House, asks Asks) *Burden {
	h.Menu(modules.MenuEntry{Href: "/burden", LabelKey: "burden.title", Order: 58})
	return &Burden{asks, h}
}

// Module gives what the house serves.
func (b *Burden) Module() modules.Module {
	return modules.Module{Name: "burden", Routes: func(r fiber.Router) {
		r.Get("/burden", b.page)
		r.Get("/api/v1/burden", b.page)
		r.Get("/burden/:community", b.place)
		r.Get("/api/v1/burden/:community", b.place)
	}}
}

// Reading is what one community carries.
type Reading struct {
	Community string `json:"community"`
	Items     int    `json:"items"`
	Hours     int64  `json:"hours"` // a month
	Cap       int64  `json:"cap"`   // hours a month: so many for each member of the committee
	Over      bool   `json:"over"`
}

// Read reads the meter of a community at a moment.
func (b *Burden) Read(community string, at time.Time) Reading {
	s := b.h.Settings()
	r := Reading{Community: community, Cap: int64(s.Int("load.cap_hours")) * max(b.Members(community), 1)}
	r.Items, r.Hours = b.Carried(community, at)
	r.Over = r.Hours > r.Cap || r.Items > s.Int("load.max_items")
	return r
}

// readings reads all communities, the heaviest first.
func (b *Burden) readings(at time.Time) []Reading {
	var out []Reading
	for _, d := range b.District() {
		for _, c := range b.Communities(d) {
			out = append(out, b.Read(c, at))
		}
	}
	slices.SortStableFunc(out, func(x, y Reading) int { return int(y.Hours - x.Hours) })
	return out
}

func (b *Burden) open(v modules.Visitor) error {
	if e := b.h.May(v, "burden.see", lifecycle.Anywhere); e != nil {
		return e
	}
	return nil
}

func (b *Burden) page(c *fiber.Ctx) error {
	v := modules.Who(c)
	if err := b.open(v); err != nil {
		return err
	}
	rs := b.readings(b.h.Clock())
	if modules.IsAPI(c) {
		return c.JSON(fiber.Map{"items": rs, "as_of": b.h.Clock().UTC()})
	}
	l := v.Lang
	t := web.Table{CaptionKey: "burden.title", EmptyKey: "list.empty", Head: []web.Col{{Key: "case.community"}, {Key: "burden.items", Num: true},
		{Key: "burden.hours", Num: true}, {Key: "burden.cap", Num: true}, {Key: "case.state"}}}
	var bars []web.Bar
	for _, r := range rs {
		name := b.h.Names.Place(l, r.Community)
		t.Rows = append(t.Rows, []web.Cell{{HTML: modules.Text(l, name), Href: "/burden/" + r.Community}, number(l, int64(r.Items)), number(l, r.Hours), number(l, r.Cap),
			{HTML: tag(l, r)}})
		bars = append(bars, web.Bar{Label: name, Value: r.Hours})
	}
	return b.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("burden.title"), Lead: modules.Text(l, l.T("burden.lead")),
		Body: web.Join(web.BarChart(l, "burden.hours", bars), t.HTML(l))})
}

func (b *Burden) place(c *fiber.Ctx) error {
	v, community := modules.Who(c), c.Params("community")
	if err := b.open(v); err != nil {
		return err
	}
	if !b.known(community) {
		return fault.Missing("community")
	}
	months := b.months(community)
	if modules.IsAPI(c) {
		return c.JSON(fiber.Map{"now": b.Read(community, b.h.Clock()), "months": months})
	}
	l := v.Lang
	r := b.Read(community, b.h.Clock())
	var bars []web.Bar
	for _, m := range months {
		bars = append(bars, web.Bar{Label: m.Month, Value: m.Hours})
	}
	tone := web.Good
	if r.Over {
		tone = web.Bad
	}
	return b.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("burden.of", "place", b.h.Names.Place(l, community)),
		Crumbs: []web.Crumb{{Href: "/burden", Text: l.T("burden.title")}, {Text: b.h.Names.Place(l, community)}},
		Body: web.Join(
			web.Figures(l, []web.Figure{{Value: strconv.Itoa(r.Items), LabelKey: "burden.items", Href: "/gate/due?community=" + community}, {Value: strconv.FormatInt(r.Hours, 10), LabelKey: "burden.hours", Tone: tone}}),
			web.Meter(l, "burden.hours", r.Hours, r.Cap, tone, l.T("burden.of_cap", "hours", r.Hours, "cap", r.Cap)),
			web.Trend(l, "burden.trend", bars))})
}

func (b *Burden) known(community string) bool {
	for _, d := range b.District() {
		if slices.Contains(b.Communities(d), community) {
			return true
		}
	}
	return false
}

// Month is a community's burden at the end of a month.
type Month struct {
	Month string `json:"month"` // 2026-03
	Items int    `json:"items"`
	Hours int64  `json:"hours"`
}

// months reads the last twelve months, the running one as of now.
func (b *Burden) months(community string) []Month {
	now := b.h.Clock().In(calendar.City)
	var out []Month
	for i := 11; i >= 0; i-- {
		first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, calendar.City).AddDate(0, -i, 0)
		at := first.AddDate(0, 1, 0).Add(-time.Nanosecond)
		if at.After(now) {
			at = now
		}
		m := Month{Month: first.Format("2006-01")}
		m.Items, m.Hours = b.Carried(community, at)
		out = append(out, m)
	}
	return out
}

func number(l web.Lang, n int64) web.Cell {
	return web.Cell{HTML: modules.Text(l, strconv.FormatInt(n, 10))}
}

func tag(l web.Lang, r Reading) template.HTML {
	if r.Over {
		return web.Tag(l, web.Bad, "application.over")
	}
	return web.Tag(l, web.Good, "application.within")
}
