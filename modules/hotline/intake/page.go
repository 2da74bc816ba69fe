package intake

import (
	"io"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// choosing is the form in which a person chooses the file; its bytes are read
// and not kept.
type choosing struct {
	File []schema.File `json:"file" form:"files,required,max=1"`
}

var choosingType = schema.Of[choosing]("batch")

func (m *Intake) mayBring(v portal.Visitor) error {
	if m.Engine.MayOpen(v.Actor, "bring") {
		return nil
	}
	return m.May(v, "batch.bring", lifecycle.Anywhere)
}

// form answers GET /batches/new/bring.
func (m *Intake) form(c *fiber.Ctx) error {
	if err := m.mayBring(portal.Who(c)); err != nil {
		return err
	}
	return m.showForm(c, fiber.StatusOK, nil)
}

func (m *Intake) showForm(c *fiber.Ctx, status int, e *fault.Error) error {
	v := portal.Who(c)
	l := v.Lang
	spec := web.FormSpec{ID: "batch", Action: "/batches/new/bring", Type: choosingType, SubmitKey: "act.batch.bring.submit", CSRF: m.CSRF(v), Accept: ".xlsx,.csv"}
	if e != nil {
		spec.Errors = e.Fields
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("act.batch.bring.intro")
		h.Raw(`</p><p>`)
		h.Add(web.Link("/batches/template.xlsx", l.T("batch.template")))
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})
	return m.Show(c, status, web.Page{Title: l.T("act.batch.bring"), Body: body, Invalid: e != nil,
		Crumbs: []web.Crumb{{Href: "/batches", Text: l.T("batches.title")}, {Text: l.T("act.batch.bring")}}})
}

// post answers POST /batches/new/bring and leads on to the columns.
func (m *Intake) post(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.mayBring(v); err != nil {
		return err
	}
	name, b, err := m.uploaded(c)
	var x *Batch
	if err == nil {
		x, err = m.Bring(c.UserContext(), v.Actor, name, b)
	}
	if e := fault.As(err); err != nil && len(e.Fields) > 0 {
		return m.showForm(c, portal.Status(e.Kind), e)
	}
	if err != nil {
		return err
	}
	return c.Redirect(m.Href(x)+"/map?done="+url.QueryEscape("act.batch.bring"), fiber.StatusSeeOther)
}

// uploaded reads the file of the form.
func (m *Intake) uploaded(c *fiber.Ctx) (string, []byte, error) {
	h, err := c.FormFile("file")
	if err != nil || h.Filename == "" && h.Size == 0 {
		return "", nil, fault.InvalidField("file", "schema.required")
	}
	if most := m.most(); h.Size > most {
		return "", nil, fault.InvalidField("file", "file.too_large", "max", most>>20, "name", files.Shown(h.Filename))
	}
	r, err := h.Open()
	if err != nil {
		return "", nil, fault.Wrap(err, "open a table")
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return files.Shown(h.Filename), b, fault.Wrap(err, "read a table")
}

func (m *Intake) most() int64 { return int64(m.Settings().Int("file.max_mb")) << 20 }

// Brought is a table that was read, for programs.
type Brought struct {
	ID      string   `json:"id"`
	No      string   `json:"no"`
	State   string   `json:"state"`
	Head    []string `json:"head"`
	Rows    int      `json:"rows"`
	Mapping Mapping  `json:"mapping"`
}

// postAPI answers POST /api/v1/batches/upload: the body is the file, ?name= its name.
func (m *Intake) postAPI(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.mayBring(v); err != nil {
		return err
	}
	if most := m.most(); int64(len(c.Body())) > most {
		return fault.InvalidField("file", "file.too_large", "max", most>>20, "name", files.Shown(c.Query("name")))
	}
	x, err := m.Bring(c.UserContext(), v.Actor, files.Shown(c.Query("name", "table")), c.Body())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, "/api/v1"+m.Href(x))
	return c.Status(fiber.StatusCreated).JSON(Brought{x.ID, x.No, x.State, x.Head, x.Rows, x.Mapping})
}
