package portal

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// View says how a kind of case looks, in terms of its own fields: as a row of a
// list and of a spreadsheet, as a page, in a letter. A field is named as in
// JSON; how it is worded follows from its type and its tags:
//
//	Fen, Date, time.Time, int64, bool, string, []string   by their type
//	form:"…,of=a b"            an option: noun.field.a
//	form:"…,from=communities"  a place; from=departments, from=units, from=categories
//	show:"place", show:"department", show:"person", …   where no form asks for it
//	show:"as=position"         an option of another field: noun.position.a
//	show:"time"   a moment with its hour and minute, not its day alone
//	Ref[T], []Ref[T]           a link to a case of that kind, by number and title
//
// A name that is no field stops the start.
type View[T any] struct {
	Columns  string       // fields of a row after number, title and state
	Sections []Section[T] // of the page
	Rule     string       // that the whole stands on; it ends the first section
	// Words are what is worked out, or worded otherwise than its type says.
	Words map[string]Word[T]
	// Labels are keys of fields that are not called noun.field.
	Labels map[string]string
	// Aside are the fields that stand under the form of an act: "confirm dispute" -> "amount voucher".
	Aside map[string]string
	// Letters are the printable pages, by name.
	Letters map[string]LetterOf[T]
}

// Word words something of a case for a visitor.
type Word[T any] func(v Visitor, c *T) web.Value

// Section is a part of a case's page. It is left out where it says nothing.
type Section[T any] struct {
	Title  string        // noun.TITLE; "" has no heading
	Fields string        // of the case, or of a row where Rows is set
	Rows   string        // a field that is a list of structs, as a table
	Text   string        // a field with somebody's words, in paragraphs
	Warn   string        // noun.WARN, noun.WARN_text: a sentence set off above the fields, which may use every field as {field}
	When   func(*T) bool // nil: always
	// HTML is drawn in place of fields, where a figure leads to what it is made
	// of or a picture says more.
	HTML func(ctx context.Context, v Visitor, c *T) (template.HTML, error)
}

// LetterOf is a letter that a case has once one of these acts has been done.
type LetterOf[T any] struct {
	After   string // acts; the newest of them dates and signs the letter
	When    func(*T) bool
	From    string // who signs: a field, or "by" for who did the act; "" the gatekeeping office
	To      string // a field
	Office  string // the letterhead: a field; "" the gatekeeping office
	Lead    string // noun.LEAD: a sentence above, which may use every field as {field}
	Fields  string
	Foot    string // noun.FOOT: a sentence below
	Rule    string // cited at the end
	NoProof bool   // it carries no code
}

// field is a field of a case or of a row, bound once.
type field struct {
	name  string
	key   string // of its label
	index []int
	t     reflect.Type
	value func(v Visitor, x reflect.Value) web.Value
	num   bool
}

// bound is a view bound to its resource: every name found, every field worded
// by a function made once.
type bound[T any] struct {
	r      *Resource[T]
	v      View[T]
	fields map[string]field
}

// bind finds every field that the view names, and gives the resource the
// columns, page and letters that follow.
func (d *Resource[T]) bind(v View[T]) error {
	b := &bound[T]{r: d, v: v, fields: map[string]field{}}
	for _, f := range d.learn(d.Noun(), v.Labels, reflect.TypeFor[T]()) {
		b.fields[f.name] = f
	}
	d.view = b
	if err := b.check(); err != nil {
		return fmt.Errorf("portal: the view of %s: %w", d.Noun(), err)
	}
	for _, name := range strings.Fields(v.Columns) {
		d.Columns = append(d.Columns, Column[T]{Key: b.key(name), Num: b.fields[name].num, Value: b.word(name)})
	}
	if d.Detail == nil && len(v.Sections) > 0 {
		d.Detail = b.page
	}
	for acts, fields := range v.Aside {
		for _, act := range strings.Fields(acts) {
			set(&d.Aside, act, func(_ context.Context, v Visitor, c *T) (template.HTML, error) {
				if c == nil {
					return "", nil
				}
				return web.Summary(v.Lang, b.pairs(v, c, fields)...), nil
			})
		}
	}
	for name, x := range v.Letters {
		set(&d.Letters, name, func(ctx context.Context, v Visitor, c *T) (*Letter, error) { return b.letter(v, c, name, x), nil })
	}
	return nil
}

func set[V any](m *map[string]V, k string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[k] = v
}

// check wants every name of the view to be a field or a word of it.
func (b *bound[T]) check() error {
	t := &b.r.Engine.Table
	lists := []string{b.v.Columns}
	for _, s := range b.v.Sections {
		lists = append(lists, s.Text)
		if s.Rows == "" {
			lists = append(lists, s.Fields)
			continue
		}
		f, ok := b.fields[s.Rows]
		if !ok || f.t.Kind() != reflect.Slice || f.t.Elem().Kind() != reflect.Struct {
			return fmt.Errorf("%q is no list of rows", s.Rows)
		}
		row := b.r.learn(b.r.Noun(), b.v.Labels, f.t.Elem())
		for _, name := range strings.Fields(s.Fields) {
			if !slices.ContainsFunc(row, func(f field) bool { return f.name == name }) {
				return fmt.Errorf("a row of %s has no field %q", s.Rows, name)
			}
		}
	}
	for acts, fields := range b.v.Aside {
		lists = append(lists, fields)
		for _, act := range strings.Fields(acts) {
			if _, ok := t.Act(act); !ok {
				return fmt.Errorf("%q is no act", act)
			}
		}
	}
	for name, x := range b.v.Letters {
		lists = append(lists, x.Fields, x.To, x.Office)
		if x.From != "by" {
			lists = append(lists, x.From)
		}
		for _, act := range strings.Fields(x.After) {
			if _, ok := t.Act(act); !ok {
				return fmt.Errorf("the letter %s comes after %q, which is no act", name, act)
			}
		}
		if !web.Known(b.r.Noun() + "." + name) {
			return fmt.Errorf("the letter %s has no title", name)
		}
	}
	for _, list := range lists {
		for _, name := range strings.Fields(list) {
			if _, ok := b.fields[name]; !ok && b.v.Words[name] == nil {
				return fmt.Errorf("there is no field %q", name)
			}
		}
	}
	return nil
}

// learn reads the fields of a struct.
func (h *Portal) learn(noun string, labels map[string]string, t reflect.Type) (out []field) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || f.Anonymous {
			continue
		}
		x := field{name: name, key: label(noun, labels, name), index: f.Index, t: f.Type}
		x.num = f.Type.Kind() == reflect.Int64 || f.Type.Kind() == reflect.Int
		as := option(f.Tag.Get("show"), "as")
		if as != "" && !web.Known(x.key) {
			x.key = label(noun, labels, as)
		}
		x.value = h.wording(noun+"."+cmp.Or(as, name), f)
		out = append(out, x)
	}
	return out
}

// shared are the labels of fields that mean the same in every kind of case.
var shared = map[string]string{"community": "case.community", "communities": "case.communities", "department": "case.department", "place": "case.community"}

func label(noun string, labels map[string]string, name string) string {
	if k := labels[name]; k != "" {
		return k
	}
	if k := noun + "." + name; web.Known(k) || shared[name] == "" {
		return k
	}
	return shared[name]
}

// wording makes the function that words a field by its type and its tags.
func (h *Portal) wording(key string, f reflect.StructField) func(Visitor, reflect.Value) web.Value {
	tags := f.Tag.Get("form") + "," + f.Tag.Get("show")
	one, moment := func(v Visitor, s string) string { return s }, web.On
	from := option(tags, "from")
	has := func(word string) bool { return slices.Contains(strings.Split(tags, ","), word) }
	switch {
	case option(tags, "of") != "" || option(tags, "as") != "" || has("option"):
		one = func(v Visitor, s string) string { return v.Lang.T(key + "." + s) }
	case has("person"):
		one = func(v Visitor, s string) string { return h.Names.Person(v.Lang, s) }
	case has("place"), strings.Contains(from, "communities"), strings.Contains(from, "streets"):
		one = func(v Visitor, s string) string { return h.Names.Place(v.Lang, s) }
	case has("department"), strings.Contains(from, "departments"):
		one = func(v Visitor, s string) string { return h.Names.Department(v.Lang, s) }
	case has("unit"), strings.Contains(from, "units"):
		one = func(v Visitor, s string) string { return h.Names.Unit(v.Lang, s) }
	case has("category"), strings.Contains(from, "categories"):
		one = func(v Visitor, s string) string { return v.Lang.T("category." + s) }
	}
	if has("time") {
		moment = web.At
	}
	return func(v Visitor, x reflect.Value) web.Value { return h.wordOf(v, key, one, moment, x) }
}

func (h *Portal) wordOf(v Visitor, key string, one func(Visitor, string) string, moment func(web.Lang, time.Time) web.Value, x reflect.Value) web.Value {
	for x.Kind() == reflect.Pointer {
		if x.IsNil() {
			return web.Value{}
		}
		x = x.Elem()
	}
	switch x := x.Interface().(type) {
	case reference:
		return h.linkTo(v, x.kind(), x.ids())
	case string:
		if x == "" {
			return web.Value{}
		}
		return web.Words(one(v, x))
	case []string:
		out := make([]string, len(x))
		for i, s := range x {
			out[i] = one(v, s)
		}
		return web.Words(strings.Join(out, v.Lang.T("list.comma")))
	case schema.Fen:
		return web.Amount(x)
	case schema.Date:
		return web.OnDay(v.Lang, x)
	case time.Time:
		return moment(v.Lang, x)
	case int64:
		return web.Number(x)
	case int:
		return web.Number(int64(x))
	case bool:
		if !x {
			return web.Value{}
		}
		return web.Words(v.Lang.T(key + ".yes"))
	}
	if x.Kind() == reflect.Slice && x.Type().Elem().Implements(reflect.TypeFor[reference]()) {
		var ids []string
		for i := range x.Len() {
			ids = append(ids, x.Index(i).Interface().(reference).ids()...)
		}
		return h.linkTo(v, reflect.Zero(x.Type().Elem()).Interface().(reference).kind(), ids)
	}
	if x.Kind() == reflect.String {
		return web.Words(one(v, x.String()))
	}
	return web.Value{}
}

// option gives the value of one word of a tag.
func option(tag, k string) string {
	for p := range strings.SplitSeq(tag, ",") {
		if x, ok := strings.CutPrefix(p, k+"="); ok {
			return x
		}
	}
	return ""
}

// key is the label of a field or word.
func (b *bound[T]) key(name string) string {
	if f, ok := b.fields[name]; ok {
		return f.key
	}
	return label(b.r.Noun(), b.v.Labels, name)
}

// word gives the function that words a field of a case.
func (b *bound[T]) word(name string) Word[T] {
	if w := b.v.Words[name]; w != nil {
		return w
	}
	f := b.fields[name]
	return func(v Visitor, c *T) web.Value {
		x, err := reflect.ValueOf(c).Elem().FieldByIndexErr(f.index)
		if err != nil { // an embedded pointer that is nil
			return web.Value{}
		}
		return f.value(v, x)
	}
}

// Value words one field of a case, for a page that is not declared.
func (d *Resource[T]) Value(v Visitor, c *T, name string) web.Value { return d.view.word(name)(v, c) }

// Pairs are some fields of a case, those that say something.
func (d *Resource[T]) Pairs(v Visitor, c *T, fields string) []web.Pair {
	return d.view.pairs(v, c, fields)
}

func (b *bound[T]) pairs(v Visitor, c *T, fields string) (out []web.Pair) {
	for name := range strings.FieldsSeq(fields) {
		if x := b.word(name)(v, c); !x.Empty() {
			out = append(out, web.Pair{Key: b.key(name), Value: x.Show()})
		}
	}
	return out
}

// Draw draws some sections of a case's page, by their titles, for a page elsewhere.
func (d *Resource[T]) Draw(ctx context.Context, v Visitor, c *T, titles ...string) (template.HTML, error) {
	some := *d.view
	some.v.Sections = slices.DeleteFunc(slices.Clone(some.v.Sections), func(s Section[T]) bool { return !slices.Contains(titles, s.Title) })
	return some.page(ctx, v, c)
}

// page draws the sections of a case.
func (b *bound[T]) page(ctx context.Context, v Visitor, c *T) (template.HTML, error) {
	var out []template.HTML
	for i, s := range b.v.Sections {
		if s.When != nil && !s.When(c) {
			continue
		}
		rule := ""
		if i == 0 {
			rule = b.v.Rule
		}
		body, err := b.section(ctx, v, c, s, rule)
		if err != nil {
			return "", err
		}
		if body != "" && s.Title != "" {
			body = web.Section(v.Lang, b.r.Noun()+"."+s.Title, body)
		}
		out = append(out, body)
	}
	return web.Join(out...), nil
}

func (b *bound[T]) section(ctx context.Context, v Visitor, c *T, s Section[T], rule string) (template.HTML, error) {
	l, noun := v.Lang, b.r.Noun()
	var out []template.HTML
	if s.Warn != "" {
		out = append(out, web.Panel(l, web.Warn, noun+"."+s.Warn, web.Translated(l, noun+"."+s.Warn+"_text", b.args(v, c)...)))
	}
	if s.HTML != nil {
		x, err := s.HTML(ctx, v, c)
		if err != nil {
			return "", err
		}
		out = append(out, x)
	}
	if s.Text != "" {
		if x := b.word(s.Text)(v, c); !x.Empty() {
			out = append(out, web.Paragraphs(x.Text))
		}
	}
	if s.Rows != "" {
		out = append(out, b.table(v, c, s))
		return web.Join(out...), nil
	}
	ps := b.pairs(v, c, s.Fields)
	if rule != "" {
		ps = append(ps, Pair(l, "case.rule", Rule(l, rule)))
	}
	if len(ps) > 0 {
		out = append(out, web.Summary(l, ps...))
	}
	return web.Join(out...), nil
}

// table shows a field that is a list of structs.
func (b *bound[T]) table(v Visitor, c *T, s Section[T]) template.HTML {
	list := reflect.ValueOf(c).Elem().FieldByIndex(b.fields[s.Rows].index)
	if list.Len() == 0 {
		return ""
	}
	all := map[string]field{}
	for _, f := range b.r.learn(b.r.Noun(), b.v.Labels, list.Type().Elem()) {
		all[f.name] = f
	}
	var row []field
	t := web.Table{CaptionKey: b.r.Noun() + "." + s.Title}
	if s.Title == "" {
		t.CaptionKey = b.r.Noun() + "." + s.Rows
	}
	for name := range strings.FieldsSeq(s.Fields) {
		row = append(row, all[name])
		t.Head = append(t.Head, web.Col{Key: all[name].key, Num: all[name].num})
	}
	for i := range list.Len() {
		var cells []web.Cell
		for _, f := range row {
			cells = append(cells, f.value(v, list.Index(i).FieldByIndex(f.index)).Cell())
		}
		t.Rows = append(t.Rows, cells)
	}
	return t.HTML(v.Lang)
}

// letter makes a letter, nil where the case has none.
func (b *bound[T]) letter(v Visitor, c *T, name string, x LetterOf[T]) *Letter {
	e, ok := b.r.Life(c).Last(strings.Fields(x.After)...)
	if !ok || x.When != nil && !x.When(c) {
		return nil
	}
	l, noun := v.Lang, b.r.Noun()
	text := func(name string) string {
		switch name {
		case "":
			return ""
		case "by":
			return b.r.Names.Person(l, e.By) // the day stands below the name
		}
		return b.word(name)(v, c).Text
	}
	ps := b.pairs(v, c, x.Fields)
	if x.Rule != "" {
		ps = append(ps, Pair(l, "case.rule", Rule(l, x.Rule)))
	}
	out := &Letter{TitleKey: noun + "." + name, Office: text(x.Office), To: text(x.To), From: text(x.From), Date: e.At}
	if x.From == "" {
		out.From = l.T("letter.office")
	}
	if !x.NoProof {
		out.Code = b.r.Code(c, e)
	}
	out.Body = In(l, func(h *web.H) {
		if x.Lead != "" {
			h.Raw(`<p>`)
			h.T(noun+"."+x.Lead, b.args(v, c)...)
			h.Raw(`</p>`)
		}
		if len(ps) > 0 {
			h.Add(web.Summary(l, ps...))
		}
		if x.Foot != "" {
			h.Raw(`<p>`)
			h.T(noun+"."+x.Foot, b.args(v, c)...)
			h.Raw(`</p>`)
		}
	})
	return out
}

// args are all fields and words of a case, for sentences that name some.
func (b *bound[T]) args(v Visitor, c *T) (out []any) {
	for name := range b.v.Words {
		out = append(out, name, b.word(name)(v, c).Text)
	}
	for name := range b.fields {
		if b.v.Words[name] == nil {
			out = append(out, name, b.word(name)(v, c).Text)
		}
	}
	return out
}

// initial is what the form of an act starts with where the module says nothing
// else: what the case says already, today, and what the visitor has one of.
func (d *Resource[T]) initial(v Visitor, row *lifecycle.Act[T], c *T) web.Values {
	out := web.Values{}
	if row.Do.Input == nil {
		return out
	}
	kept, prefilled := strings.Fields(d.Prefill[row.Name]), false
	if _, ok := d.Prefill[row.Name]; ok {
		prefilled = c != nil
	}
	for _, f := range row.Do.Input.Fields {
		switch own, ok := d.view.fields[f.Name]; {
		case prefilled && ok && (len(kept) == 0 || slices.Contains(kept, f.Name)):
			if x, err := reflect.ValueOf(c).Elem().FieldByIndexErr(own.index); err == nil && f.Kind == schema.Rows {
				maps.Copy(out, f.Typed(x))
			} else if err == nil && !x.IsZero() {
				out[f.Name] = typedIn(x)
			}
		case f.Kind == schema.Day && f.Today:
			out[f.Name] = []string{string(schema.DateOf(d.Engine.Now(), calendar.City))}
		case c != nil && !strings.HasPrefix(f.From, "own_") || f.Kind != schema.Choice && f.Kind != schema.Choices:
		case strings.Contains(f.From, "communities"):
			d.only(out, f.Name, v, "committee_")
		case strings.Contains(f.From, "departments"):
			d.only(out, f.Name, v, "dept_")
		}
	}
	return out
}

// typedIn is a value as a form holds it.
func typedIn(x reflect.Value) []string {
	switch v := x.Interface().(type) {
	case []string:
		return v
	case schema.Fen:
		return []string{schema.FormYuan(v)}
	case bool:
		return []string{"true"}
	}
	if x.Kind() == reflect.String {
		return []string{x.String()}
	}
	return []string{fmt.Sprint(x.Interface())}
}

// only fills in where the visitor holds such roles at one place alone.
func (h *Portal) only(out web.Values, name string, v Visitor, roles string) {
	if at := h.Own(v, roles); len(at) == 1 {
		out[name] = at
	}
}

// Own are the places or departments where the visitor holds roles that begin so;
// "dept_clerk@" is one role.
func (h *Portal) Own(v Visitor, roles string) (out []string) {
	for _, k := range h.Gate.Keys(v.Actor, h.Clock()) {
		if _, id, _ := strings.Cut(k, "@"); strings.HasPrefix(k, roles) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
