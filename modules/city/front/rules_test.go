package front

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Every rule has words in every language, and so has every rule that something names.
func TestEveryRuleHasWords(t *testing.T) {
	t.Parallel()
	set, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	all := newBook(set, nil, proofs).inOrder()
	if len(all) < 51 || all[0].Rule != "R1" || all[49].Rule != "R50" {
		t.Fatalf("%d rules", len(all))
	}
	for _, r := range all {
		if !web.Known("rule." + r.Rule) {
			t.Errorf("%s has no words", r.Rule)
		}
	}
}

type thing struct{ lifecycle.Case }

// table is a lifecycle whose noun the policy knows, with an act and a deadline of R4.
func table() lifecycle.Table[thing] {
	return lifecycle.Table[thing]{Noun: "refusal", Plural: "refusals", Prefix: "JJ", States: []lifecycle.State{{Name: "issued", Shelf: lifecycle.Public, Tone: "good"}},
		Title: func(*thing) string { return "" }, Scope: func(*thing) lifecycle.Scope { return lifecycle.Scope{} },
		Acts: []lifecycle.Act[thing]{{Name: "issue", To: []string{"issued"}, Rule: "R4, R6", Timers: []lifecycle.Timer{{Name: "ruling", Setting: "refuse.rule_wd", Unit: "wd", Rule: "R4"}}}}}
}

func TestBookGathersFromWhatRuns(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	d, err := portal.NewResource(context.Background(), h.Portal, table())
	if err != nil {
		t.Fatal(err)
	}
	set, err := policy.Load(map[string]string{"roles.csv": "role, everyone, any, x\nrole, signed_in, any, x\nrole, system, any, x\n",
		"thing.csv": "fact, late, -\ng2, thing.a, both\ng2, thing.b, both\np, TH1, everyone, both, late, -, deny, R4 R12: why\np, TH2, signed_in, thing.a, -, -, allow, R41\n"})
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(set, []portal.AnyResource{d}, "R4|modules/x|TestY/R4 z|w\nnonsense\n")
	r := b[4]
	if len(r.Lines) != 1 || r.Lines[0].ID != "TH1" || r.Lines[0].File != "policy/thing.csv:4" || r.Lines[0].Effect != "deny" || !slices.Equal(r.Lines[0].Acts, []string{"thing.a", "thing.b"}) {
		t.Errorf("lines %+v", r.Lines)
	}
	if !slices.Equal(r.Acts, []RuleAct{{"refusal", "issue"}}) || len(b[6].Acts) != 1 || len(r.Deadlines) != 1 || r.Deadlines[0].Setting != "refuse.rule_wd" {
		t.Errorf("acts %+v, deadlines %+v", r.Acts, r.Deadlines)
	}
	if !slices.Equal(r.Tests, []RuleTest{{"modules/x", "TestY/R4 z|w"}}) {
		t.Errorf("tests %+v", r.Tests)
	}
	if len(b[12].Lines) != 1 || len(b[41].Lines) != 1 || len(b[1].Lines) != 0 {
		t.Error("R4 is found in R41, or R12 is not found beside R4")
	}
}

func TestRulesPage(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	if _, err := portal.NewResource(context.Background(), h.Portal, table()); err != nil {
		t.Fatal(err)
	}
	New(h.Portal, nil, nil, nil)
	app := h.App()
	code, body := h.Ask(app, "", "/rules", "")
	for _, want := range []string{`id="R4"`, `id="R142"`, "policy/application.csv:", "没有经费和权限的，不予准入", "/settings?key=refuse.rule_wd", "测试"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d, no %q", code, want)
		}
	}
	code, body = h.Ask(app, "", "/api/v1/rules", "")
	var got struct{ Items []Rule }
	if err := json.Unmarshal([]byte(body), &got); code != 200 || err != nil || len(got.Items) < 51 {
		t.Fatalf("%d %v %d rules", code, err, len(got.Items))
	}
	if r := got.Items[3]; r.Rule != "R4" || len(r.Lines) == 0 || len(r.Tests) == 0 || r.Text == "" {
		t.Errorf("%+v", r)
	}
}
