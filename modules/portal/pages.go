package portal

import (
	"context"
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// list answers GET /plural.
func (d *Resource[T]) list(c *fiber.Ctx) error {
	v := Who(c)
	f, err := d.find(c)
	if err != nil {
		return err
	}
	page, err := d.Engine.List(c.UserContext(), v.Actor, f)
	if err != nil {
		return err
	}
	if IsAPI(c) {
		items := make([]map[string]any, len(page.Cases))
		for i, x := range page.Cases {
			if items[i], err = d.brief(v, x); err != nil {
				return err
			}
		}
		return c.JSON(fiber.Map{"items": items, "next": page.Next})
	}
	body, err := d.listBody(c, v, page)
	if err != nil {
		return err
	}
	return d.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T(d.Plural() + ".title"), Body: body, Aside: d.newActions(v)})
}

// waitingForMe narrows a list to what waits for the visitor, the most urgent first.
const waitingForMe = "me"

// longestSearch is how many characters a search takes.
const longestSearch = 80

// knownQuery refuses a program that asks for a narrower list than it would get.
func (d *Resource[T]) knownQuery(c *fiber.Ctx) error {
	known := d.queries()
	for q := range c.Queries() {
		if !slices.Contains(known, q) {
			return fault.InvalidField(q, "schema.unknown_field")
		}
	}
	return nil
}

// queries are the parameters of the list.
func (d *Resource[T]) queries() []string {
	return append([]string{"after", "limit", "q", "state", "department", "place", "waiting"}, sortedKeys(d.Filters)...)
}

// ListOf is how programs are given a list that is no resource's.
type ListOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // ?after= goes on
}

// Found is a case as a list elsewhere names it.
type Found struct {
	Href  string        `json:"href"`
	No    string        `json:"no"`
	Title string        `json:"title"`
	State string        `json:"state"`
	Tag   template.HTML `json:"-"`
}

// Named gives the newest cases that the visitor may see and in whose number or
// title all the words stand.
func (d *Resource[T]) Named(ctx context.Context, v Visitor, words string, states []string, most int) (out []Found, err error) {
	p, err := d.Engine.List(ctx, v.Actor, lifecycle.Find{Words: words, Where: []store.Cond{{Field: "state", Op: store.In, Value: states}}, Limit: most})
	for _, x := range p.Cases {
		l := d.Life(x)
		out = append(out, Found{Href: d.Href(x), No: l.No, Title: d.Engine.Table.Title(x), State: l.State, Tag: d.StateTag(v.Lang, x)})
	}
	return out, err
}

// find reads the query of a list: words, state, the kind's filters, the cursor.
func (d *Resource[T]) find(c *fiber.Ctx) (lifecycle.Find, error) {
	f := lifecycle.Find{After: c.Query("after"), Words: c.Query("q"), Sort: d.Sort}
	if utf8.RuneCountInString(f.Words) > longestSearch {
		return f, fault.InvalidField("q", "schema.too_long", "max", longestSearch)
	}
	if IsAPI(c) {
		if err := d.knownQuery(c); err != nil {
			return f, err
		}
	}
	if n := c.Query("limit"); n != "" {
		k, err := strconv.Atoi(n)
		if err != nil || k < 1 || k > 100 {
			return f, fault.InvalidField("limit", "schema.too_big", "max", 100)
		}
		f.Limit = k
	}
	if s := c.Query("state"); s != "" {
		if !slices.ContainsFunc(d.Engine.Table.States, func(x lifecycle.State) bool { return x.Name == s }) {
			return f, fault.InvalidField("state", "schema.not_an_option")
		}
		f.Where = append(f.Where, store.Cond{Field: "state", Op: store.Eq, Value: s})
	}
	if s := c.Query("department"); s != "" {
		f.Where = append(f.Where, store.Cond{Field: "department", Op: store.Eq, Value: s})
	}
	if s := c.Query("place"); s != "" {
		f.Where = append(f.Where, store.Cond{Field: "scope", Op: store.Has, Value: []string{s}})
	}
	if s := c.Query("waiting"); s != "" {
		if s != waitingForMe {
			return f, fault.InvalidField("waiting", "schema.not_an_option")
		}
		keys := append(d.Gate.Keys(Who(c).Actor, d.Clock()), "nobody") // an empty list would ask for nothing in particular
		f.Where, f.Sort = append(f.Where, store.Cond{Field: "waits", Op: store.HasAny, Value: keys}), "due"
	}
	for q, field := range d.Filters {
		if s := c.Query(q); s != "" {
			f.Where = append(f.Where, store.Cond{Field: field, Op: store.Eq, Value: s})
		}
	}
	return f, nil
}

func (d *Resource[T]) listBody(c *fiber.Ctx, v Visitor, page lifecycle.Page[T]) (template.HTML, error) {
	l, t := v.Lang, d.table(v, page.Cases)
	above := template.HTML("")
	if d.Above != nil {
		var err error
		if above, err = d.Above(c.UserContext(), v); err != nil {
			return "", err
		}
	}
	q, _ := url.ParseQuery(string(c.Request().URI().QueryString()))
	next := ""
	if page.Next != "" {
		q.Set("after", page.Next)
		next = c.Path() + "?" + q.Encode()
	}
	first := ""
	if c.Query("after") != "" {
		q.Del("after")
		first = c.Path() + "?" + q.Encode()
	}
	filters, err := d.filters(c, v)
	if err != nil {
		return "", err
	}
	return In(l, func(h *web.H) {
		h.Add(above)
		h.Add(filters)
		h.Add(t.HTML(l))
		h.Add(web.Pager(l, first, next, len(page.Cases)))
		h.Add(d.exportLinks(v, c, len(page.Cases)))
	}), nil
}

// table is what a list tells of cases.
func (d *Resource[T]) table(v Visitor, cases []*T) web.Table {
	l := v.Lang
	t := web.Table{CaptionKey: d.Plural() + ".title", EmptyKey: "list.empty", Head: []web.Col{{Key: "case.no"}, {Key: "case.title"}, {Key: "case.state"}}}
	for _, col := range d.Columns {
		t.Head = append(t.Head, web.Col{Key: col.Key, Num: col.Num})
	}
	t.Head = append(t.Head, web.Col{Key: "case.due"})
	for _, x := range cases {
		row := []web.Cell{{HTML: web.Text(d.Life(x).No), Href: d.Href(x)},
			{HTML: web.Text(d.Engine.Table.Title(x)), Href: d.Href(x)}, {HTML: d.StateTag(l, x)}}
		for _, col := range d.Columns {
			cell := col.cell(v, x)
			if number(cell.Plain) {
				t.Head[len(row)].Num = true
			}
			row = append(row, cell)
		}
		dl, _ := d.Life(x).Next()
		due, _ := d.Due(l, dl)
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: web.Text(due)}))
	}
	return t
}

func number(plain any) bool {
	switch plain.(type) {
	case int64, float64:
		return true
	}
	return false
}

// filters is the row of what a list can be narrowed by.
func (d *Resource[T]) filters(c *fiber.Ctx, v Visitor) (template.HTML, error) {
	fields := []web.FilterField{{Name: "q", LabelKey: "filter.words", Value: c.Query("q")}}
	if offer := d.options["communities"]; offer != nil && !d.Unplaced {
		os, err := offer(c.UserContext(), v)
		if err != nil {
			return "", err
		}
		fields = append(fields, web.FilterField{Name: "place", LabelKey: "case.community", Value: c.Query("place"), Options: os})
	}
	f := web.FilterField{Name: "state", LabelKey: "case.state", Value: c.Query("state")}
	for _, s := range d.Engine.Table.States {
		f.Options = append(f.Options, web.Option{Value: s.Name, Text: v.Lang.T(d.stateKey(s.Name))})
	}
	fields = append(fields, f)
	if c.Query("waiting") == waitingForMe {
		fields = append(fields, web.FilterField{Name: "waiting", LabelKey: "filter.waiting", Value: waitingForMe, Options: []web.Option{{Value: waitingForMe, Text: v.Lang.T("filter.waiting_me")}}})
	}
	return web.Filters(v.Lang, web.FilterSpec{Action: "/" + d.Plural(), Fields: fields}), nil
}

// Due words a deadline in one line: how long is left, and the day.
func (h *Portal) Due(l web.Lang, dl lifecycle.Deadline) (string, web.Tone) {
	if dl.Due.IsZero() {
		return "", web.Neutral
	}
	sum := dl.Sum(h.Calendar())
	left, tone := web.Left(l, h.Clock(), sum)
	switch {
	case dl.Paused():
		return left, tone
	case calendar.Clocked(dl.Unit):
		return left + " · " + l.Time(dl.Due), tone
	}
	return left + " · " + l.Date(dl.Due), tone
}

func (d *Resource[T]) newActions(v Visitor) template.HTML {
	var as []web.ActionItem
	for i, a := range d.opening() {
		if !d.Engine.MayOpen(v.Actor, a.Name) {
			continue
		}
		as = append(as, web.ActionItem{LabelKey: d.actKey(a.Name), Href: "/" + d.Plural() + "/new/" + a.Name, Primary: i == 0})
	}
	return web.Actions(v.Lang, as)
}

// show answers GET /plural/:id.
func (d *Resource[T]) show(c *fiber.Ctx) error {
	v, ctx := Who(c), c.UserContext()
	x, err := d.Engine.Get(ctx, v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	offers, err := d.Engine.Offers(ctx, v.Actor, x)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, etag(d.Life(x).Revision))
	if IsAPI(c) {
		m, err := d.whole(ctx, v, x, offers)
		if err != nil {
			return err
		}
		return c.JSON(m)
	}
	p, err := d.casePage(ctx, v, x, offers)
	if err != nil {
		return err
	}
	return d.Show(c, fiber.StatusOK, p)
}

// casePage: what it is, what is owed, what may be done, what has happened.
func (d *Resource[T]) casePage(ctx context.Context, v Visitor, x *T, offers []lifecycle.Offer) (web.Page, error) {
	l, life := v.Lang, d.Life(x)
	history, trace := d.timeline(v, x), d.traces(v, x)
	if d.Redact != nil {
		d.Redact(v, x)
	}
	detail := template.HTML("")
	if d.Detail != nil {
		var err error
		if detail, err = d.Detail(ctx, v, x); err != nil {
			return web.Page{}, err
		}
	}
	for _, f := range d.facets {
		part, err := f(ctx, v, x)
		if err != nil {
			return web.Page{}, err
		}
		detail = web.Join(detail, part)
	}
	letters, err := d.letters(ctx, v, x)
	if err != nil {
		return web.Page{}, err
	}
	attached := d.attachmentList(v, x, d.attachments(trace, x))
	body := In(l, func(h *web.H) {
		h.Add(d.deadlines(l, life))
		h.Add(detail)
		h.Add(attached)
		h.Add(web.Section(l, "case.history", history))
	})
	return web.Page{Title: d.Engine.Table.Title(x), Body: body, Lead: d.lead(v, x),
		Aside:  In(l, func(h *web.H) { h.Add(d.actions(l, x, offers)); h.Add(letters) }),
		Crumbs: []web.Crumb{{Href: "/" + d.Plural(), Text: l.T(d.Plural() + ".title")}, {Text: life.No}}}, nil
}

// deadlines shows the next one in full and folds the later ones away.
func (d *Resource[T]) deadlines(l web.Lang, life *lifecycle.Case) template.HTML {
	running := slices.DeleteFunc(slices.Clone(life.Deadlines), func(dl lifecycle.Deadline) bool { return dl.Done != nil })
	slices.SortStableFunc(running, func(a, b lifecycle.Deadline) int { return a.Due.Compare(b.Due) })
	var shown []template.HTML
	for _, dl := range running {
		shown = append(shown, web.Deadline(l, d.Engine.Now(), "deadline."+dl.Name, dl.Sum(d.Calendar())))
	}
	if len(shown) < 2 {
		return web.Join(shown...)
	}
	return web.Join(shown[0], web.Details(l, "case.later", web.Join(shown[1:]...)))
}

func (d *Resource[T]) lead(v Visitor, x *T) template.HTML {
	return In(v.Lang, func(h *web.H) {
		if at := d.Life(x).Anonymised; at != nil {
			h.Raw(`<span class="hint">`)
			h.T("case.faded", "on", v.Lang.Date(*at))
			h.Raw(`</span> `)
		}
		if d.Lead != nil {
			h.Add(d.Lead(v, x))
			return
		}
		h.Add(d.StateTag(v.Lang, x))
		h.Text(" " + d.Life(x).No)
		if dep := d.Engine.Table.Scope(x).Department; dep != "" {
			h.Text(" · " + d.Names.Department(v.Lang, dep))
		}
	})
}

func (d *Resource[T]) actions(l web.Lang, x *T, offers []lifecycle.Offer) template.HTML {
	var as []web.ActionItem
	for _, o := range offers {
		as = append(as, web.ActionItem{LabelKey: d.actKey(o.Act), Href: d.Href(x) + "/" + o.Act,
			Primary: o.Look == lifecycle.Primary, Danger: o.Look == lifecycle.Danger, Refused: o.Refused})
	}
	return web.Actions(l, as)
}

// letters lists the printable pages of a case.
func (d *Resource[T]) letters(ctx context.Context, v Visitor, x *T) (template.HTML, error) {
	var links []template.HTML
	for _, name := range sortedKeys(d.Letters) {
		letter, err := d.Letters[name](ctx, v, x)
		if err != nil {
			return "", err
		}
		if letter != nil {
			links = append(links, In(v.Lang, func(h *web.H) {
				h.Raw(`<p>`)
				h.Add(web.Link(d.Href(x)+"/"+name, v.Lang.T(letter.TitleKey)))
				h.Raw(`</p>`)
			}))
		}
	}
	if len(links) == 0 {
		return "", nil
	}
	return web.Panel(v.Lang, web.Neutral, "case.letters", web.Join(links...)), nil
}

// traces tells whether the visitor may see all that lies behind a case: old and
// new values, and who did what was done in confidence.
func (d *Resource[T]) traces(v Visitor, x *T) bool {
	return d.May(v, d.Noun()+".trace", d.Engine.Table.Scope(x)) == nil
}

// history is what the visitor may know of a case's past. An entry made in
// confidence is left out as a whole: its hour alone could tell whose it is.
func (d *Resource[T]) history(v Visitor, x *T) []lifecycle.Entry {
	all := slices.Clone(d.Life(x).History)
	if d.traces(v, x) {
		return all
	}
	return slices.DeleteFunc(all, func(e lifecycle.Entry) bool {
		row, ok := d.Engine.Table.Act(e.Act)
		return ok && row.Secret && (v.Actor.ID == "" || e.By != v.Actor.ID && e.For != v.Actor.ID)
	})
}

func (d *Resource[T]) timeline(v Visitor, x *T) template.HTML {
	l := v.Lang
	var es []web.Event
	for _, e := range d.history(v, x) {
		who := d.Names.Person(l, e.By)
		if e.For != "" {
			who = l.T("person.for", "name", who, "principal", d.Names.Person(l, e.For))
		}
		ev := web.Event{When: e.At, Who: who, TitleText: l.T(d.actKey(e.Act)), Note: e.Note}
		if e.From != e.To {
			if e.From != "" {
				ev.From = l.T(d.stateKey(e.From))
			}
			ev.To = l.T(d.stateKey(e.To))
		}
		es = append(es, ev)
	}
	return web.Timeline(l, d.Engine.Now(), es)
}

// brief is a case in a list.
func (d *Resource[T]) brief(v Visitor, x *T) (map[string]any, error) {
	if d.Redact != nil {
		d.Redact(v, x)
	}
	b, err := json.Marshal(x)
	if err != nil {
		return nil, fault.Wrap(err, "encode %s", d.Noun())
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fault.Wrap(err, "encode %s", d.Noun())
	}
	for _, k := range notShown {
		delete(m, k)
	}
	m["href"] = "/api/v1" + d.Href(x)
	return m, nil
}

// whole is a case by itself, with its history and what the visitor may do.
func (d *Resource[T]) whole(ctx context.Context, v Visitor, x *T, offers []lifecycle.Offer) (map[string]any, error) {
	trace := d.traces(v, x)
	history := d.history(v, x)
	for i := range history {
		history[i].Key, history[i].Body = "", ""
		if !trace {
			history[i].Changes = nil
		}
		history[i].Changes = slices.DeleteFunc(slices.Clone(history[i].Changes), func(x lifecycle.Change) bool { return slices.Contains(d.HiddenChanges, x.Field) })
	}
	m, err := d.brief(v, x)
	if err != nil {
		return nil, err
	}
	acts := []map[string]any{}
	for _, o := range offers {
		a := map[string]any{"act": o.Act, "allowed": o.Refused == nil, "href": "/api/v1" + d.Href(x) + "/" + o.Act}
		if o.Refused != nil {
			a["refused"] = ProblemOf(v.Lang, o.Refused, "")
		}
		acts = append(acts, a)
	}
	seen := d.attachments(trace, x)
	unseen(history, seen)
	m["history"], m["acts"] = history, acts
	if len(seen) > 0 {
		m["files"] = d.attachmentLinks(x, seen)
	}
	return m, nil
}

func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
