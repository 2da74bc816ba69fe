package jobs

import (
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// countedOnPage is how many jobs one page of a figure lists.
const countedOnPage = 100

// CountedJob is one of the jobs behind a figure: what it was, what was paid, and
// a receipt by which customer and vendor find it again.
type CountedJob struct {
	Receipt  string      `json:"receipt"`
	Done     schema.Date `json:"done_on"`
	Category string      `json:"category"`
	Paid     schema.Fen  `json:"paid"`           // fen, by the customer, or by the fund if it is free
	Fund     string      `json:"fund,omitempty"` // its id
	id       string
}

// CountedPage is a page of the jobs behind a figure, in the order of their
// receipts: numbers could be counted off a list in the order of time.
type CountedPage struct {
	Jobs []CountedJob `json:"jobs"`
	Next string       `json:"next"`
}

// behind leads to the jobs that a figure of a quarter counts.
func behind(quarter, kind, after string) string {
	q := url.Values{"quarter": {quarter}, "kind": {kind}}
	if after != "" {
		q.Set("after", after)
	}
	return "/surplus/jobs?" + q.Encode()
}

// counted lists the jobs that a figure counts.
func (m *Jobs) counted(ctx context.Context, quarter, kind, after string) (out CountedPage, err error) {
	q := store.Query{Where: []store.Cond{{Field: "quarter", Op: store.Eq, Value: quarter}, {Field: "kind", Op: store.Eq, Value: kind}}, Sort: "receipt", Limit: countedOnPage + 1}
	if after != "" {
		js, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "receipt", Op: store.Eq, Value: after}}, Limit: 1})
		if err != nil {
			return out, fault.Wrap(err, "find the job of receipt %s", after)
		}
		if len(js) == 0 {
			return out, fault.InvalidField("after", "schema.bad_cursor")
		}
		q.After = &store.Cursor{ID: js[0].ID, Value: after}
	}
	js, err := m.Resource.Engine.Cases().Find(ctx, q)
	if err != nil {
		return out, fault.Wrap(err, "list the jobs behind a figure")
	}
	for _, j := range js[:min(len(js), countedOnPage)] {
		x := CountedJob{Receipt: j.PublicReceipt(), Done: schema.DateOf(*j.DoneAt, calendar.City), Category: j.Category, Paid: j.Charged, Fund: j.Fund, id: j.ID}
		if j.Fund != "" {
			x.Paid, _ = j.paid(j.Charged)
		}
		out.Jobs = append(out.Jobs, x)
	}
	if len(js) > countedOnPage {
		out.Next = out.Jobs[countedOnPage-1].Receipt
	}
	return out, nil
}

// countedPage answers GET /surplus/jobs?quarter=&kind=.
func (m *Jobs) countedPage(c *fiber.Ctx) error {
	ctx, v, quarter, kind := c.UserContext(), portal.Who(c), c.Query("quarter"), c.Query("kind")
	if portal.Quarter(quarter).Start().IsZero() {
		return fault.InvalidField("quarter", "schema.not_an_option")
	}
	if kind != "paid" && kind != "free" {
		return fault.InvalidField("kind", "schema.not_an_option")
	}
	page, err := m.counted(ctx, quarter, kind, c.Query("after"))
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		page.Jobs = append([]CountedJob{}, page.Jobs...)
		return c.JSON(page)
	}
	l, more := v.Lang, ""
	if page.Next != "" {
		more = behind(quarter, kind, page.Next)
	}
	t := web.Table{CaptionKey: "surplus.jobs", EmptyKey: "surplus.no_jobs", Head: []web.Col{{Key: "surplus.receipt"}, {Key: "surplus.done"}, {Key: "job.category"}, {Key: "surplus." + map[string]string{"paid": "charged", "free": "cost"}[kind], Num: true}, {Key: "surplus.fund"}}}
	funds := map[string]web.Cell{"": {}}
	for _, j := range page.Jobs {
		receipt := web.Cell{HTML: web.Text(j.Receipt)}
		if m.h.Sees(v, "jobs", j.id) {
			receipt.Href = "/jobs/" + j.id
		}
		if _, known := funds[j.Fund]; !known {
			f, err := m.Funds.Engine.Cases().Get(ctx, j.Fund)
			if err != nil {
				return fault.Wrap(err, "read fund %s", j.Fund)
			}
			funds[j.Fund] = web.Cell{HTML: web.Text(f.Name), Href: "/free_funds/" + f.ID}
		}
		t.Rows = append(t.Rows, []web.Cell{receipt, {HTML: web.Text(l.Day(j.Done))}, {HTML: web.Translated(l, "category."+j.Category)}, {HTML: web.Text(web.Yuan(j.Paid))}, funds[j.Fund]})
	}
	title := l.T("surplus.of_"+kind, "quarter", portal.Quarter(quarter).Text(l))
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: title, Body: web.Join(t.HTML(l), web.Pager(l, "", more, len(page.Jobs))),
		Crumbs: []web.Crumb{{Href: "/surplus", Text: l.T("surplus.title")}, {Text: title}}})
}
