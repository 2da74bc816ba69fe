// Package admission is the gate's front door: a department applies before any
// work enters a community, and the gatekeeping office decides (R3, R17).
//
// Words: an application (准入申请) asks to bring work into communities. Its gaps
// are what it fails to state (R19). A stop is a rule that ends it by itself:
// the negative list (R21), what was taken back from the streets (R142), a
// separate appraisal of the committee (R22). Class A goes to the joint
// conference. A grant is what a decision lets in.
//
// The life of an application: a clerk drafts it, the department's head signs
// it (submitted), the office finds it complete (consulting: the committees
// answer side by side, finance checks the money), reports on it (proposed), and
// somebody else decides. Silence never approves; it escalates (R16).
package admission

import (
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Application asks to bring a department's work into communities.
type Application struct {
	lifecycle.Case
	Content
	Department string `json:"department"`           // who applies and will be rated
	Origin     string `json:"origin,omitempty"`     // the city bureau it was handed over by (R12)
	OnRequest  bool   `json:"on_request,omitempty"` // the community itself asked for it (R27)
	ClassA     bool   `json:"class_a,omitempty"`    // the joint conference decides

	Match   Match     `json:"match"`             // with the item lists, when it was last signed
	Gaps    []string  `json:"gaps,omitempty"`    // what the office sent it back for
	Answers []Answer  `json:"answers,omitempty"` // of the committees consulted
	Finance *Finance  `json:"finance,omitempty"`
	Streets []Consent `json:"streets,omitempty"` // of the street offices (R30)
	Report  *Report   `json:"report,omitempty"`

	Decision      *Decision `json:"decision,omitempty"`
	Escalated     int       `json:"escalated,omitempty"`     // how often the time to decide ran out (R16)
	Reconsidered  bool      `json:"reconsidered,omitempty"`  // the one reconsideration was used
	Overridden    string    `json:"overridden,omitempty"`    // minutes by which the leading group let it past a stop
	Consultations int       `json:"consultations,omitempty"` // how often the committees were asked
}

// Content is what the department states on the form (R18).
type Content struct {
	Title          string       `json:"title" form:"text,required,max=80,part=work"`
	Kinds          []string     `json:"kinds,omitempty" form:"choices,of=organisation task appraisal plaque ledger survey"`
	Nature         string       `json:"nature,omitempty" form:"choice,of=long temporary pilot"`
	Purpose        string       `json:"purpose,omitempty" form:"longtext,max=1000"`
	Side           string       `json:"side,omitempty" form:"choice,of=government community"` // R14
	Basis          string       `json:"basis,omitempty" form:"longtext,max=1000"`
	WhyNotSelf     string       `json:"why_not_self,omitempty" form:"longtext,max=1000"`
	Communities    []string     `json:"communities,omitempty" form:"choices,from=communities,part=when"`
	Start          schema.Date  `json:"start,omitempty" form:"date"`
	End            schema.Date  `json:"end,omitempty" form:"date"`
	Urgent         bool         `json:"urgent,omitempty" form:"check"`
	UrgentReason   string       `json:"urgent_reason,omitempty" form:"longtext,max=500"`
	Frequency      string       `json:"frequency,omitempty" form:"choice,of=once weekly monthly quarterly yearly as_needed"`
	Steps          string       `json:"steps,omitempty" form:"longtext,max=2000,part=burden"`
	Hours          int64        `json:"hours,omitempty" form:"number,max=744"`      // person-hours a month in each community
	Inspections    int64        `json:"inspections,omitempty" form:"number,max=60"` // a month in each community, as are the meetings
	Meetings       int64        `json:"meetings,omitempty" form:"number,max=60"`
	Groups         int64        `json:"groups,omitempty" form:"number,max=20"` // apps and chat groups
	Residents      int64        `json:"residents,omitempty" form:"number,max=10000000"`
	DataFields     string       `json:"data_fields,omitempty" form:"longtext,max=500"`
	DataKeeper     string       `json:"data_keeper,omitempty" form:"text,max=80"`
	DataDeleted    schema.Date  `json:"data_deleted,omitempty" form:"date"`
	FormsAdded     string       `json:"forms_added,omitempty" form:"longtext,max=500"`
	FormsDropped   string       `json:"forms_dropped,omitempty" form:"longtext,max=500"`
	Replaces       string       `json:"replaces,omitempty" form:"longtext,max=500"` // the burden it takes away
	Plaque         string       `json:"plaque,omitempty" form:"choice,of=none window inside outside"`
	RatesCommittee bool         `json:"rates_committee,omitempty" form:"check"` // R22
	BindsCommittee bool         `json:"binds_committee,omitempty" form:"check"` // R127: a responsibility letter
	TopApproval    string       `json:"top_approval,omitempty" form:"text,max=120"`
	Burden         string       `json:"burden,omitempty" form:"longtext,max=2000"` // R29
	Powers         string       `json:"powers,omitempty" form:"longtext,max=1000,part=money"`
	Transferred    bool         `json:"transferred,omitempty" form:"check"` // a function moves to the community (R8)
	Staff          string       `json:"staff,omitempty" form:"longtext,max=500"`
	Equipment      string       `json:"equipment,omitempty" form:"longtext,max=500"`
	FundSource     string       `json:"fund_source,omitempty" form:"text,max=120"`
	BudgetLine     string       `json:"budget_line,omitempty" form:"text,max=60"`
	PriceBasis     string       `json:"price_basis,omitempty" form:"longtext,max=500"`
	Instalments    []Instalment `json:"instalments,omitempty" form:"rows,max=24"`
	Delivery       string       `json:"delivery,omitempty" form:"choice,of=contract signoff"`
	Training       string       `json:"training,omitempty" form:"longtext,max=500,part=acceptance"`
	Acceptance     string       `json:"acceptance,omitempty" form:"longtext,max=1000"`
	Indicators     string       `json:"indicators,omitempty" form:"longtext,max=1000"`
	Contact        string       `json:"contact,omitempty" form:"text,max=80"`
}

// Instalment is one payment that each community is owed.
type Instalment struct {
	Due    schema.Date `json:"due" form:"date,required"`
	Amount schema.Fen  `json:"amount" form:"money,required,min=1"` // for each community
	Payee  string      `json:"payee" form:"choice,required,of=community street provider"`
}

// PerCommunity is what one community is to get, in fen.
func (c *Content) PerCommunity() schema.Fen {
	var sum schema.Fen
	for _, i := range c.Instalments {
		sum += i.Amount
	}
	return sum
}

// Total is what all communities together are to get, in fen.
func (c *Content) Total() schema.Fen { return c.PerCommunity() * schema.Fen(len(c.Communities)) }

// Match is what the item lists say of the title.
type Match struct {
	Verdict string `json:"verdict,omitempty"` // never, must_assist, routine, needs_admission, unclear
	Rule    string `json:"rule,omitempty"`
	Entry   string `json:"entry,omitempty"`
	Title   string `json:"title,omitempty"` // of the entry
}

// Answer is one committee's answer to the consultation.
type Answer struct {
	Community  string `json:"community"`
	Opinion    string `json:"opinion"` // agree, agree_if, disagree
	Hours      int64  `json:"hours"`   // a month, by its own estimate
	Conditions string `json:"conditions,omitempty"`
	Residents  string `json:"residents_opinion,omitempty"` // what the residents' representatives think
}

// Finance is the finance bureau's check of the money.
type Finance struct {
	Funded bool   `json:"funded"`
	Note   string `json:"note,omitempty"`
}

// Consent is a street office's word that the work may ask its committees for
// help, and how it is arranged (R30).
type Consent struct {
	Street      string `json:"street"`
	Given       bool   `json:"given"`
	Arrangement string `json:"arrangement"` // with what else it is combined, or why not
}

// Report is the office's report, on which somebody else decides.
type Report struct {
	Recommend string `json:"recommend"` // approve, reject
	Text      string `json:"text"`
	Legal     string `json:"legal,omitempty"`
}

// Decision ends an application.
type Decision struct {
	Outcome     string   `json:"outcome"` // full, conditions, part, rejected, stopped
	Communities []string `json:"communities,omitempty"`
	Conditions  string   `json:"conditions,omitempty"`
	Plaque      string   `json:"plaque,omitempty"` // where a plaque may hang
	Reason      string   `json:"reason,omitempty"`
	Rule        string   `json:"rule,omitempty"` // that stopped it
	Entry       string   `json:"entry,omitempty"`
	Minutes     string   `json:"minutes,omitempty"` // of the joint conference
}

// answered tells whether the committee of a community has answered.
func (a *Application) answered(community string) bool {
	return slices.ContainsFunc(a.Answers, func(x Answer) bool { return x.Community == community })
}

// unanswered are the consulted communities that have not answered.
func (a *Application) unanswered() []string {
	var out []string
	for _, c := range a.Communities {
		if !a.answered(c) {
			out = append(out, c)
		}
	}
	return out
}
