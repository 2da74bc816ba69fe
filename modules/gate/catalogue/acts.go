package catalogue

import (
	"errors"
	"slices"
	"strconv"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Comment opens a draft to the public.
type Comment struct {
	Until schema.Date `json:"comment_until,omitempty" form:"date"` // the last day to comment; none when it was heard before
}

// Reason says why.
type Reason struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// Approval is the decision that puts an entry into force.
type Approval struct {
	Document string `json:"document" form:"text,required,max=80"`
	Year     int64  `json:"edition" form:"number,required,min=2000,max=2100"`
}

// Ending is the decision that ends an entry; Successor is asked when one replaces it.
type Ending struct {
	Document string `json:"document" form:"text,required,max=80"`
	Reason   string `json:"reason,omitempty" form:"longtext,max=500"`
}

// Succession is the decision that lets another entry take this one's place.
type Succession struct {
	Successor string `json:"successor" form:"choice,required,from=catalogue"`
	Document  string `json:"document" form:"text,required,max=80"`
}

// Proof says what the basis was compared with.
type Proof struct {
	Source string `json:"verified_by" form:"text,required,max=200"`
}

func (c *Catalogue) table() lifecycle.Table[Entry] {
	draft, comment, inForce := []string{"draft"}, []string{"comment"}, []string{"in_force"}
	return lifecycle.Table[Entry]{Noun: "entry", Plural: "catalogue", Prefix: "QD",
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Draft, Tone: "neutral", Assignees: []string{"office_staff"}},
			{Name: "comment", Shelf: lifecycle.Public, Tone: "doing", Assignees: []string{"conference"}},
			{Name: "in_force", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "superseded", Shelf: lifecycle.Public, Tone: "neutral"},
			{Name: "repealed", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "dropped", Shelf: lifecycle.Draft, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Entry]{
			{Name: "draft", To: draft, Do: lifecycle.Fills("entry", c.draft)},
			{Name: "propose", To: draft, Rule: "R33", Do: lifecycle.Fills("entry", c.propose)},
			{Name: "amend", From: draft, Do: lifecycle.Takes("entry", c.amend)},
			{Name: "open_comment", From: draft, To: comment, Rule: "R33", Do: lifecycle.Takes("entry", openComment), Look: lifecycle.Primary},
			{Name: "revise", From: comment, To: draft, Do: lifecycle.Takes("entry", giveReason)},
			{Name: "drop", From: draft, To: []string{"dropped"}, Do: lifecycle.Takes("entry", giveReason), Look: lifecycle.Danger},
			{Name: "publish", From: comment, To: inForce, Rule: "R33", Do: lifecycle.Takes("entry", c.publish), Emits: Published, Look: lifecycle.Primary},
			{Name: "verify", From: inForce, Do: lifecycle.Takes("entry", verify)},
			{Name: "supersede", From: inForce, To: []string{"superseded"}, Do: lifecycle.Takes("entry", c.supersede)},
			{Name: "repeal", From: inForce, To: []string{"repealed"}, Do: lifecycle.Takes("entry", repeal), Look: lifecycle.Danger},
		},
		Title:  func(e *Entry) string { return e.Code + " " + e.Title },
		Scope:  func(e *Entry) lifecycle.Scope { return lifecycle.Scope{Department: e.Department, Places: e.Places} },
		Facts:  facts,
		Fields: []store.Field{{Name: "list"}, {Name: "code"}, {Name: "category"}, {Name: "slot"}},
		// One published entry for each version of a code: a code is never used again in silence.
		Indexes: []store.Index{{Name: "list", Fields: []string{"list"}}, {Name: "slot", Fields: []string{"slot"}, Unique: true}},
		Extract: func(e *Entry) map[string]any {
			x := map[string]any{"list": e.List, "code": e.Code, "category": nil, "slot": nil}
			if e.Category != "" {
				x["category"] = e.Category
			}
			if e.published() {
				x["slot"] = e.Code + "/" + strconv.FormatInt(e.Version, 10)
			}
			return x
		}}
}

// facts: same_person wrote the draft (four eyes), comment_open the public may
// still speak, proposed a department brought it.
func facts(e *Entry, s *lifecycle.Step) ([]string, error) {
	wrote := []string{"draft", "propose", "amend"}
	_, proposed := e.Last("propose")
	return []string{
		lifecycle.When(s.Did(wrote...), "same_person"),
		lifecycle.When(e.CommentUntil != "" && dayOf(s.Now) <= e.CommentUntil, "comment_open"),
		lifecycle.When(proposed, "proposed"),
	}, nil
}

func (c *Catalogue) draft(e *Entry, in *Wording, s *lifecycle.Step) error {
	if err := c.check(in); err != nil {
		return err
	}
	e.Wording, e.Places = *in, c.asks.places()
	return nil
}

// propose is for departments, and a proposal is always somebody's.
func (c *Catalogue) propose(e *Entry, in *Wording, s *lifecycle.Step) error {
	if in.Department == "" {
		return fault.InvalidField("department", "schema.required")
	}
	return c.draft(e, in, s)
}

func (c *Catalogue) amend(e *Entry, in *Wording, s *lifecycle.Step) error { return c.draft(e, in, s) }

func openComment(e *Entry, in *Comment, s *lifecycle.Step) error {
	if in.Until != "" && in.Until < dayOf(s.Now) {
		return fault.InvalidField("comment_until", "entry.until_past")
	}
	e.CommentUntil = in.Until
	return nil
}

func giveReason(e *Entry, in *Reason, s *lifecycle.Step) error {
	e.CommentUntil = ""
	s.Note(in.Reason)
	return nil
}

// publish puts the entry into force. An edition of a year gone by is closed:
// what was promised then is not rewritten now.
func (c *Catalogue) publish(e *Entry, in *Approval, s *lifecycle.Step) error {
	if in.Year < int64(yearOf(s.Now)) {
		return fault.InvalidField("edition", "entry.edition_closed", "year", yearOf(s.Now))
	}
	e.Version = 1
	if e.Replaces != "" {
		old, err := c.Resource.Engine.Cases().Get(s.Ctx, e.Replaces)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fault.Wrap(err, "read entry %s", e.Replaces)
		}
		if err != nil || old.State != "in_force" {
			return fault.New(fault.Conflict, "entry.replaced_gone").OnRule("R33")
		}
		if old.Code == e.Code {
			e.Version = old.Version + 1
		}
	}
	now := s.Now
	e.Document, e.Edition, e.PublishedAt = in.Document, in.Year, &now
	s.Note(in.Document)
	return nil
}

func verify(e *Entry, in *Proof, s *lifecycle.Step) error {
	e.Unverified, e.VerifiedBy = false, in.Source
	s.Note(in.Source)
	return nil
}

func (c *Catalogue) supersede(e *Entry, in *Succession, s *lifecycle.Step) error {
	next, ok := c.index.get(in.Successor)
	if !ok || next.ID == e.ID || next.List != e.List {
		return fault.InvalidField("successor", "entry.no_successor")
	}
	now := s.Now
	e.Successor, e.EndDocument, e.EndedAt = in.Successor, in.Document, &now
	s.Note(in.Document)
	return nil
}

func repeal(e *Entry, in *Ending, s *lifecycle.Step) error {
	now := s.Now
	e.EndDocument, e.EndedAt = in.Document, &now
	s.Note(in.Document)
	if in.Reason != "" {
		s.Note(in.Document + "\n" + in.Reason)
	}
	return nil
}

// check finds what the tags of Wording cannot say.
func (c *Catalogue) check(in *Wording) error {
	f := fault.New(fault.Invalid, "invalid")
	if !codePattern.MatchString(in.Code) {
		f.Wrong("code", "entry.bad_code")
	}
	if in.ValidFrom != "" && in.ValidUntil != "" && in.ValidUntil < in.ValidFrom {
		f.Wrong("valid_until", "entry.ends_before")
	}
	if in.Department != "" && !c.house.Names.Known("department", in.Department) {
		f.Wrong("department", "schema.not_an_option")
	}
	if in.Role != "none" && slices.Contains([]string{Negative, TakenBack}, in.List) {
		f.Wrong("role", "entry.no_role")
	}
	if in.Replaces != "" {
		if old, ok := c.index.get(in.Replaces); !ok || old.EndedAt != nil || old.List != in.List {
			f.Wrong("replaces", "entry.no_predecessor")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
