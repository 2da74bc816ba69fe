package orders

import (
	"context"
	"html/template"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

func callerQuery(caller string) store.Query {
	return store.Query{Where: []store.Cond{{Field: "caller", Op: store.Eq, Value: caller}}}
}

// OfCaller is an order of a caller, for programs.
type OfCaller struct {
	ID       string    `json:"id"`
	No       string    `json:"no"`
	Title    string    `json:"title"`
	State    string    `json:"state"`
	OpenedAt time.Time `json:"opened_at"`
	Href     string    `json:"href"`
}

// Revealed is how a caller is reached.
type Revealed struct {
	No    string `json:"no"`
	Phone string `json:"phone"`
	Name  string `json:"name"`
}

// callersPage finds orders by a run of digits of a phone, or the others of an
// order's caller: for those only who take calls and call back.
func (m *Orders) callersPage(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	if e := m.May(v, "order.search_phone", lifecycle.Anywhere); e != nil {
		return e
	}
	callers, err := m.askedCallers(ctx, v, c.Query("q"), c.Query("order"))
	if err != nil {
		return err
	}
	found, err := m.ofCallers(ctx, v.Actor, callers)
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		items := make([]OfCaller, len(found))
		for i, b := range found {
			items[i] = OfCaller{b.ID, b.No, b.Title, b.State, b.Opened, "/api/v1/orders/" + b.ID}
		}
		return c.JSON(portal.ListOf[OfCaller]{Items: items})
	}
	l := v.Lang
	t := web.Table{CaptionKey: "order.callers", EmptyKey: "list.empty", Head: []web.Col{{Key: "case.no"}, {Key: "case.title"}, {Key: "case.state"}, {Key: "order.opened"}}}
	for _, b := range found {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(b.No), Href: "/orders/" + b.ID}, {HTML: web.Text(b.Title)}, {HTML: portal.Text(l, l.T("state.order."+b.State))}, {HTML: web.Text(l.Time(b.Opened))}})
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("order.callers_lead", "n", fragment)
		h.Raw(`</p>`)
		h.Add(web.Filters(l, web.FilterSpec{Action: "/orders/callers", Fields: []web.FilterField{{Name: "q", LabelKey: "order.phone_part", Value: c.Query("q")}}}))
		h.Add(t.HTML(l))
		if order := c.Query("order"); order != "" && len(found) > 0 && m.May(v, "order.hand_out", lifecycle.Anywhere) == nil {
			h.Add(web.Details(l, "order.own_data", web.Join(portal.Text(l, l.T("order.own_data_hint")),
				web.Form(l, web.FormSpec{ID: "own-data", Action: "/orders/callers/data", SubmitKey: "order.own_data", Hidden: map[string]string{"order": order}, CSRF: m.CSRF(v)}))))
		}
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("order.callers"), Body: body, Crumbs: []web.Crumb{{Href: "/orders", Text: l.T("orders.title")}, {Text: l.T("order.callers")}}})
}

func (m *Orders) askedCallers(ctx context.Context, v portal.Visitor, digits, order string) ([]string, error) {
	if order != "" {
		o, err := m.Engine.Get(ctx, v.Actor, order)
		if err != nil || o.Caller == "" {
			return nil, err
		}
		return []string{o.Caller}, nil
	}
	if digits == "" {
		return nil, nil
	}
	plain, err := plainPhone(digits)
	if err != nil || len(plain) < fragment {
		plain = onlyDigits(digits)
	}
	if len(plain) < fragment {
		return nil, fault.InvalidField("q", "order.too_few_digits", "n", fragment)
	}
	return m.callersBy(ctx, plain)
}

func onlyDigits(s string) string {
	out := []rune{}
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	return string(out)
}

// revealed does the act of revealing, which the history keeps, and shows phone
// and name this once.
func (m *Orders) revealed(c *fiber.Ctx) error {
	row, _ := m.Engine.Table.Act("reveal")
	in, err := m.Read(c, row.Do.Input)
	if err != nil {
		return c.Next() // the resource says what is wrong
	}
	v, ctx := portal.Who(c), c.UserContext()
	o, err := m.Engine.Act(ctx, v.Actor, c.Params("id"), "reveal", in, lifecycle.Opts{})
	if err != nil {
		return err
	}
	who, err := m.card(ctx, o.Contact)
	if err != nil {
		return err
	}
	if who == nil {
		return fault.New(fault.Conflict, "order.no_contact")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if portal.IsAPI(c) {
		return c.JSON(Revealed{o.No, who.Phone, who.Name})
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(web.Figures(l, []web.Figure{{Value: who.Phone, LabelKey: "order.phone", Href: "tel:" + url.PathEscape(who.Phone), Tone: web.Info}}))
		h.Add(web.Summary(l, portal.Filled(portal.Pair(l, "order.name", who.Name), portal.Pair(l, "order.needs", portal.Choices(l, "order.needs.", o.Needs)))...))
		h.Raw(`<p class="hint">`)
		h.T("order.reveal_kept")
		h.Raw(`</p>`)
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "order.back", Href: m.Href(o)}}))
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: o.No, Body: body})
}

// above says over the list what a declared disaster means (R73), and leads to
// the queues and to the search by phone.
func (m *Orders) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		if m.emergencies.Declared("", m.Clock()) {
			h.Add(web.Panel(l, web.Bad, "order.queue_disaster", portal.Text(l, l.T("order.disaster_text"))))
		}
		as := []web.ActionItem{{LabelKey: "order.queue_administrative", Href: "/orders?queue=administrative"}, {LabelKey: "order.queue_social", Href: "/orders?queue=social"},
			{LabelKey: "order.counts", Href: "/hotline/counts"}}
		if m.May(v, "order.search_phone", lifecycle.Anywhere) == nil {
			as = append(as, web.ActionItem{LabelKey: "order.callers", Href: "/orders/callers"})
		}
		h.Add(web.Actions(l, as))
	}), nil
}

// merged leads from a duplicate to its main order and back.
func (m *Orders) merged(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l := v.Lang
	if o.Main != "" {
		return web.Panel(l, web.Info, "order.merged_into", web.Link("/orders/"+o.Main, o.MainNo)), nil
	}
	ds, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "main", Op: store.Eq, Value: o.ID}}, Sort: "id", Limit: 20})
	if err != nil || len(ds) == 0 {
		return "", err
	}
	bs := make([]Brief, len(ds))
	for i, d := range ds {
		bs[i] = d.brief()
	}
	return web.Panel(l, web.Info, "order.duplicates", links(l, bs)), nil
}
