package vendors

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Vendor is a firm that serves residents.
type Vendor struct {
	lifecycle.Case
	Firm
	District string     `json:"district"`
	Score    int64      `json:"score"`
	Vetted   string     `json:"vetted_by,omitempty"`
	Proposed string     `json:"proposed_by,omitempty"` // who proposed to delist it
	Ground   string     `json:"ground,omitempty"`      // on which it is, or is to be, delisted
	Reason   string     `json:"reason,omitempty"`      // of the last decision against it
	Until    *time.Time `json:"until,omitempty"`       // end of its suspension or of its delisting
}

// Firm is what a vendor says of itself.
type Firm struct {
	Name        string      `json:"name" form:"text,required,max=60"`
	Licence     string      `json:"licence" form:"text,required,max=40"`
	LicenceEnd  schema.Date `json:"licence_end" form:"date,required"`
	Insurance   string      `json:"insurance" form:"text,required,max=60"`
	InsuranceTo schema.Date `json:"insurance_end" form:"date,required"`
	Classes     []string    `json:"classes" form:"choices,required,from=service_classes"`
	Communities []string    `json:"communities" form:"choices,required,from=communities"`
	Prices      string      `json:"prices" form:"longtext,required,max=2000"`
	Phone       string      `json:"phone" form:"text,required,max=20"` // at work
	Agreed      bool        `json:"agreed" form:"check"`               // signs the standards of its classes
}

// lapsed tells whether its licence or its insurance is over.
func (x *Vendor) lapsed(now time.Time) bool { return !now.Before(x.papersEnd()) }

// papersEnd is the end of the paper that ends first.
func (x *Vendor) papersEnd() time.Time {
	return min(x.LicenceEnd, x.InsuranceTo).Time(zone).AddDate(0, 0, 1)
}

// working are the states in which a vendor may be sent to customers.
var working = []string{"probation", "active", "warned"}

// The inputs of the acts.
type (
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
	delistForm struct {
		Ground string        `json:"ground" form:"choice,required,of=fraud theft harassment forged_licence overcharge low_score"`
		Reason string        `json:"reason" form:"longtext,required,max=1000"`
		Files  []schema.File `json:"files,omitempty" form:"files,max=4"`
	}
	pointsForm struct {
		Points int64  `json:"points" form:"number,required,min=1,max=100"`
		Up     bool   `json:"up" form:"check"` // given, not taken
		Entry  string `json:"entry" form:"text,required,max=40"`
	}
)

func none(fiber.Router) {}

func (m *Vendors) table() lifecycle.Table[Vendor] {
	known := append([]string{"suspended"}, working...)
	return lifecycle.Table[Vendor]{
		Noun: "vendor", Plural: "vendors", Prefix: "JM",
		Title: func(x *Vendor) string { return x.Firm.Name },
		Scope: func(x *Vendor) lifecycle.Scope {
			return lifecycle.Scope{Department: x.ID, Places: []string{x.District}}
		},
		Facts: func(x *Vendor, s *lifecycle.Step) []string {
			return []string{lifecycle.When(x.Proposed == s.Actor.ID, "own_proposal"), lifecycle.When(x.Until != nil && s.Now.Before(*x.Until), "term_running"), lifecycle.When(x.Vetted == s.Actor.ID, "own_vetting")}
		},
		States: []lifecycle.State{
			{Name: "applied", Shelf: lifecycle.Filed, Tone: "info", Turn: []string{"vendor_manager"}},
			{Name: "rejected", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "probation", Shelf: lifecycle.Public, Tone: "doing"},
			{Name: "active", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "warned", Shelf: lifecycle.Public, Tone: "warn"},
			{Name: "suspended", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "delisting", Shelf: lifecycle.Filed, Tone: "bad", Turn: []string{"vendor_manager"}},
			{Name: "delisted", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "left", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Vendor]{
			{Name: "apply", To: []string{"applied"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("vendor", m.apply)},
			{Name: "vet", From: []string{"applied"}, To: []string{"probation"}, Rule: "R72", Look: lifecycle.Primary, Do: lifecycle.Does(m.vet), Tells: "vetted"},
			{Name: "reject", From: []string{"applied"}, To: []string{"rejected"}, Rule: "R71", Do: lifecycle.Takes("vendor", decided)},
			{Name: "confirm", From: []string{"probation"}, To: []string{"active"}, Rule: "R71", Look: lifecycle.Primary},
			{Name: "renew", From: append([]string{"applied"}, known...), Rule: "R71", Do: lifecycle.Takes("vendor", m.renew), Stops: []string{"papers"}},
			{Name: "lapse", From: known, On: "papers", Rule: "R71", Look: lifecycle.Hidden, Tells: "lapsed"},
			{Name: "score", From: known, To: known, Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Takes("vendor", m.score)},
			{Name: "suspend", From: working, To: []string{"suspended"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Takes("vendor", m.suspend), Tells: "suspended"},
			{Name: "resume", From: []string{"suspended"}, To: []string{"warned"}, On: "suspension", Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Does(again)},
			{Name: "propose_delist", From: known, To: []string{"delisting"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Takes("vendor", propose)},
			{Name: "delist", From: []string{"delisting"}, To: []string{"delisted"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Does(delist), Stops: []string{"*"}, Tells: "delisted"},
			{Name: "keep", From: []string{"delisting"}, To: []string{"warned"}, Rule: "R71", Do: lifecycle.Takes("vendor", keep)},
			{Name: "reinstate", From: []string{"delisted", "left"}, To: []string{"applied"}, Rule: "R71", Do: lifecycle.Takes("vendor", m.reinstate)},
			{Name: "leave", From: known, To: []string{"left"}, Rule: "R71", Do: lifecycle.Takes("vendor", decided), Stops: []string{"*"}, Tells: "left"},
		},
	}
}

func (m *Vendors) apply(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	x.Firm, x.District, x.Score = *in, m.district(), 100
	return nil
}

// check holds the papers against the day, and the classes against the standards (R72).
func (m *Vendors) check(in *Firm, s *lifecycle.Step) error {
	f, today := fault.New(fault.Invalid, "invalid"), schema.DateOf(s.Now, zone)
	if in.LicenceEnd < today {
		f.Wrong("licence_end", "vendor.over")
	}
	if in.InsuranceTo < today {
		f.Wrong("insurance_end", "vendor.over")
	}
	for _, c := range in.Classes {
		if k, ok := modules.CategoryOf(c); !ok || k.Stream != modules.Social {
			f.Wrong("classes", "schema.not_an_option")
		}
	}
	if !in.Agreed {
		f.Wrong("agreed", "vendor.must_agree").OnRule("R72")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// vet takes a firm on probation: its papers hold, and for each of its classes
// there is a written standard (R72).
func (m *Vendors) vet(x *Vendor, s *lifecycle.Step) error {
	if x.lapsed(s.Now) {
		return fault.New(fault.Conflict, "vendor.papers_over")
	}
	for _, c := range x.Classes {
		std, err := m.standard(s.Ctx, c)
		if err != nil {
			return err
		}
		if std == nil {
			return fault.New(fault.Conflict, "vendor.no_standard", "class", "t:category."+c).OnRule("R72")
		}
	}
	x.Vetted, x.Until = s.Actor.ID, nil
	s.Until("papers", "R71", x.papersEnd())
	return nil
}

func (m *Vendors) renew(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	for _, c := range in.Classes {
		if std, err := m.standard(s.Ctx, c); err != nil || std == nil {
			if err == nil {
				err = fault.New(fault.Conflict, "vendor.no_standard", "class", "t:category."+c).OnRule("R72")
			}
			return err
		}
	}
	x.Firm = *in
	s.Until("papers", "R71", x.papersEnd())
	return nil
}

// score adds points; the state follows the score.
func (m *Vendors) score(x *Vendor, in *pointsForm, s *lifecycle.Step) error {
	points := in.Points
	if !in.Up {
		points = -points
	}
	x.Score = min(max(x.Score+points, 0), 100)
	s.Note(in.Entry)
	to := x.State
	switch warn, suspend := int64(s.Settings.Int("ven.warn")), int64(s.Settings.Int("ven.suspend")); {
	case x.State == "suspended":
	case x.Score < suspend:
		to = "suspended"
		m.term(x, s)
	case x.Score < warn:
		to = "warned"
	case x.State == "warned":
		to = "active"
	}
	s.Go(to)
	return nil
}

func (m *Vendors) suspend(x *Vendor, in *reasonForm, s *lifecycle.Step) error {
	x.Reason = in.Reason
	m.term(x, s)
	return nil
}

// term begins a suspension.
func (m *Vendors) term(x *Vendor, s *lifecycle.Step) {
	end := s.Now.In(zone).AddDate(0, s.Settings.Int("ven.suspend_months"), 0).UTC()
	x.Until = &end
	s.Until("suspension", "R71", end)
}

func again(x *Vendor, _ *lifecycle.Step) error {
	x.Until = nil
	return nil
}

func propose(x *Vendor, in *delistForm, s *lifecycle.Step) error {
	x.Proposed, x.Ground, x.Reason = s.Actor.ID, in.Ground, in.Reason
	return nil
}

func delist(x *Vendor, s *lifecycle.Step) error {
	end := s.Now.In(zone).AddDate(0, s.Settings.Int("ven.delist_months"), 0).UTC()
	x.Until = &end
	return nil
}

func keep(x *Vendor, in *reasonForm, _ *lifecycle.Step) error {
	x.Proposed, x.Ground, x.Reason = "", "", in.Reason
	return nil
}

func (m *Vendors) reinstate(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	x.Firm, x.Score, x.Proposed, x.Ground, x.Reason, x.Until = *in, 100, "", "", "", nil
	return nil
}

func decided(x *Vendor, in *reasonForm, _ *lifecycle.Step) error {
	x.Reason = in.Reason
	return nil
}

// Score is one change of a vendor's score.
type Score struct {
	lifecycle.Case
	Charge
	District string `json:"district"`
	Appeal   string `json:"appeal,omitempty"`
	Finding  string `json:"finding,omitempty"` // of the office
}

// up tells whether points are given: only praise gives any.
func (s *Score) up() bool { return s.Ground == "praise" }

// Charge is what the score is changed for.
type Charge struct {
	Vendor string        `json:"vendor" form:"choice,required,from=vendors"`
	Points int64         `json:"points" form:"number,required,min=1,max=100"`
	Ground string        `json:"ground" form:"choice,required,of=late no_show overcharge rude poor_work no_proof below_standard fraud theft harassment forged_licence praise"`
	Text   string        `json:"text" form:"longtext,required,max=1000"`
	Job    string        `json:"job" form:"text,max=40"` // its number
	Files  []schema.File `json:"files,omitempty" form:"files,max=4"`
}

type textForm struct {
	Text string `json:"text" form:"longtext,required,max=1000"`
}

func (m *Vendors) scores() lifecycle.Table[Score] {
	return lifecycle.Table[Score]{
		Noun: "score_entry", Plural: "score_entries", Prefix: "XF",
		Title: func(s *Score) string { return m.h.Names.Department(web.Simplified, s.Vendor) },
		Scope: func(s *Score) lifecycle.Scope {
			return lifecycle.Scope{Department: s.Vendor, Places: []string{s.District}}
		},
		States: []lifecycle.State{
			{Name: "entered", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "appealed", Shelf: lifecycle.Filed, Tone: "warn", Turn: []string{"office_staff"}},
			{Name: "upheld", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "cancelled", Shelf: lifecycle.Filed, Tone: "good"},
		},
		Acts: []lifecycle.Act[Score]{
			{Name: "enter", To: []string{"entered"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("score_entry", m.enter), Tells: "entered"},
			{Name: "appeal", From: []string{"entered"}, To: []string{"appealed"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("score_entry", func(s *Score, in *textForm, _ *lifecycle.Step) error {
				s.Appeal = in.Text
				return nil
			})},
			{Name: "uphold", From: []string{"appealed"}, To: []string{"upheld"}, Rule: "R71", Do: lifecycle.Takes("score_entry", found)},
			{Name: "cancel", From: []string{"appealed"}, To: []string{"cancelled"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("score_entry", found), Tells: "cancelled"},
		},
		Fields:  []store.Field{{Name: "vendor"}},
		Indexes: []store.Index{{Name: "vendor", Fields: []string{"vendor"}}},
		Extract: func(s *Score) map[string]any { return map[string]any{"vendor": s.Vendor} },
	}
}

func (m *Vendors) enter(s *Score, in *Charge, _ *lifecycle.Step) error {
	if !m.h.Names.Known("department", in.Vendor) {
		return fault.InvalidField("vendor", "schema.not_an_option")
	}
	s.Charge, s.District = *in, m.district()
	return nil
}

func found(s *Score, in *textForm, _ *lifecycle.Step) error {
	s.Finding = in.Text
	return nil
}

// Standard is what is owed to every customer of a class (R72).
type Standard struct {
	lifecycle.Case
	Promise
	District string `json:"district"`
}

// Promise is what a standard says.
type Promise struct {
	Class    string `json:"class" form:"choice,required,from=service_classes"`
	Title    string `json:"title" form:"text,required,max=80"`
	Text     string `json:"text" form:"longtext,required,max=4000"`
	Warranty int64  `json:"warranty" form:"number,required,min=0,max=730"` // days
}

func (m *Vendors) standards() lifecycle.Table[Standard] {
	write := func(s *Standard, in *Promise, _ *lifecycle.Step) error {
		if k, ok := modules.CategoryOf(in.Class); !ok || k.Stream != modules.Social {
			return fault.InvalidField("class", "schema.not_an_option")
		}
		s.Promise, s.District = *in, m.district()
		return nil
	}
	return lifecycle.Table[Standard]{
		Noun: "service_standard", Plural: "service_standards", Prefix: "BZ",
		Title: func(s *Standard) string { return s.Promise.Title },
		Scope: func(s *Standard) lifecycle.Scope { return lifecycle.Scope{Places: []string{s.District}} },
		Facts: func(s *Standard, step *lifecycle.Step) []string {
			return []string{lifecycle.When(s.OpenedBy == step.Actor.ID, "own_draft")}
		},
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Filed, Tone: "neutral", Turn: []string{"vendor_manager"}},
			{Name: "in_force", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "superseded", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Standard]{
			{Name: "draft", To: []string{"draft"}, Rule: "R72", Look: lifecycle.Primary, Do: lifecycle.Takes("service_standard", write)},
			{Name: "amend", From: []string{"draft"}, Rule: "R72", Do: lifecycle.Takes("service_standard", write)},
			{Name: "enforce", From: []string{"draft"}, To: []string{"in_force"}, Rule: "R72", Look: lifecycle.Primary, Tells: "enforced"},
			{Name: "supersede", From: []string{"in_force"}, To: []string{"superseded"}, Rule: "R72", Look: lifecycle.Hidden},
		},
		Fields:  []store.Field{{Name: "class"}},
		Indexes: []store.Index{{Name: "class", Fields: []string{"class"}}},
		Extract: func(s *Standard) map[string]any { return map[string]any{"class": s.Class} },
	}
}

// classes are the categories that vendors serve.
func classes() (out []modules.Category) {
	return slices.DeleteFunc(slices.Clone(modules.Categories), func(c modules.Category) bool { return c.Stream != modules.Social })
}
