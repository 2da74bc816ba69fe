package front

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/policy"
)

// proofs is made by scripts/proofs from the names of the tests.
//
//go:embed proofs.txt
var proofs string

// Rule is one rule of the gate and everything in the portal that stands on it.
type Rule struct {
	Rule      string         `json:"rule"`
	Text      string         `json:"text"` // in the reader's language
	Lines     []RuleLine     `json:"lines"`
	Acts      []RuleAct      `json:"acts"`
	Deadlines []RuleDeadline `json:"deadlines"`
	Tests     []RuleTest     `json:"tests"`
}

// RuleLine is a policy line that names the rule as its basis.
type RuleLine struct {
	ID     string   `json:"id"`
	File   string   `json:"file"` // policy/refusal.csv:12
	Who    string   `json:"who"`
	Acts   []string `json:"acts"`   // refusal.issue
	Effect string   `json:"effect"` // allow or deny
}

// RuleAct is an act of a lifecycle that stands on the rule.
type RuleAct struct {
	Noun string `json:"noun"`
	Act  string `json:"act"`
}

// RuleDeadline is a deadline that the rule gives.
type RuleDeadline struct {
	RuleAct         // that starts it
	Deadline string `json:"deadline"`
	Setting  string `json:"setting"`
}

// RuleTest is a test that names the rule.
type RuleTest struct {
	Folder string `json:"folder"`
	Test   string `json:"test"`
}

var ruleNumber = regexp.MustCompile(`\bR([0-9]+)\b`)

// book gathers the rules from what runs: policy lines, tables of acts, tests.
type book map[int]*Rule

// always are the rules of the gate; others appear when something names them.
func always() (out []int) {
	for n := range 50 {
		out = append(out, n+1)
	}
	return append(out, 142)
}

func newBook(set *policy.Set, resources []portal.AnyResource, proofs string) book {
	b := book{}
	for _, n := range always() {
		b.rule(n)
	}
	b.lines(set)
	for _, d := range resources {
		b.plan(d.Plan())
	}
	for line := range strings.Lines(proofs) {
		cells := strings.SplitN(strings.TrimSpace(line), "|", 3)
		if len(cells) == 3 {
			b.each(cells[0], func(r *Rule) { r.Tests = append(r.Tests, RuleTest{cells[1], cells[2]}) })
		}
	}
	return b
}

func (b book) rule(n int) *Rule {
	if b[n] == nil {
		b[n] = &Rule{Rule: "R" + strconv.Itoa(n), Lines: []RuleLine{}, Acts: []RuleAct{}, Deadlines: []RuleDeadline{}, Tests: []RuleTest{}}
	}
	return b[n]
}

// each calls f for every rule that a text names.
func (b book) each(text string, f func(*Rule)) {
	var seen []string
	for _, m := range ruleNumber.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && !slices.Contains(seen, m[1]) {
			seen = append(seen, m[1])
			f(b.rule(n))
		}
	}
}

func (b book) lines(set *policy.Set) {
	for _, act := range set.Actions() {
		for _, l := range set.Lines(act) {
			b.each(l.Basis, func(r *Rule) { r.line(l, act) })
		}
	}
	for _, r := range b {
		slices.SortFunc(r.Lines, func(x, y RuleLine) int { return strings.Compare(x.ID, y.ID) })
	}
}

// line notes a policy line; one that is about several acts comes once for each.
func (r *Rule) line(l policy.Line, act string) {
	for i := range r.Lines {
		if r.Lines[i].ID == l.ID {
			r.Lines[i].Acts = append(r.Lines[i].Acts, act)
			return
		}
	}
	effect := "allow"
	if l.Deny {
		effect = "deny"
	}
	r.Lines = append(r.Lines, RuleLine{l.ID, "policy/" + l.File + ":" + strconv.Itoa(l.At), l.Who, []string{act}, effect})
}

func (b book) plan(p portal.Plan) {
	for _, a := range p.Acts {
		act := RuleAct{p.Noun, a.Name}
		b.each(a.Rule, func(r *Rule) { r.Acts = append(r.Acts, act) })
		for _, s := range a.Timers {
			b.each(s.Rule, func(r *Rule) { r.Deadlines = append(r.Deadlines, RuleDeadline{act, s.Name, s.Setting}) })
		}
	}
}

// inOrder gives the rules by their numbers.
func (b book) inOrder() []*Rule {
	var numbers []int
	for n := range b {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	out := make([]*Rule, len(numbers))
	for i, n := range numbers {
		out[i] = b[n]
	}
	return out
}
