package burden

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// Part is what one item in force asks of a community.
type Part struct {
	ID         string `json:"id"`
	No         string `json:"no"`
	Title      string `json:"title"`
	Department string `json:"department"`
	portal.Load
}

// Parts are the items that a community's meter is made of, and their sum.
type Parts struct {
	Items []Part      `json:"items"`
	Sum   portal.Load `json:"sum"`
	Month string      `json:"month"` // 2026-03, at whose end they are read; the running one as of now
}

// ofItems are the kinds of load that items bring; ledgers and plaques have
// lists of their own.
var ofItems = slices.DeleteFunc(slices.Clone(portal.LoadKinds), func(k string) bool { return k == "ledgers" || k == "plaques" })

func sum(ps []Part) (all portal.Load) {
	for _, p := range ps {
		all = all.Plus(p.Load)
	}
	return all
}

// partsPage answers GET /burden/:community/items?month=: what the meter read,
// item by item.
func (b *Burden) partsPage(c *fiber.Ctx) error {
	v, community := portal.Who(c), c.Params("community")
	if err := b.open(v); err != nil {
		return err
	}
	if !slices.Contains(b.communities(), community) {
		return fault.Missing("community")
	}
	month, at := b.month(0)
	if asked := c.Query("month"); asked != "" {
		for ago := 0; month != asked; ago++ {
			if ago == monthsShown {
				return fault.InvalidField("month", "schema.not_an_option")
			}
			month, at = b.month(ago)
		}
	}
	ps := b.Carried(community, at)
	if portal.IsAPI(c) {
		return c.JSON(Parts{append([]Part{}, ps...), sum(ps), month})
	}
	l := v.Lang
	t := web.Table{CaptionKey: "burden.items", EmptyKey: "burden.no_items", Head: []web.Col{{Key: "burden.item"}, {Key: "case.department"}}}
	for _, k := range ofItems {
		t.Head = append(t.Head, web.Col{Key: "load." + k, Num: true})
	}
	row := func(name, department web.Cell, x portal.Load) {
		r := []web.Cell{name, department}
		for _, k := range ofItems {
			r = append(r, web.Cell{HTML: web.Text(strconv.FormatInt(x.Of(k), 10))})
		}
		t.Rows = append(t.Rows, r)
	}
	for _, p := range ps {
		name := web.Cell{HTML: web.Text(p.No + " " + p.Title)}
		if b.h.Sees(v, "items", p.ID) {
			name.Href = "/items/" + p.ID
		}
		row(name, web.Cell{HTML: web.Text(b.h.Names.Department(l, p.Department))}, p.Load)
	}
	if len(ps) > 1 {
		row(web.Cell{HTML: web.Translated(l, "burden.sum")}, web.Cell{}, sum(ps))
	}
	place := b.h.Names.Place(l, community)
	return b.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("burden.items_of", "place", place), Lead: portal.Text(l, l.T("burden.as_of", "at", l.Time(at))), Body: t.HTML(l),
		Crumbs: []web.Crumb{{Href: "/burden", Text: l.T("burden.title")}, {Href: "/burden/" + community, Text: place}, {Text: l.T("burden.items")}}})
}
