package emergencies

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/gate/admission"
	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of the acts that are no part of the case themselves.
type (
	closeForm struct {
		Note string `json:"note" form:"longtext,max=1000"`
	}
	misuseForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	convertForm struct {
		Application string `json:"application" form:"text,required,max=20"` // its number
		Note        string `json:"note" form:"longtext,required,max=1000"`
	}
)

var unfiled = []string{"declared", "running"}

func (m *Emergencies) kind() portal.Kind[Emergency] {
	return portal.Kind[Emergency]{
		Table: m.table(),
		View: portal.View[Emergency]{
			Columns: "of communities standing",
			Sections: []portal.Section[Emergency]{
				{When: m.now, HTML: mustAssist},
				{Title: "part_declaration", Fields: declaration},
				{Title: "part_extensions", Rows: "extensions", Fields: "end declared_by document"},
				{Title: "part_report", Fields: "done spent people filing"},
				{Title: "part_outcome", Fields: "application reason bypass"},
			},
			Labels: map[string]string{"of": "case.department", "standing": "emergency.term"},
			Words: map[string]portal.Word[Emergency]{"of": m.department, "standing": m.standing, "term": term, "spent": spent, "people": people, "filing": filing,
				"application": m.appliedAs, "authority": authority, "addressees": m.addressees, "workdays": workdays},
			Letters: map[string]portal.LetterOf[Emergency]{"notice": {After: "declare extend", When: func(e *Emergency) bool { return e.State != "misuse" },
				From: "authority", To: "addressees", Lead: "notice_text", Fields: declaration, Rule: "R1"}},
		},
		Filters: map[string]string{"bypass": "bypass"},
		Initial: map[string]func(context.Context, portal.Visitor, *Emergency) web.Values{"file": estimated},
		Aside:   map[string]func(context.Context, portal.Visitor, *Emergency) (template.HTML, error){"declare": duty},
	}
}

// declaration is what page and notice tell of it.
const declaration = "department communities tasks term declared_by document cost"

func (m *Emergencies) table() lifecycle.Table[Emergency] {
	return lifecycle.Table[Emergency]{
		Noun: "emergency", Plural: "emergencies", Prefix: "YJ",
		Title:      func(e *Emergency) string { return e.Event },
		Scope:      scope,
		Facts:      m.facts,
		AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "declared", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"dept_clerk"}},
			{Name: "running", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"dept_clerk"}},
			{Name: "filed", Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"office_staff"}},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "misuse", Shelf: lifecycle.Filed, Tone: "bad"},
		},
		Acts: []lifecycle.Act[Emergency]{
			// The time to file runs from the declaration: whoever never says that the work began owes the report all the same.
			{Name: "declare", To: []string{"declared"}, Rule: "R1", Look: lifecycle.Primary, Do: lifecycle.Fills("emergency", m.declare),
				Timers: []lifecycle.Timer{{Name: "filing", Setting: "emg.file_wd", Unit: "wd", Rule: "R1"}}},
			{Name: "begin", From: []string{"declared"}, To: []string{"running"}, Look: lifecycle.Primary},
			{Name: "file", From: unfiled, To: []string{"filed"}, Rule: "R1", Look: lifecycle.Primary, Do: lifecycle.Takes("emergency", file), Stops: []string{"filing"}},
			{Name: "mark_late", From: unfiled, On: "filing", Rule: "R1", Look: lifecycle.Hidden, Do: lifecycle.Does(markLate)},
			{Name: "extend", From: live, Do: lifecycle.Takes("emergency", extend)},
			{Name: "close", From: []string{"filed"}, To: []string{"closed"}, Look: lifecycle.Primary, Do: lifecycle.Takes("emergency", closeIt), Stops: []string{"*"}},
			{Name: "convert", From: []string{"filed"}, To: []string{"closed"}, Rule: "R3", Do: lifecycle.Takes("emergency", m.convert), Stops: []string{"*"}},
			{Name: "rule_misuse", From: []string{"declared", "running", "filed", "closed"}, To: []string{"misuse"}, Rule: "R28", Look: lifecycle.Danger,
				Do: lifecycle.Takes("emergency", ruleMisuse), Stops: []string{"*"}},
		},
		Fields:  []store.Field{{Name: "year"}, {Name: "bypass"}},
		Extract: extract,
	}
}

func scope(e *Emergency) lifecycle.Scope {
	return lifecycle.Scope{Department: e.Department, Places: e.Communities}
}

func extract(e *Emergency) map[string]any {
	x := map[string]any{"year": strconv.Itoa(e.OpenedAt.In(calendar.City).Year()), "bypass": nil}
	if e.Bypass {
		x["bypass"] = "yes"
	}
	return x
}

func (m *Emergencies) declare(e *Emergency, in *Declaration, s *lifecycle.Step) error {
	e.Declaration = *in
	switch longest := s.Settings.Int("emg.max_days"); {
	case !m.Names.Known("department", in.Department):
		return fault.InvalidField("department", "schema.not_an_option")
	case slices.ContainsFunc(in.Communities, func(p string) bool { return m.City.Level(p) != "community" }):
		return fault.InvalidField("communities", "schema.not_an_option")
	case in.End < in.Start:
		return fault.InvalidField("end", "emergency.ends_before_start")
	case in.End < schema.DateOf(s.Now, calendar.City):
		return fault.InvalidField("end", "emergency.already_over")
	case in.End > plus(in.Start, longest-1):
		return fault.InvalidField("end", "emergency.too_long", "n", longest)
	}
	return nil
}

func file(e *Emergency, in *Report, s *lifecycle.Step) error {
	e.Report = in
	if d, ok := e.Open("filing"); ok && d.Due.Before(s.Now) { // the portal's own clock may come a moment later
		e.Late = true
	}
	return nil
}

func markLate(e *Emergency, s *lifecycle.Step) error {
	e.Late = true
	return nil
}

func extend(e *Emergency, in *Extension, s *lifecycle.Step) error {
	longest := s.Settings.Int("emg.max_days")
	switch {
	case in.End <= e.End:
		return fault.InvalidField("end", "emergency.not_longer", "day", e.End)
	case in.End > plus(e.End, longest):
		return fault.InvalidField("end", "emergency.too_long", "n", longest)
	}
	e.Extensions = append(e.Extensions, *in)
	e.End = in.End
	return nil
}

func closeIt(e *Emergency, in *closeForm, s *lifecycle.Step) error {
	s.Note(in.Note)
	return nil
}

// convert hands what turned out to be lasting work over to the ordinary way in.
func (m *Emergencies) convert(e *Emergency, in *convertForm, s *lifecycle.Step) error {
	a, err := m.admission.ByNumber(s.Ctx, in.Application)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && a.Department != e.Department:
		return fault.InvalidField("application", "emergency.no_such_application")
	case err != nil:
		return err
	}
	e.Application, e.AppliedAs = portal.Ref[admission.Application](a.ID), a.No
	s.Note(in.Note)
	return nil
}

func ruleMisuse(e *Emergency, in *misuseForm, s *lifecycle.Step) error {
	e.Bypass, e.Reason = true, in.Reason
	return nil
}

func (m *Emergencies) facts(e *Emergency, s *lifecycle.Step) ([]string, error) {
	l := e.Life()
	// Whoever could not do it anyway needs no word about why, nor a button that shows it.
	judge, authority := m.Holds(s.Actor, "office_staff"), m.Holds(s.Actor, "emergency_authority")
	return []string{
		lifecycle.When(s.Act == "extend" && authority && !s.Now.Before(e.until()), "over"),
		lifecycle.When(judge && s.Did("declare", "begin", "file", "extend"), "own_emergency"),
		lifecycle.When(judge && m.Party(s.Actor, "dept_clerk@"+e.Department), "party"),
		lifecycle.When(l.State == "closed" && e.Application == "", "settled"),
	}, nil
}

// waits: what is late waits for the office as well.
func (m *Emergencies) waits(e *Emergency) []string {
	turn := func(role string) []string { return m.Engine.Assignees(role, scope(e)) }
	switch e.State {
	case "declared", "running":
		if e.Late {
			return slices.Concat(turn("dept_clerk"), turn("office_staff"))
		}
		return turn("dept_clerk")
	case "filed":
		return turn("office_staff")
	}
	return nil
}
