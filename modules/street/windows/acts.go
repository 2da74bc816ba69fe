package windows

import (
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	proposeForm struct {
		Community  string   `json:"community" form:"choice,required,from=communities"`
		Name       string   `json:"name" form:"text,required,max=40"`
		Department string   `json:"department" form:"choice,from=departments"` // empty: the committee's own
		Items      []string `json:"items" form:"choices,max=20,from=service_items"`
		Service
	}
	whyForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
	newsForm struct {
		Item string `json:"item" form:"text,required"`
	}
)

var running = []string{"open", "paused"}

func (m *Windows) table() lifecycle.Table[Window] {
	return lifecycle.Table[Window]{
		Noun: "window", Plural: "windows", Prefix: "CK",
		Title: func(w *Window) string { return w.Name },
		Scope: func(w *Window) lifecycle.Scope {
			return lifecycle.Scope{Department: w.Department, Places: []string{w.Community}}
		},
		Facts: m.facts,
		States: []lifecycle.State{
			{Name: "proposed", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"committee_head"}},
			{Name: open, Shelf: lifecycle.Public, Tone: "good"},
			{Name: "paused", Shelf: lifecycle.Public, Tone: "warn", Assignees: []string{"committee_head"}},
			{Name: closed, Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Window]{
			{Name: "propose", To: []string{"proposed"}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Takes("window", m.propose)},
			{Name: "open", From: []string{"proposed"}, To: []string{open}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Does(m.start), Emits: "opened"},
			{Name: "change", From: append([]string{"proposed"}, running...), Do: lifecycle.Takes("window", change)},
			{Name: "pause", From: []string{open}, To: []string{"paused"}, Do: lifecycle.Takes("window", why), Emits: "paused"},
			{Name: "resume", From: []string{"paused"}, To: []string{open}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Does(m.start), Emits: "opened"},
			{Name: "close", From: append([]string{"proposed"}, running...), To: []string{closed}, Look: lifecycle.Danger, Do: lifecycle.Takes("window", why), Emits: "closed"},
			{Name: "lose", From: append([]string{"proposed"}, running...), To: []string{closed, "proposed", open, "paused"}, Rule: "R49", Look: lifecycle.Hidden,
				Do: lifecycle.Takes("window", lose), Emits: "closed"},
		},
		Fields:  []store.Field{{Name: "community"}, {Name: "items", Kind: store.List}},
		Indexes: []store.Index{{Name: "community", Fields: []string{"community"}}},
		Extract: func(w *Window) map[string]any { return map[string]any{"community": w.Community, "items": w.Items} },
	}
}

// propose: every item must be the department's own.
func (m *Windows) propose(w *Window, in *proposeForm, s *lifecycle.Step) error {
	w.Community, w.Name, w.Department, w.Items, w.Service = in.Community, in.Name, in.Department, in.Items, in.Service
	for _, id := range in.Items {
		department, _, _, _, err := m.Brief(s.Ctx, id)
		switch {
		case fault.Is(err, fault.NotFound):
			return fault.InvalidField("items", "schema.not_an_option")
		case err != nil:
			return fault.Wrap(err, "read item %s", id)
		case department != w.Department:
			return fault.InvalidField("items", "window.other_department")
		}
	}
	return nil
}

// start opens the window; each item's own record says that it is in force
// here, whatever was read before.
func (m *Windows) start(w *Window, s *lifecycle.Step) error {
	s.Ref = w.Community
	for _, id := range w.Items {
		if err := m.Engage(s.Ctx, id, w.Community, "window:"+w.ID+":"+s.Now.String(), w.Name); err != nil {
			return err
		}
	}
	return nil
}

func change(w *Window, in *Service, s *lifecycle.Step) error {
	w.Service = *in
	return nil
}

func why(w *Window, in *whyForm, s *lifecycle.Step) error {
	s.Note(in.Why)
	s.Ref = w.Community
	return nil
}

// lose takes an item that has left off the window; without any it closes.
func lose(w *Window, in *newsForm, s *lifecycle.Step) error {
	w.Items = slices.DeleteFunc(w.Items, func(id string) bool { return id == in.Item })
	s.Ref = w.Community
	if len(w.Items) > 0 {
		s.Go(w.State)
		s.Tell("")
	}
	return nil
}

// facts: a window opens when what it serves is in force here.
func (m *Windows) facts(w *Window, s *lifecycle.Step) []string {
	if s.Act != "open" && s.Act != "resume" {
		return []string{lifecycle.When(w.Department == "", "own_window")}
	}
	waits := slices.ContainsFunc(w.Items, func(id string) bool {
		state, _, _, err := m.Part(s.Ctx, id, w.Community)
		return err != nil || state != "active"
	})
	return []string{lifecycle.When(waits, "item_not_active")}
}
