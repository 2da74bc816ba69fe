package bypass

import (
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Circular is one circular of criticism (通报, R28). Its life: a clerk of the
// office drafts it, from a report or not; the head, who did not draft it,
// approves; it is issued to all departments and communities, or to the public
// where the city chose so; the department answers and the office closes it.
// What is out and wrong is corrected, in public with it, or retracted.
type Circular struct {
	lifecycle.Case
	Draft
	District    string       `json:"district"`
	ReportNo    string       `json:"report_no,omitempty"`
	Public      bool         `json:"public,omitempty"`
	Answer      string       `json:"answer,omitempty"` // of the department
	Corrections []Correction `json:"corrections,omitempty"`
	Retraction  string       `json:"retraction,omitempty"` // why it was taken back
	Outcome     string       `json:"outcome,omitempty"`
}

// Draft is what the office writes. What follows from a report may leave the
// department and the facts to the record.
type Draft struct {
	Report     string   `json:"report" form:"choice,from=reports_to_circulate"`
	Department string   `json:"department" form:"choice,from=departments"`
	Title      string   `json:"title" form:"text,required,max=80"`
	Period     string   `json:"period" form:"text,required,max=40"`
	Facts      string   `json:"facts" form:"longtext,max=3000"`
	Broken     string   `json:"broken" form:"choice,required,of=R7 R3 R4 R6 R12 R21 R22,from=rules_broken"`
	Demand     string   `json:"demand" form:"longtext,required,max=1000"`
	Audience   []string `json:"audience" form:"choices,required,of=departments streets communities"`
}

// Correction puts a circular right after it was issued.
type Correction struct {
	Text string      `json:"text"`
	On   schema.Date `json:"on"`
}

// out tells whether people outside the office have read it.
func (c *Circular) out() bool { return c.State != "draft" && c.State != "approved" }
