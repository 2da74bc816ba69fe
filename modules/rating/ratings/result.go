package ratings

import (
	"slices"

	"gatehouse/server/setting"
)

// Result is what an item's ballots come to. Scores are tenths of a point, 0 to
// 1000, halves rounded up, so that anybody can add them up again.
type Result struct {
	Item      string   `json:"item"`
	N         int      `json:"n"`      // committees that rated it
	Enough    bool     `json:"enough"` // N reaches the minimum (R47)
	Effect    int      `json:"effect"`
	Money     int      `json:"money"`
	Residents int      `json:"residents"`          // as the committees see it
	Total     int      `json:"total"`              // weighted
	Voice     *Voice   `json:"voice,omitempty"`    // the households, where they were asked
	Gap       bool     `json:"gap,omitempty"`      // committees and households are far apart about satisfaction
	Unpaid    bool     `json:"unpaid,omitempty"`   // money was overdue when it was computed (R45)
	Triggers  []string `json:"triggers,omitempty"` // effect, money, residents, total
	Warning   bool     `json:"warning,omitempty"`
	Reasons   []string `json:"reasons,omitempty"`  // in the order of the alphabet, so that no order tells who wrote what
	Receipts  []string `json:"receipts,omitempty"` // of the ballots that counted, in the order of the alphabet
	Hidden    bool     `json:"hidden,omitempty"`   // the scores were taken out for this reader (R48)
}

// terms are the settings of a round that its results depend on.
type terms struct {
	effect, money, residents        int // weights in percent, together 100
	min                             int // committees
	lowTotal, lowResidents, warning int // points
	all                             bool
	gate                            bool // undelivered money triggers by itself
	gap                             int  // points between committees and households that call for an inspection
}

func termsOf(v setting.Values) terms {
	return terms{effect: v.Int("eval.weight_effect"), money: v.Int("eval.weight_money"), residents: v.Int("eval.weight_residents"),
		min: v.Int("eval.min_committees"), lowTotal: v.Int("eval.trigger_total"), lowResidents: v.Int("eval.trigger_residents"),
		warning: v.Int("eval.warn_total"), all: v.Text("eval.trigger_mode") == "all", gate: v.Text("eval.money_gate") == "yes", gap: v.Int("eval.gap")}
}

// tally computes an item's result. While money is overdue its dimension counts
// nothing, whatever the committees gave (R45). said is what the households say,
// nil where they were not asked.
func tally(item string, votes []Grades, said *Voice, unpaid bool, t terms) Result {
	r := Result{Item: item, N: len(votes), Enough: len(votes) >= t.min, Voice: said, Unpaid: unpaid}
	r.Effect = mean(votes, func(g Grades) int { return g.Effect })
	r.Money = mean(votes, func(g Grades) int { return g.Money })
	r.Residents = mean(votes, func(g Grades) int { return g.Residents })
	if unpaid && t.gate {
		r.Money = 0
	}
	return t.conclude(r)
}

// conclude draws from the dimensions what follows from them.
func (t terms) conclude(r Result) Result {
	r.Total = (t.effect*r.Effect + t.money*r.Money + t.residents*r.satisfaction() + 50) / 100
	r.Triggers = t.triggers(r)
	r.Warning = r.Enough && len(r.Triggers) == 0 && r.Total < 10*t.warning
	r.Gap = false
	if r.Enough && r.Voice != nil && r.Voice.Enough {
		apart := 10*r.Residents - r.Voice.Score
		r.Gap = max(apart, -apart) >= 100*t.gap
	}
	return r
}

// satisfaction is the third dimension: what the households say, and only while
// too few of them did, how the committees see it (R44).
func (r Result) satisfaction() int {
	if r.Voice != nil && r.Voice.Enough {
		return (r.Voice.Score + 5) / 10
	}
	return r.Residents
}

// dissatisfied: households that were asked speak for themselves, and too few of
// them order nothing (R47).
func (t terms) dissatisfied(r Result) bool {
	if r.Voice != nil {
		return r.Voice.Enough && r.Voice.Score < 100*t.lowResidents
	}
	return r.Enough && r.Residents < 10*t.lowResidents
}

// mean in tenths of a point, halves up; 0 without votes.
func mean(votes []Grades, of func(Grades) int) int {
	if len(votes) == 0 {
		return 0
	}
	sum := 0
	for _, v := range votes {
		sum += of(v)
	}
	return (20*sum + len(votes)) / (2 * len(votes))
}

// triggers lists the grounds that an item gives for rectification (R10). Too
// few answers give none but the money (R45, R47).
func (t terms) triggers(r Result) []string {
	money := r.Unpaid
	if !t.gate {
		money = r.Enough && r.Money < 10*t.lowTotal
	}
	grounds := []struct {
		name  string
		holds bool
	}{{"effect", r.Enough && r.Effect < 10*t.lowTotal}, {"money", money}, {"residents", t.dissatisfied(r)},
		{"total", r.Enough && r.Total < 10*t.lowTotal}}
	every := grounds[0].holds && grounds[1].holds && grounds[2].holds
	var out []string
	for _, g := range grounds {
		gated := g.name == "money" && t.gate
		if g.holds && (every || !t.all || gated) {
			out = append(out, g.name)
		}
	}
	return out
}

// hide takes out what would tell one committee's opinion: with fewer answers
// than the minimum only their number, the money and the households stay (R48).
func (r *Result) hide() {
	stays := func(s string) bool { return s == "money" || s == "residents" && r.Voice != nil }
	*r = Result{Item: r.Item, N: r.N, Voice: r.Voice, Unpaid: r.Unpaid, Hidden: true,
		Triggers: slices.DeleteFunc(slices.Clone(r.Triggers), func(s string) bool { return !stays(s) })}
}
