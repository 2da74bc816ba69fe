package portal

import (
	"cmp"
	"context"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// newForm answers GET /plural/new/:act.
func (d *Resource[T]) newForm(c *fiber.Ctx) error {
	v := Who(c)
	row, err := d.openingAct(c.Params("act"))
	if err != nil {
		return err
	}
	if !d.Engine.MayOpen(v.Actor, row.Name) {
		return d.May(v, d.Noun()+"."+row.Name, lifecycle.Anywhere)
	}
	values := d.initial(v, row.Act, nil)
	if f := d.Initial[row.Name]; f != nil {
		maps.Copy(values, f(c.UserContext(), v, nil))
	}
	for _, k := range sortedKeys(c.Queries()) { // a link may fill in what it knows: ?item=…
		if _, ok := row.field(k); ok {
			values[k] = []string{c.Query(k)}
		}
	}
	return d.showForm(c, fiber.StatusOK, form[T]{row: row.Act, values: values, key: NewKey()})
}

type opener[T any] struct{ *lifecycle.Act[T] }

func (o opener[T]) field(name string) (schema.Field, bool) {
	if o.Do.Input == nil {
		return schema.Field{}, false
	}
	return o.Do.Input.Field(name)
}

func (d *Resource[T]) openingAct(name string) (opener[T], error) {
	all := d.opening()
	if name == "" && len(all) > 0 {
		return opener[T]{all[0]}, nil
	}
	if a, ok := d.Engine.Table.Act(name); ok && len(a.From) == 0 {
		return opener[T]{a}, nil
	}
	return opener[T]{}, fault.Missing(d.Noun())
}

// open answers POST /plural and POST /plural/new/:act.
func (d *Resource[T]) open(c *fiber.Ctx) error {
	v := Who(c)
	row, err := d.openingAct(c.Params("act"))
	if err != nil {
		return err
	}
	in, o, err := d.read(c, row.Act)
	var x *T
	if err == nil {
		x, err = d.openCase(c.UserContext(), v.Actor, row.Name, in, o)
	}
	if err != nil {
		// A wrong input of somebody who may not do this at all says only that.
		if !d.Engine.MayOpen(v.Actor, row.Name) {
			err = d.May(v, d.Noun()+"."+row.Name, lifecycle.Anywhere)
		}
		return d.again(c, form[T]{row: row.Act}, err)
	}
	if d.Opened != nil {
		if answered, err := d.Opened(c, v, row.Name, x); answered || err != nil {
			return err
		}
	}
	return d.done(c, x, row.Name, fiber.StatusCreated)
}

func (d *Resource[T]) openCase(ctx context.Context, by lifecycle.Actor, act string, in any, o lifecycle.Opts) (*T, error) {
	if d.Opens != nil {
		return d.Opens(ctx, by, act, in, o)
	}
	return d.Engine.Open(ctx, by, act, in, o)
}

// form answers GET /plural/:id/:act: the form of an act, or a letter.
func (d *Resource[T]) form(c *fiber.Ctx) error {
	v, ctx := Who(c), c.UserContext()
	x, err := d.Engine.Get(ctx, v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	if letter := d.Letters[c.Params("act")]; letter != nil {
		return d.letter(c, v, x, letter)
	}
	row, ok := d.Engine.Table.Act(c.Params("act"))
	if !ok || len(row.From) == 0 || row.Look == lifecycle.Hidden {
		return fault.Missing(d.Noun())
	}
	f := form[T]{row: row, of: x, values: d.initial(v, row, x), key: NewKey()}
	if s := d.Initial[row.Name]; s != nil {
		maps.Copy(f.values, s(ctx, v, x))
	}
	for _, k := range sortedKeys(c.Queries()) {
		if _, ok := (opener[T]{row}).field(k); ok {
			f.values[k] = []string{c.Query(k)}
		}
	}
	if !slices.Contains(row.From, d.Life(x).State) {
		return c.Redirect(d.Href(x), fiber.StatusSeeOther)
	}
	offers, err := d.Engine.Offers(ctx, v.Actor, x)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Act == row.Name {
			f.refused = o.Refused
			return d.showForm(c, fiber.StatusOK, f)
		}
	}
	return d.May(v, d.Noun()+"."+row.Name, d.Engine.Table.Scope(x))
}

// act answers POST /plural/:id/:act.
func (d *Resource[T]) act(c *fiber.Ctx) error {
	v, ctx := Who(c), c.UserContext()
	row, ok := d.Engine.Table.Act(c.Params("act"))
	if !ok || len(row.From) == 0 {
		return fault.Missing(d.Noun())
	}
	in, o, err := d.read(c, row)
	var x *T
	if err == nil {
		x, err = d.Engine.Act(ctx, v.Actor, c.Params("id"), row.Name, in, o)
	} else if _, unseen := d.Engine.Get(ctx, v.Actor, c.Params("id")); unseen != nil {
		err = unseen // a wrong input must not tell that the case is there
	}
	if err != nil {
		return d.again(c, form[T]{row: row}, err)
	}
	return d.done(c, x, row.Name, fiber.StatusOK)
}

// read takes the input, the revision and the idempotency key of a request.
func (d *Resource[T]) read(c *fiber.Ctx, row *lifecycle.Act[T]) (any, lifecycle.Opts, error) {
	o := lifecycle.Opts{Key: c.Get("Idempotency-Key")}
	if len(o.Key) > 200 {
		return nil, o, fault.InvalidField("Idempotency-Key", "schema.too_long", "max", 200)
	}
	if err := d.mayUpload(c, row); err != nil {
		return nil, o, err
	}
	if !IsAPI(c) {
		values := formValues(c)
		o.Key = first(values["_key"])
		o.Revision, _ = strconv.ParseInt(first(values["_revision"]), 10, 64)
		if row.Do.Input == nil {
			return nil, o, nil
		}
		in, err := d.Read(c, row.Do.Input)
		return in, o, err
	}
	if m := strings.Trim(strings.TrimPrefix(c.Get(fiber.HeaderIfMatch), "W/"), `"`); m != "" && m != "*" {
		n, err := strconv.ParseInt(m, 10, 64)
		if err != nil || n < 1 {
			return nil, o, fault.InvalidField("If-Match", "schema.bad_revision")
		}
		o.Revision = n
	}
	if row.Do.Input == nil {
		if b := strings.TrimSpace(string(c.Body())); b != "" && b != "{}" {
			return nil, o, fault.New(fault.Invalid, "lifecycle.no_input", "act", "t:"+d.actKey(row.Name))
		}
		return nil, o, nil
	}
	in, err := d.Read(c, row.Do.Input)
	return in, o, err
}

// done sends people back to the case and gives programs its new form.
func (d *Resource[T]) done(c *fiber.Ctx, x *T, act string, status int) error {
	if show := d.Shown[act]; show != nil && !IsAPI(c) {
		return show(c, x)
	}
	if !IsAPI(c) {
		return c.Redirect(d.Href(x)+"?done="+url.QueryEscape(d.actKey(act)), fiber.StatusSeeOther)
	}
	v := Who(c)
	c.Set(fiber.HeaderETag, etag(d.Life(x).Revision))
	if status == fiber.StatusCreated {
		c.Set(fiber.HeaderLocation, "/api/v1"+d.Href(x))
	}
	if !d.Engine.Sees(c.UserContext(), v.Actor, x) { // done, and by that out of sight
		return c.Status(status).JSON(fiber.Map{"id": d.Life(x).ID, "no": d.Life(x).No, "state": d.Life(x).State})
	}
	offers, err := d.Engine.Offers(c.UserContext(), v.Actor, x)
	if err != nil {
		return err
	}
	m, err := d.whole(c.UserContext(), v, x, offers)
	if err != nil {
		return err
	}
	return c.Status(status).JSON(m)
}

// form is an act's form being shown.
type form[T any] struct {
	row     *lifecycle.Act[T]
	of      *T // nil: it opens a case
	values  web.Values
	key     string
	refused *fault.Error
}

// again shows the form with the fault and with everything the user typed.
func (d *Resource[T]) again(c *fiber.Ctx, f form[T], err error) error {
	e := fault.As(err)
	if IsAPI(c) || e.Kind == fault.NotFound || e.Kind == fault.Internal || e.Kind == fault.Unauthenticated {
		return err
	}
	if f.of == nil && c.Params("id") != "" {
		x, err := d.Engine.Get(c.UserContext(), Who(c).Actor, c.Params("id"))
		if err != nil {
			return err
		}
		f.of = x
	}
	f.values, f.key, f.refused = formValues(c), NewKey(), e
	return d.showForm(c, Status(e.Kind), f)
}

func (d *Resource[T]) showForm(c *fiber.Ctx, status int, f form[T]) error {
	v, ctx := Who(c), c.UserContext()
	l := v.Lang
	spec := web.FormSpec{Action: d.action(f), Type: f.row.Do.Input, Values: f.values, SubmitKey: submitKey(d.actKey(f.row.Name)),
		Received: d.fileNames(v, f.row.Do.Input, f.values), Accept: files.Accept, CSRF: d.CSRF(v), OpKey: f.key, Danger: f.row.Look == lifecycle.Danger}
	crumbs := []web.Crumb{{Href: "/" + d.Plural(), Text: l.T(d.Plural() + ".title")}}
	if f.of != nil {
		spec.Revision = strconv.FormatInt(d.Life(f.of).Revision, 10)
		crumbs = append(crumbs, web.Crumb{Href: d.Href(f.of), Text: d.Life(f.of).No})
	}
	if f.refused != nil {
		spec.Errors = f.refused.Fields
	}
	var err error
	if spec.Options, err = d.formOptions(ctx, v, f); err != nil {
		return err
	}
	spec.Checks = d.Checks[f.row.Name]
	if b := d.Aside[f.row.Name]; b != nil {
		if spec.Extra, err = b(ctx, v, f.of); err != nil {
			return err
		}
	}
	act := d.actKey(f.row.Name)
	body := In(l, func(h *web.H) {
		if f.refused != nil && len(f.refused.Fields) == 0 {
			h.Add(web.Refusal(l, f.refused))
		}
		h.Add(intro(l, act))
		h.Add(web.Form(l, spec))
	})
	title := l.T(act)
	if f.of != nil {
		title += " · " + d.Engine.Table.Title(f.of)
	}
	return d.Show(c, status, web.Page{Title: title, Heading: title, Body: body, Crumbs: append(crumbs, web.Crumb{Text: l.T(act)}), Invalid: len(spec.Errors) > 0})
}

// submitKey is the word on the button: the act, unless the act has another
// word for the moment of sending it.
func submitKey(act string) string {
	if web.Known(act + ".submit") {
		return act + ".submit"
	}
	return act
}

// intro says above a form what the act does, when there is something to say.
func intro(l web.Lang, act string) template.HTML {
	if !web.Known(act + ".intro") {
		return ""
	}
	return In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T(act + ".intro")
		h.Raw(`</p>`)
	})
}

func (d *Resource[T]) action(f form[T]) string {
	if f.of == nil {
		return "/" + d.Plural() + "/new/" + f.row.Name
	}
	return d.Href(f.of) + "/" + f.row.Name
}

// formOptions gathers the data choices of a form's fields: from the case where
// the kind narrows them, from the portal otherwise.
func (d *Resource[T]) formOptions(ctx context.Context, v Visitor, f form[T]) (map[string][]web.Option, error) {
	out := map[string][]web.Option{}
	if f.row.Do.Input == nil {
		return out, nil
	}
	fields := f.row.Do.Input.Fields
	for _, x := range fields {
		fields = append(fields, x.Fields...)
	}
	for _, x := range fields {
		if x.From == "" || out[x.From] != nil {
			continue
		}
		if choose := d.Choices[f.row.Name+"."+x.Name]; choose != nil && f.of != nil {
			os, err := choose(ctx, v, f.of)
			if err != nil {
				return nil, err
			}
			out[x.From] = os
			continue
		}
		if narrow := d.Narrow[f.row.Name+"."+x.Name]; narrow != nil && f.of == nil {
			os, err := narrow(ctx, v, f.values)
			if err != nil {
				return nil, err
			}
			out[x.From] = os
			continue
		}
		os, err := d.Options(ctx, v, x.From)
		if err != nil {
			return nil, err
		}
		out[x.From] = os[x.From]
	}
	return out, nil
}

func (d *Resource[T]) letter(c *fiber.Ctx, v Visitor, x *T, make func(context.Context, Visitor, *T) (*Letter, error)) error {
	if d.Redact != nil {
		d.Redact(v, x)
	}
	letter, err := make(c.UserContext(), v, x)
	if err != nil {
		return err
	}
	if letter == nil {
		return fault.Missing(d.Noun())
	}
	l := v.Lang
	spec := web.LetterSpec{Office: cmp.Or(letter.Office, l.T("letter.office")), Number: d.Life(x).No, Title: l.T(letter.TitleKey), To: letter.To, Body: letter.Body,
		Signed: letter.From, Date: letter.Date, Code: letter.Code}
	if letter.Code != "" {
		spec.Verify = d.Public + "/verify?code=" + url.QueryEscape(letter.Code)
	}
	return d.Show(c, fiber.StatusOK, web.Page{Title: l.T(letter.TitleKey), Print: true, Body: web.Letter(l, spec)})
}

func formValues(c *fiber.Ctx) web.Values {
	if r, ok := c.Locals(receivedKey).(received); ok {
		return r.values
	}
	out := web.Values{}
	if form, err := c.MultipartForm(); err == nil {
		for k, v := range form.Value {
			out[k] = v
		}
		return out
	}
	for k, v := range c.Request().PostArgs().All() {
		out[string(k)] = append(out[string(k)], string(v))
	}
	return out
}

func first(vs []string) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[0]
}
