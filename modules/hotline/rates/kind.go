package rates

import (
	"context"
	"strconv"
	"time"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Bulletin is a month's figures of every unit.
type Bulletin struct {
	lifecycle.Case
	District string     `json:"district"`
	Month    string     `json:"month"` // 2006-01
	Edition  int64      `json:"edition"`
	Counted  time.Time  `json:"counted_at"`
	Rows     []Row      `json:"rows"`
	Fixes    []Fix      `json:"corrections,omitempty"`
	Out      *time.Time `json:"published_at,omitempty"`
}

// Fix is a correction of a published bulletin.
type Fix struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
}

// Improvement is what a unit below the floor owes the centre.
type Improvement struct {
	lifecycle.Case
	Unit     string   `json:"unit" show:"unit"`
	District string   `json:"district"`
	Street   bool     `json:"street,omitempty"`
	Month    string   `json:"month"`
	Bulletin string   `json:"bulletin"`
	From     string   `json:"bulletin_no"`
	Below    []string `json:"below"`
	Reply    int64    `json:"reply_rate"`
	Satisfy  int64    `json:"satisfaction_rate"`
	Answer   string   `json:"answer,omitempty"`
	Remark   string   `json:"remark,omitempty"` // why it was sent back
	Late     bool     `json:"late,omitempty"`
}

// The inputs of the acts.
type (
	drawForm struct {
		Month string `json:"month" form:"choice,required,from=rate_months"`
	}
	correctForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
	toldForm struct {
		Unit     string `json:"unit" form:"text,required,max=64"`
		Bulletin string `json:"bulletin" form:"text,required,max=64"`
	}
	answerForm struct {
		Answer string `json:"answer" form:"longtext,required,max=2000"`
	}
	remarkForm struct {
		Remark string `json:"remark" form:"longtext,required,max=500"`
	}
)

func (m *Rates) bulletins() portal.Kind[Bulletin] {
	return portal.Kind[Bulletin]{
		Table: lifecycle.Table[Bulletin]{
			Noun: "bulletin", Plural: "bulletins", Prefix: "RX",
			Title: func(b *Bulletin) string { return b.Month + " 热线通报" },
			Scope: func(b *Bulletin) lifecycle.Scope { return lifecycle.Scope{Places: []string{b.District}} },
			States: []lifecycle.State{
				{Name: "drawn", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"hotline_head"}},
				{Name: "published", Shelf: lifecycle.Public, Tone: "good"},
			},
			Acts: []lifecycle.Act[Bulletin]{
				{Name: "draw", To: []string{"drawn"}, Rule: "R65", Look: lifecycle.Primary, Do: lifecycle.Fills("bulletin", m.draw).Then(m.redraw)},
				{Name: "redraw", From: []string{"drawn"}, Rule: "R65", Do: lifecycle.Does(m.redraw)},
				{Name: "publish", From: []string{"drawn"}, To: []string{"published"}, Rule: "R66", Look: lifecycle.Primary, Do: lifecycle.Does(publish), Emits: BulletinPublished},
				{Name: "correct", From: []string{"published"}, Rule: "R65", Do: lifecycle.Takes("bulletin", m.correct), Emits: BulletinCorrected},
			},
			Fields:  []store.Field{{Name: "month"}},
			Indexes: []store.Index{{Name: "month", Fields: []string{"month"}, Unique: true}},
			Extract: func(b *Bulletin) map[string]any { return map[string]any{"month": b.Month} },
		},
		Columns: []portal.Column[Bulletin]{
			{Key: "bulletin.units", Num: true, Value: func(_ portal.Visitor, b *Bulletin) web.Value { return count(len(b.Rows)) }},
			{Key: "bulletin.below", Num: true, Value: func(_ portal.Visitor, b *Bulletin) web.Value { return count(len(b.named())) }},
		},
		Unplaced: true,
		Filters:  map[string]string{"month": "month"},
		Detail:   m.detail,
		Letters:  map[string]func(context.Context, portal.Visitor, *Bulletin) (*portal.Letter, error){"circular": m.circular},
	}
}

// count is a number that is said when it is none, too.
func count(n int) web.Value { return web.Value{Text: strconv.Itoa(n), Plain: int64(n)} }

func (m *Rates) draw(b *Bulletin, in *drawForm, s *lifecycle.Step) error {
	if at, err := time.ParseInLocation("2006-01", in.Month, zone); err != nil || !at.Before(firstOf(s.Now)) {
		return fault.InvalidField("month", "bulletin.not_over")
	}
	b.Month, b.District = in.Month, m.h.District()
	return nil
}

// redraw counts the month anew.
func (m *Rates) redraw(b *Bulletin, s *lifecycle.Step) error {
	t := tally{}
	if err := m.measures(s.Ctx, b.Month, func(o orders.Measure) error { t.add(o); return nil }); err != nil {
		return err
	}
	b.Rows = t.rows(s.Settings, func(unit string) bool { return m.h.Names.Known("place", unit) })
	b.Edition, b.Counted = b.Edition+1, s.Now
	return m.keep(s.Ctx, b, t)
}

func publish(b *Bulletin, s *lifecycle.Step) error {
	if len(b.Rows) == 0 {
		return fault.New(fault.Conflict, "bulletin.empty")
	}
	b.Out = &s.Now
	return nil
}

// correct counts a published month anew and says why. Who falls below a floor
// only now is told then; an improvement that was owed by mistake is closed by
// hand.
func (m *Rates) correct(b *Bulletin, in *correctForm, s *lifecycle.Step) error {
	b.Fixes = append(b.Fixes, Fix{At: s.Now, Why: in.Why})
	return m.redraw(b, s)
}

func (m *Rates) improvements() portal.Kind[Improvement] {
	owed := lifecycle.Timer{Name: "improve", Setting: "hot.improve_wd", Unit: "wd", Rule: "R66"}
	rate := func(of func(*Improvement) int64) portal.Word[Improvement] {
		return func(_ portal.Visitor, x *Improvement) web.Value { return web.Words(pct(of(x))) }
	}
	return portal.Kind[Improvement]{
		Table: lifecycle.Table[Improvement]{
			Noun: "improvement", Plural: "improvements", Prefix: "GJ",
			Title: func(x *Improvement) string { return x.Month + " 限期改进" },
			Scope: func(x *Improvement) lifecycle.Scope {
				if x.Street {
					return lifecycle.Scope{Places: []string{x.Unit}}
				}
				return lifecycle.Scope{Department: x.Unit, Places: []string{x.District}}
			},
			AssignedTo: m.assignees,
			States: []lifecycle.State{
				{Name: "told", Shelf: lifecycle.Filed, Tone: "warn"},
				{Name: "answered", Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"hotline_head"}},
				{Name: "accepted", Shelf: lifecycle.Filed, Tone: "good"},
			},
			Acts: []lifecycle.Act[Improvement]{
				{Name: "tell", To: []string{"told"}, Rule: "R66", Look: lifecycle.Hidden, Do: lifecycle.Fills("improvement", m.open), Timers: []lifecycle.Timer{owed}},
				{Name: "answer", From: []string{"told"}, To: []string{"answered"}, Rule: "R66", Look: lifecycle.Primary, Do: lifecycle.Takes("improvement", answer), Stops: []string{"improve"}},
				{Name: "accept", From: []string{"answered"}, To: []string{"accepted"}, Rule: "R66", Look: lifecycle.Primary},
				{Name: "send_back", From: []string{"answered"}, To: []string{"told"}, Rule: "R66", Do: lifecycle.Takes("improvement", sendBack), Timers: []lifecycle.Timer{owed}},
				{Name: "late", From: []string{"told"}, On: "improve", Rule: "R66", Look: lifecycle.Hidden, Do: lifecycle.Does(func(x *Improvement, _ *lifecycle.Step) error {
					x.Late = true
					return nil
				})},
			},
			Fields:  []store.Field{{Name: "bulletin"}},
			Indexes: []store.Index{{Name: "bulletin", Fields: []string{"bulletin"}}},
			Extract: func(x *Improvement) map[string]any { return map[string]any{"bulletin": x.Bulletin} },
		},
		View: portal.View[Improvement]{
			Columns: "unit below",
			Sections: []portal.Section[Improvement]{
				{Title: "part", Fields: "unit month below reply_rate satisfaction_rate answer remark"},
				{HTML: toBulletin},
			},
			Rule: "R66",
			Labels: map[string]string{"unit": "bulletin.unit", "month": "bulletin.month", "below": "bulletin.below", "reply_rate": "bulletin.on_time_rate",
				"satisfaction_rate": "bulletin.satisfy"},
			Words: map[string]portal.Word[Improvement]{
				"below":             func(v portal.Visitor, x *Improvement) web.Value { return web.Words(below(v.Lang, x.Below)) },
				"reply_rate":        rate(func(x *Improvement) int64 { return x.Reply }),
				"satisfaction_rate": rate(func(x *Improvement) int64 { return x.Satisfy }),
			},
		},
		Unplaced: true,
		Filters:  map[string]string{"bulletin": "bulletin"},
	}
}

// assignees: the unit answers, the head reads it.
func (m *Rates) assignees(x *Improvement) []string {
	sc := m.Improvements.Engine.Table.Scope(x)
	switch {
	case x.State == "answered":
		return m.Improvements.Engine.Assignees("hotline_head", lifecycle.Scope{Places: []string{x.District}})
	case x.State != "told":
		return nil
	case x.Street:
		return m.Improvements.Engine.Assignees("street_cadre", sc)
	}
	return m.Improvements.Engine.Assignees("dept_clerk", sc)
}

func (m *Rates) open(x *Improvement, in *toldForm, s *lifecycle.Step) error {
	b, err := m.Bulletins.Engine.Get(s.Ctx, lifecycle.System, in.Bulletin)
	if err != nil {
		return err
	}
	for _, r := range b.Rows {
		if r.Unit == in.Unit {
			x.Unit, x.Street, x.District, x.Month, x.Bulletin, x.From, x.Below, x.Reply, x.Satisfy = r.Unit, r.Street, b.District, b.Month, b.ID, b.No, r.Below, r.OnTimeRate, r.Satisfy
			return nil
		}
	}
	return fault.InvalidField("unit", "schema.not_an_option")
}

func answer(x *Improvement, in *answerForm, _ *lifecycle.Step) error {
	x.Answer, x.Remark = in.Answer, ""
	return nil
}

func sendBack(x *Improvement, in *remarkForm, _ *lifecycle.Step) error {
	x.Remark = in.Remark
	return nil
}
