package items

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Due is one line of what is lawfully due in a community now: what is not on
// the list need not be done.
type Due struct {
	Cite
	Department string     `json:"department"`
	Hours      int64      `json:"hours"` // a month
	MoneyIn    schema.Fen `json:"money_in"`
	MoneyOwed  schema.Fen `json:"money_owed"`
	Overdue    bool       `json:"overdue"`
	Until      string     `json:"until,omitempty"`     // last day of the term
	Agreement  string     `json:"agreement,omitempty"` // of the year on assistance: its state, "missing" without one (R32)
	part       *Part
	entry      string
	agreed     *Agreed
}

// dueAt lists what stands in a community now, whatever is suspended left out.
func (m *Items) dueAt(ctx context.Context, community string) ([]Due, error) {
	var out []Due
	for _, x := range m.Resource.Index.InForce(community, policy.AnyDepartment, m.Resource.Engine.Now()) {
		if x.State == suspended {
			continue
		}
		it, err := m.Resource.Engine.Get(ctx, lifecycle.System, x.Item)
		if err != nil {
			return nil, err
		}
		p := it.part(community)
		d := Due{Cite: Cite{ID: it.ID, No: it.No, Title: it.Title, State: x.State, Href: m.Resource.Href(it)}, Department: it.Department, Hours: it.Hours, Overdue: p.Overdue, part: p, entry: it.Entry}
		d.MoneyIn, d.MoneyOwed = p.sums(it)
		if !it.End.IsZero() {
			d.Until = string(schema.DateOf(it.End, cityZone))
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Due) int { return strings.Compare(a.No, b.No) })
	return out, m.withAgreements(ctx, community, out)
}

// withAgreements says of each duty of assistance how far its agreement is.
func (m *Items) withAgreements(ctx context.Context, community string, ds []Due) error {
	var entries []string
	for _, d := range ds {
		if d.entry != "" && !slices.Contains(entries, d.entry) {
			entries = append(entries, d.entry)
		}
	}
	as, err := m.agreed(ctx, entries, []string{community})
	for i := range ds {
		for j := range as {
			if as[j].Entry == ds[i].entry {
				ds[i].agreed, ds[i].Agreement = &as[j], cmp.Or(as[j].State, "missing")
			}
		}
	}
	return err
}

func hours(ds []Due) (n int64) {
	for _, d := range ds {
		n += d.Hours
	}
	return n
}

func (m *Items) duePlace(c *fiber.Ctx) (string, error) {
	place := c.Query("community")
	if err := m.gateOpen(portal.Who(c)); err != nil {
		return "", err
	}
	if place == "" || !m.Resource.Names.Known("place", place) {
		return "", fault.InvalidField("community", "schema.not_an_option")
	}
	return place, nil
}

// DueHere is what is lawfully due in a community, for programs.
type DueHere struct {
	Community string    `json:"community"`
	AsOf      time.Time `json:"as_of"`
	Items     []Due     `json:"items"`
	Hours     int64     `json:"hours"` // a month
}

func (m *Items) dueAPI(c *fiber.Ctx) error {
	place, err := m.duePlace(c)
	if err != nil {
		return err
	}
	ds, err := m.dueAt(c.UserContext(), place)
	if err != nil {
		return err
	}
	return c.JSON(DueHere{place, m.Resource.Engine.Now(), append([]Due{}, ds...), hours(ds)})
}

func (m *Items) duePage(c *fiber.Ctx) error {
	v := portal.Who(c)
	place, err := m.duePlace(c)
	if err != nil {
		return err
	}
	ds, err := m.dueAt(c.UserContext(), place)
	if err != nil {
		return err
	}
	l := v.Lang
	return m.Resource.Show(c, fiber.StatusOK, web.Page{Title: l.T("items.due_here", "place", m.Resource.Names.Place(l, place)),
		Lead: portal.Text(l, l.T("items.due_lead")), Crumbs: []web.Crumb{{Href: "/items", Text: l.T("items.title")}},
		Body: portal.In(l, func(h *web.H) {
			h.Add(m.dueTable(v, ds))
			h.Raw(`<p>`)
			h.T("items.due_hours", "n", hours(ds))
			h.Raw(`</p>`)
		})})
}

func (m *Items) dueTable(v portal.Visitor, ds []Due) htmlOf {
	l := v.Lang
	t := web.Table{CaptionKey: "items.title", EmptyKey: "items.due_nothing", Head: []web.Col{{Key: "case.title"}, {Key: "case.department"}, {Key: "case.state"},
		{Key: "item.hours", Num: true}, {Key: "item.money_in", Num: true}, {Key: "item.money_owed", Num: true}, {Key: "item.end"}}}
	for _, d := range ds {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, d.No+" "+d.Title), Href: d.Href}, {HTML: portal.Text(l, m.Resource.Names.Department(l, d.Department))},
			{HTML: m.dueTag(v, d)}, {HTML: portal.Text(l, portal.Count(d.Hours))}, {HTML: portal.Text(l, web.Yuan(d.MoneyIn))},
			{HTML: portal.Text(l, web.Yuan(d.MoneyOwed))}, {HTML: portal.Text(l, portal.Day(l, schema.Date(d.Until)))}})
	}
	return t.HTML(l)
}

func (m *Items) dueTag(v portal.Visitor, d Due) htmlOf {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(partTag(l, d.part))
		if d.agreed != nil {
			h.Text(" ")
			h.Add(m.agreement(v, *d.agreed))
		}
	})
}

// home tells a committee on its start page what stands in its community and
// how many hours a month that is.
func (m *Items) home(ctx context.Context, v portal.Visitor) (htmlOf, error) {
	own := m.Resource.OwnPlaces(v, "committee_staff")
	if len(own) == 0 {
		return "", nil
	}
	var figures []web.Figure
	for _, o := range own {
		ds, err := m.dueAt(ctx, o.Value)
		if err != nil {
			return "", err
		}
		href := "/gate/due?community=" + o.Value
		figures = append(figures, web.Figure{Value: strconv.Itoa(len(ds)), LabelKey: "items.home_due", Href: href, Tone: web.Good},
			web.Figure{Value: strconv.FormatInt(hours(ds), 10), LabelKey: "items.home_hours", Href: href})
		if late := len(slices.DeleteFunc(ds, func(d Due) bool { return !d.Overdue })); late > 0 {
			figures = append(figures, web.Figure{Value: strconv.Itoa(late), LabelKey: "items.home_late", Href: href, Tone: web.Bad})
		}
	}
	return web.Figures(v.Lang, figures), nil
}
