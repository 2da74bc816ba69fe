package intake

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// maySeeRows: rows may hold telephone numbers, so they are for those alone who
// put them right.
func (m *Intake) maySeeRows(v portal.Visitor, b *Batch) error {
	if e := m.May(v, "batch.see_rows", m.Engine.Table.Scope(b)); e != nil {
		return e
	}
	return nil
}

// of finds a checked batch whose rows the visitor may see.
func (m *Intake) of(c *fiber.Ctx) (*Batch, *reader, error) {
	v := portal.Who(c)
	b, err := m.Engine.Get(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	if err := m.maySeeRows(v, b); err != nil {
		return nil, nil, err
	}
	if b.State != checked {
		return nil, nil, fault.New(fault.Conflict, "batch.no_report")
	}
	r, err := m.again(c.UserContext(), b)
	return b, r, err
}

// Checked is what a dry run found, for programs.
type Checked struct {
	Good  int    `json:"good"`
	Again int    `json:"again"`
	Bad   int    `json:"bad"`
	Wrong []Cell `json:"wrong"`
}

// Cell is one that is wrong.
type Cell struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// reportAPI answers GET /api/v1/batches/:id/report: what is wrong, cell by cell.
func (m *Intake) reportAPI(c *fiber.Ctx) error {
	b, r, err := m.of(c)
	if err != nil {
		return err
	}
	l := portal.Who(c).Lang
	out := Checked{b.Report.Good, b.Report.Again, b.Report.Bad, make([]Cell, len(r.wrong))}
	for i, w := range r.wrong {
		out.Wrong[i] = Cell{w.Row, w.Column, w.Value, w.Code, l.Args(w.Code, w.Args)}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(out)
}

// reportBook gives the rows with something wrong as they came, with one more
// column that says what: to be put right there and brought again.
func (m *Intake) reportBook(c *fiber.Ctx) error {
	b, r, err := m.of(c)
	if err != nil {
		return err
	}
	l := portal.Who(c).Lang
	p := workbook.Page{Name: l.T("batch.wrongs"), Head: append(append([]string{}, b.Head...), l.T("batch.line"), l.T("batch.problem")), Widths: make([]float64, len(b.Head)+2)}
	p.Widths[len(b.Head)], p.Widths[len(b.Head)+1] = 8, 60
	for i, said := range r.problems(l) {
		if said == nil {
			continue
		}
		row := make([]any, 0, len(p.Head))
		for _, cell := range r.t.Rows[i].Cells {
			row = append(row, cell)
		}
		p.Rows = append(p.Rows, append(row, r.t.Rows[i].At, strings.Join(said, l.T("list.separator"))))
	}
	return m.send(c, b.No+"-"+l.T("batch.wrongs")+".xlsx", p)
}

// problems words what is wrong with each row of the table.
func (r *reader) problems(l web.Lang) [][]string {
	out := make([][]string, len(r.t.Rows))
	for _, w := range r.wrong {
		out[w.index] = append(out[w.index], w.Column+"："+l.Args(w.Code, w.Args))
	}
	return out
}

func (m *Intake) send(c *fiber.Ctx, name string, pages ...workbook.Page) error {
	b, err := workbook.Write(pages...)
	if err != nil {
		return fault.Wrap(err, "write %s", name)
	}
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="table.xlsx"; filename*=UTF-8''`+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	return c.Send(b)
}

// template gives an empty table with all columns, and what belongs in each.
func (m *Intake) template(c *fiber.Ctx) error {
	v := portal.Who(c)
	if e := m.May(v, "batch.bring", lifecycle.Anywhere); e != nil {
		return e
	}
	l := v.Lang
	table := workbook.Page{Name: l.T("batches.title")}
	how := workbook.Page{Name: l.T("batch.how"), Head: []string{l.T("batch.column"), l.T("batch.how")}, Widths: []float64{20, 80}}
	example := []any{}
	for _, f := range mappingType.Fields {
		table.Head = append(table.Head, l.T("batch."+f.Name))
		how.Rows = append(how.Rows, []any{l.T("batch." + f.Name), l.T("batch." + f.Name + ".hint")})
		example = append(example, l.T("batch."+f.Name+".example"))
	}
	table.Rows = [][]any{example}
	return m.send(c, l.T("batch.template")+".xlsx", table, how)
}
