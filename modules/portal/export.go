package portal

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// Export is a list that left the portal as a table: who took what, narrowed by
// what. The words looked for are not kept, they may be somebody's name.
type Export struct {
	By     string `json:"by"`
	For    string `json:"for,omitempty"`    // for whom, when it is a deputy
	List   string `json:"list"`             // plural of the cases
	Format string `json:"format"`           // xlsx or csv
	Narrow string `json:"narrow,omitempty"` // the query without its words
	Rows   int    `json:"rows"`
}

// mostExported are the rows of one table; who needs more narrows the list.
const mostExported = 5000

// exportLinks offers the list as a table to whoever has signed in.
func (d *Resource[T]) exportLinks(v Visitor, c *fiber.Ctx, shown int) template.HTML {
	if d.Record == nil || shown == 0 || !v.SignedIn() {
		return ""
	}
	q := narrowed(c, d.queries())
	return In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="exports">`)
		h.T("list.export")
		for _, f := range []string{"xlsx", "csv"} {
			h.Text(" ")
			h.Add(web.Link("/"+d.Plural()+"."+f+"?"+q.Encode(), v.Lang.T("list.export_"+f)))
		}
		h.Raw(`</p>`)
	})
}

// narrowed are the parameters by which a list is narrowed, without its pages.
func narrowed(c *fiber.Ctx, known []string) url.Values {
	q := url.Values{}
	for _, k := range known {
		if s := c.Query(k); s != "" && k != "after" && k != "limit" {
			q.Set(k, s)
		}
	}
	return q
}

// export answers GET /plural.xlsx and .csv: the same rows and columns that the
// list shows this visitor, all its pages at once.
func (d *Resource[T]) export(c *fiber.Ctx) error {
	v, ctx := Who(c), c.UserContext()
	if !v.SignedIn() || d.Record == nil {
		return fault.New(fault.Unauthenticated, "unauthenticated")
	}
	f, err := d.find(c)
	if err != nil {
		return err
	}
	var cases []*T
	for f.After, f.Limit = "", 100; ; {
		p, err := d.Engine.List(ctx, v.Actor, f)
		if err != nil {
			return err
		}
		if cases = append(cases, p.Cases...); len(cases) > mostExported {
			return fault.New(fault.Conflict, "list.too_many", "max", mostExported)
		}
		if f.After = p.Next; p.Next == "" {
			break
		}
	}
	head, rows := d.table(v, cases).Plain(v.Lang)
	_, format, _ := strings.Cut(c.Path(), ".")
	q := narrowed(c, slices.DeleteFunc(d.queries(), func(k string) bool { return k == "q" }))
	return d.Take(c, format, d.Plural(), q.Encode(), v.Lang.T(d.Plural()+".title")+" "+string(schema.DateOf(d.Clock(), calendar.City)), head, rows)
}

// Take lets a table leave: it is put on record first, and nobody unknown takes
// one. list is the plural of the cases, narrow what it was narrowed by.
func (h *Portal) Take(c *fiber.Ctx, format, list, narrow, title string, head []string, rows [][]any) error {
	v := Who(c)
	if !v.SignedIn() || h.Record == nil {
		return fault.New(fault.Unauthenticated, "unauthenticated")
	}
	if err := h.Record(c.UserContext(), Export{By: v.Actor.ID, For: v.Actor.For, List: list, Format: format, Narrow: narrow, Rows: len(rows)}); err != nil {
		return err
	}
	return SendTable(c, format, title, head, rows)
}

// SendTable answers with a spreadsheet, or with CSV as Excel opens it.
func SendTable(c *fiber.Ctx, format, title string, head []string, rows [][]any) error {
	var b bytes.Buffer
	if format == "csv" {
		if err := workbook.WriteCSV(&b, head, rows); err != nil {
			return fault.Wrap(err, "write CSV")
		}
		c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	} else {
		x, err := workbook.Write(workbook.Page{Name: title, Head: head, Rows: rows, Widths: widths(head, rows)})
		if err != nil {
			return fault.Wrap(err, "write a workbook")
		}
		b.Write(x)
		c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=table.%s; filename*=UTF-8''%s.%s", format, url.PathEscape(title), format))
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b.Bytes())
}

// widths lets the usual text of each column be read without pulling.
func widths(head []string, rows [][]any) []float64 {
	out := make([]float64, len(head))
	for i := range head {
		most := len([]rune(head[i]))
		for _, r := range rows[:min(len(rows), 50)] {
			if i < len(r) {
				most = max(most, len([]rune(fmt.Sprint(r[i]))))
			}
		}
		out[i] = float64(min(2*most+2, 60))
	}
	return out
}
