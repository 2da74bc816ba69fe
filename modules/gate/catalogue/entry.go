// Package catalogue keeps the item lists and tells whether a piece of work may
// enter a community at all.
//
// Words: an entry is one line of one of five lists. Statutory: a duty the law
// itself puts on the residents' committee (依法履职). Assistance: what it
// helps a department with by law or by yearly agreement (依法协助). Admission:
// routine work admitted for the year (准入目录). Negative: what may not be
// asked of a community. Taken back: what a higher department does itself
// (上级收回). An edition is the lists of one year. A verdict is what the lists
// say about a title somebody types.
//
// The life of an entry: a department proposes it or the office drafts it
// (draft), it is opened to the public (comment), the joint conference or the
// leading group publishes it with the number of the approving document (in
// force), and ends it: a successor replaces it (superseded) or it falls away
// (repealed). A draft that nobody wants is dropped. An addition follows
// admission like any other work, so there is no back door (R33); nothing is
// edited after publication.
//
// The lists are public; the checker answers from memory.
package catalogue

import (
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// The five lists.
const (
	Statutory  = "statutory"
	Assistance = "assistance"
	Admission  = "admission"
	Negative   = "negative"
	TakenBack  = "taken_back"
)

// Lists in the order they are printed.
var Lists = []string{Statutory, Assistance, Admission, Negative, TakenBack}

// ruleOf names the rule an entry of a list stands for.
var ruleOf = map[string]string{Statutory: "R2", Assistance: "R2", Admission: "R20", Negative: "R21", TakenBack: "R142"}

// Wording is what a draft says; publication freezes it.
type Wording struct {
	List       string      `json:"list" form:"choice,required,of=statutory assistance admission negative taken_back"`
	Code       string      `json:"code" form:"text,required,max=20"`
	Title      string      `json:"title" form:"text,required,max=120"`
	TitleHant  string      `json:"title_hant,omitempty" form:"text,max=120"`
	TitleEn    string      `json:"title_en,omitempty" form:"text,max=200"`
	Keywords   string      `json:"keywords,omitempty" form:"text,max=200"` // words apart by spaces; the checker matches them too
	Basis      string      `json:"basis" form:"longtext,required,max=600"`
	BasisNo    string      `json:"basis_no,omitempty" form:"text,max=80"`
	Unverified bool        `json:"unverified,omitempty" form:"check"` // nobody has yet compared the basis with its text
	Category   string      `json:"category,omitempty" form:"choice,of=self_government safety welfare health_culture environment services economy enforcement"`
	Department string      `json:"department,omitempty" form:"choice,from=departments"`
	Role       string      `json:"role" form:"choice,required,of=lead assist none"` // of the committee
	Months     []string    `json:"usual_months,omitempty" form:"choices,of=1 2 3 4 5 6 7 8 9 10 11 12"`
	ValidFrom  schema.Date `json:"valid_from,omitempty" form:"date"`
	ValidUntil schema.Date `json:"valid_until,omitempty" form:"date"` // the last day
	Replaces   string      `json:"replaces,omitempty" form:"choice,from=catalogue"`
}

// Entry is one line of a list.
type Entry struct {
	lifecycle.Case
	Wording
	Places       []string    `json:"places,omitempty"` // the district whose lists these are
	CommentUntil schema.Date `json:"comment_until,omitempty"`
	Version      int64       `json:"version,omitempty"` // of its code, counted from 1
	Document     string      `json:"document,omitempty"`
	Edition      int64       `json:"edition,omitempty"` // the first year it stands in
	PublishedAt  *time.Time  `json:"published_at,omitempty"`
	EndDocument  string      `json:"end_document,omitempty"`
	EndedAt      *time.Time  `json:"ended_at,omitempty"`
	Successor    string      `json:"successor,omitempty"`
	VerifiedBy   string      `json:"verified_by,omitempty"` // document the basis was compared with
}

// Name gives the title in a language; the simplified one where it has no other.
func (e *Entry) Name(l web.Lang) string {
	switch {
	case l == web.English && e.TitleEn != "":
		return e.TitleEn
	case l == web.Traditional && e.TitleHant != "":
		return e.TitleHant
	}
	return e.Title
}

// Cite is how an entry is named in a refusal: code and title.
func (e *Entry) Cite(l web.Lang) string { return e.Code + " " + e.Name(l) }

func (e *Entry) words() []string {
	return strings.FieldsFunc(e.Keywords, func(r rune) bool { return strings.ContainsRune(" ,，、;；　", r) })
}

// published tells whether the entry has ever been in force.
func (e *Entry) published() bool { return e.PublishedAt != nil }

// inForce tells whether the entry counts at a moment: published, its first
// edition begun, not ended, and the day within its validity.
func (e *Entry) inForce(at time.Time) bool {
	if !e.published() || at.Before(*e.PublishedAt) || int64(yearOf(at)) < e.Edition || e.EndedAt != nil && !at.Before(*e.EndedAt) {
		return false
	}
	day := dayOf(at)
	return (e.ValidFrom == "" || e.ValidFrom <= day) && (e.ValidUntil == "" || day <= e.ValidUntil)
}

// inEdition tells whether the entry was in force at some time of a year, as
// far as the lists of that year know. What ended within the year still stands
// in it, with the date.
func (e *Entry) inEdition(year int) bool {
	if !e.published() || e.Edition > int64(year) || e.EndedAt != nil && yearOf(*e.EndedAt) < year {
		return false
	}
	return (e.ValidFrom == "" || yearIn(e.ValidFrom) <= year) && (e.ValidUntil == "" || year <= yearIn(e.ValidUntil))
}

func dayOf(at time.Time) schema.Date { return schema.Date(at.In(calendar.City).Format("2006-01-02")) }

func yearOf(at time.Time) int { return at.In(calendar.City).Year() }

func yearIn(d schema.Date) int {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return 0
	}
	return t.Year()
}
