// Package ratings lets the residents' committees rate the work that departments
// do in their communities; no department can opt out (R9).
//
// Words: a round (评议) covers a period and every item that was at work in it.
// A ballot (评议票) is one committee's grades for one item: effect, money and
// powers delivered, residents' satisfaction (R44). A result is what the ballots
// of an item come to, in tenths of a point. A trigger is a ground for ordering
// rectification (R10); undelivered money is one whatever the grades say (R45).
//
// A completion (完成情况) is the department's side: facts, and no rating (R46).
// A household answers with a code that is good once: by link or QR code, by
// phone or on paper. What it says is counted and not kept: see box.
//
// The life of a round: the office plans it and opens it, which takes the list
// of items; the committees cast and the households answer until it closes; the
// portal computes; the office shows each department its own results, who may
// object and is answered; the results become final; somebody other than who
// planned the round publishes them. A ballot is cast, and may be amended while its
// round is open.
package ratings

import (
	"slices"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Round is one round of rating in a district.
type Round struct {
	lifecycle.Case
	District string `json:"district"`
	Plan
	Items      []Item      `json:"items,omitempty"`      // taken when it opened
	Finished   []string    `json:"finished,omitempty"`   // communities that have cast all their ballots
	Results    []Result    `json:"results,omitempty"`    // in the order of Items
	Objections []Objection `json:"objections,omitempty"` // of departments, against a result
	Sheets     []Sheet     `json:"sheets,omitempty"`     // of household codes
	Findings   []Finding   `json:"findings,omitempty"`   // of inspections that a gap opened
}

// Plan is what the office decides about a round.
type Plan struct {
	Title  string      `json:"title" form:"text,required,max=80"`
	From   schema.Date `json:"from" form:"date,required"`
	To     schema.Date `json:"to" form:"date,required"`
	Closes schema.Date `json:"closes" form:"date,required"` // the last day on which a ballot counts
}

// Item is a piece of admitted work that a round rates.
type Item struct {
	Item        string   `json:"item"`
	Title       string   `json:"title"`
	Department  string   `json:"department"`
	Communities []string `json:"communities"` // whose committees rate it
	Households  int64    `json:"households"`  // that live there
}

// Objection is a department's reply to a result, and the office's to it.
type Objection struct {
	Item       string `json:"item"`
	Department string `json:"department"`
	Text       string `json:"text"`
	Answer     string `json:"answer,omitempty"`
}

// Finding is what the office found out where committees and households were far
// apart.
type Finding struct {
	Item string `json:"item"`
	Text string `json:"text"`
}

// uninspected are the items whose gap nobody has looked into yet.
func (r *Round) uninspected() []string {
	var out []string
	for _, x := range r.Results {
		if x.Gap && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Item == x.Item }) {
			out = append(out, x.Item)
		}
	}
	return out
}

// item finds an item of the round.
func (r *Round) item(id string) (Item, bool) {
	for _, i := range r.Items {
		if i.Item == id {
			return i, true
		}
	}
	return Item{}, false
}

// worksIn tells whether the round rates the item in the community.
func (r *Round) worksIn(item, community string) bool {
	i, ok := r.item(item)
	return ok && slices.Contains(i.Communities, community)
}

// itemsIn are the items that a community's committee rates.
func (r *Round) itemsIn(community string) []Item {
	var out []Item
	for _, i := range r.Items {
		if slices.Contains(i.Communities, community) {
			out = append(out, i)
		}
	}
	return out
}

// communities are all whose committees rate something in the round, in order.
func (r *Round) communities() []string {
	var out []string
	for _, i := range r.Items {
		out = append(out, i.Communities...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// expected counts the ballots that a full round has.
func (r *Round) expected() int {
	n := 0
	for _, i := range r.Items {
		n += len(i.Communities)
	}
	return n
}

// result finds the result of an item.
func (r *Round) result(item string) (Result, bool) {
	for _, x := range r.Results {
		if x.Item == item {
			return x, true
		}
	}
	return Result{}, false
}

// objection finds the objection against an item's result.
func (r *Round) objection(item string) *Objection {
	for i := range r.Objections {
		if r.Objections[i].Item == item {
			return &r.Objections[i]
		}
	}
	return nil
}

// end is the last moment at which a ballot counts.
func (r *Round) end() time.Time { return endOf(r.Closes) }

func endOf(d schema.Date) time.Time {
	return d.Time(city).In(city).AddDate(0, 0, 1).Add(-time.Microsecond).UTC()
}

// takes tells whether a ballot cast now would count.
func (r *Round) takes(now time.Time) bool { return r.State == "open" && !now.After(r.end()) }
