package portal

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Read takes the input of an act from a request: files are looked at, kept, and
// exchanged for what the act may name.
func (h *Portal) Read(c *fiber.Ctx, in *schema.Type) (any, error) {
	var x any
	var err error
	if IsAPI(c) {
		x, err = in.JSON(c.Body())
	} else {
		if err = h.receive(c, in); err != nil {
			return nil, err
		}
		x, err = in.Form(formValues(c))
	}
	if err != nil {
		return nil, err
	}
	return x, h.redeem(Who(c).Actor, in, x)
}

// redeem exchanges receipts for files; one of somebody else's is as good as none.
func (h *Portal) redeem(by lifecycle.Actor, in *schema.Type, x any) error {
	return in.Redeem(x, func(name string, f schema.File) (schema.File, error) {
		if f.Hash != "" && f.Receipt == "" {
			return f, nil
		}
		f, ok := h.Files.Redeem(by.ID, f.Receipt)
		if !ok {
			return f, fault.InvalidField(name, "file.no_receipt")
		}
		return f, nil
	})
}

const receivedKey = "received"

// received is what became of a form with files.
type received struct {
	values web.Values
	err    error
}

// receive keeps the files of a form. Their receipts join what was typed, so a
// form that comes back for another reason does not ask for them again. A
// request that is read twice is refused twice.
func (h *Portal) receive(c *fiber.Ctx, in *schema.Type) error {
	if r, ok := c.Locals(receivedKey).(received); ok {
		return r.err
	}
	form, err := c.MultipartForm()
	if err != nil || !in.HasFiles() {
		return nil
	}
	values := formValues(c)
	err = h.keepAll(c, in, form, values)
	c.Locals(receivedKey, received{values, err})
	return err
}

func (h *Portal) keepAll(c *fiber.Ctx, in *schema.Type, form *multipart.Form, values web.Values) error {
	bad := fault.New(fault.Invalid, "invalid")
	for _, f := range in.Fields {
		brought := form.File[f.Name]
		if f.Kind != schema.Files || len(brought) == 0 {
			continue
		}
		if most := f.Most(); int64(len(brought)+len(values[f.Name])) > most {
			bad.Wrong(f.Name, "schema.too_many", "max", most)
			continue
		}
		for _, b := range brought {
			if b.Filename == "" && b.Size == 0 {
				continue
			}
			kept, err := h.keep(c, f.Name, b)
			if fault.Is(err, fault.Invalid) {
				bad.Fields = append(bad.Fields, fault.As(err).Fields...)
				continue
			}
			if err != nil {
				return err
			}
			values[f.Name] = append(values[f.Name], kept.Receipt)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (h *Portal) keep(c *fiber.Ctx, field string, b *multipart.FileHeader) (schema.File, error) {
	most := h.mostBytes()
	if b.Size > most { // before it is copied into memory once more
		return schema.File{}, fault.InvalidField(field, "file.too_large", "max", most>>20, "name", files.Shown(b.Filename))
	}
	r, err := b.Open()
	if err != nil {
		return schema.File{}, fault.Wrap(err, "open file of %s", field)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		return schema.File{}, fault.Wrap(err, "read file of %s", field)
	}
	return h.Files.Keep(c.UserContext(), Who(c).Actor.ID, field, b.Filename, body, most)
}

// mostBytes is how large one file may be.
func (h *Portal) mostBytes() int64 { return int64(h.Settings().Int("file.max_mb")) << 20 }

// PostFile answers POST /api/v1/files: the body is the file, ?name= its name.
// Its receipt goes into the field of an act.
func (h *Portal) PostFile(c *fiber.Ctx) error {
	f, err := h.Files.Keep(c.UserContext(), Who(c).Actor.ID, "file", c.Query("name"), c.Body(), h.mostBytes())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(fiber.StatusCreated).JSON(Receipt{f.Receipt, f.Hash, f.Name, f.Type, f.Size})
}

// fileNames tells a form what the receipts in it stand for.
func (h *Portal) fileNames(v Visitor, in *schema.Type, values web.Values) map[string]string {
	out := map[string]string{}
	if !in.HasFiles() {
		return out
	}
	for _, f := range in.Fields {
		if f.Kind != schema.Files {
			continue
		}
		if len(values[f.Name]) == 0 {
			continue
		}
		values[f.Name] = slices.DeleteFunc(values[f.Name], func(receipt string) bool {
			file, ok := h.Files.Redeem(v.Actor.ID, receipt)
			if ok {
				out[receipt] = file.Name
			}
			return !ok
		})
	}
	return out
}

// mayUpload stops whoever may not do an act before a byte of theirs is kept.
func (d *Resource[T]) mayUpload(c *fiber.Ctx, row *lifecycle.Act[T]) error {
	v := Who(c)
	if !row.Do.Input.HasFiles() {
		return nil
	}
	if len(row.From) == 0 {
		if !d.Engine.MayOpen(v.Actor, row.Name) {
			return d.May(v, d.Noun()+"."+row.Name, lifecycle.Anywhere)
		}
		return nil
	}
	x, err := d.Engine.Get(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	if verdict := d.Engine.Verdict(c.UserContext(), v.Actor, x, row.Name); verdict.ByRole {
		return verdict.Err
	}
	return nil
}

// attachments are the files of a case that the visitor may have: those of the case
// as it is shown to them, and to whoever may trace it those of its past. x has
// been redacted.
func (d *Resource[T]) attachments(trace bool, x *T) []schema.File {
	var out []schema.File
	add := func(f schema.File) {
		if f.Hash != "" && !slices.ContainsFunc(out, func(o schema.File) bool { return o.Hash == f.Hash }) {
			out = append(out, f)
		}
	}
	for _, f := range schema.FilesIn(x) {
		add(f)
	}
	if trace {
		for _, e := range d.Life(x).History {
			for _, p := range e.Files {
				if p.Gone {
					continue
				}
				add(schema.File{Hash: p.Hash, Name: p.Name, Type: p.Type, Size: p.Size})
			}
		}
	}
	return out
}

// attachment answers GET /plural/:id/files/:hash: to those who may see the case, and
// the part of it that the file belongs to. To everybody else there is none.
func (d *Resource[T]) attachment(c *fiber.Ctx) error {
	v, ctx := Who(c), c.UserContext()
	x, err := d.Engine.Get(ctx, v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	trace := d.traces(v, x)
	if d.Redact != nil {
		d.Redact(v, x)
	}
	all := d.attachments(trace, x)
	i := slices.IndexFunc(all, func(f schema.File) bool { return f.Hash == c.Params("hash") })
	if i < 0 {
		return fault.Missing("file")
	}
	return d.SendFile(c, all[i])
}

// SendFile answers with a file to whoever has been found to be one who may have
// it: nothing in it is run, and it is asked for again each time.
func (h *Portal) SendFile(c *fiber.Ctx, f schema.File) error {
	c.Set(fiber.HeaderETag, `"`+f.Hash+`"`)
	c.Set(fiber.HeaderCacheControl, "private, no-cache") // the gate is asked each time
	c.Set(fiber.HeaderVary, "Cookie, Authorization")
	if sameTag(c.Get(fiber.HeaderIfNoneMatch), f.Hash) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	b, err := h.Files.Read(c.UserContext(), f.Hash)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderContentDisposition, disposition(f))
	return c.Send(b)
}

func sameTag(header, hash string) bool {
	return slices.ContainsFunc(strings.Split(header, ","), func(s string) bool {
		return strings.TrimPrefix(strings.TrimSpace(s), "W/") == `"`+hash+`"`
	})
}

// disposition shows pictures, which were cleaned, and saves everything else.
func disposition(f schema.File) string {
	how := "attachment"
	if Picture(f) {
		how = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, f.Name)
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, how, plain, strings.ReplaceAll(url.QueryEscape(f.Name), "+", "%20"))
}

// Picture tells whether a file is one.
func Picture(f schema.File) bool { return strings.HasPrefix(f.Type, "image/") }

// attachmentList shows the files of a case.
func (d *Resource[T]) attachmentList(v Visitor, x *T, all []schema.File) template.HTML {
	if len(all) == 0 {
		return ""
	}
	l := v.Lang
	var items []web.Paper
	for _, f := range all {
		items = append(items, web.Paper{Href: d.Href(x) + "/files/" + f.Hash, Name: f.Name, Size: f.Size, Picture: Picture(f)})
	}
	return web.Section(l, "case.files", web.Papers(l, items))
}

// attachmentLinks is the same for programs.
func (d *Resource[T]) attachmentLinks(x *T, all []schema.File) []map[string]any {
	out := make([]map[string]any, len(all))
	for i, f := range all {
		out[i] = map[string]any{"hash": f.Hash, "name": f.Name, "type": f.Type, "size": f.Size, "href": "/api/v1" + d.Href(x) + "/files/" + f.Hash}
	}
	return out
}

// unseen takes out of a history the files that the visitor may not have.
func unseen(history []lifecycle.Entry, seen []schema.File) {
	for i := range history {
		history[i].Files = slices.DeleteFunc(slices.Clone(history[i].Files), func(p lifecycle.Paper) bool {
			return !slices.ContainsFunc(seen, func(f schema.File) bool { return f.Hash == p.Hash })
		})
	}
}

// NamesFile tells whether any case of the kind names a file.
func (d *Resource[T]) NamesFile(ctx context.Context, hash string) (bool, error) {
	return d.Engine.Names(ctx, hash)
}

// Anonymises tells whether the cases hold what is personal and goes one day.
func (d *Resource[T]) Anonymises() bool { return d.Engine.Table.AnonymiseOn != nil }

// AnonymiseBy counts the cases whose personal part is due to go by then.
func (d *Resource[T]) AnonymiseBy(ctx context.Context, by time.Time) (int64, error) {
	return d.Engine.AnonymiseBy(ctx, by)
}

// AnonymiseDue lets what is personal go where its time is over, and tells of how many.
func (d *Resource[T]) AnonymiseDue(ctx context.Context, most int) (int, error) {
	return d.Engine.AnonymiseDue(ctx, most)
}

// release lets the files go that went with what was personal.
func (d *Resource[T]) release(ctx context.Context, ev lifecycle.News, _ struct{}) error {
	x, err := d.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read %s %s", d.Noun(), ev.Case)
	}
	for _, e := range d.Life(x).History {
		for _, p := range e.Files {
			if p.Gone {
				if err := d.Files.Release(ctx, p.Hash); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Receipt is what a program gets for a file.
type Receipt struct {
	Receipt string `json:"receipt"`
	Hash    string `json:"hash"`
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    int64  `json:"size"`
}
