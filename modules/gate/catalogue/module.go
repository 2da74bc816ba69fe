package catalogue

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what the lists need of other portal.
type Asks struct {
	// District gives the places that stand for the whole district.
	District func() []string
	// Alike gives what bears nearly that title already and the visitor may see:
	// items in communities and applications.
	Alike func(ctx context.Context, v portal.Visitor, title string) ([]portal.Found, error)
}

func (a Asks) places() []string {
	if a.District == nil {
		return nil
	}
	return a.District()
}

// Catalogue is the module's service.
type Catalogue struct {
	Resource *portal.Resource[Entry]
	house    *portal.Portal
	asks     Asks
	index    *index
}

// New opens the desk of entries.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Catalogue, error) {
	c := &Catalogue{house: h, asks: asks, index: &index{byID: map[string]*card{}}}
	d, err := portal.NewResource(ctx, h, c.table())
	if err != nil {
		return nil, fault.Wrap(err, "open the item lists")
	}
	c.Resource = d
	d.Engine.Cases().OnSave(c.index.put)
	d.Unplaced = true
	c.dress()
	h.Bus.OnName("entry.published", c.succeed)
	h.Offer("catalogue", c.offer(Lists...))
	h.Offer("catalogue_called", c.called)
	h.Offer("catalogue_assistance", c.offer(Assistance))
	h.Menu(portal.MenuEntry{Href: "/check", LabelKey: "check.menu", Order: 10})
	h.Menu(portal.MenuEntry{Href: "/catalogue", LabelKey: "catalogue.title", Order: 30})
	h.Home(c.home)
	return c, nil
}

// Module gives what the house serves and starts. Its routes stand before the
// desks': /catalogue/editions would else be taken for an entry.
func (c *Catalogue) Module() portal.Module {
	return portal.Module{Name: "catalogue", Routes: c.routes, Load: c.Load}
}

const poll = 2 * time.Second

// Load reads the published entries and then follows what other processes
// change until ctx ends.
func (c *Catalogue) Load(ctx context.Context) error {
	go c.Resource.Engine.Cases().Follow(ctx, poll, c.index.put)
	err := c.Resource.Engine.Cases().Each(ctx, nil, func(e *Entry) error { c.index.put(e); return nil })
	return fault.Wrap(err, "read the item lists")
}

// succeed lets a published entry take the place of the one it names.
func (c *Catalogue) succeed(ctx context.Context, ev lifecycle.News) error {
	e, err := c.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read entry %s", ev.Case)
	}
	if e.Replaces == "" {
		return nil
	}
	in := &Succession{Successor: e.ID, Document: e.Document}
	_, err = c.Resource.Engine.Act(ctx, lifecycle.System, e.Replaces, "supersede", in, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // ended meanwhile: nothing is left to replace
		return nil
	}
	return err
}

// offer gives the entries in force of some lists as options of a form.
func (c *Catalogue) offer(lists ...string) portal.OptionsFunc {
	return func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
		var out []web.Option
		for _, x := range c.index.inForce(c.Resource.Engine.Now()) {
			for _, list := range lists {
				if x.List == list {
					out = append(out, web.Option{Value: x.ID, Text: x.Cite(v.Lang), Group: v.Lang.T("entry.list." + list)})
				}
			}
		}
		return out, nil
	}
}

// called gives what the visitor's departments may call on: duties and
// assistance (R2), and their own routine work of the year (R20).
func (c *Catalogue) called(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	out, err := c.offer(Statutory, Assistance)(ctx, v)
	for _, x := range c.index.inForce(c.Resource.Engine.Now()) {
		if x.List == Admission && c.calls(v, x.Entry) {
			out = append(out, web.Option{Value: x.ID, Text: x.Cite(v.Lang), Group: v.Lang.T("entry.list." + Admission)})
		}
	}
	return out, err
}

// calls tells whether the visitor may call on an entry for a department of theirs.
func (c *Catalogue) calls(v portal.Visitor, e *Entry) bool {
	own := c.house.OwnDepartments(v, "dept_clerk")
	if e.List != Admission || e.Department == "" {
		return len(own) > 0 && !bars(e.List)
	}
	return slices.ContainsFunc(own, func(o web.Option) bool { return o.Value == e.Department })
}

// Callable reads an entry that a department may call on without applying, from
// the store; "" when none is in force. department is whose routine work it is.
func (c *Catalogue) Callable(ctx context.Context, id string) (title, department string) {
	list, title, inForce, err := c.Entry(ctx, id)
	if err != nil || !inForce || bars(list) {
		return "", ""
	}
	if x, ok := c.index.get(id); ok && list == Admission {
		department = x.Department
	}
	return title, department
}

// Beyond gives the first word of a text that asks for something which an entry
// does not cover: a new inspection, training, plaque, ledger or survey (R20).
func (c *Catalogue) Beyond(id, text string) string {
	x, ok := c.index.get(id)
	if !ok {
		return ""
	}
	return beyond(fold(text), nil, x)
}

// InForce counts the entries in force now.
func (c *Catalogue) InForce() int { return len(c.index.inForce(c.Resource.Engine.Now())) }

// Verdict answers other modules in plain words; entryID and entryTitle name the
// entry the verdict cites, else the most similar one, "" when there is none.
func (c *Catalogue) Verdict(title string, kinds []string, department string, at time.Time) (verdict, rule, entryID, entryTitle string) {
	v := c.Check(title, kinds, department, at)
	m := v.Cited
	if m == nil && len(v.Matches) > 0 {
		m = &v.Matches[0]
	}
	if m != nil {
		entryID, entryTitle = m.ID, m.Entry.Code+" "+m.Entry.Title
	}
	return v.Verdict, v.Rule, entryID, entryTitle
}

// Entry reads an entry's list and title, and whether it is in force now, from
// the store: what must cite a duty in force (R2) may not trust a memory.
func (c *Catalogue) Entry(ctx context.Context, id string) (list, title string, inForce bool, err error) {
	e, err := c.Resource.Engine.Cases().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !e.published() {
		return "", "", false, fault.Missing("entry")
	}
	if err != nil {
		return "", "", false, fault.Wrap(err, "read entry %s", id)
	}
	return e.List, e.Code + " " + e.Title, e.inForce(c.Resource.Engine.Now()), nil
}

// Listed tells from memory whether an entry is in force on a list: for pages
// with many entries.
func (c *Catalogue) Listed(id, list string, at time.Time) bool {
	x, ok := c.index.get(id)
	return ok && x.List == list && x.inForce(at)
}

func (c *Catalogue) routes(r fiber.Router) {
	r.Get("/check", c.checkPage)
	r.Get("/check/fragment", c.checkFragment)
	r.Get("/api/v1/check", c.checkAPI)
	r.Get("/catalogue", c.listPage)
	r.Post("/catalogue/builtin", c.loadBuiltin)
	r.Post("/catalogue/builtin/publish", c.publishBuiltin)
	r.Get("/catalogue/editions", c.thisEdition)
	r.Get("/catalogue/editions/:year", c.editionPage)
	r.Get("/api/v1/catalogue/editions/:year", c.editionAPI)
}
