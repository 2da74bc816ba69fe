package rates

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gatehouse/modules/hotline/orders"
	"gatehouse/server/setting"
)

// Entry is what one order says of one unit's work. An order that another unit
// returned before stands with both. Its receipt stands for the order, and tells
// nobody which it is who does not hold it.
type Entry struct {
	Receipt   string `json:"receipt"`
	Returned  bool   `json:"returned,omitempty"` // and accepted as another's
	Excluded  bool   `json:"excluded,omitempty"`
	Signed    bool   `json:"signed,omitempty"`
	Contacted bool   `json:"contacted,omitempty"`
	Closed    bool   `json:"on_time,omitempty"`
	Open      bool   `json:"open,omitempty"`
	Late      bool   `json:"late,omitempty"`
	Solved    string `json:"solved,omitempty"`
	Graded    bool   `json:"graded,omitempty"`
	Grade     int    `json:"grade,omitempty"`
	Policy    bool   `json:"policy,omitempty"`
}

// counts: the order is neither another's nor excluded.
func (e Entry) counts() bool { return !e.Returned && !e.Excluded }

// answers: the caller said clearly whether it is solved.
func (e Entry) answers() bool {
	return e.counts() && (e.Solved == "solved" || e.Solved == "partly" || e.Solved == "not")
}

// grades: the caller's grade is one of the handling.
func (e Entry) grades() bool { return e.counts() && e.Graded && !e.Policy }

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
	Rank         int64    `json:"rank"`              // among its peers; 0: too few orders
	Below        []string `json:"below,omitempty"`   // floors it does not reach (R66): reply, satisfaction
	Entries      string   `json:"entries,omitempty"` // SHA-256 of the list behind the figures
}

// badGrade and below is a caller who is dissatisfied.
const badGrade = 30

// A figure of a unit: how many entries it counts, or a rate that is worked out
// from them.
type figure struct {
	key    string
	has    func(Entry) bool  // the entries behind it
	n      func(*Row) *int64 // of a count
	rate   func(Row) int64   // of a rate, in hundredths of a percent
	how    string            // of a rate: the words that give its formula
	points bool              // of a hundred, not a share of anything
}

var figures = []figure{
	{key: "dispatched", has: func(Entry) bool { return true }, n: func(r *Row) *int64 { return &r.Dispatched }},
	{key: "returned", has: func(e Entry) bool { return e.Returned }, n: func(r *Row) *int64 { return &r.Returned }},
	{key: "excluded", has: func(e Entry) bool { return !e.Returned && e.Excluded }, n: func(r *Row) *int64 { return &r.Excluded }},
	{key: "counted", has: Entry.counts, n: func(r *Row) *int64 { return &r.Counted }},
	{key: "signed", has: func(e Entry) bool { return e.counts() && e.Signed }, n: func(r *Row) *int64 { return &r.Signed }},
	{key: "contacted", has: func(e Entry) bool { return e.counts() && e.Contacted }, n: func(r *Row) *int64 { return &r.Contacted }},
	{key: "on_time", has: func(e Entry) bool { return e.counts() && e.Closed }, n: func(r *Row) *int64 { return &r.OnTime }},
	{key: "late", has: func(e Entry) bool { return e.counts() && e.Late }, n: func(r *Row) *int64 { return &r.Late }},
	{key: "open", has: func(e Entry) bool { return e.counts() && e.Open }, n: func(r *Row) *int64 { return &r.Open }},
	{key: "solved", has: func(e Entry) bool { return e.counts() && e.Solved == "solved" }, n: func(r *Row) *int64 { return &r.Solved }},
	{key: "partly", has: func(e Entry) bool { return e.counts() && e.Solved == "partly" }, n: func(r *Row) *int64 { return &r.Partly }},
	{key: "not", has: func(e Entry) bool { return e.counts() && e.Solved == "not" }, n: func(r *Row) *int64 { return &r.Not }},
	{key: "unreached", has: func(e Entry) bool { return e.counts() && e.Solved == "unreached" }, n: func(r *Row) *int64 { return &r.Unreached }},
	{key: "graded", has: Entry.grades, n: func(r *Row) *int64 { return &r.Graded }},
	{key: "dissatisfied", has: func(e Entry) bool { return e.grades() && e.Grade <= badGrade }, n: func(r *Row) *int64 { return &r.Dissatisfied }},
	{key: "policy", has: func(e Entry) bool { return e.counts() && e.Graded && e.Policy }, n: func(r *Row) *int64 { return &r.Policy }},

	{key: "closure", has: Entry.counts, rate: func(r Row) int64 { return r.Closure }, how: "how_closure"},
	{key: "on_time_rate", has: Entry.counts, rate: func(r Row) int64 { return r.OnTimeRate }, how: "how_on_time"},
	{key: "response", has: Entry.counts, rate: func(r Row) int64 { return r.Response }, how: "how_response"},
	{key: "solve", has: Entry.answers, rate: func(r Row) int64 { return r.Solve }, how: "how_solve"},
	{key: "satisfy", has: Entry.grades, rate: func(r Row) int64 { return r.Satisfy }, how: "how_satisfy"},
	{key: "dissatisfied_rate", has: Entry.grades, rate: func(r Row) int64 { return share(r.Dissatisfied, r.Graded) }, how: "how_dissatisfied"},
	{key: "score", has: Entry.counts, rate: func(r Row) int64 { return r.Score }, how: "how_score", points: true},
}

// figureOf finds a figure by its key.
func figureOf(key string) (figure, bool) {
	i := slices.IndexFunc(figures, func(f figure) bool { return f.key == key })
	if i < 0 {
		return figure{}, false
	}
	return figures[i], true
}

// text writes what the figure comes to in a row.
func (f figure) text(r Row) string {
	switch {
	case f.points:
		return strings.TrimSuffix(pct(f.rate(r)), "%")
	case f.rate != nil:
		return pct(f.rate(r))
	}
	return strconv.FormatInt(*f.n(&r), 10)
}

// add counts one order for its unit.
func (r *Row) add(e Entry) {
	for _, f := range figures {
		if f.n != nil && f.has(e) {
			*f.n(r)++
		}
	}
	if e.grades() {
		r.Grades += int64(e.Grade)
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

// tally are a month's orders by unit.
type tally map[string][]Entry

func (t tally) add(o orders.Measure) {
	e := Entry{Receipt: o.Receipt, Excluded: o.Excluded, Signed: o.Signed, Contacted: o.Contacted, Closed: o.Closed, Open: o.Open, Late: o.Late, Solved: o.Solved, Graded: o.Graded, Grade: o.Grade, Policy: o.PolicyFlag}
	for i, u := range o.ReturnedBy {
		if u != o.Unit && !slices.Contains(o.ReturnedBy[:i], u) {
			t[u] = append(t[u], Entry{Receipt: o.Receipt, Returned: true})
		}
	}
	if o.Unit != "" {
		t[o.Unit] = append(t[o.Unit], e)
	}
}

// rows gives the units with their rates, ranked among their peers: streets
// first, the best first, those with too few orders last. Equal scores share a
// rank.
func (t tally) rows(s setting.Values, street func(unit string) bool) []Row {
	var out []Row
	for unit, es := range t {
		r := Row{Unit: unit, Street: street(unit)}
		for _, e := range es {
			r.add(e)
		}
		r.rate(s)
		out = append(out, r)
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
