package intake

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// Asks is what an import needs of other modules, in plain types.
type Asks struct {
	// District gives the districts of the city.
	District func() []string
	// Known gives those of the keys under which a past order was taken before.
	Known func(ctx context.Context, keys []string) ([]string, error)
	// Take makes closed orders of the past; those taken before are left out. It
	// tells how many it has made.
	Take func(ctx context.Context, past []Past) (made int, err error)
}

// Intake is the module.
type Intake struct {
	Resource *portal.Resource[Batch]
	house    *portal.Portal
	asks     Asks
	tables   *tables
}

// New opens the desk of batches.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Intake, error) {
	m := &Intake{house: h, asks: asks}
	var err error
	if m.tables, err = openTables(ctx, h.Store); err != nil {
		return nil, err
	}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Unplaced = true
	d.Columns, d.Detail, d.Above = m.columns(), m.detail, m.above
	d.Initial = map[string]func(context.Context, portal.Visitor, *Batch) web.Values{"map": m.startMap}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Batch) ([]web.Option, error){}
	for _, f := range m.mapFields() {
		d.Choices["map."+f] = m.columnsOf
	}
	h.Offer("batch_columns", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	h.Bus.OnName("batch.confirmed", m.onConfirmed)
	h.Bus.OnName("batch.done", m.onDone)
	h.Menu(portal.MenuEntry{Href: "/batches", LabelKey: "batches.title", Order: 68, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dispatcher", "hotline_head", "auditor")
	}})
	return m, nil
}

func (m *Intake) mapFields() (out []string) {
	row, _ := m.Resource.Engine.Table.Act("map")
	for _, f := range row.Do.Input.Fields {
		out = append(out, f.Name)
	}
	return out
}

// Module gives what the house serves and starts; its pages stand before the
// desk's, and one of them takes a file.
func (m *Intake) Module() portal.Module {
	return portal.Module{Name: "intake", Routes: m.routes, Load: m.load, Uploads: []string{"/batches/new/bring", "/api/v1/batches/upload"}}
}

func (m *Intake) routes(r fiber.Router) {
	r.Get("/batches/new/bring", m.form)
	r.Post("/batches/new/bring", m.post)
	r.Post("/api/v1/batches/upload", m.postAPI)
	r.Get("/batches/template.xlsx", m.template)
	r.Get("/batches/:id/report.xlsx", m.reportBook)
	r.Get("/api/v1/batches/:id/report", m.reportAPI)
}

func (m *Intake) load(ctx context.Context) error {
	return m.tables.sweep(ctx, m.house.Clock().Add(-2*keep))
}

// Bring reads a table and opens a batch for it. What is no table is refused
// with the reason; whoever may not bring one is refused before it is read.
func (m *Intake) Bring(ctx context.Context, by lifecycle.Actor, name string, b []byte) (*Batch, error) {
	if !m.Resource.Engine.MayOpen(by, "bring") {
		return nil, m.house.May(portal.Visitor{Actor: by}, "batch.bring", lifecycle.Anywhere)
	}
	t, err := workbook.Read("file", b)
	if err != nil {
		return nil, err
	}
	key, err := m.tables.keep(ctx, by.ID, few(name, 100), t, m.Resource.Engine.Now())
	if err != nil {
		return nil, err
	}
	x, err := m.Resource.Engine.Open(ctx, by, "bring", &Bringing{Table: key}, lifecycle.Opts{})
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

// startMap starts with what the columns' names tell, or what was chosen last.
func (m *Intake) startMap(_ context.Context, _ portal.Visitor, b *Batch) web.Values {
	row, _ := m.Resource.Engine.Table.Act("map")
	return row.Do.Input.Values(&b.Mapping)
}

func (m *Intake) columnsOf(_ context.Context, _ portal.Visitor, b *Batch) ([]web.Option, error) {
	var out []web.Option
	for i, h := range b.Head {
		out = append(out, web.Option{Value: h, Text: workbook.Letter(i) + " · " + h})
	}
	return out, nil
}

// book gathers what the names in a table may mean today.
func (m *Intake) book(ctx context.Context) (*book, error) {
	os, err := m.house.Options(ctx, portal.Visitor{Lang: web.Simplified}, "communities", "streets", "departments")
	if err != nil {
		return nil, err
	}
	b := &book{communities: map[string]string{}, units: map[string]string{}, categories: map[string]string{}, said: sayings(), now: m.Resource.Engine.Now(), key: m.house.Signing}
	for _, o := range os["communities"] {
		b.name(b.communities, o.Value, m.house.Names.Place, "社区居委会", "居委会", "社区")
	}
	for _, o := range os["streets"] {
		b.name(b.units, o.Value, m.house.Names.Place, "街道办事处", "街道办", "街道")
	}
	for _, o := range os["departments"] {
		b.name(b.units, o.Value, m.house.Names.Department)
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
