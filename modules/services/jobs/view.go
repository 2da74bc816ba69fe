package jobs

import (
	"context"
	"html/template"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// yuan is an amount that says something when it is none.
func yuan(f schema.Fen) web.Value { return web.Value{Text: web.Yuan(f), Plain: float64(f) / 100} }

func receipt(_ portal.Visitor, j *Job) web.Value { return web.Words(j.PublicReceipt()) }

// price is what was charged, or quoted before that.
func price(v portal.Visitor, j *Job) web.Value {
	if j.DoneAt != nil {
		return charged(v, j)
	}
	return web.Amount(j.Quote)
}

func charged(_ portal.Visitor, j *Job) web.Value {
	if j.DoneAt == nil {
		return web.Value{}
	}
	return yuan(j.Charged)
}

// ownShare is what the fund leaves to the customer.
func ownShare(_ portal.Visitor, j *Job) web.Value {
	if j.Fund == "" {
		return web.Value{}
	}
	_, own := j.paid(max(j.Quote, j.Charged))
	return web.Amount(own)
}

// inTurn shows the vendors in the order in which they are asked, and why.
func (m *Jobs) inTurn(_ context.Context, v portal.Visitor, j *Job) (template.HTML, error) {
	l := v.Lang
	t := web.Table{CaptionKey: "job.turn", Head: []web.Col{{Key: "job.vendor"}, {Key: "job.why"}, {Key: "job.last"}, {Key: "job.said"}}}
	for _, x := range j.Turn {
		last := l.T("job.never")
		if x.Last != nil {
			last = l.Date(*x.Last)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(m.Names.Department(l, x.Vendor)), Href: "/vendors/" + x.Vendor}, {HTML: web.Translated(l, "job.why."+x.Why)}, {HTML: web.Text(last)}, {HTML: web.Text(said(l, x))}})
	}
	return web.Section(l, "job.turn", web.Join(web.Small(web.Translated(l, "job.turn_hint")), t.HTML(l))), nil
}

func said(l web.Lang, x Try) string {
	switch {
	case x.Said != "":
		return l.T("job.said." + x.Said)
	case x.Asked != nil:
		return l.T("job.said.asked")
	}
	return ""
}

// revealed shows the customer's phone to the vendor that goes there; the act
// stands in the history.
func (m *Jobs) revealed(c *fiber.Ctx, j *Job) error {
	phone, name, err := m.orders.Contact(c.UserContext(), j.Order)
	if err != nil {
		return err
	}
	if phone == "" {
		return fault.New(fault.Conflict, "order.no_contact")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	l := portal.Who(c).Lang
	return m.Show(c, fiber.StatusOK, web.Page{Title: j.No, Body: web.Join(
		web.Figures(l, []web.Figure{{Value: phone, LabelKey: "order.phone", Href: "tel:" + url.PathEscape(phone), Tone: web.Info}}),
		web.Summary(l, portal.Filled(portal.Pair(l, "order.name", name))...),
		web.Small(web.Translated(l, "order.reveal_kept")),
		web.Actions(l, []web.ActionItem{{LabelKey: "order.back", Href: m.Href(j)}}))})
}
