package agreements

import (
	"slices"
	"strconv"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	draftForm struct {
		Department string `json:"department" form:"choice,required,from=own_departments"`
		Community  string `json:"community" form:"choice,required,from=communities"`
		Year       int64  `json:"year" form:"number,required,min=2000,max=2100"`
		Lines      []Line `json:"lines" form:"rows,required,max=60"`
	}
	streetForm struct {
		Community string `json:"community" form:"choice,required,from=street_communities"`
		Year      int64  `json:"year" form:"number,required,min=2000,max=2100"`
		Lines     []Line `json:"lines" form:"rows,required,max=60"`
	}
	offerForm struct {
		Lines []Line `json:"lines" form:"rows,required,max=60"`
	}
	wishForm struct {
		Wish string `json:"wish" form:"longtext,required,max=1000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

// The inputs of the acts that the portal does by itself.
type (
	dueNews struct {
		Side       string   `json:"side" form:"choice,required,of=department street"`
		Department string   `json:"department" form:"text"`
		Street     string   `json:"street" form:"text"`
		Community  string   `json:"community" form:"text,required"`
		Year       int64    `json:"year" form:"number,required"`
		Entries    []string `json:"entries" form:"choices,required,from=catalogue_assistance"`
	}
	entriesNews struct {
		Entries []string `json:"entries" form:"choices,required,from=catalogue_assistance"`
	}
)

type step = lifecycle.Step

func (m *Agreements) table() lifecycle.Table[Agreement] {
	open := []string{"due", "offered", "sent_back", "agreed"}
	return lifecycle.Table[Agreement]{
		Noun: "agreement", Plural: "agreements", Prefix: "XY",
		Title: title,
		Scope: func(a *Agreement) lifecycle.Scope {
			return lifecycle.Scope{Department: a.Department, Places: []string{a.Community}}
		},
		Facts: m.facts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "due", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "offered", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "sent_back", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "agreed", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "signed", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "ended", Shelf: lifecycle.Public, Tone: "neutral"},
			{Name: "lapsed", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "covered", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "dropped", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Agreement]{
			{Name: "draft", To: []string{"offered"}, Rule: "R32", Look: lifecycle.Primary, Do: lifecycle.Fills("agreement", m.draft)},
			{Name: "draft_street", To: []string{"offered"}, Rule: "R32", Do: lifecycle.Fills("agreement", m.draftStreet)},
			{Name: "ask", To: []string{"due"}, Rule: "R32", Look: lifecycle.Hidden, Do: lifecycle.Fills("agreement", m.ask)},
			{Name: "offer", From: []string{"due", "sent_back"}, To: []string{"offered"}, Rule: "R32", Look: lifecycle.Primary, Do: lifecycle.Takes("agreement", m.offer)},
			{Name: "agree", From: []string{"offered"}, To: []string{"agreed"}, Rule: "R32", Look: lifecycle.Primary, Do: lifecycle.Does(agree)},
			{Name: "send_back", From: []string{"offered"}, To: []string{"sent_back"}, Rule: "R32", Do: lifecycle.Takes("agreement", sendBack)},
			{Name: "sign", From: []string{"agreed"}, To: []string{"signed"}, Rule: "R32", Look: lifecycle.Primary, Stops: []string{signBy}, Emits: Signed},
			{Name: "drop", From: []string{"due", "sent_back"}, To: []string{"dropped"}, Look: lifecycle.Danger, Do: lifecycle.Takes("agreement", drop), Stops: []string{"*"}},
			{Name: "want", From: []string{"due"}, Rule: "R32", Look: lifecycle.Hidden, Do: lifecycle.Takes("agreement", m.want)},
			{Name: "cover", From: []string{"due"}, To: []string{"due", "covered"}, Rule: "R32", Look: lifecycle.Hidden, Do: lifecycle.Takes("agreement", cover)},
			{Name: "pass_due", From: open, On: signBy, Rule: "R32", Look: lifecycle.Hidden, Do: lifecycle.Does(passDue)},
			{Name: "end", From: running, To: []string{"ended", "lapsed"}, On: yearEnd, Rule: "R32", Look: lifecycle.Hidden, Do: lifecycle.Does(end), Stops: []string{"*"}, Emits: Ended},
		},
		Fields:  []store.Field{{Name: "year"}, {Name: "covers", Kind: store.List}},
		Indexes: []store.Index{{Name: "year", Fields: []string{"district", "year"}}},
		Extract: func(a *Agreement) map[string]any {
			return map[string]any{"year": strconv.FormatInt(a.Year, 10), "covers": a.covers()}
		},
	}
}

// Names of the deadlines.
const (
	signBy  = "agreement_due"
	yearEnd = "agreement_year"
)

// clocks run from the beginning of the agreement's year, or from now when the
// year is already there.
func clocks(a *Agreement, s *step) {
	from := begins(a.Year)
	if s.Now.After(from) {
		from = s.Now
	}
	sum := s.Calendar.Sum(from, "wd", s.Settings.Int("agree.sign_wd"))
	a.Deadlines = append(a.Deadlines, lifecycle.Deadline{Name: signBy, Rule: "R32", Setting: "agree.sign_wd", Unit: "wd", N: sum.N, From: from, Due: sum.Due, Version: sum.Version})
	s.Until(yearEnd, "R32", begins(a.Year+1).Add(-time.Nanosecond))
}

// thisOrNext: an agreement is made for the year that runs or for the next.
func thisOrNext(year int64, s *step) error {
	if now := yearOf(s.Now); year < now || year > now+1 {
		return fault.InvalidField("year", "agreement.bad_year", "this", strconv.FormatInt(now, 10), "next", strconv.FormatInt(now+1, 10)).OnRule("R32")
	}
	return nil
}

func (m *Agreements) draft(a *Agreement, in *draftForm, s *step) error {
	a.Side, a.Department, a.Community, a.Year, s.Ref = byDepartment, in.Department, in.Community, in.Year, in.Community
	if err := thisOrNext(in.Year, s); err != nil {
		return err
	}
	clocks(a, s)
	return m.fill(a, in.Lines, s)
}

func (m *Agreements) draftStreet(a *Agreement, in *streetForm, s *step) error {
	a.Side, a.Street, a.Community, a.Year, s.Ref = byStreet, m.Street(in.Community), in.Community, in.Year, in.Community
	if err := thisOrNext(in.Year, s); err != nil {
		return err
	}
	clocks(a, s)
	return m.fill(a, in.Lines, s)
}

func (m *Agreements) offer(a *Agreement, in *offerForm, s *step) error {
	s.Ref = a.Community
	return m.fill(a, in.Lines, s)
}

// fill writes down the terms: each an assistance entry in force, once, with
// money and powers (R4), and in no other agreement of the year.
func (m *Agreements) fill(a *Agreement, lines []Line, s *step) error {
	f := fault.New(fault.Invalid, "invalid")
	a.Terms, a.Wish = nil, ""
	for _, x := range lines {
		title, ok, err := m.assistance(s.Ctx, x.Entry)
		if err != nil {
			return err
		}
		switch {
		case !ok:
			f.Wrong("lines", "agreement.not_listed").OnRule("R32")
		case a.lists(x.Entry):
			f.Wrong("lines", "agreement.twice", "title", title)
		case (x.Money == 0) != (x.Paid == "none"):
			f.Wrong("lines", "agreement.money_and_when", "title", title).OnRule("R4")
		}
		a.Terms = append(a.Terms, Term{Line: x, Title: title})
	}
	for _, w := range a.Wanted {
		if !a.lists(w.Entry) {
			f.Wrong("lines", "agreement.wanted_missing", "title", w.Title).OnRule("R32")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return m.alone(a, s)
}

// alone: two agreements of one year on one entry could not both hold.
func (m *Agreements) alone(a *Agreement, s *step) error {
	others, err := m.about(s.Ctx, a.covers(), binding)
	if err != nil {
		return err
	}
	for _, o := range others {
		again := a.ID == o.ID || a.OpenKey != "" && o.OpenKey == a.OpenKey // the same request sent twice
		for _, t := range a.Terms {
			if !again && o.lists(t.Entry) {
				return fault.InvalidField("lines", "agreement.agreed_elsewhere", "title", t.Title, "no", o.No).OnRule("R32")
			}
		}
	}
	return nil
}

func (m *Agreements) ask(a *Agreement, in *dueNews, s *step) error {
	a.Side, a.Department, a.Street, a.Community, a.Year, s.Ref = in.Side, in.Department, in.Street, in.Community, in.Year, in.Community
	clocks(a, s)
	return m.want(a, &entriesNews{in.Entries}, s)
}

// want adds what a department has called on since.
func (m *Agreements) want(a *Agreement, in *entriesNews, s *step) error {
	for _, e := range in.Entries {
		title, ok, err := m.assistance(s.Ctx, e)
		if err != nil {
			return err
		}
		if ok && !a.wants(e) {
			a.Wanted = append(a.Wanted, Want{e, title})
		}
	}
	return nil
}

// cover strikes out what another agreement lists now.
func cover(a *Agreement, in *entriesNews, s *step) error {
	a.Wanted = slices.DeleteFunc(a.Wanted, func(w Want) bool { return slices.Contains(in.Entries, w.Entry) })
	if len(a.Wanted) == 0 {
		s.Stop("*")
		s.Go("covered")
	}
	return nil
}

func agree(a *Agreement, s *step) error {
	s.Ref = a.Community
	return nil
}

func sendBack(a *Agreement, in *wishForm, s *step) error {
	a.Wish, s.Ref = in.Wish, a.Community
	s.Note(in.Wish)
	return nil
}

func drop(a *Agreement, in *reasonForm, s *step) error {
	a.Dropped, s.Ref = in.Reason, a.Community
	s.Note(in.Reason)
	return nil
}

func passDue(a *Agreement, s *step) error {
	a.Overdue, s.Ref = true, a.Community
	return nil
}

func end(a *Agreement, s *step) error {
	s.Ref = a.Community
	if a.State != "signed" {
		s.Go("lapsed")
	}
	return nil
}
