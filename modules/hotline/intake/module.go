package intake

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// Intake is the module.
type Intake struct {
	*portal.Resource[Batch]
	orders  *orders.Orders
	imports func(context.Context, []orders.Past) (made int, err error) // orders.Import, which a test cuts short
	tables  *tables
}

// New opens the batches.
func New(ctx context.Context, h *portal.Portal, o *orders.Orders) (m *Intake, err error) {
	m = &Intake{orders: o, imports: o.Import}
	if m.tables, err = openTables(ctx, h.Store); err != nil {
		return nil, err
	}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	Confirmed.On(h.Bus, m.takeOver)
	Done.On(h.Bus, func(ctx context.Context, _ lifecycle.News, x Bringing) error { return m.tables.forget(ctx, x.Table) })
	h.OnLoad(func(ctx context.Context) error { return m.tables.sweep(ctx, h.Clock().Add(-2*keep)) })
	// Before the resource's own pages; two of them take a file.
	h.Add(portal.Module{Name: "intake", Routes: m.routes, Uploads: []string{"/batches/new/bring", "/api/v1/batches/upload"}})
	h.Menu(portal.MenuEntry{Href: "/batches", LabelKey: "batches.title", Order: 68, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dispatcher", "hotline_head", "auditor")
	}})
	return m, nil
}

func (m *Intake) routes(r fiber.Router) {
	r.Get("/batches/new/bring", m.form)
	r.Post("/batches/new/bring", m.post)
	r.Post("/api/v1/batches/upload", m.postAPI)
	r.Get("/batches/template.xlsx", m.template)
	r.Get("/batches/:id/report.xlsx", m.reportBook)
	r.Get("/api/v1/batches/:id/report", m.reportAPI)
}

// Bring reads a table and opens a batch for it. What is no table is refused
// with the reason; whoever may not bring one is refused before it is read.
func (m *Intake) Bring(ctx context.Context, by lifecycle.Actor, name string, b []byte) (*Batch, error) {
	if err := m.mayBring(portal.Visitor{Actor: by}); err != nil {
		return nil, err
	}
	t, err := workbook.Read("file", b)
	if err != nil {
		return nil, err
	}
	key, err := m.tables.keep(ctx, by.ID, few(name, 100), t, m.Engine.Now())
	if err != nil {
		return nil, err
	}
	x, err := m.Engine.Open(ctx, by, "bring", &Bringing{Table: key}, lifecycle.Opts{})
	if err != nil {
		return nil, firstOf(err, m.tables.forget(ctx, key))
	}
	return x, nil
}

// firstOf keeps the fault that the person is told.
func firstOf(err, other error) error {
	if err == nil || fault.Is(err, fault.Internal) && other != nil {
		return other
	}
	return err
}

// columnsOf are the columns of a table, to choose from.
func columnsOf(_ context.Context, _ portal.Visitor, b *Batch) ([]web.Option, error) {
	var out []web.Option
	for i, h := range b.Head {
		out = append(out, web.Option{Value: h, Text: workbook.Letter(i) + " · " + h})
	}
	return out, nil
}

// book gathers what the names in a table may mean today.
func (m *Intake) book(ctx context.Context) (*book, error) {
	os, err := m.Options(ctx, portal.Visitor{Lang: web.Simplified}, "communities", "streets", "departments")
	if err != nil {
		return nil, err
	}
	b := &book{communities: map[string]string{}, units: map[string]string{}, categories: map[string]string{}, said: sayings(), now: m.Engine.Now(), key: m.Signing}
	for _, o := range os["communities"] {
		b.name(b.communities, o.Value, m.Names.Place, "社区居委会", "居委会", "社区")
	}
	for _, o := range os["streets"] {
		b.name(b.units, o.Value, m.Names.Place, "街道办事处", "街道办", "街道")
	}
	for _, o := range os["departments"] {
		b.name(b.units, o.Value, m.Names.Department)
	}
	for _, c := range portal.Categories {
		b.categories[c.Code] = c.Code
		for _, l := range web.Langs {
			b.categories[plain(l.T("category."+c.Code))] = c.Code
		}
	}
	return b, nil
}

// name takes a thing's names in three languages, its id, and the short and
// long forms that people write: 荷花, 荷花居委会; 城管局 for 区城管局.
func (b *book) name(into map[string]string, id string, named func(web.Lang, string) string, endings ...string) {
	into[plain(id)] = id
	for _, l := range web.Langs {
		n := plain(named(l, id))
		forms := []string{n, trim(n, "区", "市")}
		for _, e := range endings {
			if stem := cutEnd(n, plain(e)); stem != n {
				forms = append(forms, stem)
				for _, other := range endings {
					forms = append(forms, stem+plain(other))
				}
				break
			}
		}
		for _, f := range forms {
			if _, taken := into[f]; !taken && f != "" {
				into[f] = id
			}
		}
	}
}

func trim(s string, prefixes ...string) string {
	i := slices.IndexFunc(prefixes, func(p string) bool { return len(s) > len(p) && s[:len(p)] == p })
	if i < 0 {
		return s
	}
	return s[len(prefixes[i]):]
}

func cutEnd(s, end string) string {
	if len(s) > len(end) && s[len(s)-len(end):] == end {
		return s[:len(s)-len(end)]
	}
	return s
}
