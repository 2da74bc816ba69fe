package withdrawal

import (
	"context"
	"slices"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of the acts.
type (
	failedForm struct { // from a failed order, by the portal
		Order       string   `json:"order" form:"text,required"`
		No          string   `json:"no" form:"text"`
		Item        string   `json:"item" form:"text,required"`
		Grounds     []string `json:"grounds" form:"choices"`
		Communities []string `json:"communities" form:"choices"`
	}
	statementForm struct {
		Statement string `json:"statement" form:"longtext,required,max=4000"`
	}
	decideForm struct {
		Reason  string `json:"decision" form:"longtext,required,max=2000"`
		Minutes string `json:"minutes" form:"text,required,max=120"`
	}
	minutesForm struct {
		Why     string `json:"why" form:"longtext,required,max=1000"`
		Minutes string `json:"minutes" form:"text,required,max=120"`
	}
	tickForm struct {
		Entry     string `json:"entry" form:"choice,required,of=plaques ledgers staff equipment money data"`
		Community string `json:"community" form:"choice,from=communities"` // none: all of them
		Note      string `json:"note" form:"longtext,required,max=500"`
	}
)

func (m *Withdrawals) table() lifecycle.Table[Withdrawal] {
	return lifecycle.Table[Withdrawal]{
		Noun: "withdrawal", Plural: "withdrawals", Prefix: "TC",
		Title: func(w *Withdrawal) string { return w.Title },
		Scope: func(w *Withdrawal) lifecycle.Scope {
			return lifecycle.Scope{Department: w.Department, Places: w.Communities}
		},
		Facts: m.facts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "proposed", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "notified", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "heard", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "decided", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "exiting", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "completed", Shelf: lifecycle.Public, Tone: "neutral"},
			{Name: "cancelled", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Withdrawal]{
			{Name: "propose", To: []string{"proposed"}, Rule: "R11", Do: lifecycle.Fills("withdrawal", m.propose)},
			{Name: "follow", To: []string{"proposed"}, Rule: "R11", Look: lifecycle.Hidden, Do: lifecycle.Fills("withdrawal", m.follow)},
			{Name: "notify", From: []string{"proposed"}, To: []string{"notified"}, Rule: "R49", Look: lifecycle.Primary,
				Timers: []lifecycle.Timer{{Name: "statement", Setting: "wd.statement_wd", Unit: "wd", Rule: "R49"}}},
			{Name: "state", From: []string{"notified"}, To: []string{"heard"}, Rule: "R49", Look: lifecycle.Primary, Do: lifecycle.Takes("withdrawal", state), Stops: []string{"statement"}},
			{Name: "pass_over", From: []string{"notified"}, To: []string{"heard"}, Rule: "R49", On: "statement", Look: lifecycle.Hidden, Do: lifecycle.Does(passOver)},
			{Name: "decide", From: []string{"notified", "heard"}, To: []string{"decided"}, Rule: "R11", Look: lifecycle.Danger, Do: lifecycle.Takes("withdrawal", m.decide), Emits: Decided},
			{Name: "start_exit", From: []string{"decided"}, To: []string{"exiting"}, Rule: "R49", Look: lifecycle.Primary, Do: lifecycle.Does(startExit),
				Timers: []lifecycle.Timer{{Name: "exit", Setting: "wd.exit_wd", Unit: "wd", Rule: "R49"}}},
			{Name: "tick", From: []string{"exiting"}, Rule: "R49", Look: lifecycle.Primary, Place: ticking, Do: lifecycle.Takes("withdrawal", m.tick)},
			{Name: "complete", From: []string{"exiting"}, To: []string{"completed"}, Rule: "R49", Look: lifecycle.Primary, Do: lifecycle.Does(m.complete), Stops: []string{"*"}, Emits: Completed},
			{Name: "cancel", From: []string{"proposed", "notified", "heard", "decided"}, To: []string{"cancelled"}, Look: lifecycle.Danger, Do: lifecycle.Takes("withdrawal", cancel), Stops: []string{"*"}, Emits: Cancelled},
			{Name: "lift_ban", From: []string{"decided", "exiting", "completed"}, Rule: "R50", Do: lifecycle.Takes("withdrawal", liftBan)},
		},
		Fields:  []store.Field{{Name: "item"}, {Name: "running"}},
		Indexes: []store.Index{{Name: "item", Fields: []string{"item"}}, {Name: "running", Fields: []string{"running"}, Unique: true}},
		Extract: func(w *Withdrawal) map[string]any {
			x := map[string]any{"item": w.Item, "running": nil}
			if w.running() {
				x["running"] = w.Item
			}
			return x
		},
	}
}

func (m *Withdrawals) propose(w *Withdrawal, in *Content, s *lifecycle.Step) error {
	w.Content = *in
	return m.about(s.Ctx, w)
}

func (m *Withdrawals) follow(w *Withdrawal, in *failedForm, s *lifecycle.Step) error {
	w.Content = Content{Item: in.Item, Communities: in.Communities, Grounds: in.Grounds}
	w.Order, w.OrderNo = in.Order, in.No
	return m.about(s.Ctx, w)
}

// about fills in what the item is and where it works.
func (m *Withdrawals) about(ctx context.Context, w *Withdrawal) error {
	department, title, _, places, err := m.Brief(ctx, w.Item)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	if err != nil {
		return fault.Wrap(err, "read item %s", w.Item)
	}
	w.Department, w.Title = department, title
	if len(w.Communities) == 0 {
		w.Communities = places
	}
	for _, c := range w.Communities {
		if !slices.Contains(places, c) {
			return fault.InvalidField("communities", "fault.withdrawal.not_there")
		}
	}
	w.All = len(w.Communities) == len(places)
	return nil
}

func state(w *Withdrawal, in *statementForm, s *lifecycle.Step) error {
	w.Statement = in.Statement
	return nil
}

func passOver(w *Withdrawal, s *lifecycle.Step) error {
	w.Unheard = true
	return nil
}

// decide bars the department from now on, or it could apply again while it leaves.
func (m *Withdrawals) decide(w *Withdrawal, in *decideForm, s *lifecycle.Step) error {
	w.Decision = &Decision{Reason: in.Reason, Minutes: in.Minutes}
	s.Note(in.Minutes)
	return m.ban(w, s)
}

// ban runs for the cooling time from now (R50).
func (m *Withdrawals) ban(w *Withdrawal, s *lifecycle.Step) error {
	kinds, err := m.Kinds(s.Ctx, w.Item)
	if err != nil {
		return fault.Wrap(err, "ask for the kinds of item %s", w.Item)
	}
	w.Ban = &Ban{Department: w.Department, Kinds: kinds, Until: s.Now.In(calendar.City).AddDate(0, s.Settings.Int("wd.cooling_months"), 0).UTC()}
	return nil
}

func startExit(w *Withdrawal, s *lifecycle.Step) error {
	for _, c := range w.Communities {
		for _, name := range Entries {
			w.Exit = append(w.Exit, Entry{Community: c, Name: name})
		}
	}
	return nil
}

// ticking is where a line is settled: a committee settles its own.
func ticking(w *Withdrawal, s *lifecycle.Step) []string {
	if in := lifecycle.In[tickForm](s); in != nil && in.Community != "" {
		return []string{in.Community}
	}
	return w.Communities
}

// tick settles a line of the exit list, in one community or in all. What the
// register of plaques and the books know better is not settled by a word.
func (m *Withdrawals) tick(w *Withdrawal, in *tickForm, s *lifecycle.Step) error {
	if in.Community != "" && !slices.Contains(w.Communities, in.Community) {
		return fault.InvalidField("community", "fault.withdrawal.not_there")
	}
	lines := w.open(in.Entry, in.Community)
	if len(lines) == 0 {
		return fault.New(fault.Conflict, "withdrawal.ticked_already")
	}
	if err := m.proven(w, in.Entry, ticking(w, s), s); err != nil {
		return err
	}
	for _, e := range lines {
		e.Done, e.By, e.Note = true, s.Actor.ID, in.Note
	}
	s.Ref = in.Community
	return nil
}

// proven asks those who know whether a line can be settled.
func (m *Withdrawals) proven(w *Withdrawal, entry string, communities []string, s *lifecycle.Step) error {
	switch {
	case entry == "plaques" && m.Hanging != nil:
		n, err := m.Hanging(s.Ctx, w.Item, communities)
		if err != nil {
			return fault.Wrap(err, "count the plaques of item %s", w.Item)
		}
		if n > 0 {
			return fault.New(fault.Conflict, "withdrawal.plaques_hang", "n", n).OnRule("R49")
		}
	case entry == "money" && m.Owed != nil:
		fen, err := m.Owed(s.Ctx, w.ID, communities)
		if err != nil {
			return fault.Wrap(err, "ask what is owed of item %s", w.Item)
		}
		if fen > 0 {
			return fault.New(fault.Conflict, "withdrawal.money_owed", "amount", web.Yuan(schema.Fen(fen))).OnRule("R49")
		}
	}
	return nil
}

// complete counts the cooling time from the day the work is gone, unless the
// conference has lifted the ban meanwhile.
func (m *Withdrawals) complete(w *Withdrawal, s *lifecycle.Step) error {
	if w.Ban.Lifted != "" {
		return nil
	}
	return m.ban(w, s)
}

func cancel(w *Withdrawal, in *minutesForm, s *lifecycle.Step) error {
	w.Ban = nil
	s.Note(in.Minutes + " " + in.Why)
	return nil
}

func liftBan(w *Withdrawal, in *minutesForm, s *lifecycle.Step) error {
	w.Ban.Lifted = in.Minutes
	s.Note(in.Minutes + " " + in.Why)
	return nil
}
