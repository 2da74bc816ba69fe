package intake

import (
	"context"
	"reflect"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// Bringing names the table that was read for whoever brought it.
type Bringing struct {
	Table string `json:"table" form:"text,required,max=40"`
}

// Reason says why.
type Reason struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// Outcome is what an import has made.
type Outcome struct {
	Made  int64 `json:"made" form:"number"`
	Again int64 `json:"again" form:"number"`
}

var mappingType = schema.Of[Mapping]("batch")

func (m *Intake) kind() portal.Kind[Batch] {
	open := []string{brought, checked}
	k := portal.Kind[Batch]{
		Table: lifecycle.Table[Batch]{
			Noun: "batch", Plural: "batches", Prefix: "DR",
			Title: func(b *Batch) string { return b.Name },
			Scope: func(b *Batch) lifecycle.Scope { return lifecycle.Scope{Places: b.District} },
			Facts: func(b *Batch, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(b.Report != nil && b.Report.Good == 0, "nothing_new")}, nil
			},
			States: []lifecycle.State{
				{Name: brought, Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"dispatcher", "hotline_head"}},
				{Name: checked, Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"hotline_head"}},
				{Name: importing, Shelf: lifecycle.Filed, Tone: "doing"},
				{Name: imported, Shelf: lifecycle.Filed, Tone: "good"},
				{Name: dropped, Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Batch]{
				{Name: "bring", To: []string{brought}, Do: lifecycle.Fills("batch", m.bring), Look: lifecycle.Hidden},
				{Name: "map", From: open, To: []string{checked}, Do: lifecycle.Takes("batch", m.check), Look: lifecycle.Primary},
				{Name: "confirm", From: []string{checked}, To: []string{importing}, Stops: []string{"keep"}, Emits: Confirmed, Look: lifecycle.Primary},
				{Name: "finish", From: []string{importing}, To: []string{imported}, Do: lifecycle.Takes("batch", finish), Emits: Done, Look: lifecycle.Hidden},
				{Name: "drop", From: open, To: []string{dropped}, Do: lifecycle.Takes("batch", give), Stops: []string{"*"}, Emits: Done, Look: lifecycle.Danger},
				{Name: "lapse", From: open, To: []string{dropped}, On: "keep", Stops: []string{"*"}, Emits: Done, Look: lifecycle.Hidden},
			},
		},
		View: portal.View[Batch]{
			Columns: "rows made",
			Sections: []portal.Section[Batch]{
				{HTML: figures},
				{When: func(b *Batch) bool { return b.State == brought || b.State == checked }, HTML: keptHint},
				{When: func(b *Batch) bool { return b.State == checked }, HTML: m.report},
				{Title: "part_columns", When: func(b *Batch) bool { return b.Report != nil }, HTML: mapped},
			},
		},
		Unplaced: true,
		Above:    m.above,
		Initial: map[string]func(context.Context, portal.Visitor, *Batch) web.Values{
			"map": func(_ context.Context, _ portal.Visitor, b *Batch) web.Values { return mappingType.Values(&b.Mapping) }}, // as guessed, or as chosen last
		Choices: map[string]func(context.Context, portal.Visitor, *Batch) ([]web.Option, error){},
	}
	for _, f := range mappingType.Fields {
		k.Choices["map."+f.Name] = columnsOf
	}
	return k
}

// bring takes the table that the same person has just had read.
func (m *Intake) bring(b *Batch, in *Bringing, s *lifecycle.Step) error {
	k, err := m.tables.head(s.Ctx, in.Table)
	if err != nil {
		return err
	}
	if k.By != s.Actor.ID {
		return fault.New(fault.Conflict, "batch.table_gone")
	}
	b.Name, b.Table, b.Head, b.Rows, b.At, b.District = k.Name, in.Table, k.Table.Head, k.Rows, s.Now, m.City.Districts()
	b.Mapping = guess(b.Head)
	s.Until("keep", "", s.Now.Add(keep))
	return nil
}

// check takes the mapping and runs it dry.
func (m *Intake) check(b *Batch, in *Mapping, s *lifecycle.Step) error {
	if err := fits(in, b.Head); err != nil {
		return err
	}
	t, err := m.tables.read(s.Ctx, b.Table)
	if err != nil {
		return err
	}
	r, again, err := m.dry(s.Ctx, t, *in)
	if err != nil {
		return err
	}
	b.Mapping, b.Report = *in, &Report{Good: len(r.good) - again, Again: again, Bad: r.bad}
	return nil
}

// fits wants columns that are there, each for one thing only.
func fits(in *Mapping, head []string) error {
	f := fault.New(fault.Invalid, "invalid")
	v, used := reflect.ValueOf(*in), map[string]bool{}
	for _, x := range mappingType.Fields {
		name := valueOf(v, x.Name)
		switch {
		case name == "":
		case !has(head, name):
			f.Wrong(x.Name, "schema.not_an_option")
		case used[name]:
			f.Wrong(x.Name, "batch.column_twice", "name", name)
		}
		used[name] = true
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// valueOf reads a field of the mapping by its name in JSON.
func valueOf(v reflect.Value, name string) string {
	return v.FieldByNameFunc(func(s string) bool { return plain(s) == name }).String()
}

func has(head []string, name string) bool {
	for _, h := range head {
		if h == name {
			return true
		}
	}
	return false
}

func finish(b *Batch, in *Outcome, s *lifecycle.Step) error {
	b.Made, b.Again = int(in.Made), int(in.Again)
	return nil
}

func give(_ *Batch, in *Reason, s *lifecycle.Step) error {
	s.Note(in.Reason)
	return nil
}

// dry reads every row and counts those that were imported before.
func (m *Intake) dry(ctx context.Context, t *workbook.Table, in Mapping) (*reader, int, error) {
	b, err := m.book(ctx)
	if err != nil {
		return nil, 0, err
	}
	r := b.read(t, in)
	keys := make([]string, len(r.good))
	for i, p := range r.good {
		keys[i] = p.Key
	}
	known, err := m.orders.Imported(ctx, keys)
	return r, len(known), fault.Wrap(err, "look for orders imported before")
}

// takeOver makes the orders. It may be cut short and come again: a row has its
// key, and makes nothing twice.
func (m *Intake) takeOver(ctx context.Context, n lifecycle.News, _ struct{}) error {
	b, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil || b.State != importing {
		return err
	}
	r, err := m.again(ctx, b)
	if err != nil {
		return err
	}
	made, err := m.imports(ctx, r.good)
	if err != nil {
		return fault.Wrap(err, "import batch %s", b.No)
	}
	return m.After(ctx, n, b.ID, "finish", &Outcome{Made: int64(made), Again: int64(len(r.good) - made)}) // another process may be faster
}
