package vendors

import (
	"context"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

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
)

func (m *Vendors) kind() portal.Kind[Vendor] {
	return portal.Kind[Vendor]{
		Table: m.table(),
		View: portal.View[Vendor]{
			Columns: "classes score phone",
			Sections: []portal.Section[Vendor]{
				{Warn: "lapsed", When: func(x *Vendor) bool { return x.lapsed(m.Clock()) }},
				{When: func(x *Vendor) bool { return x.Filed != nil }, HTML: toLookAt},
				{Title: "part", Fields: "score classes communities phone licence licence_end insurance insurance_end ground reason until"},
				{Title: "prices", Text: "prices"},
				{HTML: m.entries},
			},
			Words: map[string]portal.Word[Vendor]{"score": func(_ portal.Visitor, x *Vendor) web.Value { return points(x.Score) }},
		},
		Unplaced: true,
		Prefill:  map[string]string{"file_papers": "licence_end insurance insurance_end prices phone"},
		Initial:  map[string]func(context.Context, portal.Visitor, *Vendor) web.Values{"renew": firm, "reinstate": firm},
		Redact: func(v portal.Visitor, x *Vendor) {
			if m.May(v, "vendor.trace", m.Engine.Table.Scope(x)) != nil { // a customer
				x.Files, x.Filed, x.Marks, x.Vetted, x.Proposed = nil, nil, nil, "", ""
			}
		},
	}
}

func (m *Vendors) table() lifecycle.Table[Vendor] {
	scored := append([]string{"delisting"}, known...)
	return lifecycle.Table[Vendor]{
		Noun: "vendor", Plural: "vendors", Prefix: "JM",
		Title: func(x *Vendor) string { return x.Firm.Name },
		Scope: func(x *Vendor) lifecycle.Scope {
			return lifecycle.Scope{Department: x.ID, Places: []string{x.District}}
		},
		Facts: func(x *Vendor, s *lifecycle.Step) ([]string, error) {
			return []string{lifecycle.When(x.Proposed == s.Actor.ID, "own_proposal"), lifecycle.When(x.Until != nil && s.Now.Before(*x.Until), "term_running"), lifecycle.When(x.Vetted == s.Actor.ID, "own_vetting")}, nil
		},
		AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "applied", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "rejected", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "probation", Shelf: lifecycle.Public, Tone: "doing"},
			{Name: "active", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "warned", Shelf: lifecycle.Public, Tone: "warn"},
			{Name: "suspended", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "delisting", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "delisted", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "left", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Vendor]{
			{Name: "apply", To: []string{"applied"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Fills("vendor", m.apply)},
			{Name: "vet", From: []string{"applied"}, To: []string{"probation"}, Rule: "R72", Look: lifecycle.Primary, Do: lifecycle.Does(m.vet)},
			{Name: "reject", From: []string{"applied"}, To: []string{"rejected"}, Rule: "R71", Do: lifecycle.Takes("vendor", decided)},
			{Name: "confirm", From: []string{"probation"}, To: []string{"active"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Does(func(x *Vendor, _ *lifecycle.Step) error {
				x.Confirmed = true
				return nil
			})},
			{Name: "file_papers", From: known, Rule: "R71", Do: lifecycle.Takes("vendor", filePapers)},
			{Name: "renew", From: append([]string{"applied"}, known...), Rule: "R71", Do: lifecycle.Takes("vendor", m.renew)},
			{Name: "remind", From: known, On: "papers_soon", Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Does(ending)},
			{Name: "lapse", From: known, On: "papers", Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Does(ending)},
			{Name: "score", From: scored, To: scored, Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Takes("vendor", m.score)},
			{Name: "suspend", From: working, To: []string{"suspended"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Takes("vendor", m.suspend), Emits: VendorStopped},
			{Name: "resume", From: []string{"suspended"}, To: []string{"warned"}, On: "suspension", Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Does(resume)},
			{Name: "propose_delist", From: known, To: []string{"delisting"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Takes("vendor", propose), Emits: VendorStopped},
			{Name: "delist", From: []string{"delisting"}, To: []string{"delisted"}, Rule: "R71", Look: lifecycle.Danger, Do: lifecycle.Does(delist), Stops: []string{"*"}, Emits: VendorDelisted},
			{Name: "keep", From: []string{"delisting"}, To: []string{"warned", "suspended"}, Rule: "R71", Do: lifecycle.Takes("vendor", keep)},
			{Name: "reinstate", From: []string{"delisted", "left"}, To: []string{"applied"}, Rule: "R71", Do: lifecycle.Takes("vendor", m.reinstate)},
			{Name: "leave", From: known, To: []string{"left"}, Rule: "R71", Do: lifecycle.Takes("vendor", decided), Stops: []string{"*"}, Emits: VendorLeft},
		},
	}
}

// waits: an application, a proposal to delist and new papers wait for the
// manager, papers that end for the vendor.
func (m *Vendors) waits(x *Vendor) []string {
	joined := slices.Contains(known, x.State)
	switch {
	case x.State == "applied", x.State == "delisting", joined && x.Filed != nil:
		return m.Engine.Assignees("vendor_manager", m.Engine.Table.Scope(x))
	case joined && x.Ending:
		return m.Engine.Assignees("vendor", m.Engine.Table.Scope(x))
	}
	return nil
}

func (m *Vendors) apply(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	x.Firm, x.District, x.Score = *in, m.District(), fullScore
	return nil
}

// check holds the papers against the day, and the classes against the standards (R72).
func (m *Vendors) check(in *Firm, s *lifecycle.Step) error {
	f := in.Papers.check(s.Now)
	for _, c := range in.Classes {
		if k, ok := portal.CategoryOf(c); !ok || k.Stream != portal.Social {
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

// check names the papers that are over.
func (x *Papers) check(now time.Time) *fault.Error {
	f, today := fault.New(fault.Invalid, "invalid"), schema.DateOf(now, zone)
	if x.LicenceEnd < today {
		f.Wrong("licence_end", "vendor.over")
	}
	if x.InsuranceTo < today {
		f.Wrong("insurance_end", "vendor.over")
	}
	return f
}

// vet takes a firm on probation: its papers hold, and for each of its classes
// there is a written standard (R72).
func (m *Vendors) vet(x *Vendor, s *lifecycle.Step) error {
	if x.lapsed(s.Now) {
		return fault.New(fault.Conflict, "vendor.papers_over")
	}
	if err := m.promised(s, x.Classes); err != nil {
		return err
	}
	x.Vetted, x.Until = s.Actor.ID, nil
	m.watch(x, s)
	return nil
}

// promised wants a standard in force for each class (R72).
func (m *Vendors) promised(s *lifecycle.Step, classes []string) error {
	for _, c := range classes {
		std, err := m.StandardOf(s.Ctx, c)
		if err != nil {
			return err
		}
		if std == nil {
			return fault.New(fault.Conflict, "vendor.no_standard", "class", "t:category."+c).OnRule("R72")
		}
	}
	return nil
}

// watch reminds of the end of the papers, and ends the jobs with them.
func (m *Vendors) watch(x *Vendor, s *lifecycle.Step) {
	x.Ending = false
	end := x.end()
	s.Until("papers_soon", "R71", end.AddDate(0, 0, -s.Settings.Int("ven.papers_days")))
	s.Until("papers", "R71", end)
}

func ending(x *Vendor, _ *lifecycle.Step) error {
	x.Ending = true
	return nil
}

// filePapers is a vendor's own word: it counts once the manager has seen it.
func filePapers(x *Vendor, in *Papers, s *lifecycle.Step) error {
	f := in.check(s.Now)
	if len(in.Files) == 0 {
		f.Wrong("files", "vendor.show_papers")
	}
	if len(f.Fields) > 0 {
		return f
	}
	x.Filed = in
	return nil
}

func (m *Vendors) renew(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	if err := m.promised(s, in.Classes); err != nil {
		return err
	}
	if len(in.Files) == 0 { // what was shown stays on file
		in.Files = x.Files
		if x.Filed != nil {
			in.Files = x.Filed.Files
		}
	}
	x.Firm, x.Filed = *in, nil
	if x.State != "applied" { // a firm is watched once it has joined
		m.watch(x, s)
	}
	return nil
}

func (m *Vendors) suspend(x *Vendor, in *reasonForm, s *lifecycle.Step) error {
	x.Reason = in.Reason
	x.term("person", s)
	return nil
}

// term begins a suspension.
func (x *Vendor) term(by string, s *lifecycle.Step) {
	end := s.Now.In(zone).AddDate(0, s.Settings.Int("ven.suspend_months"), 0).UTC()
	x.Suspended, x.Until = by, &end
	s.Until("suspension", "R71", end)
}

// resume ends a suspension that was served: a score below its line starts anew.
func resume(x *Vendor, s *lifecycle.Step) error {
	x.Suspended, x.Until = "", nil
	if x.Score < int64(s.Settings.Int("ven.suspend")) {
		x.restart(s)
	}
	return nil
}

func propose(x *Vendor, in *delistForm, s *lifecycle.Step) error {
	x.propose(s.Actor.ID, in.Ground, false, s)
	x.Reason = in.Reason
	return nil
}

// propose to delist; the term of a suspension runs on meanwhile.
func (x *Vendor) propose(by, ground string, score bool, s *lifecycle.Step) {
	x.Proposed, x.Ground, x.ByScore = by, ground, score
	s.Stop("suspension")
}

// unpropose gives the state to go on in: suspended if that term is not over,
// else warned.
func (x *Vendor) unpropose(s *lifecycle.Step) (string, error) {
	x.Proposed, x.Ground, x.ByScore = "", "", false
	switch {
	case x.Suspended == "":
		return "warned", nil
	case s.Now.Before(*x.Until):
		s.Until("suspension", "R71", *x.Until)
		return "suspended", nil
	}
	return "warned", resume(x, s)
}

func delist(x *Vendor, s *lifecycle.Step) error {
	end := s.Now.In(zone).AddDate(0, s.Settings.Int("ven.delist_months"), 0).UTC()
	x.Until = &end
	return nil
}

// keep turns a proposal down. What the score alone had proposed starts anew.
func keep(x *Vendor, in *reasonForm, s *lifecycle.Step) error {
	if x.ByScore {
		x.restart(s)
	}
	x.Reason = in.Reason
	to, err := x.unpropose(s)
	if to == "suspended" && x.Suspended == "score" && x.Score >= int64(s.Settings.Int("ven.suspend")) {
		x.lift(s)
		to = "warned"
	}
	s.Go(to)
	return err
}

func (m *Vendors) reinstate(x *Vendor, in *Firm, s *lifecycle.Step) error {
	if err := m.check(in, s); err != nil {
		return err
	}
	*x = Vendor{Case: x.Case, Firm: *in, District: x.District, Score: fullScore}
	return nil
}

func decided(x *Vendor, in *reasonForm, _ *lifecycle.Step) error {
	x.Reason = in.Reason
	return nil
}
