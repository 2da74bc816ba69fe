package app

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/server/calendar"
)

// rule is one rule of the access system and how the running portal proves it:
// by a refusal that names it, or by what an act brings about.
type rule struct {
	rule, says string
	prove      func(t *testing.T, p *site)
	absent     string // why the portal cannot prove it yet
}

var rules = slices.Concat(wayIn, wayOut)

// demanded are the rules that may not be missing from the table.
var demanded = strings.Fields("R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15 R16 R17 R18 R19 R20 R25 R29 R33 R37 R44 R45")

func TestRules(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	for _, r := range rules {
		t.Run(r.rule+" "+r.says, func(t *testing.T) {
			if r.absent != "" {
				t.Skip("not in the portal: " + r.absent)
			}
			r.prove(t, p)
		})
	}
}

func TestEveryRuleIsProven(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, r := range rules {
		seen[r.rule]++
		if (r.prove == nil) == (r.absent == "") || r.says == "" {
			t.Errorf("%s: either a proof or the reason why there is none", r.rule)
		}
	}
	for _, name := range demanded {
		if seen[name] != 1 {
			t.Errorf("%s stands %d times in the table", name, seen[name])
		}
	}
}

// fields is an input as JSON has it.
type fields = map[string]any

// workday gives the day n working days from now.
func (p *site) workday(n int) string {
	return p.Portal.Calendar().AddWorkdays(p.clock.Now(), n).In(calendar.City).Format(time.DateOnly)
}

// dayIn gives the day n calendar days from now, the past negative.
func (p *site) dayIn(n int) string {
	return p.clock.Now().In(calendar.City).AddDate(0, 0, n).Format(time.DateOnly)
}

// late lets n working days go by and everybody sign in anew.
func (p *site) late(n int) {
	p.pass(n)
	p.Portal.Bus.Once(t0)
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

// done does an act that must succeed and gives the case.
func (p *site) done(t testing.TB, login, path string, in any) answer {
	t.Helper()
	a := p.post(t, login, "/api/v1/"+path, in)
	if a.status != 200 && a.status != 201 {
		t.Fatalf("%s %s: %d %s", login, path, a.status, a.raw)
	}
	return a
}

// refused wants the gate to refuse by this line and this rule, with the fact
// and the way out.
func (p *site) refused(t testing.TB, login, path string, in any, line, rule string) {
	t.Helper()
	a := p.post(t, login, "/api/v1/"+path, in)
	a.problem(t, 403)
	if a.str("line") != line || a.str("rule") != rule || a.str("fact") == "" || a.str("remedy") == "" || a.str("rule_text") == "" {
		t.Errorf("%s %s: want line %s, rule %s, its text, a fact and a remedy: %s", login, path, line, rule, a.raw)
	}
}

// outsider wants the gate to refuse because it is not this person's act.
func (p *site) outsider(t testing.TB, login, path string, in any) {
	t.Helper()
	a := p.post(t, login, "/api/v1/"+path, in)
	a.problem(t, 403)
	if a.str("code") != "policy.role" || a.str("remedy") == "" {
		t.Errorf("%s %s: %s", login, path, a.raw)
	}
}

// wrong wants an input refused that names the field.
func (p *site) wrong(t testing.TB, login, path string, in any, field string) answer {
	t.Helper()
	a := p.post(t, login, "/api/v1/"+path, in)
	a.problem(t, 422)
	if !slices.Contains(a.fields(), field) {
		t.Errorf("%s %s: want the field %s named: %s", login, path, field, a.raw)
	}
	return a
}

// untimely wants an act refused because the case is in another state, which is named.
func (p *site) untimely(t testing.TB, login, path string, in any) {
	t.Helper()
	a := p.post(t, login, "/api/v1/"+path, in)
	a.problem(t, 409)
	if a.str("code") != "lifecycle.state" || a.str("fact") == "" || a.str("remedy") == "" {
		t.Errorf("%s %s: %s", login, path, a.raw)
	}
}

// fields are the names of the wrong fields.
func (a answer) fields() []string {
	var out []string
	list, _ := a.body["fields"].([]any)
	for _, f := range list {
		m, _ := f.(fields)
		name, _ := m["name"].(string)
		out = append(out, name)
	}
	return out
}

// problem wants problem details of a status, with its title, its detail and its code.
func (a answer) problem(t testing.TB, status int) {
	t.Helper()
	n, _ := a.body["status"].(float64)
	if a.status != status || int(n) != status || !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
		t.Fatalf("want a problem %d: %d %s %s", status, a.status, a.header.Get("Content-Type"), a.raw)
	}
	if a.str("title") == "" || a.str("detail") == "" || a.str("code") == "" || a.str("instance") == "" {
		t.Errorf("a problem without a word: %s", a.raw)
	}
}

// is reads a text of a case.
func (p *site) is(t testing.TB, login, path, field, want string) answer {
	t.Helper()
	a := p.get(t, login, "/api/v1/"+path)
	if a.status != 200 || a.str(field) != want {
		t.Fatalf("%s: %s is %q, want %q (%d %s)", path, field, a.str(field), want, a.status, a.raw)
	}
	return a
}

// application is one that a test brought somewhere.
type application struct {
	id, department string
	where          []string
}

// path gives the address of an act on it, of itself without one.
func (a application) path(act ...string) string {
	return strings.Join(append([]string{"applications", a.id}, act...), "/")
}

// form is an application that says everything, with changes.
func (p *site) form(changes ...fields) fields {
	in := fields{"department": "health", "title": "上门送药关怀", "kinds": []string{"task"}, "nature": "long", "communities": []string{"hehua"},
		"purpose": "行动不便的老人按时吃上药。", "side": "government", "basis": "《云汀市基层治理办法》", "why_not_self": "要熟悉楼栋的人陪同。",
		"start": p.workday(40), "frequency": "monthly", "steps": "陪同上门。", "hours": 8, "burden": "每月八小时，不新增台账。",
		"powers": "陪同时的建议权。", "staff": "派驻一名联络员。", "fund_source": "区级财政", "budget_line": "2130599", "delivery": "signoff",
		"acceptance": "季度抽查。", "contact": "000-81890000",
		"instalments": []fields{{"due": p.workday(2), "amount": 500000, "payee": "community"}}}
	for _, c := range changes {
		maps.Copy(in, c)
	}
	return in
}

// bring takes an application as far as a state on the way to approved.
func (p *site) bring(t testing.TB, to string, changes ...fields) application {
	t.Helper()
	in := p.form(changes...)
	a := application{department: in["department"].(string), where: in["communities"].([]string)}
	a.id = p.done(t, a.department, "applications", in).str("id")
	conference := len(a.where) > 3
	for _, step := range []struct {
		reached string
		do      func()
	}{
		{"draft", nil},
		{"submitted", func() { p.done(t, a.department, a.path("submit"), "") }},
		{"consulting", func() { p.done(t, "office1", a.path("accept"), "") }},
		{"review", func() {
			for _, c := range a.where {
				p.done(t, c, a.path("answer"), fields{"community": c, "opinion": "agree", "hours": 8})
			}
			p.done(t, "finance", a.path("check_money"), fields{"funded": "yes"})
			p.streetsConsent(t, a)
		}},
		{"proposed", func() {
			p.done(t, "office2", a.path("propose"), fields{"recommend": "approve", "text": "建议准入。"})
		}},
		{"approved", func() {
			if conference {
				p.done(t, "conference", a.path("approve"), fields{"minutes": "江准联纪要1号"})
				return
			}
			p.done(t, "office", a.path("approve"), fields{})
		}},
	} {
		if step.do != nil {
			step.do()
		}
		if step.reached == to {
			break
		}
	}
	p.is(t, a.department, a.path(), "state", to)
	return a
}

// streetsConsent lets the street of each community consent (R30).
func (p *site) streetsConsent(t testing.TB, a application) {
	t.Helper()
	said := map[string]bool{}
	for _, c := range a.where {
		if street := p.Directory.Street(c); !said[street] {
			said[street] = true
			p.done(t, street, a.path("consent"), fields{"street": street, "given": "yes", "arrangement": "由街道统一安排。"})
		}
	}
}

// item finds what an application became, over the list that everybody sees.
func (p *site) item(t testing.TB, a application) string {
	t.Helper()
	for _, it := range p.list(t, "", "items?limit=100&department="+a.department) {
		if it["application"] == a.id {
			return it["id"].(string)
		}
	}
	t.Fatalf("application %s became no item", a.id)
	return ""
}

func (p *site) list(t testing.TB, login, path string) []fields {
	t.Helper()
	a := p.get(t, login, "/api/v1/"+path)
	rows, ok := a.body["items"].([]any)
	if a.status != 200 || !ok {
		t.Fatalf("%s: %d %s", path, a.status, a.raw)
	}
	out := make([]fields, len(rows))
	for i, r := range rows {
		out[i] = r.(fields)
	}
	return out
}

// claim lets the department say that it has paid the n-th instalment.
func (p *site) claim(t testing.TB, a application, item, community string, n int) string {
	t.Helper()
	return p.done(t, a.department, "payments", fields{"item": item, "community": community, "instalment": n, "amount": 500000,
		"voucher": "JX1", "paid_on": p.dayIn(0)}).str("id")
}

// working admits an application, pays its first instalment and lets every
// committee confirm: it works everywhere. The days go by until its start.
func (p *site) working(t testing.TB, changes ...fields) (application, string) {
	t.Helper()
	a := p.bring(t, "approved", changes...)
	item := p.item(t, a)
	for _, c := range a.where {
		p.done(t, c, "payments/"+p.claim(t, a, item, c, 1)+"/confirm", "")
		p.done(t, c, "items/"+item+"/confirm", fields{"community": c, "powers_in": true})
	}
	p.is(t, "", "items/"+item, "state", "active")
	return a, item
}

// staffMoves: a function moves to two communities, and its staff come to one.
func (p *site) staffMoves(t testing.TB) {
	t.Helper()
	function := fields{"title": "康复辅具借用登记", "transferred": true, "staff": "", "communities": []string{"hehua", "guangming"}}
	p.refused(t, "office", p.bring(t, "proposed", function).path("approve"), fields{}, "APD17", "R8")
	function["staff"] = "每社区一名登记员"
	a := p.bring(t, "approved", function)
	item := p.item(t, a)
	for _, c := range a.where {
		p.done(t, c, "payments/"+p.claim(t, a, item, c, 1)+"/confirm", "")
		p.refused(t, c, "items/"+item+"/confirm", fields{"community": c, "powers_in": true}, "ITD10", "R8")
	}
	p.done(t, "hehua", "items/"+item+"/confirm", fields{"community": "hehua", "powers_in": true, "staff_in": true})
	refuse := fields{"item": item, "ground": "no_staff", "way": "call"}
	refuse["community"] = "hehua"
	p.refused(t, "hehua", "refusals", refuse, "RFD13", "R8")
	refuse["community"] = "guangming"
	r := p.done(t, "guangming", "refusals", refuse)
	if r.str("state") != "issued" {
		t.Errorf("%s", r.raw)
	}
	p.Portal.Bus.Once(t0)
	p.done(t, "guangming", "items/"+item+"/confirm", fields{"community": "guangming", "powers_in": true, "staff_in": true})
	p.Portal.Bus.Once(t0)
	p.is(t, "guangming", "refusals/"+r.str("id"), "state", "settled")
}

var three = []string{"hehua", "shuangqiao", "yinxing"}

// owing is work in three communities whose second instalment never came.
func (p *site) owing(t testing.TB, department string) (application, string) {
	t.Helper()
	a, item := p.working(t, fields{"department": department, "communities": three, "instalments": []fields{
		{"due": p.workday(2), "amount": 500000, "payee": "community"}, {"due": p.workday(42), "amount": 500000, "payee": "community"}}})
	p.late(54)
	return a, item
}
