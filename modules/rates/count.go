package rates

import (
	"cmp"
	"slices"

	"gatehouse/server/setting"
)

// Measure is what one order says of its unit's work.
type Measure struct {
	Unit       string
	ReturnedBy []string // units whose return was accepted: it does not count for them
	Excluded   bool     // by the review panel, on appeal
	Signed     bool     // inside the limit, like the two that follow
	Contacted  bool
	Closed     bool
	Open       bool // not replied to yet
	Late       bool
	Solved     string // solved, partly, not, unreached; "" no answer yet
	Graded     bool
	Grade      int  // 100, 80, 60, 30, 0
	Policy     bool // dissatisfied with the policy, as the centre has decided
}

// Row are the figures of a unit in a month. Rates are hundredths of a percent,
// -1 where there is nothing to divide by.
type Row struct {
	Unit         string   `json:"unit"`
	Street       bool     `json:"street,omitempty"` // its peers are the streets, else the departments
	Dispatched   int64    `json:"dispatched"`
	Returned     int64    `json:"returned"` // and accepted as another's
	Excluded     int64    `json:"excluded"`
	Counted      int64    `json:"counted"` // dispatched without those two: V of the formulas
	Signed       int64    `json:"signed"`
	Contacted    int64    `json:"contacted"`
	OnTime       int64    `json:"on_time"`
	Late         int64    `json:"late"`
	Open         int64    `json:"open"`
	Solved       int64    `json:"solved"`
	Partly       int64    `json:"partly"`
	Not          int64    `json:"not"`
	Unreached    int64    `json:"unreached"`
	Graded       int64    `json:"graded"`
	Grades       int64    `json:"grades"` // their sum
	Dissatisfied int64    `json:"dissatisfied"`
	Policy       int64    `json:"policy"` // dissatisfied with the policy: not in satisfaction
	Closure      int64    `json:"closure_rate"`
	OnTimeRate   int64    `json:"on_time_rate"`
	Response     int64    `json:"response_rate"`
	Solve        int64    `json:"solve_rate"`
	Satisfy      int64    `json:"satisfaction_rate"`
	Score        int64    `json:"score"`
	Rank         int64    `json:"rank"`            // among its peers; 0: too few orders
	Below        []string `json:"below,omitempty"` // floors it does not reach (R66): reply, satisfaction
}

// badGrade and below is a caller who is dissatisfied.
const badGrade = 30

// add counts one order for its unit.
func (r *Row) add(o Measure) {
	r.Dispatched++
	if o.Excluded {
		r.Excluded++
		return
	}
	r.Counted++
	for _, c := range []struct {
		n    *int64
		true bool
	}{{&r.Signed, o.Signed}, {&r.Contacted, o.Contacted}, {&r.OnTime, o.Closed}, {&r.Late, o.Late}, {&r.Open, o.Open}, {&r.Solved, o.Solved == "solved"}, {&r.Partly, o.Solved == "partly"},
		{&r.Not, o.Solved == "not"}, {&r.Unreached, o.Solved == "unreached"}} {
		if c.true {
			*c.n++
		}
	}
	switch {
	case o.Graded && o.Policy:
		r.Policy++
	case o.Graded:
		r.Graded++
		if r.Grades += int64(o.Grade); o.Grade <= badGrade {
			r.Dissatisfied++
		}
	}
}

// share is part of whole in hundredths of a percent.
func share(part, whole int64) int64 {
	if whole == 0 {
		return -1
	}
	return (part*20000/whole + 1) / 2
}

// rate works out the published formulas (domain §3).
func (r *Row) rate(s setting.Values) {
	r.Closure, r.OnTimeRate, r.Response = share(r.Counted-r.Open, r.Counted), share(r.OnTime, r.Counted), share(r.Contacted, r.Counted)
	r.Solve = share(2*r.Solved+r.Partly, 2*(r.Solved+r.Partly+r.Not))
	r.Satisfy = share(r.Grades, 100*r.Graded)
	r.Score = -1
	if r.Response >= 0 && r.Solve >= 0 && r.Satisfy >= 0 {
		w := [3]int64{int64(s.Int("hot.w_response")), int64(s.Int("hot.w_solve")), int64(s.Int("hot.w_satisfy"))}
		all := max(w[0]+w[1]+w[2], 1)
		r.Score = (2*(w[0]*r.Response+w[1]*r.Solve+w[2]*r.Satisfy)/all + 1) / 2
	}
	if r.Counted < int64(s.Int("hot.rank_min_n")) {
		return // too few to name anybody
	}
	if r.OnTimeRate < 100*int64(s.Int("hot.floor_reply_pct")) {
		r.Below = append(r.Below, "reply")
	}
	if r.Satisfy >= 0 && r.Satisfy < 100*int64(s.Int("hot.floor_satisfy_pct")) {
		r.Below = append(r.Below, "satisfaction")
	}
}

// tally counts a month's orders.
type tally map[string]*Row

func (t tally) of(unit string) *Row {
	if t[unit] == nil {
		t[unit] = &Row{Unit: unit}
	}
	return t[unit]
}

func (t tally) add(o Measure) {
	for i, u := range o.ReturnedBy {
		if u != o.Unit && !slices.Contains(o.ReturnedBy[:i], u) {
			r := t.of(u)
			r.Dispatched++
			r.Returned++
		}
	}
	if o.Unit != "" {
		t.of(o.Unit).add(o)
	}
}

// rows gives the units with their rates, ranked among their peers: streets
// first, the best first, those with too few orders last. Equal scores share a
// rank.
func (t tally) rows(s setting.Values, street func(unit string) bool) []Row {
	var out []Row
	for _, r := range t {
		r.Street = street(r.Unit)
		r.rate(s)
		out = append(out, *r)
	}
	least := int64(s.Int("hot.rank_min_n"))
	ranked := func(r Row) bool { return r.Counted >= least && r.Score >= 0 }
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(order(a.Street), order(b.Street)), cmp.Compare(order(ranked(a)), order(ranked(b))), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Unit, b.Unit))
	})
	at := int64(0) // within the group
	for i := range out {
		if i == 0 || out[i].Street != out[i-1].Street {
			at = 0
		}
		at++
		if !ranked(out[i]) {
			continue
		}
		out[i].Rank = at
		if at > 1 && out[i].Score == out[i-1].Score {
			out[i].Rank = out[i-1].Rank
		}
	}
	return out
}

func order(first bool) int {
	if first {
		return 0
	}
	return 1
}
