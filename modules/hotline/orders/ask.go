package orders

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Brief is what other modules may know of an order. It holds neither phone nor
// name; the words are the caller's own.
type Brief struct {
	ID, No, Title, State         string
	Words, Place                 string
	Channel, Type, Category      string
	Stream, Class                string
	Community, Unit, Item        string
	Lat, Long                    int64 // micro-degrees
	Opened, Changed              time.Time
	Due                          time.Time // of its limit, zero when none runs
	Dispatched, Closed           time.Time
	Confidential, Late, Disaster bool
	Job, Vendor                  string
	Told                         string // the answer that stands
	Caller                       string // keyed digest of the caller's phone
	Contact                      bool   // somebody left a phone or a name
}

func (o *Order) brief() Brief {
	b := Brief{ID: o.ID, No: o.No, Title: o.summary(), State: o.State, Words: o.Words, Place: o.Place, Channel: o.Channel, Type: o.Type,
		Category: o.Category, Stream: o.Stream, Class: o.Class, Community: o.Community, Unit: o.Unit, Item: string(o.Item), Lat: o.Lat, Long: o.Long,
		Opened: o.OpenedAt, Changed: o.ChangedAt, Confidential: o.Confidential, Late: o.Late, Disaster: o.Disaster, Job: o.Job, Vendor: o.Vendor,
		Told: o.told(), Caller: o.Caller, Contact: o.Contact != ""}
	if d, ok := o.Open("handle"); ok {
		b.Due = d.Due
	}
	if o.DispatchedAt != nil {
		b.Dispatched = *o.DispatchedAt
	}
	if o.ClosedAt != nil {
		b.Closed = *o.ClosedAt
	}
	return b
}

// Brief tells of one order; fault.NotFound when there is none.
func (m *Orders) Brief(ctx context.Context, id string) (Brief, error) {
	o, err := m.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return Brief{}, err
	}
	return o.brief(), nil
}

// ByNo gives the id of an order by its number.
func (m *Orders) ByNo(ctx context.Context, no string) (id string, ok bool, err error) {
	o, err := m.byNo(ctx, no)
	if err != nil || o == nil {
		return "", false, err
	}
	return o.ID, true, nil
}

func (m *Orders) byNo(ctx context.Context, no string) (*Order, error) {
	os, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}, Sort: "id", Limit: 1})
	if err != nil || len(os) == 0 {
		return nil, fault.Wrap(err, "find order %s", no)
	}
	return os[0], nil
}

// Query says which orders somebody asks for; empty parts ask for everything.
type Query struct {
	IDs, Nos, Categories, States, Communities []string
	From, Until                               time.Time // opened
	ChangedFrom, ChangedUntil                 time.Time
	Limit                                     int    // at most 1000, default 100
	After                                     string // id of the last order of the page before
}

// Find gives orders newest first. Nothing is hidden here: whoever hands them
// out asks Public first, or the gate.
func (m *Orders) Find(ctx context.Context, q Query) ([]Brief, error) {
	var where []store.Cond
	for field, vs := range map[string][]string{"id": q.IDs, "no": q.Nos, "category": q.Categories, "state": q.States, "community": q.Communities} {
		if vs != nil {
			where = append(where, store.Cond{Field: field, Op: store.In, Value: append(slices.Clone(vs), "none")})
		}
	}
	sort := "-opened"
	for _, r := range []struct {
		field string
		op    store.Op
		at    time.Time
	}{{"opened", store.Gte, q.From}, {"opened", store.Lte, q.Until}, {"touched", store.Gte, q.ChangedFrom}, {"touched", store.Lte, q.ChangedUntil}} {
		if !r.at.IsZero() {
			where = append(where, store.Cond{Field: r.field, Op: r.op, Value: store.Stamp(r.at)})
		}
	}
	if (!q.ChangedFrom.IsZero() || !q.ChangedUntil.IsZero()) && q.From.IsZero() && q.Until.IsZero() {
		sort = "-touched"
	}
	sq := store.Query{Where: where, Sort: sort, Limit: min(cmp.Or(q.Limit, 100), store.MaxLimit)}
	if q.After != "" {
		last, err := m.Brief(ctx, q.After)
		if err != nil {
			return nil, err
		}
		at := last.Opened
		if sort == "-touched" {
			at = last.Changed
		}
		sq.After = &store.Cursor{ID: q.After, Value: store.Stamp(at)}
	}
	os, err := m.Engine.Cases().Find(ctx, sq)
	if err != nil {
		return nil, fault.Wrap(err, "find orders")
	}
	out := make([]Brief, len(os))
	for i, o := range os {
		out[i] = o.brief()
	}
	return out, nil
}

// private are the groups of categories that are about persons.
var private = []string{"welfare", "community", "home_services"}

// Public tells whether anybody may read what an order says: nothing about
// persons, nothing confidential, nothing that the centre has not looked at.
func (b Brief) Public() bool {
	c, ok := portal.CategoryOf(b.Category)
	return ok && !b.Confidential && b.Type != "report" && !slices.Contains(private, c.Group) &&
		!slices.Contains([]string{"new", "not_accepted", "transferred"}, b.State)
}

// Earlier gives a caller's latest orders by phone, to whoever may search orders.
func (m *Orders) Earlier(ctx context.Context, by lifecycle.Actor, phone string) ([]Brief, error) {
	if e := m.May(portal.Visitor{Actor: by}, "order.search_phone", lifecycle.Anywhere); e != nil {
		return nil, e
	}
	plain, err := plainPhone(phone)
	if err != nil || plain == "" {
		return nil, err
	}
	return m.ofCallers(ctx, by, []string{m.callerOf(plain)})
}

func (m *Orders) ofCallers(ctx context.Context, by lifecycle.Actor, callers []string) ([]Brief, error) {
	if len(callers) == 0 {
		return nil, nil
	}
	return m.list(ctx, by, lifecycle.Find{Where: []store.Cond{{Field: "caller", Op: store.In, Value: callers}}, Limit: 50})
}

// Waiting gives the orders that the centre has to look at, the most urgent first.
func (m *Orders) Waiting(ctx context.Context, by lifecycle.Actor, limit int) ([]Brief, error) {
	return m.list(ctx, by, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: []string{"new", "triaged"}}}, Sort: "due", Limit: limit})
}

// list gives orders that somebody may see.
func (m *Orders) list(ctx context.Context, by lifecycle.Actor, f lifecycle.Find) ([]Brief, error) {
	p, err := m.Engine.List(ctx, by, f)
	if err != nil {
		return nil, err
	}
	out := make([]Brief, len(p.Cases))
	for i, o := range p.Cases {
		out[i] = o.brief()
	}
	return out, nil
}

// alikeDays is how far back a duplicate is looked for.
const alikeDays = 7

// Like gives open orders of the last days that may be about the same thing: of
// the category and community, those first whose words have most in common.
// without is an order that is left out.
func (m *Orders) Like(ctx context.Context, by lifecycle.Actor, category, community, words, without string) ([]Brief, error) {
	if category == "" || community == "" {
		return nil, nil
	}
	from := schema.DateOf(m.Clock().AddDate(0, 0, -alikeDays), zone)
	p, err := m.Engine.List(ctx, by, lifecycle.Find{Limit: 100, Where: []store.Cond{{Field: "category", Op: store.Eq, Value: category},
		{Field: "community", Op: store.Eq, Value: community}, {Field: "day", Op: store.Gte, Value: string(from)}}})
	if err != nil {
		return nil, err
	}
	type match struct {
		Brief
		near int
	}
	var found []match
	for _, o := range p.Cases {
		if o.ID != without && slices.Contains(unsettled, o.State) && o.State != "merged" {
			found = append(found, match{o.brief(), alike(words, o.Words)})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(b.near, a.near) })
	var out []Brief
	for _, f := range found[:min(len(found), 5)] {
		out = append(out, f.Brief)
	}
	return out, nil
}

// alike is how many of the shorter text's pairs of characters stand in the
// other, in hundredths.
func alike(a, b string) int {
	if utf8.RuneCountInString(a) > utf8.RuneCountInString(b) {
		a, b = b, a
	}
	in := map[string]bool{}
	for _, g := range store.Grams(b) {
		in[g] = true
	}
	all, n := store.Grams(a), 0
	for _, g := range all {
		if in[g] {
			n++
		}
	}
	return n * 100 / max(len(all), 1)
}

// Caused counts the orders that an admitted item caused, and those of them
// whose callers said that it was not solved or were dissatisfied.
func (m *Orders) Caused(ctx context.Context, item string, from, until time.Time) (n, unhappy int, err error) {
	where := []store.Cond{{Field: "item", Op: store.Eq, Value: item}}
	if !from.IsZero() {
		where = append(where, store.Cond{Field: "opened", Op: store.Gte, Value: store.Stamp(from)})
	}
	if !until.IsZero() {
		where = append(where, store.Cond{Field: "opened", Op: store.Lt, Value: store.Stamp(until)})
	}
	all, err := m.Engine.Cases().Count(ctx, store.Query{Where: where})
	if err != nil {
		return 0, 0, fault.Wrap(err, "count the orders of item %s", item)
	}
	bad, err := m.Engine.Cases().Count(ctx, store.Query{Where: append(where, store.Cond{Field: "unhappy", Op: store.Eq, Value: "yes"})})
	return int(all), int(bad), fault.Wrap(err, "count the unhappy of item %s", item)
}

// Engage says that a vendor's job serves an order: it is not a unit's.
func (m *Orders) Engage(ctx context.Context, id, job, vendor string) error {
	return m.byPortal(ctx, id, "engage", &jobForm{Job: job, Vendor: vendor}, job+" "+vendor)
}

// Disengage gives an order back to the centre: no vendor does it.
func (m *Orders) Disengage(ctx context.Context, id, job string) error {
	return m.byPortal(ctx, id, "disengage", &jobForm{Job: job}, job+" off")
}

// JobDone brings an order to the call-back.
func (m *Orders) JobDone(ctx context.Context, id, job, text string) error {
	return m.byPortal(ctx, id, "job_done", &jobDoneForm{Job: job, Text: text}, job+" done")
}

func (m *Orders) byPortal(ctx context.Context, id, act string, in any, key string) error {
	_, err := m.Engine.Act(ctx, lifecycle.System, id, act, in, lifecycle.Opts{Key: key})
	return err
}

// answerTo gives what was said to an order that was answered at once, "" where
// nothing was or the order is gone.
func (m *Orders) answerTo(ctx context.Context, id string) (string, error) {
	o, err := m.Engine.Get(ctx, lifecycle.System, id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return o.Answer, nil
}

// past gives orders of a category since a day that a unit handled, in a place
// and what lies below it, the newest first; more tells whether there are others.
func (m *Orders) past(ctx context.Context, category, place string, since time.Time, most int) (out []dispatch.Past, more bool, err error) {
	where := []store.Cond{{Field: "category", Op: store.Eq, Value: category}, {Field: "day", Op: store.Gte, Value: string(schema.DateOf(since, zone))}}
	if m.City.Street(place) != "" {
		where = append(where, store.Cond{Field: "community", Op: store.Eq, Value: place})
	}
	os, err := m.Engine.Cases().Find(ctx, store.Query{Sort: "-day", Limit: store.MaxLimit, Where: where})
	if err != nil {
		return nil, false, fault.Wrap(err, "find past orders")
	}
	for _, o := range os {
		if o.Unit == "" || place != "" && !slices.Contains(m.Places.Chain(o.Community), place) {
			continue
		}
		if len(out) == most {
			return out, true, nil
		}
		out = append(out, dispatch.Past{No: o.No, Community: o.Community, Unit: o.Unit})
	}
	return out, len(os) == store.MaxLimit, nil
}

// Prove gives the order of whoever holds its number and its PIN; wrong is wrong
// in one way only, and too often is refused.
func (m *Orders) Prove(ctx context.Context, no, pin, address string) (string, error) {
	o, err := m.prove(ctx, &trackIn{No: no, PIN: pin}, address)
	if err != nil {
		return "", err
	}
	return o.ID, nil
}

// Contact gives the phone and the name that a caller left with an order. Who
// hands them on has asked the gate and written the look down.
func (m *Orders) Contact(ctx context.Context, id string) (phone, name string, err error) {
	o, err := m.Engine.Cases().Get(ctx, id)
	if err != nil {
		return "", "", fault.Wrap(err, "read order %s", id)
	}
	who, err := m.card(ctx, o.Contact)
	if err != nil || who == nil {
		return "", "", err
	}
	return who.Phone, who.Name, nil
}
