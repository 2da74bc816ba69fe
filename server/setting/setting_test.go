package setting

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
)

func TestDefaultsAreInsideTheirRange(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if err := Check(s.Key, s.Default); err != nil {
			t.Errorf("%s = %s: %v", s.Key, s.Default, err)
		}
		if s.Min > s.Max || s.Number() && s.Min == s.Max || s.Basis == "" {
			t.Errorf("%s: range %d to %d, basis %q", s.Key, s.Min, s.Max, s.Basis)
		}
	}
	if err := Defaults().Check(); err != nil {
		t.Error(err)
	}
}

// Every deadline a setting allows can show its sum.
func TestDeadlinesFitTheCalendarsSum(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if (s.Unit == Workdays || s.Unit == Days) && s.Max > calendar.MaxSum {
			t.Errorf("%s may be %d, a sum lists %d", s.Key, s.Max, calendar.MaxSum)
		}
	}
}

// The defaults of domain §3, typed from its table.
func TestDefaults(t *testing.T) {
	t.Parallel()
	v := Defaults()
	for key, want := range map[string]int{
		"adm.lead_wd": 30, "adm.complete_wd": 5, "adm.decide_wd": 15, "adm.consult_wd": 5, "adm.lapse_days": 30,
		"adm.escalate1_pct": 100, "adm.escalate2_pct": 133, "adm.survey_households": 50, "adm.survey_pct": 10,
		"adm.survey_communities": 1, "adm.classA_communities": 3, "adm.term_long_months": 12,
		"adm.term_temporary_days": 90, "adm.term_pilot_months": 6, "adm.renew_wd": 30, "adm.renew_min_score": 70,
		"adm.transition_days": 90, "emg.file_wd": 3, "emg.max_days": 30, "refuse.rule_wd": 5, "bypass.verify_wd": 5,
		"bypass.comply_wd": 5, "note.answer_wd": 10, "agree.sign_wd": 20,
		"fund.gate_temporary_pct": 100, "fund.grace_wd": 10, "fund.grassroots_min": 60, "load.cap_hours": 40,
		"load.max_items": 60, "load.max_inspections": 4, "load.max_meetings": 6, "load.max_groups": 8, "load.max_ledgers": 20, "load.max_plaques": 12, "eval.weight_effect": 40, "eval.weight_money": 20, "eval.weight_residents": 40,
		"eval.min_committees": 3, "eval.min_residents": 15, "eval.min_residents_pct": 1, "eval.object_wd": 5, "eval.gap": 20, "eval.trigger_total": 60,
		"eval.trigger_residents": 60, "eval.warn_total": 75, "rect.days": 30, "rect.extend_max": 1,
		"rect.extend_days": 15, "rect.verify_wd": 10, "rect.clear_gain": 10, "wd.statement_wd": 5, "wd.exit_wd": 15,
		"wd.cooling_months": 12, "plaque.outside": 2, "plaque.inside": 0, "plaque.window": 1,
	} {
		if got := v.Int(key); got != want {
			t.Errorf("%s = %d, want %d", key, got, want)
		}
	}
	for key, want := range map[string]string{
		"gate.body": "office", "gate.classA": "organisation plaque appraisal wide", "adm.deemed": "never",
		"refuse.effect": "at_once", "bypass.ladder": "letter circular summons", "eval.trigger_mode": "any",
		"eval.scale": "100 85 70 50 0", "eval.freq": "half_yearly", "wd.decider": "conference",
	} {
		if got := v.Text(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	if got := v.Set("gate.classA"); !slices.Equal(got, []string{"organisation", "plaque", "appraisal", "wide"}) {
		t.Errorf("class A is %v", got)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, code string }{
		{"adm.lead", "30", "unknown"},
		{"adm.lead_wd", "", "not_number"},
		{"adm.lead_wd", "030", "not_number"},
		{"adm.lead_wd", "+30", "not_number"},
		{"adm.lead_wd", "30.5", "not_number"},
		{"adm.lead_wd", "9", "out_of_range"},
		{"adm.lead_wd", "61", "out_of_range"},
		{"fund.grace_wd", "-1", "out_of_range"},
		{"plaque.outside", "1", "out_of_range"},  // R39: never fewer than the two
		{"adm.deemed", "approved", "not_option"}, // R16: silence is never approval
		{"refuse.effect", "after_ruling", "not_option"},
		{"gate.classA", "organisation  plaque", "spaces"},
		{"gate.classA", "plaque plaque", "twice"},
		{"gate.classA", "party", "not_option"},
		{"bypass.ladder", "", "set_size"},
		{"eval.scale", "100 0", "set_size"},
		{"eval.scale", "100 50 50", "grades"},
		{"eval.scale", "101 50 0", "grades"},
		{"eval.scale", "good fair bad", "grades"},
	} {
		err := Check(c.key, c.value)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s=%q: %v", c.key, c.value, err)
			continue
		}
		if f := fault.As(err).Fields; len(f) != 1 || f[0].Name != c.key || f[0].Code != "setting."+c.code {
			t.Errorf("%s=%q: %+v, want %s", c.key, c.value, f, c.code)
		}
	}
	if f := fault.As(Check("adm.lead_wd", "61")).Fields[0]; f.Args["min"] != 10 || f.Args["max"] != 60 {
		t.Errorf("the fault does not say its range: %v", f.Args)
	}
	f := fault.As(Check("eval.trigger_mode", "most")).Fields[0]
	if got, want := f.Args["options"], []string{"t:setting.eval.trigger_mode.any", "t:setting.eval.trigger_mode.all"}; !slices.Equal(got.([]string), want) {
		t.Errorf("options %v, want %v", got, want)
	}
}

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"adm.lead_wd", "10"}, {"adm.lead_wd", "60"}, {"fund.grace_wd", "0"}, {"gate.classA", ""},
		{"gate.classA", "wide task"}, {"eval.scale", "100 60 0"}, {"eval.trigger_mode", "all"},
	} {
		if err := Check(c[0], c[1]); err != nil {
			t.Errorf("%s=%q: %v", c[0], c[1], err)
		}
	}
}

func TestValuesThatMustFitTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values Values
		want   string
	}{
		{Values{"eval.weight_effect": "50"}, "eval.weight_effect=setting.weights"},
		{Values{"eval.weight_effect": "50", "eval.weight_money": "10"}, ""},
		{Values{"eval.trigger_total": "80"}, "eval.warn_total=setting.warn_below_trigger"},
		{Values{"eval.warn_total": "60"}, ""},
		{Values{"adm.consult_wd": "10", "adm.decide_wd": "9"}, "adm.consult_wd=setting.longer_than"},
		{Values{"adm.lead_wd": "19"}, "adm.lead_wd=setting.shorter_than"},
		{Values{"adm.lead_wd": "20"}, ""},
		{Values{"rect.days": "9", "adm.lead": "1"}, "adm.lead=setting.unknown rect.days=setting.out_of_range"},
		{nil, ""},
	} {
		var got []string
		if err := c.values.Check(); err != nil {
			for _, f := range fault.As(err).Fields {
				got = append(got, f.Name+"="+f.Code)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: got %v, want %s", c.values, got, c.want)
		}
	}
}

func TestValuesFallBackToTheDefault(t *testing.T) {
	t.Parallel()
	kept := Values{"adm.decide_wd": "10", "rect.days": "soon", "gate.classA": ""}
	if got := kept.Int("adm.decide_wd"); got != 10 {
		t.Errorf("kept value: %d", got)
	}
	if got := kept.Int("rect.days"); got != 30 {
		t.Errorf("unreadable value: %d", got)
	}
	if got := kept.Set("gate.classA"); len(got) != 0 {
		t.Errorf("an empty set is a choice: %v", got)
	}
	if got := Values(nil).Text("eval.trigger_mode"); got != "any" {
		t.Errorf("no values: %s", got)
	}
}

func TestMistakesOfTheProgrammerPanic(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(){
		"unknown number": func() { Defaults().Int("adm.lead") },
		"unknown text":   func() { Defaults().Text("") },
		"text as number": func() { Defaults().Int("adm.deemed") },
		"number as set":  func() { Defaults().Set("adm.lead_wd") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func TestNobodyChangesTheTable(t *testing.T) {
	t.Parallel()
	all := All()
	all[0].Default = "x"
	all[0].Options[0] = "x"
	Defaults()["rect.days"] = "1"
	if again := All()[0]; again.Default == "x" || again.Options[0] == "x" || Defaults().Int("rect.days") != 30 {
		t.Error("a caller wrote into the table")
	}
}

// Every key, option, unit and fault has its line in three languages, and no
// line stands alone.
func TestEveryKeyIsTranslated(t *testing.T) {
	t.Parallel()
	lines := translations(t)
	need := map[string]bool{}
	for _, s := range All() {
		need["setting."+s.Key] = true
		for _, option := range s.Options {
			need["setting."+s.Key+"."+option] = true
		}
		if s.Number() {
			need["setting.unit."+s.Unit] = true
			if s.Unit != Percent && s.Unit != Count { // English says "1 day"
				need["setting.unit."+s.Unit+".one"] = true
			}
		}
	}
	source, err := os.ReadFile("check.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(source), `"`) {
		if strings.HasPrefix(part, "setting.") { // "t:setting." starts an option's key, counted above
			need[part] = true
		}
	}
	for key := range need {
		if !lines[key] {
			t.Errorf("%s has no translation", key)
		}
		delete(lines, key)
	}
	for key := range lines {
		t.Errorf("%s is translated and never used", key)
	}
}

func translations(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "web", "locale", "setting.psv"))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 4 || slices.Contains(cells, "") || keys[cells[0]] {
			t.Errorf("bad line %q", line)
		}
		keys[cells[0]] = true
	}
	return keys
}
