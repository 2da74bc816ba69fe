package windows

import (
	"fmt"
	"slices"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of acts that take more or less than a window's own fields.
type (
	reasonForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
	lossForm struct {
		Item items.Ref `json:"item" form:"choice,required"`
	}
)

var standing = []string{"proposed", open, "paused"}

func (m *Windows) kind() portal.Kind[Window] {
	return portal.Kind[Window]{
		Table: lifecycle.Table[Window]{
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
				{Name: "propose", To: []string{"proposed"}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Fills("window", m.propose)},
				{Name: "open", From: []string{"proposed"}, To: []string{open}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Does(m.start)},
				{Name: "change", From: standing, Do: lifecycle.Takes("window", change)},
				{Name: "pause", From: []string{open}, To: []string{"paused"}, Do: lifecycle.Takes("window", why)},
				{Name: "resume", From: []string{"paused"}, To: []string{open}, Rule: "R40", Look: lifecycle.Primary, Do: lifecycle.Does(m.start)},
				{Name: "close", From: standing, To: []string{closed}, Look: lifecycle.Danger, Do: lifecycle.Takes("window", why), Emits: Closed},
				{Name: "lose", From: standing, To: []string{closed, "proposed", open, "paused"}, Rule: "R49", Look: lifecycle.Hidden, Do: lifecycle.Takes("window", lose), Emits: Closed},
			},
			Fields:  []store.Field{{Name: "community"}, {Name: "items", Kind: store.List}},
			Indexes: []store.Index{{Name: "community", Fields: []string{"community"}}},
			Extract: func(w *Window) map[string]any {
				return map[string]any{"community": w.Community, "items": portal.IDs(w.Items)}
			},
		},
		View: portal.View[Window]{
			Columns:  "community department hours_a_week",
			Sections: []portal.Section[Window]{{Fields: "community department items staff hours_a_week times queue"}},
			Rule:     "R40",
			Labels:   map[string]string{"community": "case.community", "department": "case.department"},
			Words:    map[string]portal.Word[Window]{"department": m.whose},
		},
		Filters: map[string]string{"community": "community"},
		Prefill: map[string]string{"change": ""},
	}
}

func (m *Windows) whose(v portal.Visitor, w *Window) web.Value {
	if w.Department == "" {
		return web.Words(v.Lang.T("window.committees_own"))
	}
	return web.Words(m.Names.Department(v.Lang, w.Department))
}

// propose: every item must be the department's own.
func (m *Windows) propose(w *Window, in *Proposal, s *lifecycle.Step) error {
	w.Proposal = *in
	for _, id := range in.Items {
		it, err := m.items.About(s.Ctx, string(id))
		switch {
		case fault.Is(err, fault.NotFound):
			return fault.InvalidField("items", "schema.not_an_option")
		case err != nil:
			return fault.Wrap(err, "read item %s", id)
		case it.Department != w.Department:
			return fault.InvalidField("items", "window.other_department")
		}
	}
	return nil
}

// start opens the window; each item's own record says that it is in force
// here, whatever was read before.
func (m *Windows) start(w *Window, s *lifecycle.Step) error {
	for _, id := range w.Items {
		if err := m.items.Engage(s.Ctx, string(id), w.Community, fmt.Sprintf("window:%s:%d", w.ID, len(w.History)), w.Name); err != nil {
			return err
		}
	}
	return nil
}

func change(w *Window, in *Service, _ *lifecycle.Step) error {
	w.Service = *in
	return nil
}

func why(_ *Window, in *reasonForm, s *lifecycle.Step) error {
	s.Note(in.Why)
	return nil
}

// lose takes an item that has left off the window; without any it closes.
func lose(w *Window, in *lossForm, s *lifecycle.Step) error {
	w.Items = slices.DeleteFunc(w.Items, func(id items.Ref) bool { return id == in.Item })
	if len(w.Items) > 0 {
		s.Go(w.State)
		s.Silent()
	}
	return nil
}

// facts: a window opens when what it serves is in force here.
func (m *Windows) facts(w *Window, s *lifecycle.Step) ([]string, error) {
	if s.Act != "open" && s.Act != "resume" {
		return []string{lifecycle.When(w.Department == "", "own_window")}, nil
	}
	for _, id := range w.Items {
		x, err := m.items.Stands(s.Ctx, string(id), w.Community)
		switch {
		case err != nil && !fault.Is(err, fault.NotFound):
			return nil, err
		case x.State != "active":
			return []string{"item_not_active"}, nil
		}
	}
	return nil, nil
}
