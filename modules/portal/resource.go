package portal

import (
	"context"
	"html/template"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Kind declares one kind of case: its lifecycle, how it looks, and what is
// particular about its list, its forms and its pages. Every name in it is
// checked at the start.
type Kind[T any] struct {
	Table lifecycle.Table[T]
	View  View[T]

	// Unplaced: the cases lie in no community, so lists are not narrowed by one.
	Unplaced bool
	// Columns of the list that the view does not declare, after its own.
	Columns []Column[T]
	// Sort is the declared field that lists are ordered by; "" is newest first.
	Sort string
	// Filters are the query parameters a list may be narrowed by: name -> field.
	Filters map[string]string
	// Detail gives the body of a case's page in place of the view's sections.
	Detail func(ctx context.Context, v Visitor, c *T) (template.HTML, error)
	// HiddenChanges are fields whose changes nobody reads in a history, who traces
	// the case neither: what they show is for Redact to decide.
	HiddenChanges []string
	// Lead gives a line under the heading of a case; nil: number and state.
	Lead func(v Visitor, c *T) template.HTML
	// Initial gives what the form of an act starts with, beside what follows from
	// the visitor's posts and the day.
	Initial map[string]func(ctx context.Context, v Visitor, c *T) web.Values
	// Prefill are the acts whose form starts with what the case says already: act
	// -> fields, "" for all that both have.
	Prefill map[string]string
	// Aside gives what stands under the fields of an act's form.
	Aside map[string]func(ctx context.Context, v Visitor, c *T) (template.HTML, error)
	// Checks ask while a person types in an act's form: act -> field -> what to ask.
	Checks map[string]map[string]web.Check
	// Narrow narrows the options of an opening act's field by what is in the form already: act.field -> options.
	Narrow map[string]func(ctx context.Context, v Visitor, typed web.Values) ([]web.Option, error)
	// Choices narrows the options of an act's field to the case: act.field -> options.
	Choices map[string]func(ctx context.Context, v Visitor, c *T) ([]web.Option, error)
	// Shown is what a person sees after an act, in place of the case; by act.
	Shown map[string]func(c *fiber.Ctx, x *T) error
	// Letters are printable pages of a case by name; nil tells there is none in its state.
	Letters map[string]func(ctx context.Context, v Visitor, c *T) (*Letter, error)
	// Redact takes out of a copy of the case what this visitor may not see.
	Redact func(v Visitor, c *T)
	// Opens opens a case where more belongs to it than the engine keeps; nil: the engine does.
	Opens func(ctx context.Context, by lifecycle.Actor, act string, in any, o lifecycle.Opts) (*T, error)
	// Opened answers whoever has opened a case; false leaves it to the resource.
	Opened func(c *fiber.Ctx, v Visitor, act string, x *T) (bool, error)
	// Above stands over the list.
	Above func(ctx context.Context, v Visitor) (template.HTML, error)
}

// Resource is where cases of one kind are handled: the list, the case with its
// acts and its history, the form of each act, for people as pages and for
// programs as JSON, by the same handlers.
type Resource[T any] struct {
	*Portal
	Engine *lifecycle.Engine[T]
	Kind[T]
	view   *bound[T]
	facets []Facet[T]
}

// Facet is a part that a higher module hangs on the page of a lower one's cases.
type Facet[T any] func(ctx context.Context, v Visitor, c *T) (template.HTML, error)

// Hang adds a facet to the page of each case, below the page's own parts.
func (d *Resource[T]) Hang(f Facet[T]) { d.facets = append(d.facets, f) }

// Column is a column of a list.
type Column[T any] struct {
	Key   string
	Num   bool
	Value Word[T]                             // what it says, to people and to spreadsheets
	Cell  func(v Visitor, c *T) template.HTML // in place of Value, where a page alone shows it
}

func (x Column[T]) cell(v Visitor, c *T) web.Cell {
	if x.Value != nil {
		return x.Value(v, c).Cell()
	}
	return web.Cell{HTML: x.Cell(v, c)}
}

// Letter is a printable page of a case.
type Letter struct {
	TitleKey string
	Office   string // the letterhead; "" is the gatekeeping office
	To       string // who it is addressed to
	Body     template.HTML
	From     string // who signs
	Date     time.Time
	Code     string // verification code; printed with a QR code of the address that checks it
}

// NewResource opens a resource for a table alone.
func NewResource[T any](ctx context.Context, h *Portal, t lifecycle.Table[T]) (*Resource[T], error) {
	return Declare(ctx, h, Kind[T]{Table: t})
}

// Declare opens a resource for a kind of case and adds it to the portal.
func Declare[T any](ctx context.Context, h *Portal, k Kind[T]) (*Resource[T], error) {
	anonymised := lifecycle.NewEvent[T, struct{}](k.Table.Noun+".faded", nil)
	if row, ok := k.Table.Act("fade"); ok && k.Table.AnonymiseOn != nil {
		row.Emits = anonymised
	}
	e, err := lifecycle.New(ctx, k.Table, h.Deps)
	if err != nil {
		return nil, err
	}
	d := &Resource[T]{Portal: h, Engine: e, Kind: k}
	if err := d.bind(k.View); err != nil {
		return nil, err
	}
	if k.Table.AnonymiseOn != nil {
		anonymised.On(h.Bus, d.release)
	}
	h.resources = append(h.resources, d)
	return d, nil
}

// Life gives the case part of a case.
func (d *Resource[T]) Life(c *T) *lifecycle.Case { return any(c).(lifecycle.Subject).Life() }

// Noun is what one case is called in keys.
func (d *Resource[T]) Noun() string { return d.Engine.Table.Noun }

// Plural is the path and collection of the cases.
func (d *Resource[T]) Plural() string { return d.Engine.Table.Plural }

// Prefix begins the cases' numbers.
func (d *Resource[T]) Prefix() string { return d.Engine.Table.Prefix }

// Href is the address of a case.
func (d *Resource[T]) Href(c *T) string { return "/" + d.Plural() + "/" + d.Life(c).ID }

// Routes registers the resource's pages and API.
func (d *Resource[T]) Routes(r fiber.Router) {
	r.Get("/"+d.Plural()+".xlsx", d.export)
	r.Get("/"+d.Plural()+".csv", d.export)
	for _, at := range []string{"", "/api/v1"} {
		p := at + "/" + d.Plural()
		r.Get(p, d.list)
		r.Post(p, d.open)
		r.Get(p+"/new", d.newForm)
		r.Get(p+"/new/:act", d.newForm)
		r.Post(p+"/new/:act", d.open)
		r.Get(p+"/:id", d.show)
		r.Get(p+"/:id/files/:hash", d.attachment)
		r.Get(p+"/:id/:act", d.form)
		r.Post(p+"/:id/:act", d.act)
	}
}

// opening gives the opening acts that have a form of their own, the first is
// the usual one.
func (d *Resource[T]) opening() []*lifecycle.Act[T] {
	var out []*lifecycle.Act[T]
	for i := range d.Engine.Table.Acts {
		a := &d.Engine.Table.Acts[i]
		if len(a.From) == 0 && a.Look != lifecycle.Hidden {
			out = append(out, a)
		}
	}
	return out
}

// Plan gives the table for the docs.
func (d *Resource[T]) Plan() Plan {
	t := d.Engine.Table
	p := Plan{Noun: t.Noun, Plural: t.Plural, States: t.States}
	for _, a := range t.Acts {
		p.Acts = append(p.Acts, PlanAct{Name: a.Name, Rule: a.Rule, On: a.On, From: a.From, To: a.To, Timers: a.Timers, Hidden: a.Look == lifecycle.Hidden, Files: a.Do.Input.HasFiles()})
	}
	return p
}

// Tasks gives the cases that wait for the visitor.
func (d *Resource[T]) Tasks(ctx context.Context, v Visitor, limit int) ([]Task, error) {
	cs, err := d.Engine.Tasks(ctx, v.Actor, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Task, len(cs))
	for i, c := range cs {
		l := d.Life(c)
		out[i] = Task{Noun: d.Noun(), State: l.State, Tone: d.tone(l.State), Title: d.Engine.Table.Title(c), No: l.No, Href: d.Href(c)}
		if dl, ok := l.Next(); ok {
			out[i].Deadline = dl
		}
	}
	return out, nil
}

// Perform does an act with its input as JSON, for whoever has no page to click
// on; id "" opens a case. It passes the same gate as everybody.
func (d *Resource[T]) Perform(ctx context.Context, by lifecycle.Actor, id, act string, body []byte, o lifecycle.Opts) (Done, error) {
	row, ok := d.Engine.Table.Act(act)
	if !ok {
		return Done{}, fault.Missing(d.Noun())
	}
	var in any
	if row.Do.Input != nil {
		var err error
		if in, err = row.Do.Input.JSON(body); err == nil {
			err = d.redeem(by, row.Do.Input, in)
		}
		if err != nil {
			return Done{}, err
		}
	}
	var c *T
	var err error
	if id == "" {
		c, err = d.openCase(ctx, by, act, in, o)
	} else {
		c, err = d.Engine.Act(ctx, by, id, act, in, o)
	}
	if err != nil {
		return Done{}, err
	}
	l := d.Life(c)
	return Done{ID: l.ID, No: l.No, State: l.State, Revision: l.Revision}, nil
}

func (d *Resource[T]) tone(state string) string {
	for _, s := range d.Engine.Table.States {
		if s.Name == state {
			return s.Tone
		}
	}
	return "neutral"
}

// StateTag shows a case's state: a word, a colour, a border.
func (d *Resource[T]) StateTag(l web.Lang, c *T) template.HTML {
	s := d.Life(c).State
	return web.Tag(l, web.Tone(d.tone(s)), d.stateKey(s))
}

// codeLength is how much of a hash a code carries: 40 bits, enough against
// guessing and short enough to type.
const codeLength = 10

// Code is the verification code of an act on a case: its number and the
// beginning of the history entry's hash.
func (d *Resource[T]) Code(c *T, e lifecycle.Entry) string {
	if len(e.Hash) < codeLength {
		return ""
	}
	return d.Life(c).No + "-" + strings.ToUpper(e.Hash[:codeLength])
}

// Verify finds the act that a verification code stands for. Cases of which no
// letter is written have no codes.
func (d *Resource[T]) Verify(ctx context.Context, v Visitor, no, hash string) (Proof, bool, error) {
	if len(d.Letters) == 0 {
		return Proof{}, false, nil
	}
	cs, err := d.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}, Sort: "id", Limit: 1})
	if err != nil || len(cs) == 0 {
		return Proof{}, false, err
	}
	l := d.Life(cs[0])
	for _, e := range l.History {
		if len(hash) == codeLength && strings.HasPrefix(strings.ToUpper(e.Hash), strings.ToUpper(hash)) {
			sc := d.Engine.Table.Scope(cs[0])
			return Proof{Department: sc.Department, Places: sc.Places, Noun: d.Noun(), No: l.No, Title: d.Engine.Table.Title(cs[0]), Act: e.Act, State: l.State, At: e.At}, true, nil
		}
	}
	return Proof{}, false, nil
}

// actKey names an act in the translations.
func (d *Resource[T]) actKey(act string) string { return "act." + d.Noun() + "." + act }

// stateKey names a state in the translations.
func (d *Resource[T]) stateKey(state string) string { return "state." + d.Noun() + "." + state }
