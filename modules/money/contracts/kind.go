package contracts

import (
	"context"
	"html/template"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of acts that take more or less than a contract's own fields.
type (
	consentForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
	}
	wishForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		Wish      string `json:"wish" form:"longtext,required,max=1000"`
	}
	acceptForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		Note      string `json:"note" form:"longtext,required,max=1000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
)

func (f consentForm) where() string { return f.Community }
func (f wishForm) where() string    { return f.Community }
func (f acceptForm) where() string  { return f.Community }

// place asks for the role of the community that is answered for; a page that
// names none yet is shown to every committee that has still to answer.
func place[In interface{ where() string }](c *Contract, s *lifecycle.Step) []string {
	if in := lifecycle.In[In](s); in != nil {
		return []string{(*in).where()}
	}
	return append([]string{"-"}, c.open()...) // nowhere, which is not anywhere
}

func (m *Contracts) kind() portal.Kind[Contract] {
	return portal.Kind[Contract]{
		Table: lifecycle.Table[Contract]{
			Noun: "contract", Plural: "contracts", Prefix: "HT",
			Title: func(c *Contract) string { return c.ItemTitle + " · " + c.Provider },
			Scope: func(c *Contract) lifecycle.Scope {
				return lifecycle.Scope{Department: c.Department, Places: c.Communities}
			},
			AssignedTo: m.waits,
			States: []lifecycle.State{
				{Name: "drafted", Shelf: lifecycle.Filed, Tone: "doing"},
				{Name: "agreed", Shelf: lifecycle.Filed, Tone: "info"},
				{Name: "in_force", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "accepted", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "closed", Shelf: lifecycle.Public, Tone: "neutral"},
				{Name: "terminated", Shelf: lifecycle.Public, Tone: "bad"},
			},
			Acts: []lifecycle.Act[Contract]{
				{Name: "draft", To: []string{"drafted"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Fills("contract", m.draft).Then(m.suits)},
				{Name: "amend", From: []string{"drafted", "agreed"}, To: []string{"drafted"}, Rule: "R5", Do: lifecycle.Takes("contract", amend)},
				{Name: "consent", From: []string{"drafted"}, To: []string{"drafted", "agreed"}, Rule: "R5", Look: lifecycle.Primary, Place: place[consentForm], Do: lifecycle.Takes("contract", consent)},
				{Name: "withhold", From: []string{"drafted"}, Rule: "R5", Place: place[wishForm], Do: lifecycle.Takes("contract", withhold)},
				{Name: "start", From: []string{"agreed"}, To: []string{"in_force"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Does(m.start)},
				{Name: "accept", From: []string{"in_force"}, To: []string{"in_force", "accepted"}, Rule: "R5", Look: lifecycle.Primary, Place: place[acceptForm], Do: lifecycle.Takes("contract", accept)},
				{Name: "fault", From: []string{"in_force"}, Rule: "R5", Place: place[wishForm], Do: lifecycle.Takes("contract", withhold)},
				{Name: "close", From: []string{"accepted"}, To: []string{"closed"}, Look: lifecycle.Primary, Stops: []string{"*"}},
				{Name: "terminate", From: []string{"drafted", "agreed", "in_force"}, To: []string{"terminated"}, Look: lifecycle.Danger, Do: lifecycle.Takes("contract", terminate), Stops: []string{"*"}},
			},
			Fields:  []store.Field{{Name: "item"}},
			Indexes: []store.Index{{Name: "item", Fields: []string{"item"}}},
			Extract: func(c *Contract) map[string]any { return map[string]any{"item": string(c.Item)} },
		},
		View: portal.View[Contract]{
			Columns:  "department communities price",
			Sections: []portal.Section[Contract]{{Fields: "item department provider scope price term standard ended"}, {HTML: m.parts}},
			Words: map[string]portal.Word[Contract]{
				"communities": func(v portal.Visitor, c *Contract) web.Value { return web.Words(m.FewPlaces(v.Lang, c.Communities)) },
				"term": func(v portal.Visitor, c *Contract) web.Value {
					return web.Words(v.Lang.Day(c.Start) + " – " + v.Lang.Day(c.End))
				},
			},
		},
		Filters: map[string]string{"item": "item"},
		Prefill: map[string]string{"amend": ""},
		Initial: map[string]func(context.Context, portal.Visitor, *Contract) web.Values{"consent": m.answers, "withhold": m.answers, "accept": m.answers, "fault": m.answers},
	}
}

// answers fills in a community of the visitor that has still to answer.
func (m *Contracts) answers(_ context.Context, v portal.Visitor, c *Contract) web.Values {
	for _, o := range m.OwnPlaces(v, "committee_head") {
		if slices.Contains(c.open(), o.Value) {
			return web.Values{"community": {o.Value}}
		}
	}
	return nil
}

// parts shows what each committee has said.
func (m *Contracts) parts(_ context.Context, v portal.Visitor, c *Contract) (template.HTML, error) {
	l := v.Lang
	yes := func(b bool) web.Cell {
		if b {
			return web.Cell{HTML: web.Tag(l, web.Good, "contract.yes")}
		}
		return web.Cell{HTML: web.Tag(l, web.Neutral, "contract.no")}
	}
	t := web.Table{CaptionKey: "contract.parts", Head: []web.Col{{Key: "case.community"}, {Key: "contract.consented"}, {Key: "contract.accepted"}, {Key: "contract.said"}}}
	for _, p := range c.Parts {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(m.Names.Place(l, p.Community))}, yes(p.Consented), yes(p.Accepted), {HTML: web.Text(p.Wish + p.Note)}})
	}
	return t.HTML(l), nil
}

func (m *Contracts) draft(c *Contract, in *Draft, s *lifecycle.Step) error {
	it, err := m.items.About(s.Ctx, string(in.Item))
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	c.Draft, c.ItemNo, c.ItemTitle, c.Department = *in, it.No, it.Title, it.Department
	for _, at := range in.Communities {
		c.Parts = append(c.Parts, Part{Community: at})
	}
	return err
}

// suits checks the draft against the item, once it is known whose it is.
func (m *Contracts) suits(c *Contract, s *lifecycle.Step) error {
	it, err := m.items.About(s.Ctx, string(c.Item))
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "invalid")
	if it.Delivery != "contract" {
		f.Wrong("item", "contract.not_by_contract").OnRule("R5")
	}
	if slices.ContainsFunc(c.Communities, func(at string) bool { return !slices.Contains(it.Communities, at) }) {
		f.Wrong("communities", "contract.not_there")
	}
	if c.End < c.Start {
		f.Wrong("end", "contract.ends_first")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// amend asks every committee anew: they consented to something else.
func amend(c *Contract, in *Terms, s *lifecycle.Step) error {
	if in.End < in.Start {
		return fault.InvalidField("end", "contract.ends_first")
	}
	c.Terms = *in
	for i := range c.Parts {
		c.Parts[i] = Part{Community: c.Parts[i].Community}
	}
	return nil
}

func (c *Contract) at(community string) (*Part, error) {
	p := c.part(community)
	if p == nil {
		return nil, fault.InvalidField("community", "schema.not_an_option")
	}
	return p, nil
}

func consent(c *Contract, in *consentForm, s *lifecycle.Step) error {
	p, err := c.at(in.Community)
	if err != nil {
		return err
	}
	p.Consented, p.Wish, s.Ref = true, "", in.Community
	if c.all(func(p Part) bool { return p.Consented }) {
		s.Go("agreed")
	}
	return nil
}

func withhold(c *Contract, in *wishForm, s *lifecycle.Step) error {
	p, err := c.at(in.Community)
	if err != nil {
		return err
	}
	p.Consented = p.Consented && c.State == "in_force"
	p.Wish, p.Accepted, s.Ref = in.Wish, false, in.Community
	s.Note(in.Wish)
	return nil
}

// start asks the item's own record, community by community: no service is
// bought for work that does not stand (R6).
func (m *Contracts) start(c *Contract, s *lifecycle.Step) error {
	for _, at := range c.Communities {
		if err := m.items.Engage(s.Ctx, string(c.Item), at, "contract:"+c.ID+":"+at, c.No); err != nil {
			return err
		}
	}
	s.Until("service_end", "R5", c.End.Time(calendar.City).Add(24*time.Hour-time.Second))
	return nil
}

func accept(c *Contract, in *acceptForm, s *lifecycle.Step) error {
	p, err := c.at(in.Community)
	if err != nil {
		return err
	}
	p.Accepted, p.Note, p.Wish, s.Ref = true, in.Note, "", in.Community
	s.Note(in.Note)
	if c.all(func(p Part) bool { return p.Accepted }) {
		s.Go("accepted")
	} else {
		s.Silent()
	}
	return nil
}

func terminate(c *Contract, in *reasonForm, s *lifecycle.Step) error {
	c.Ended = in.Reason
	s.Note(in.Reason)
	return nil
}
