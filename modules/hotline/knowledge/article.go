// Package knowledge keeps what the hotline answers: knowledge articles (知识库).
//
// Words: an article has a question as residents ask it, the answer, a category
// and an owner, the unit that answers for its being right. It is good until its
// review date; then it is due for review by itself, and operators and residents
// are told so until the owner has looked. An enquiry that was answered proposes
// an update of its article, or a new article where there was none (R64): the
// article keeps the order's number only, and the owner reads the answer there.
//
// The life of an article: whoever knows the answer drafts it, the owner
// publishes it, confirms or revises it before its date, and retires it.
package knowledge

import (
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// States of an article.
const (
	draft     = "draft"
	published = "published"
	reviewDue = "review_due"
	retired   = "retired"
)

// shown are the states in which anybody reads an article.
var shown = []string{published, reviewDue}

// Content is what an article says.
type Content struct {
	Title    string `json:"title" form:"text,required,max=60"`
	Question string `json:"question" form:"longtext,required,max=300"`
	Answer   string `json:"answer" form:"longtext,required,max=4000"`
	Category string `json:"category" form:"choice,required,from=categories"`
	Owner    string `json:"owner" form:"choice,required,from=units"`
	Basis    string `json:"basis,omitempty" form:"text,max=200"`
}

// Article is one article.
type Article struct {
	lifecycle.Case
	Content
	OfUnit    bool       `json:"owner_is_department"` // the owner is a department, not a street
	Place     string     `json:"place"`               // the owner's street, or the district
	Checked   *time.Time `json:"checked_at,omitempty"`
	Proposals []Proposal `json:"proposals,omitempty"` // updates that enquiries propose and nobody has settled
	Origin    string     `json:"origin,omitempty"`    // number of the enquiry it began with
}

// Ref is the id of an article, as orders keep it.
type Ref = portal.Ref[Article]

// Proposal is an answered enquiry that may know better than the article (R64).
type Proposal struct {
	Order string    `json:"order"`
	No    string    `json:"no"`
	At    time.Time `json:"at"`
}

// mostProposals wait at an article at once; what comes then is like them.
const mostProposals = 20

func (a *Article) proposes(order string) bool {
	for _, p := range a.Proposals {
		if p.Order == order {
			return true
		}
	}
	return false
}

// words is what an article is found by, in the languages a category has.
func (a *Article) words() string {
	out := []string{a.No, a.Title, a.Question, a.Answer}
	if _, ok := portal.CategoryOf(a.Category); ok {
		for _, l := range web.Langs {
			out = append(out, l.T("category."+a.Category), l.T("category."+a.Category+".words"))
		}
	}
	return strings.Join(out, " ")
}

// says tells whether an answer is already in the article, whatever the spaces.
func (a *Article) says(answer string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	return strings.Contains(plain(a.Answer), plain(answer))
}
