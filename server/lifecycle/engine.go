package lifecycle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// Gate decides whether somebody may do an act; package policy stands behind it.
type Gate interface {
	Decide(Question) Verdict
	// Filter gives the store conditions under which the actor may see a case
	// at all: groups of conditions, all of at least one of which hold.
	Filter(a Actor, act string, at time.Time) (groups [][]store.Cond, all bool, err error)
	// Keys are the role@place keys whose turns are this actor's.
	Keys(a Actor, at time.Time) []string
	// Departmental tells a role that is held in a department.
	Departmental(role string) bool
}

// Question is what the gate is asked.
type Question struct {
	Act   string // application.approve
	Actor Actor
	Scope Scope
	Facts []string
	At    time.Time
}

// Failed tells that the gate could not be asked: Err is an error of ours, and
// nothing was decided.
func (v Verdict) Failed() bool { return v.Err != nil && v.Err.Kind == fault.Internal }

// Verdict is the gate's answer.
type Verdict struct {
	Allowed bool
	Line    string // the policy line that decided
	ByRole  bool   // refused because nobody with the actor's roles ever may: no button is shown
	ByFacts bool   // refused because no line fits the facts; a line that denies says more
	Err     *fault.Error
}

// Places knows the tree of places.
type Places interface {
	Chain(place string) []string // itself first, the city last
}

// Deps is what every engine of the house shares.
type Deps struct {
	Store    store.Driver
	Gate     Gate
	Places   Places
	Bus      *Bus
	Numbers  *Numbers
	Calendar func() *calendar.Calendar
	Settings func() setting.Values
	Clock    func() time.Time
}

// Engine runs the cases of one table.
type Engine[T any] struct {
	Deps
	Table Table[T]
	cases *store.Collection[T]
}

// New declares the table's collection and checks the table.
func New[T any](ctx context.Context, t Table[T], d Deps) (*Engine[T], error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	e := &Engine[T]{Deps: d, Table: t}
	c, err := store.Open(ctx, d.Store, e.spec(), e.extract)
	if err != nil {
		return nil, err
	}
	e.cases = c
	d.Bus.add(e)
	return e, nil
}

// Cases gives the collection, for questions of the module itself. What it
// reads has not passed the gate.
func (e *Engine[T]) Cases() *store.Collection[T] { return e.cases }

func life[T any](c *T) *Case { return any(c).(Subject).Life() }

// Opts makes an act safe to send twice and to send late.
type Opts struct {
	Revision int64  // the revision the sender has seen; 0: whatever it is now
	Key      string // idempotency key; the same key gives the same answer
}

// Open opens a case with an opening act.
func (e *Engine[T]) Open(ctx context.Context, by Actor, act string, in any, o Opts) (*T, error) {
	row, ok := e.Table.Act(act)
	if !ok || len(row.From) > 0 {
		return nil, fault.Missing(e.Table.Noun)
	}
	now := e.now()
	// Who may never do this learns that first, before any word about the input.
	if v := e.Gate.Decide(Question{Act: e.action(act), Actor: by, Scope: Anywhere, At: now}); !v.Allowed && v.ByRole {
		return nil, v.Err
	}
	key := opKey(by, e.Table.Noun+"."+act, o.Key)
	if c, err := e.opened(ctx, row, key, in); c != nil || err != nil {
		return c, err
	}
	c := new(T)
	l := life(c)
	l.ID = newID()
	l.OpenedAt, l.OpenedBy, l.OpenKey, l.Settings = now, by.ID, key, e.Settings()
	l.Salt = e.Table.salt()
	s := e.step(ctx, row, by, l, in, now)
	if err := run(row.Do.fill, c, s); err != nil {
		return nil, err
	}
	if e.Table.ID != nil {
		if l.ID = e.Table.ID(c); !plainID.MatchString(l.ID) {
			return nil, fault.Wrap(errors.New("no plain id"), "open %s %q", e.Table.Noun, l.ID)
		}
	}
	line, err := e.ask(c, s, row)
	if err != nil {
		return nil, err
	}
	if err := run(row.Do.do, c, s); err != nil {
		return nil, err
	}
	if l.No, err = e.Numbers.Next(ctx, e.Table.Prefix, now); err != nil {
		return nil, fault.Wrap(err, "number %s", e.Table.Noun)
	}
	if err := e.record(c, s, row, nil, line, o.Key, in); err != nil {
		return nil, err
	}
	if err := e.cases.Insert(ctx, c); err != nil {
		var u *store.UniqueError
		if errors.As(err, &u) { // perhaps by the same request, a moment earlier
			if c, err := e.opened(ctx, row, key, in); c != nil || err != nil {
				return c, err
			}
		}
		return nil, e.unique(err, l.ID)
	}
	return e.deliver(ctx, c), nil
}

// OpenMany opens many cases by one opening act, with as few durable commits as
// the store can: for what lies in the past and is brought as a whole. The gate
// is asked for each. An effect may set OpenedAt to when its case began. The act
// tells nothing, and nothing makes it safe to send twice: whoever calls has a
// unique field for that; *store.UniqueError, and some cases may be there then.
func (e *Engine[T]) OpenMany(ctx context.Context, by Actor, act string, ins []any) ([]*T, error) {
	row, ok := e.Table.Act(act)
	if !ok || len(row.From) > 0 || row.Emits != nil {
		return nil, fault.Wrap(errors.New("no opening act without an event"), "open many %s by %s", e.Table.Plural, act)
	}
	out := make([]*T, len(ins))
	now := e.now()
	for i, in := range ins {
		c := new(T)
		l := life(c)
		l.ID, l.OpenedAt, l.OpenedBy, l.Settings, l.Salt = newID(), now, by.ID, e.Settings(), e.Table.salt()
		s := e.step(ctx, row, by, l, in, now)
		if err := run(row.Do.fill, c, s); err != nil {
			return nil, err
		}
		l.ID = newIDAt(l.OpenedAt)
		line, err := e.ask(c, s, row)
		if err != nil {
			return nil, err
		}
		if err := run(row.Do.do, c, s); err != nil {
			return nil, err
		}
		if l.No, err = e.Numbers.Next(ctx, e.Table.Prefix, now); err != nil {
			return nil, fault.Wrap(err, "number %s", e.Table.Noun)
		}
		if err := e.record(c, s, row, nil, line, "", in); err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, e.cases.InsertMany(ctx, out)
}

// Act does an act on a case that is there.
func (e *Engine[T]) Act(ctx context.Context, by Actor, id, act string, in any, o Opts) (*T, error) {
	row, ok := e.Table.Act(act)
	if !ok || len(row.From) == 0 {
		return nil, fault.Missing(e.Table.Noun)
	}
	for try := 0; ; try++ {
		c, err := e.Get(ctx, by, id)
		if err != nil {
			return nil, err
		}
		done, err := e.once(life(c), by, row, o.Key, in)
		if err != nil || done {
			return c, err
		}
		if l := life(c); o.Revision != 0 && o.Revision != l.Revision {
			return nil, stale(l)
		}
		if c, err = e.try(ctx, by, c, row, in, o); err == nil {
			return e.deliver(ctx, c), nil
		}
		if !errors.Is(err, store.ErrStale) {
			return nil, e.unique(err, id)
		}
		// Read again even when the sender named a revision: the faster writer
		// may have been the same request.
		if try > 50 || ctx.Err() != nil {
			return nil, stale(life(c))
		}
	}
}

func (e *Engine[T]) try(ctx context.Context, by Actor, c *T, row *Act[T], in any, o Opts) (*T, error) {
	l := life(c)
	before, err := encode(c)
	if err != nil {
		return c, err
	}
	s := e.step(ctx, row, by, l, in, e.now())
	if err := run(row.Do.fill, c, s); err != nil {
		return c, err
	}
	line, err := e.ask(c, s, row)
	if err != nil {
		return c, err
	}
	if !slices.Contains(row.From, l.State) || row.Name == anonymise && l.Salt == "" { // done already, or older than the salt
		return c, e.wrongState(l, row.Name)
	}
	if l.atRest(by) {
		return c, fault.New(fault.Conflict, "lifecycle.faded")
	}
	if err := run(row.Do.do, c, s); err != nil {
		return c, err
	}
	if err := e.record(c, s, row, before, line, o.Key, in); err != nil {
		return c, err
	}
	return c, e.cases.Update(ctx, c)
}

func run[T any](f func(*T, *Step) error, c *T, s *Step) error {
	if f == nil {
		return nil
	}
	return f(c, s)
}

func (e *Engine[T]) step(ctx context.Context, row *Act[T], by Actor, l *Case, in any, now time.Time) *Step {
	return &Step{Ctx: ctx, Act: row.Name, Actor: by, In: in, Now: now, Calendar: e.Calendar(), Settings: l.Settings,
		life: l, old: len(l.Deadlines), to: row.To}
}

// ask puts the act to the gate; the line that let it pass goes into the history.
func (e *Engine[T]) ask(c *T, s *Step, row *Act[T]) (string, error) {
	v := e.verdict(c, s, row)
	if !v.Allowed {
		return "", v.Err
	}
	return v.Line, nil
}

func (e *Engine[T]) verdict(c *T, s *Step, row *Act[T]) Verdict {
	sc := e.Table.Scope(c)
	if row.Place != nil {
		sc.Places = row.Place(c, s)
	}
	facts, err := e.facts(c, s)
	if err != nil {
		return Verdict{Err: fault.As(fault.Wrap(err, "find the facts of %s for %s", e.Table.Noun, row.Name))}
	}
	return e.Gate.Decide(Question{Act: e.action(row.Name), Actor: s.Actor, Scope: sc, Facts: facts, At: s.Now})
}

func (e *Engine[T]) facts(c *T, s *Step) ([]string, error) {
	facts := []string{string(Filed)}
	switch e.shelf(c) {
	case Draft:
		facts[0] = string(Draft)
	case Public:
		facts = append(facts, string(Public))
	}
	if e.Table.Facts == nil {
		return facts, nil
	}
	own, err := e.Table.Facts(c, s)
	for _, f := range own {
		if f != "" {
			facts = append(facts, f)
		}
	}
	return facts, err
}

// record moves the case to its next state and appends the history entry.
func (e *Engine[T]) record(c *T, s *Step, row *Act[T], before fieldsOf, line, key string, in any) error {
	l := life(c)
	from := l.State
	if err := e.move(l, s, row); err != nil {
		return err
	}
	l.ChangedAt = s.Now
	s.stop(s.old, row.Stops...)
	if row.On != "" {
		s.stop(s.old, row.On)
	}
	for _, d := range row.Timers {
		if len(row.To) > 0 && l.State != row.To[0] {
			break // it took another way, on which nothing is owed
		}
		s.Start(d.Name, d.Rule, d.Setting, d.Unit, s.Settings.Int(d.Setting))
	}
	after, err := encode(c)
	if err != nil {
		return err
	}
	n := Entry{Seq: len(l.History) + 1, At: s.Now, By: s.Actor.ID, For: s.Actor.For, Act: row.Name, From: from, To: l.State,
		Note: s.note, Line: line, Key: opKey(s.Actor, row.Name, key), Changes: changes(before, after)}
	l.bind(e.Table.Personal, n.Changes)
	if n.Key != "" {
		n.Body = l.body(row.Do.digest(in))
	}
	if n.Files, err = papers(l, s, row, in); err != nil {
		return err
	}
	prev := ""
	if len(l.History) > 0 {
		prev = l.History[len(l.History)-1].Hash
	}
	if row.Name == anonymise {
		l.Anonymised, l.Salt = &s.Now, ""
		if after, err = encode(c); err != nil {
			return err
		}
	}
	if err := n.seal(prev, after.veil(l.Salt, bound(append(l.History, n)))); err != nil {
		return err
	}
	l.History = append(l.History, n)
	if row.Name == anonymise {
		l.cut()
	}
	return e.emit(c, s, row, n)
}

// emit puts what the act tells into the outbox.
func (e *Engine[T]) emit(c *T, s *Step, row *Act[T], n Entry) error {
	ev := row.Emits
	if s.event != nil {
		ev, _ = s.event.(Emitter[T])
	}
	if ev == nil || s.silent || !e.Bus.heard(ev.Name()) { // what nobody hears costs no second write
		return nil
	}
	data, err := ev.data(c, s)
	if err != nil {
		return err
	}
	l := life(c)
	l.Outbox = append(l.Outbox, Message{News: News{ID: l.ID + ":" + itoa(n.Seq), Name: ev.Name(), Case: l.ID, Seq: n.Seq, At: s.Now, Ref: s.Ref}, Data: data})
	return nil
}

func (e *Engine[T]) move(l *Case, s *Step, row *Act[T]) error {
	switch {
	case s.goes == "" && len(row.To) > 0:
		l.State = row.To[0]
	case s.goes != "" && slices.Contains(row.To, s.goes):
		l.State = s.goes
	case s.goes != "":
		return fault.Wrap(errors.New("not in its table"), "%s %s goes to %s", e.Table.Noun, row.Name, s.goes)
	}
	return nil
}

// once recognises an act that was already done under this key.
func (e *Engine[T]) once(l *Case, by Actor, row *Act[T], key string, in any) (bool, error) {
	if key == "" {
		return false, nil
	}
	k := opKey(by, row.Name, key)
	for _, n := range l.History {
		if n.Key != k {
			continue
		}
		if n.Body != l.body(row.Do.digest(in)) {
			return false, fault.New(fault.Conflict, "lifecycle.key_reused")
		}
		return true, nil
	}
	return false, nil
}

// opened finds the case that this key opened before, nil when there is none.
func (e *Engine[T]) opened(ctx context.Context, row *Act[T], key string, in any) (*T, error) {
	if key == "" {
		return nil, nil
	}
	cs, err := e.cases.Find(ctx, store.Query{Where: []store.Cond{{Field: "open_key", Op: store.Eq, Value: key}}, Sort: "id", Limit: 1})
	if err != nil {
		return nil, fault.Wrap(err, "find %s by key", e.Table.Noun)
	}
	if len(cs) == 0 {
		return nil, nil
	}
	if l := life(cs[0]); len(l.History) == 0 || l.History[0].Body != l.body(row.Do.digest(in)) {
		return nil, fault.New(fault.Conflict, "lifecycle.key_reused")
	}
	return cs[0], nil
}

func (e *Engine[T]) unique(err error, id string) error {
	var u *store.UniqueError
	if errors.As(err, &u) {
		return fault.New(fault.Conflict, e.Table.Noun+".unique_"+u.Index)
	}
	return fault.Wrap(err, "save %s %s", e.Table.Noun, id)
}

func (e *Engine[T]) wrongState(l *Case, act string) *fault.Error {
	f := fault.New(fault.Conflict, "lifecycle.state", "act", "t:act."+e.action(act), "state", "t:state."+e.Table.Noun+"."+l.State)
	f.Fact = "state." + e.Table.Noun + "." + l.State
	return f
}

func stale(l *Case) *fault.Error {
	return fault.New(fault.Conflict, "lifecycle.stale", "revision", l.Revision)
}

func (e *Engine[T]) action(act string) string { return e.Table.Noun + "." + act }

func (e *Engine[T]) now() time.Time { return e.Clock().UTC().Truncate(time.Microsecond) }

func encode[T any](c *T) (fieldsOf, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fault.Wrap(err, "encode case %s", life(c).ID)
	}
	return snapshot(b)
}

// newID gives ids in the order of time, so the newest cases are neighbours.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// newIDAt gives an id as if it had been given at a moment, so that what is
// brought from the past lies among its neighbours of that time.
func newIDAt(at time.Time) string {
	id := uuid.Must(uuid.NewV7())
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	return id.String()
}

func opKey(by Actor, act, key string) string {
	if key == "" {
		return ""
	}
	h := sha256.Sum256([]byte(by.ID + "\x00" + act + "\x00" + key))
	return hex.EncodeToString(h[:16])
}

// digest tells one input from another. It leaves secrets out: a fast hash of
// a password must never lie in a history.
func (f Effect[T]) digest(in any) string {
	b, _ := json.Marshal(in)
	var m map[string]json.RawMessage
	if f.Input != nil && json.Unmarshal(b, &m) == nil && m != nil {
		for _, x := range f.Input.Fields {
			if x.Kind == schema.Secret {
				delete(m, x.Name)
			}
		}
		b, _ = json.Marshal(m)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}
