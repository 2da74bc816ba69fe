package dispatch

import (
	"errors"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Reason says why.
type Reason struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// Succession names the rule that took the place of another.
type Succession struct {
	By string `json:"by" form:"text,required,max=40"`
}

// Learned is a rule that a final ruling proposes.
type Learned struct {
	Content
	Author  string `json:"author" form:"text,required,max=64"`
	Order   string `json:"order" form:"text,required,max=64"`
	OrderNo string `json:"order_no" form:"text,required,max=40"`
}

func (m *Dispatch) kind() portal.Kind[Rule] {
	open := []string{proposed, draft, tested}
	return portal.Kind[Rule]{
		Table: lifecycle.Table[Rule]{
			Noun: "dispatch_rule", Plural: "dispatch_rules", Prefix: "PG",
			Title: m.title,
			Scope: scope,
			Facts: m.facts,
			States: []lifecycle.State{
				{Name: proposed, Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"dispatcher"}},
				{Name: draft, Shelf: lifecycle.Filed, Tone: "neutral", Assignees: []string{"dispatcher"}},
				{Name: tested, Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"hotline_head"}},
				{Name: inForce, Shelf: lifecycle.Public, Tone: "good"},
				{Name: superseded, Shelf: lifecycle.Public, Tone: "neutral"},
				{Name: "ended", Shelf: lifecycle.Public, Tone: "bad"},
				{Name: "dropped", Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Rule]{
				{Name: "draft", To: []string{draft}, Do: lifecycle.Fills("dispatch_rule", m.draft), Look: lifecycle.Primary},
				{Name: "propose", To: []string{proposed}, Rule: "R57", Do: lifecycle.Fills("dispatch_rule", m.propose), Look: lifecycle.Hidden},
				{Name: "amend", From: open, To: []string{draft}, Do: lifecycle.Takes("dispatch_rule", m.draft)},
				{Name: "test", From: open, To: []string{tested}, Do: lifecycle.Does(m.test), Look: lifecycle.Primary},
				{Name: "enforce", From: []string{tested}, To: []string{inForce}, Do: lifecycle.Does(m.enforce), Emits: Enforced, Look: lifecycle.Primary},
				{Name: "drop", From: open, To: []string{"dropped"}, Do: lifecycle.Takes("dispatch_rule", give), Look: lifecycle.Danger},
				{Name: "supersede", From: []string{inForce}, To: []string{superseded}, Do: lifecycle.Takes("dispatch_rule", supersede), Look: lifecycle.Hidden},
				{Name: "end", From: []string{inForce}, To: []string{"ended"}, Do: lifecycle.Takes("dispatch_rule", end), Look: lifecycle.Danger},
			},
			Fields: []store.Field{{Name: "category"}, {Name: "unit"}, {Name: "slot"}, {Name: "version", Kind: store.Int}, {Name: "turn"}},
			Indexes: []store.Index{{Name: "category", Fields: []string{"category"}}, {Name: "unit", Fields: []string{"unit"}},
				{Name: "slot", Fields: []string{"slot", "version"}}, {Name: "turn", Fields: []string{"turn"}, Unique: true}},
			Extract: func(r *Rule) map[string]any {
				x := map[string]any{"category": r.Category, "unit": r.Unit, "slot": r.slot(), "version": r.Version, "turn": nil}
				if r.Version > 0 { // of two put into force at once only one is saved
					x["turn"] = r.slot() + "/" + strconv.FormatInt(r.Version, 10)
				}
				return x
			},
		},
		View: portal.View[Rule]{
			Columns: "category place unit version",
			Sections: []portal.Section[Rule]{
				{Title: "part_rule", Fields: "coded place unit basis reason author order_no version enforced_at ended_at successor"},
				{Title: "part_trial", When: func(r *Rule) bool { return r.Trial != nil }, HTML: m.trial},
			},
			Labels: map[string]string{"coded": "dispatch_rule.category", "order_no": "dispatch_rule.order"},
			Words: map[string]portal.Word[Rule]{
				"coded": func(v portal.Visitor, r *Rule) web.Value {
					return web.Words(r.Category + " " + v.Lang.T("category."+r.Category))
				},
			},
		},
		Lead:    m.lead,
		Above:   above,
		Filters: map[string]string{"category": "category", "unit": "unit"},
		Prefill: map[string]string{"amend": ""},
	}
}

// title is in the city's language, as all that people write in cases.
func (m *Dispatch) title(r *Rule) string {
	const l = web.Simplified
	return l.T("dispatch_rule.title", "category", "t:category."+r.Category, "place", m.Names.Place(l, r.Place), "unit", m.Names.Unit(l, r.Unit))
}

func scope(r *Rule) lifecycle.Scope {
	s := lifecycle.Scope{Places: []string{r.Place}}
	if r.ToUnit {
		s.Department = r.Unit
	}
	return s
}

// facts: same_person wrote or tried it (four eyes), outdated other rules of the
// category have changed since the trial.
func (m *Dispatch) facts(r *Rule, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(s.Did("draft", "amend", "test"), "same_person"),
		lifecycle.When(r.Trial != nil && r.Trial.Turn != m.memory.turn(r.Category), "outdated"),
	}, nil
}

func (m *Dispatch) draft(r *Rule, in *Content, s *lifecycle.Step) error {
	if err := m.check(in); err != nil {
		return err
	}
	r.Content, r.Trial, r.ToUnit = *in, nil, m.Names.Known("department", in.Unit)
	if r.Author == "" {
		r.Author = s.Actor.ID
	}
	return nil
}

func (m *Dispatch) propose(r *Rule, in *Learned, s *lifecycle.Step) error {
	r.Author, r.Order, r.OrderNo = in.Author, in.Order, in.OrderNo
	return m.draft(r, &in.Content, s)
}

// check finds what the tags of Content cannot say.
func (m *Dispatch) check(in *Content) error {
	f := fault.New(fault.Invalid, "invalid")
	if _, ok := portal.CategoryOf(in.Category); !ok {
		f.Wrong("category", "schema.not_an_option")
	}
	chain := m.Places.Chain(in.Place)
	if !m.Names.Known("place", in.Place) || m.City.Level(in.Place) == "city" {
		f.Wrong("place", "schema.not_an_option")
	}
	switch {
	case !m.IsUnit(in.Unit):
		f.Wrong("unit", "schema.not_an_option")
	case !m.Names.Known("department", in.Unit) && !slices.Contains(chain, in.Unit):
		f.Wrong("unit", "dispatch_rule.other_street")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// enforce gives the rule the next version of its slot.
func (m *Dispatch) enforce(r *Rule, s *lifecycle.Step) error {
	last, err := m.last(s, r.slot())
	if err != nil {
		return err
	}
	if last != nil && last.State == inForce && last.Unit == r.Unit {
		return fault.New(fault.Conflict, "dispatch_rule.nothing_new", "no", last.No)
	}
	now := s.Now
	r.Version, r.EnforcedAt = 1, &now
	if last != nil {
		r.Version = last.Version + 1
	}
	return nil
}

// last is the newest version of a slot that is or was in force, nil for none.
func (m *Dispatch) last(s *lifecycle.Step, slot string) (*Rule, error) {
	rs, err := m.Engine.Cases().Find(s.Ctx, store.Query{Where: []store.Cond{{Field: "slot", Op: store.Eq, Value: slot}}, Sort: "-version", Limit: 1})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fault.Wrap(err, "read the rules of %s", slot)
	}
	if len(rs) == 0 || rs[0].Version == 0 {
		return nil, nil
	}
	return rs[0], nil
}

func give(_ *Rule, in *Reason, s *lifecycle.Step) error {
	s.Note(in.Reason)
	return nil
}

func supersede(r *Rule, in *Succession, s *lifecycle.Step) error {
	now := s.Now
	r.EndedAt, r.Successor = &now, in.By
	s.Note(in.By)
	return nil
}

func end(r *Rule, in *Reason, s *lifecycle.Step) error {
	now := s.Now
	r.EndedAt = &now
	return give(r, in, s)
}
