package portal

import (
	"context"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Claim is what somebody without an account holds of a case: its number and
// the secret that was given with it.
type Claim struct {
	No  string `json:"no" form:"text,required,max=40"`
	PIN string `json:"pin" form:"text,required,max=12"`
}

var claimType = schema.Of[Claim]("track")

// ClaimAPI describes a claim for the document of the API.
func ClaimAPI() map[string]any { return claimType.OpenAPI() }

// Door is a page at which a claim lets somebody see a case and do what is
// theirs: the caller's request, the customer's job. Number and secret are sent
// each time and never stand in an address.
type Door[T any] struct {
	*Resource[T]
	Name string   // /NAME, with the words NAME.title, NAME.lead, NAME.act_ACT, NAME.done_ACT
	Acts []string // what may be done, in the order of the page

	// Find gives the case of a claim. Wrong is wrong in one way only: nobody
	// learns whether a number exists.
	Find func(ctx context.Context, in Claim, address string) (*T, error)
	// Page gives the title and what stands above the forms.
	Page func(ctx context.Context, v Visitor, c *T) (web.Page, error)
	// JSON is what a program is told; nil: programs are not served.
	JSON func(v Visitor, c *T) any
	// Form changes the form of an act; open tells that it is not folded. nil: all
	// are folded, as they are.
	Form func(c *T, act string, spec *web.FormSpec) (open bool)
}

type proofKey struct{}

// Prove carries in a request that it holds the claim of a case.
func Prove(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, proofKey{}, id)
}

// Proven tells whether a request holds the claim of a case: the fact that lets
// acts of its owner pass the gate.
func Proven(ctx context.Context, id string) bool {
	of, _ := ctx.Value(proofKey{}).(string)
	return of != "" && of == id
}

// Routes registers the door.
func (d *Door[T]) Routes(r fiber.Router) {
	r.Get("/"+d.Name, d.ask)
	r.Post("/"+d.Name, d.enter)
	r.Post("/"+d.Name+"/:act", d.act)
	if d.JSON != nil {
		r.Post("/api/v1/"+d.Name, d.enter)
	}
}

// Uploads are the paths on which the door takes files.
func (d *Door[T]) Uploads() (out []string) {
	for _, name := range d.Acts {
		if row, ok := d.Engine.Table.Act(name); ok && row.Do.Input.HasFiles() {
			out = append(out, "/"+d.Name+"/"+name)
		}
	}
	return out
}

// ask answers GET /NAME?no=.
func (d *Door[T]) ask(c *fiber.Ctx) error {
	return d.form(c, fiber.StatusOK, c.Query("no"), nil)
}

func (d *Door[T]) form(c *fiber.Ctx, status int, no string, wrong *fault.Error) error {
	v := Who(c)
	l := v.Lang
	spec := web.FormSpec{ID: d.Name, Action: "/" + d.Name, Type: claimType, Values: web.Values{"no": {no}}, SubmitKey: "track.show", CSRF: d.CSRF(v)}
	if wrong != nil {
		spec.Errors = wrong.Fields
	}
	return d.Show(c, status, web.Page{Title: l.T(d.Name + ".title"), Invalid: wrong != nil, Body: In(l, func(h *web.H) {
		if wrong != nil && len(wrong.Fields) == 0 {
			h.Add(web.Refusal(l, wrong))
		}
		h.Raw(`<p class="intro">`)
		h.T(d.Name + ".lead")
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})})
}

// claimed finds the case of the claim that a request carries.
func (d *Door[T]) claimed(c *fiber.Ctx) (*T, Claim, error) {
	var x any
	var err error
	if IsAPI(c) {
		x, err = claimType.JSON(c.Body())
	} else {
		typed := formValues(c)
		x, err = claimType.Form(map[string][]string{"no": typed["no"], "pin": typed["pin"]})
	}
	if err != nil {
		return nil, Claim{}, err
	}
	in := *x.(*Claim)
	found, err := d.Find(c.UserContext(), in, c.IP())
	return found, in, err
}

// again asks once more; a program gets the fault.
func (d *Door[T]) again(c *fiber.Ctx, in Claim, err error) error {
	e := fault.As(err)
	if IsAPI(c) || e.Kind == fault.Internal {
		return err
	}
	return d.form(c, Status(e.Kind), in.No, e)
}

// enter answers POST /NAME: the case, and what can be done.
func (d *Door[T]) enter(c *fiber.Ctx) error {
	x, in, err := d.claimed(c)
	if err != nil {
		return d.again(c, in, err)
	}
	return d.show(c, fiber.StatusOK, x, in, "", nil)
}

// act answers POST /NAME/:act.
func (d *Door[T]) act(c *fiber.Ctx) error {
	name := c.Params("act")
	row, ok := d.Engine.Table.Act(name)
	if !ok || !slices.Contains(d.Acts, name) {
		return fault.Missing("page")
	}
	x, in, err := d.claimed(c)
	if err != nil {
		return d.again(c, in, err)
	}
	id := d.Life(x).ID
	ctx := Prove(c.UserContext(), id)
	var typed any
	if row.Do.Input != nil {
		typed, err = d.Read(c, row.Do.Input)
	}
	if err == nil {
		var done *T
		if done, err = d.Engine.Act(ctx, Who(c).Actor, id, name, typed, lifecycle.Opts{}); err == nil {
			return d.show(c, fiber.StatusOK, done, in, name, nil)
		}
	}
	e := fault.As(err)
	if e.Kind == fault.Internal {
		return err
	}
	if now, err := d.Engine.Cases().Get(ctx, id); err == nil { // it may have changed meanwhile
		x = now
	}
	return d.show(c, Status(e.Kind), x, in, name, e)
}

func (d *Door[T]) show(c *fiber.Ctx, status int, x *T, in Claim, act string, wrong *fault.Error) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	v := Who(c)
	if IsAPI(c) {
		return c.JSON(d.JSON(v, x))
	}
	ctx := Prove(c.UserContext(), d.Life(x).ID)
	p, err := d.Page(ctx, v, x)
	if err != nil {
		return err
	}
	p.Invalid = wrong != nil
	if act != "" && wrong == nil {
		p.Notice = &web.Notice{Tone: web.Good, Text: v.Lang.T(d.Name + ".done_" + act)}
	}
	forms, err := d.forms(ctx, v, x, in, act, wrong)
	if err != nil {
		return err
	}
	if wrong != nil && len(wrong.Fields) == 0 {
		p.Body = web.Join(web.Refusal(v.Lang, wrong), p.Body)
	}
	p.Body = web.Join(p.Body, forms)
	return d.Show(c, status, p)
}

// forms are those of what can be done now; the one that was wrong is open.
func (d *Door[T]) forms(ctx context.Context, v Visitor, x *T, in Claim, act string, wrong *fault.Error) (template.HTML, error) {
	var out []template.HTML
	for _, name := range d.Acts {
		row, _ := d.Engine.Table.Act(name)
		if !slices.Contains(row.From, d.Life(x).State) {
			continue
		}
		verdict := d.Engine.Verdict(ctx, v.Actor, x, name)
		if verdict.Failed() {
			return "", verdict.Err
		}
		if !verdict.Allowed {
			continue
		}
		key := d.Name + ".act_" + name
		spec := web.FormSpec{ID: "own-" + name, Action: "/" + d.Name + "/" + name, Type: row.Do.Input, SubmitKey: key, CSRF: d.CSRF(v), Accept: files.Accept,
			Hidden: map[string]string{"no": in.No, "pin": in.PIN}}
		open := d.Form != nil && d.Form(x, name, &spec)
		if act == name && wrong != nil {
			spec.Errors, open = wrong.Fields, true
		}
		if open {
			out = append(out, web.Section(v.Lang, key, web.Form(v.Lang, spec)))
			continue
		}
		out = append(out, web.Details(v.Lang, key, web.Form(v.Lang, spec)))
	}
	return web.Join(out...), nil
}
