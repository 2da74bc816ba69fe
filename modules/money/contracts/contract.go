// Package contracts keeps the purchased services that admitted work is paid
// by (购买服务合同, R5): who provides what at which price, and whether each
// community took the work as done.
//
// Words: a contract is about one item that is delivered by contract, in some
// or all of its communities. A part is the contract in one community, whose
// committee consents before and accepts the work after.
//
// The life of a contract: drafted by the department → agreed when every
// committee has consented → in_force when the department's head signs and the
// item is in force there → accepted when every committee has accepted the work
// → closed. It may be terminated until then; a committee that does not consent
// sends nothing forward.
package contracts

import (
	"slices"

	"gatehouse/modules/gate/items"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Contract is a purchased service.
type Contract struct {
	lifecycle.Case
	Draft
	ItemNo     string `json:"item_no"`
	ItemTitle  string `json:"item_title"`
	Department string `json:"department" show:"department"`
	Parts      []Part `json:"parts"`
	Ended      string `json:"ended,omitempty"` // why it was terminated
}

// Draft is what is to be agreed, about what and where.
type Draft struct {
	Item        items.Ref `json:"item" form:"choice,required,from=own_items"`
	Communities []string  `json:"communities" form:"choices,required,from=communities"`
	Terms
}

// Terms may be amended until the contract starts.
type Terms struct {
	Provider string      `json:"provider" form:"text,required,max=80"`
	Scope    string      `json:"scope" form:"longtext,required,max=2000"`
	Price    schema.Fen  `json:"price" form:"money,required,min=1"` // of the whole
	Start    schema.Date `json:"start" form:"date,required"`
	End      schema.Date `json:"end" form:"date,required"`
	Standard string      `json:"standard" form:"longtext,required,max=2000"` // by which the work is accepted
}

// Part is the contract in one community.
type Part struct {
	Community string `json:"community"`
	Consented bool   `json:"consented,omitempty"`
	Accepted  bool   `json:"accepted,omitempty"`
	Wish      string `json:"wish,omitempty"` // why it did not consent, or what it found wanting
	Note      string `json:"note,omitempty"` // on the work it accepted
}

// part finds the part in a community.
func (c *Contract) part(community string) *Part {
	for i := range c.Parts {
		if c.Parts[i].Community == community {
			return &c.Parts[i]
		}
	}
	return nil
}

// open are the communities whose committee has still to consent or to accept.
func (c *Contract) open() []string {
	out := []string{}
	for _, p := range c.Parts {
		if c.State == "drafted" && !p.Consented || c.State == "in_force" && !p.Accepted {
			out = append(out, p.Community)
		}
	}
	return out
}

func (c *Contract) all(holds func(Part) bool) bool {
	return !slices.ContainsFunc(c.Parts, func(p Part) bool { return !holds(p) })
}
