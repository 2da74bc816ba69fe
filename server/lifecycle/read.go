package lifecycle

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// never sorts behind every date; over behind never: what waits for somebody
// without a date must not be looked for among all that is done with.
const (
	never = "9999"
	over  = "9999 over"
)

// spec adds what every case is found by to the module's own fields.
func (e *Engine[T]) spec() store.Spec {
	t := e.Table
	if t.AnonymiseOn != nil {
		t.Fields, t.Indexes = append(slices.Clone(t.Fields), store.Field{Name: anonymise}), append(slices.Clone(t.Indexes), store.Index{Name: anonymise, Fields: []string{anonymise}})
	}
	return store.Spec{Name: t.Plural,
		Fields: append([]store.Field{
			{Name: "no"}, {Name: "words", Kind: store.Words}, {Name: "state"}, {Name: "shelf"}, {Name: "department"}, {Name: "district"},
			{Name: "scope", Kind: store.List}, {Name: "waits", Kind: store.List},
			{Name: "due"}, {Name: "tick"}, {Name: "open_key"}, {Name: "pending", Kind: store.Int}, {Name: "files", Kind: store.List},
		}, t.Fields...),
		Indexes: append([]store.Index{
			{Name: "no", Fields: []string{"no"}, Unique: true},
			{Name: "open_key", Fields: []string{"open_key"}, Unique: true},
			{Name: "state", Fields: []string{"state"}},
			{Name: "shelf", Fields: []string{"shelf"}},
			{Name: "department", Fields: []string{"department"}},
			{Name: "district", Fields: []string{"district"}},
			{Name: "tick", Fields: []string{"tick"}},
			{Name: "pending", Fields: []string{"pending"}},
			{Name: "due", Fields: []string{"due"}},
		}, t.Indexes...)}
}

func (e *Engine[T]) extract(c *T) map[string]any {
	l, sc := life(c), e.Table.Scope(c)
	places, district := e.spread(sc.Places)
	waits := e.waits(c, sc, district)
	x := map[string]any{"no": l.No, "words": l.No + " " + e.Table.Title(c), "state": l.State, "shelf": string(e.shelf(c)), "department": text(sc.Department),
		"district": text(district), "scope": places, "waits": waits, "due": never, "tick": never,
		"open_key": text(l.OpenKey), "pending": nil, "files": l.hashes()}
	if d, ok := l.Next(); ok {
		x["due"] = store.Stamp(d.Due)
	} else if len(waits) == 0 {
		x["due"] = over
	}
	if at, act := e.next(l); act != nil {
		x["tick"] = store.Stamp(at)
	}
	if len(l.Outbox) > 0 {
		x["pending"] = int64(1)
	}
	if e.Table.AnonymiseOn != nil {
		x[anonymise] = nil
		if at := e.Table.AnonymiseOn(c); !at.IsZero() && l.Salt != "" {
			x[anonymise] = store.Stamp(at)
		}
	}
	if e.Table.Extract != nil {
		for k, v := range e.Table.Extract(c) {
			x[k] = v
		}
	}
	return x
}

// spread gives the communities and streets of the places, and their district.
func (e *Engine[T]) spread(places []string) (out []string, district string) {
	for _, p := range places {
		chain := e.Places.Chain(p)
		if len(chain) >= 2 {
			district = chain[len(chain)-2]
			chain = chain[:len(chain)-2]
		} else {
			chain = nil
		}
		for _, q := range chain {
			if !slices.Contains(out, q) {
				out = append(out, q)
			}
		}
	}
	return out, district
}

func (e *Engine[T]) waits(c *T, sc Scope, district string) []string {
	if e.Table.AssignedTo != nil {
		return e.Table.AssignedTo(c)
	}
	st, _ := e.Table.state(life(c).State)
	var out []string
	for _, role := range st.Assignees {
		out = append(out, e.turn(role, sc, district)...)
	}
	return out
}

// Assignees gives the role@place keys of a role for a case's scope.
func (e *Engine[T]) Assignees(role string, sc Scope) []string {
	_, district := e.spread(sc.Places)
	return e.turn(role, sc, district)
}

func (e *Engine[T]) turn(role string, sc Scope, district string) []string {
	switch {
	case e.Gate.Departmental(role):
		return []string{role + "@" + sc.Department}
	case strings.HasPrefix(role, "committee_"):
		return at(role, sc.Places)
	case strings.HasPrefix(role, "street_"):
		return at(role, e.streets(sc.Places))
	}
	return []string{role + "@" + district}
}

func at(role string, places []string) []string {
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = role + "@" + p
	}
	return out
}

// streets gives the streets of communities; a street is its own.
func (e *Engine[T]) streets(places []string) []string {
	var out []string
	for _, p := range places {
		if chain := e.Places.Chain(p); len(chain) >= 3 {
			p = chain[len(chain)-3]
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (e *Engine[T]) shelf(c *T) Shelf {
	if e.Table.Shelf != nil {
		return e.Table.Shelf(c)
	}
	st, _ := e.Table.state(life(c).State)
	return st.Shelf
}

// Get reads a case. What the actor may not see is not found.
func (e *Engine[T]) Get(ctx context.Context, by Actor, id string) (*T, error) {
	if !plainID.MatchString(id) {
		return nil, fault.Missing(e.Table.Noun)
	}
	c, err := e.cases.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing(e.Table.Noun)
	}
	if err != nil {
		return nil, fault.Wrap(err, "read %s %s", e.Table.Noun, id)
	}
	switch v := e.Verdict(ctx, by, c, "see"); {
	case v.Failed():
		return nil, v.Err
	case !v.Allowed:
		return nil, fault.Missing(e.Table.Noun)
	}
	return c, nil
}

// Sees asks the gate whether the actor may see this case.
func (e *Engine[T]) Sees(ctx context.Context, by Actor, c *T) bool {
	return e.Verdict(ctx, by, c, "see").Allowed
}

// Spec is by what cases are found and ordered.
func (e *Engine[T]) Spec() store.Spec { return e.spec() }

// Find says which cases a list is about; the gate narrows it to what the
// actor may see.
type Find struct {
	Words string // each run of letters and digits stands in the number or the title
	Where []store.Cond
	Sort  string // default newest first
	After string // cursor of the page before
	Limit int    // default 20, at most 100
}

// Page is one page of a list.
type Page[T any] struct {
	Cases []*T
	Next  string // cursor of the next page, "" on the last
}

// List gives a page of the cases that the actor may see.
func (e *Engine[T]) List(ctx context.Context, by Actor, f Find) (Page[T], error) {
	groups, all, err := e.Gate.Filter(by, e.action("see"), e.now())
	if err != nil {
		return Page[T]{}, fault.Wrap(err, "filter %s", e.Table.Plural)
	}
	if !all && len(groups) == 0 {
		return Page[T]{}, nil
	}
	if f.Words != "" {
		f.Where = append(slices.Clone(f.Where), e.said(f.Words))
	}
	q := store.Query{Where: f.Where, Any: groups, Sort: f.Sort, Limit: f.Limit}
	if q.Sort == "" {
		q.Sort = "-id"
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 20
	}
	if q.After, err = e.readCursor(f.After, q.Sort); err != nil {
		return Page[T]{}, err
	}
	q.Limit++ // one more, to know whether there is a next page
	cs, err := e.cases.Find(ctx, q)
	if err != nil {
		return Page[T]{}, fault.Wrap(err, "list %s", e.Table.Plural)
	}
	p := Page[T]{Cases: cs}
	if len(cs) == q.Limit {
		p.Cases = cs[:q.Limit-1]
		p.Next = e.cursor(p.Cases[q.Limit-2], q.Sort)
	}
	return p, nil
}

// counted is a number without its prefix.
var counted = regexp.MustCompile(`^\d{4}-\d{5,}$`)

// said looks for words; a whole number of this kind of case names the one that
// has it.
func (e *Engine[T]) said(words string) store.Cond {
	no := strings.ToUpper(strings.TrimSpace(words))
	if prefix, rest, _ := strings.Cut(no, "-"); prefix == e.Table.Prefix && counted.MatchString(rest) {
		return store.Cond{Field: "no", Op: store.Eq, Value: no}
	}
	return store.Cond{Field: "words", Op: store.Matches, Value: words}
}

// Tasks gives the cases that wait for this actor, the most urgent first.
func (e *Engine[T]) Tasks(ctx context.Context, by Actor, limit int) ([]*T, error) {
	keys := e.Gate.Keys(by, e.now())
	if len(keys) == 0 {
		return nil, nil
	}
	p, err := e.List(ctx, by, Find{Where: []store.Cond{{Field: "waits", Op: store.HasAny, Value: keys}}, Sort: "due", Limit: limit})
	return p.Cases, err
}

// Offer is an act that a page may offer: allowed, or refused with the reason.
type Offer struct {
	Act     string
	Look    Look
	Input   bool
	Refused *fault.Error
}

// Offers gives the acts that start from the case's state: those the actor may
// do, and those refused for a reason worth knowing: a line that denies, or the
// very act the page is about. Acts that are not for the actor are left out.
func (e *Engine[T]) Offers(ctx context.Context, by Actor, c *T) (out []Offer, err error) {
	for i := range e.Table.Acts {
		row := &e.Table.Acts[i]
		if row.Look == Hidden || !slices.Contains(row.From, life(c).State) || life(c).atRest(by) {
			continue
		}
		v := e.verdict(c, e.step(ctx, row, by, life(c), nil, e.now()), row)
		if v.Failed() {
			return nil, v.Err
		}
		if !v.Allowed && (v.ByRole || v.ByFacts && row.Look != Primary) {
			continue
		}
		o := Offer{Act: row.Name, Look: row.Look, Input: row.Do.Input != nil}
		if !v.Allowed {
			o.Refused = v.Err
		}
		out = append(out, o)
	}
	return out, nil
}

// Verdict asks the gate about an act on a case, whatever state it is in and
// without any input.
func (e *Engine[T]) Verdict(ctx context.Context, by Actor, c *T, act string) Verdict {
	row, ok := e.Table.Act(act)
	if !ok {
		row = &Act[T]{Name: act}
	}
	return e.verdict(c, e.step(ctx, row, by, life(c), nil, e.now()), row)
}

// Facts gives what is true of a case for an act, as the gate would be told it.
func (e *Engine[T]) Facts(ctx context.Context, by Actor, c *T, act string) ([]string, error) {
	row, ok := e.Table.Act(act)
	if !ok {
		return nil, nil
	}
	return e.facts(c, e.step(ctx, row, by, life(c), nil, e.now()))
}

// MayOpen tells whether the actor could open a case with this act somewhere.
func (e *Engine[T]) MayOpen(by Actor, act string) bool {
	v := e.Gate.Decide(Question{Act: e.action(act), Actor: by, Scope: Anywhere, At: e.now()})
	return v.Allowed || !v.ByRole
}

func (e *Engine[T]) cursor(c *T, sort string) string {
	field := strings.TrimPrefix(sort, "-")
	cur := store.Cursor{ID: life(c).ID}
	if field != "id" {
		cur.Value = e.extract(c)[field]
	}
	b, _ := json.Marshal([]any{cur.ID, cur.Value})
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads what a stranger may have made up: a cursor that does not
// fit the order is a wrong input, not our mistake.
func (e *Engine[T]) readCursor(s, sort string) (*store.Cursor, error) {
	if s == "" {
		return nil, nil
	}
	bad := fault.InvalidField("after", "schema.bad_cursor")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	var v []any
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	if dec.Decode(&v) != nil || len(v) != 2 {
		return nil, bad
	}
	id, ok := v[0].(string)
	if !ok || !plainID.MatchString(id) {
		return nil, bad
	}
	value, ok := cursorValue(v[1], e.kind(sort))
	if !ok {
		return nil, bad
	}
	return &store.Cursor{ID: id, Value: value}, nil
}

// byID is the kind of the order by id, whose cursors carry no value.
const byID store.Kind = -1

func (e *Engine[T]) kind(sort string) store.Kind {
	f, ok := e.spec().Field(strings.TrimPrefix(sort, "-"))
	if !ok {
		return byID
	}
	return f.Kind
}

func cursorValue(v any, k store.Kind) (any, bool) {
	switch x := v.(type) {
	case string:
		return x, k == store.Text && utf8.ValidString(x) && !strings.ContainsRune(x, 0)
	case json.Number:
		n, err := x.Int64()
		return n, k == store.Int && err == nil
	}
	return nil, v == nil && k == byID
}

// text leaves empty strings out of the index.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

// Now is the house's time, for modules that show or compare it.
func (e *Engine[T]) Now() time.Time { return e.now() }
