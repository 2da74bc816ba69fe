package ledgers

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of the acts beside a ledger's content.
type (
	consultForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		Say       string `json:"say" form:"choice,required,of=keep merge drop"`
		Note      string `json:"note" form:"longtext,max=500"`
	}
	mergeForm struct {
		Into   Ref    `json:"into" form:"choice,required,from=ledgers_in_use"`
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

func (m *Ledgers) kind() portal.Kind[Ledger] {
	asking := []string{"asking"}
	return portal.Kind[Ledger]{
		Table: lifecycle.Table[Ledger]{
			Noun: "ledger", Plural: "ledgers", Prefix: "TZ",
			Title: func(l *Ledger) string { return l.Name },
			Scope: func(l *Ledger) lifecycle.Scope {
				return lifecycle.Scope{Department: l.Department, Places: l.Communities}
			},
			Facts: m.facts, AssignedTo: m.waits,
			States: []lifecycle.State{
				{Name: "requested", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"office_staff"}},
				{Name: "asking", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"committee_head", "office_staff"}},
				{Name: "registered", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "merged", Shelf: lifecycle.Public, Tone: "neutral"},
				{Name: "retired", Shelf: lifecycle.Public, Tone: "neutral"},
				{Name: "refused", Shelf: lifecycle.Filed, Tone: "bad"},
			},
			Acts: []lifecycle.Act[Ledger]{
				{Name: "request", To: []string{"requested"}, Rule: "R3", Look: lifecycle.Primary, Do: lifecycle.Fills("ledger", m.request)},
				{Name: "record", To: []string{"requested"}, Do: lifecycle.Fills("ledger", m.record)},
				{Name: "ask", From: []string{"requested", "registered"}, To: asking, Look: lifecycle.Primary, Do: lifecycle.Does(ask),
					Timers: []lifecycle.Timer{{Name: "answers", Setting: "adm.consult_wd", Unit: "wd"}}},
				{Name: "consult", From: asking, Look: lifecycle.Primary, Place: answering, Secret: true, Do: lifecycle.Takes("ledger", consult)},
				{Name: "open", From: asking, To: []string{"registered"}, Rule: "R3", Look: lifecycle.Primary, Do: lifecycle.Does(open), Stops: []string{"*"}},
				{Name: "merge", From: asking, To: []string{"merged"}, Do: lifecycle.Takes("ledger", m.merge), Stops: []string{"*"}},
				{Name: "retire", From: asking, To: []string{"retired"}, Look: lifecycle.Danger, Do: lifecycle.Takes("ledger", end), Stops: []string{"*"}},
				{Name: "refuse", From: []string{"requested", "asking"}, To: []string{"refused"}, Look: lifecycle.Danger, Do: lifecycle.Takes("ledger", end), Stops: []string{"*"}},
			},
			Fields:  []store.Field{{Name: "in_use"}, {Name: "kind"}},
			Indexes: []store.Index{{Name: "in_use", Fields: []string{"in_use"}}},
			Extract: func(l *Ledger) map[string]any {
				x := map[string]any{"in_use": nil, "kind": l.Kind}
				if l.InUse {
					x["in_use"] = "yes"
				}
				return x
			},
		},
		View: portal.View[Ledger]{
			Columns: "department frequency month",
			Sections: []portal.Section[Ledger]{
				{Fields: "kind department communities fields frequency minutes month medium item into"},
				{Title: "answers", HTML: m.answers, When: func(l *Ledger) bool { return l.Heard > 0 || l.State == "asking" }},
			},
			Labels: map[string]string{"department": "case.department"},
			Words:  map[string]portal.Word[Ledger]{"month": func(_ portal.Visitor, l *Ledger) web.Value { return web.Number(monthly(l.yearly())) }},
		},
		Filters: map[string]string{"kind": "kind", "in_use": "in_use"},
		Above:   m.above,
		Redact:  m.redact,
	}
}

func (m *Ledgers) request(l *Ledger, in *Content, s *lifecycle.Step) error {
	l.Content = *in
	if in.Item == "" {
		return nil
	}
	it, err := m.items.About(s.Ctx, string(in.Item))
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.InvalidField("item", "schema.not_an_option")
	case err != nil:
		return fault.Wrap(err, "read item %s", in.Item)
	case it.Department != in.Department:
		return fault.InvalidField("item", "ledger.other_department")
	case slices.ContainsFunc(in.Communities, func(c string) bool { return !slices.Contains(it.Communities, c) }):
		return fault.InvalidField("communities", "ledger.beyond_item")
	}
	return nil
}

// record writes down what communities keep already; it costs minutes from now
// on, whatever is decided later.
func (m *Ledgers) record(l *Ledger, in *Content, s *lifecycle.Step) error {
	l.Known, l.InUse = true, true
	return m.request(l, in, s)
}

// ask begins anew: what was answered the last time was about another question.
func ask(l *Ledger, _ *lifecycle.Step) error {
	l.Answers, l.Heard = nil, 0
	return nil
}

func answering(l *Ledger, s *lifecycle.Step) []string {
	if in := lifecycle.In[consultForm](s); in != nil {
		return []string{in.Community}
	}
	return l.Communities
}

// consult takes a committee's answer; a later one replaces it.
func consult(l *Ledger, in *consultForm, _ *lifecycle.Step) error {
	if !slices.Contains(l.Communities, in.Community) {
		return fault.InvalidField("community", "ledger.not_here")
	}
	l.Answers = slices.DeleteFunc(l.Answers, func(a Answer) bool { return a.Community == in.Community })
	l.Answers = append(l.Answers, Answer{Community: in.Community, Say: in.Say, Note: in.Note})
	l.Heard = len(l.Answers)
	return nil
}

func open(l *Ledger, _ *lifecycle.Step) error {
	l.InUse = true
	return nil
}

// merge ends a ledger in favour of one that is in use; two cannot be merged
// into each other, because what was merged is no longer in use.
func (m *Ledgers) merge(l *Ledger, in *mergeForm, s *lifecycle.Step) error {
	into, err := m.Engine.Get(s.Ctx, lifecycle.System, string(in.Into))
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.InvalidField("into", "schema.not_an_option")
	case err != nil:
		return err
	case into.ID == l.ID || into.State != "registered":
		return fault.InvalidField("into", "ledger.not_in_use")
	}
	l.Into = in.Into
	return end(l, &reasonForm{Reason: in.Reason}, s)
}

func end(l *Ledger, in *reasonForm, s *lifecycle.Step) error {
	l.InUse = false
	s.Note(in.Reason)
	return nil
}

// deciding are the acts that need the committees' answers first.
var deciding = []string{"open", "merge", "retire"}

func (m *Ledgers) facts(l *Ledger, s *lifecycle.Step) ([]string, error) {
	out := []string{lifecycle.When(l.Known || l.InUse, "in_use")}
	if slices.Contains(deciding, s.Act) {
		d, running := l.Open("answers")
		out = append(out, lifecycle.When(running && !d.Due.Before(s.Now) && len(l.waiting()) > 0, "unheard"))
	}
	if s.Act == "open" && !l.Known {
		admitted, err := m.admitted(s.Ctx, l)
		if err != nil {
			return nil, err
		}
		out = append(out, lifecycle.When(!admitted, "not_admitted"))
	}
	return out, nil
}

// admitted: a new ledger needs an item that was let in with a ledger and is in
// force in every community that is to keep it.
func (m *Ledgers) admitted(ctx context.Context, l *Ledger) (bool, error) {
	if l.Item == "" {
		return false, nil
	}
	it, err := m.items.About(ctx, string(l.Item))
	if err != nil || !slices.Contains(it.Kinds, "ledger") {
		return false, unlessMissing(err)
	}
	for _, c := range l.Communities {
		if here, err := m.items.Stands(ctx, it.ID, c); err != nil || here.State != "active" {
			return false, unlessMissing(err)
		}
	}
	return true, nil
}

// unlessMissing drops the error that something is not there: that is an answer.
func unlessMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// waits: for the committees that have not answered, then for the office.
func (m *Ledgers) waits(l *Ledger) []string {
	sc := lifecycle.Scope{Department: l.Department, Places: l.Communities}
	switch {
	case l.State == "asking" && len(l.waiting()) > 0:
		sc.Places = l.waiting()
		return m.Engine.Assignees("committee_head", sc)
	case l.State == "asking", l.State == "requested":
		return m.Engine.Assignees("office_staff", sc)
	}
	return nil
}
