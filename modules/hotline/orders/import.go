package orders

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Past is a closed order of the time before the portal.
type Past struct {
	Key       string // by which it is known again
	Source    string // its number in the old system
	Opened    time.Time
	Signed    time.Time // these three are zero when nobody has kept them
	Contacted time.Time
	Closed    time.Time
	Words     string
	Type      string
	Category  string
	Community string
	Place     string
	Unit      string
	Result    string
	Solved    string // solved, partly, not, unreached, or ""
	Grade     int64
	Graded    bool
	Phone     string // the order keeps its keyed digest only
}

// mostAtOnce is how many past orders are made with one commit.
const mostAtOnce = 500

// Import makes closed orders of the past. Those that were imported before are
// left out; it tells how many were made.
func (m *Orders) Import(ctx context.Context, past []Past) (made int, err error) {
	for chunk := range slices.Chunk(past, mostAtOnce) {
		n, err := m.importChunk(ctx, chunk)
		if made += n; err != nil {
			return made, err
		}
	}
	return made, nil
}

func (m *Orders) importChunk(ctx context.Context, past []Past) (int, error) {
	made := 0
	for try := 0; ; try++ {
		known, err := m.Imported(ctx, keysOfPast(past))
		if err != nil {
			return made, err
		}
		var ins []any
		for i := range past {
			if !slices.Contains(known, past[i].Key) {
				ins = append(ins, &past[i])
			}
		}
		if len(ins) == 0 {
			return made, nil
		}
		_, err = m.Engine.OpenMany(ctx, lifecycle.System, "import", ins)
		if taken := (*store.UniqueError)(nil); errors.As(err, &taken) && try < 3 { // another process imports the same
			continue
		}
		if err != nil {
			return made, fault.Wrap(err, "import past orders")
		}
		return made + len(ins), nil
	}
}

func keysOfPast(past []Past) []string {
	out := make([]string, len(past))
	for i, p := range past {
		out[i] = p.Key
	}
	return out
}

// Imported gives those of the keys under which an order was imported.
func (m *Orders) Imported(ctx context.Context, keys []string) ([]string, error) {
	var out []string
	for chunk := range slices.Chunk(keys, store.MaxLimit) {
		byTwin := make(map[string]string, len(chunk))
		twins := make([]string, len(chunk))
		for i, k := range chunk {
			twins[i] = m.pastTwin(k)
			byTwin[twins[i]] = k
		}
		os, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "twin", Op: store.In, Value: twins}}, Sort: "id", Limit: store.MaxLimit})
		if err != nil {
			return nil, fault.Wrap(err, "look for imported orders")
		}
		for _, o := range os {
			out = append(out, byTwin[o.Twin])
		}
	}
	return out, nil
}

func (m *Orders) pastTwin(key string) string { return m.digest("import", key) }

// importPast fills an order with what the old table says. It counts in the
// rates only when every time that they need was kept: nothing is made up.
func (m *Orders) importPast(o *Order, p *Past, s *lifecycle.Step) error {
	c, ok := portal.CategoryOf(p.Category)
	if !ok {
		return fault.InvalidField("category", "schema.not_an_option")
	}
	o.OpenedAt, o.AskedOn, o.Channel, o.Source, o.Twin = p.Opened.UTC(), schema.DateOf(p.Opened, zone), "import", p.Source, m.pastTwin(p.Key)
	o.Words, o.Place = p.Words, p.Place
	o.Type, o.Category, o.Stream, o.Class, o.Community = p.Type, c.Code, c.Stream, c.Class, p.Community
	o.Unit, o.Solved, o.Grade, o.Graded = p.Unit, p.Solved, p.Grade, p.Graded
	if phone, err := plainPhone(p.Phone); err == nil && phone != "" {
		o.Caller = m.callerOf(phone)
	}
	o.DispatchedAt, o.SignedAt, o.ContactedAt, o.RepliedAt, o.ClosedAt = kept(p.Opened, p.Unit != ""), kept(p.Signed, true), kept(p.Contacted, true), kept(p.Closed, true), kept(p.Closed, true)
	if p.Result != "" && !p.Closed.IsZero() {
		o.Replies = []Reply{{Unit: p.Unit, At: p.Closed.UTC(), Text: p.Result, Result: "done"}}
	}
	if p.Unit != "" && o.SignedAt != nil && o.ContactedAt != nil && o.ClosedAt != nil {
		o.judgePast(s)
	}
	return nil
}

// kept is a time that somebody has kept, nil for none.
func kept(at time.Time, holds bool) *time.Time {
	if at.IsZero() || !holds {
		return nil
	}
	at = at.UTC()
	return &at
}

// judgePast says which limits the unit would have kept by today's settings.
func (o *Order) judgePast(s *lifecycle.Step) {
	due := o.closing(s.Settings).from(o.OpenedAt, s)
	o.DueMonth = due.In(zone).Format("2006-01")
	o.InTime = InTime{Signed: !o.SignedAt.After(o.signing(s.Settings).from(o.OpenedAt, s)), Contacted: !o.ContactedAt.After(o.contacting().from(o.OpenedAt, s)), Closed: !o.RepliedAt.After(due)}
	o.Late = !o.InTime.Closed
}

// from gives the end of a limit that began at a moment.
func (l limit) from(at time.Time, s *lifecycle.Step) time.Time {
	if l.today {
		return endOfDay(at)
	}
	cal := s.Calendar
	if h, err := calendar.ParseHours(s.Settings.Text("work.hours")); l.unit == "wh" && err == nil {
		cal = cal.Within(h)
	}
	return cal.Sum(at, l.unit, s.Settings.Int(l.setting)).Due
}
