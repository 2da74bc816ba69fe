package app

import (
	"fmt"
	"testing"

	"gatehouse/modules/city/settings"
)

// The administrator proposes, the conference confirms; what opens afterwards
// keeps the new value, what was open keeps the old one.
func TestSettingsTakeEffect(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	in := map[string]any{"key": "adm.decide_wd", "value": "12", "effective_from": "2026-11-23", "document": "江准联〔2026〕9号", "reason": "提速"}
	if a := p.post(t, "office", "/api/v1/settings", in); a.status != 403 || a.str("line") != "CH20" {
		t.Fatalf("the office: %d %s", a.status, a.raw)
	}
	a := p.post(t, "admin", "/api/v1/settings", in)
	if a.status != 201 {
		t.Fatalf("propose: %d %s", a.status, a.raw)
	}
	at := "/api/v1/settings/" + a.str("id")
	if a = p.post(t, "admin", at+"/confirm", "{}"); a.status != 403 {
		t.Fatalf("the administrator confirms: %d %s", a.status, a.raw)
	}
	if a = p.post(t, "conference", at+"/confirm", "{}"); a.status != 200 || a.str("state") != "in_force" {
		t.Fatalf("confirm: %d %s", a.status, a.raw)
	}
	if n := p.Portal.Settings().Int("adm.decide_wd"); n != 12 {
		t.Errorf("in force: %d", n)
	}
	if a = p.get(t, "", "/settings?key=adm.decide_wd"); a.status != 200 {
		t.Errorf("the page: %d", a.status)
	}
}

// A rehearsal counts the deadlines of open cases again and changes nothing;
// who may not see a case learns no more than that there is one.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	look := func(login, key, value string) map[string]any {
		t.Helper()
		a := p.get(t, login, fmt.Sprintf("/api/v1/settings/rehearsal?key=%s&value=%s", key, value))
		if a.status != 200 {
			t.Fatalf("%s as %s: %d %s", key, login, a.status, a.raw)
		}
		return a.body
	}
	found, unseen := 0, 0
	for key, value := range map[string]string{"adm.decide_wd": "5", "rect.days": "10", "adm.complete_wd": "2", "wd.statement_wd": "3", "wd.exit_wd": "5", "refuse.rule_wd": "2"} {
		office, admin := look("office", key, value), look("admin", key, value)
		seen, hidden := office["deadlines"].([]any), admin["deadlines"].([]any)
		if len(seen) != len(hidden) || office["looked"].(float64) == 0 || office["looked"].(float64) > settings.MostCases {
			t.Errorf("%s: %d and %d deadlines of %v cases", key, len(seen), len(hidden), office["looked"])
		}
		for i := range seen {
			found++
			s, h := seen[i].(map[string]any), hidden[i].(map[string]any)
			there := p.get(t, "admin", "/api/v1"+s["href"].(string)).status == 200
			if s["no"] == nil || (h["no"] != nil) != there {
				t.Errorf("%s: the office sees %v, the administrator %v", key, s["no"], h["no"])
			}
			if !there {
				unseen++
			}
			if s["new_due"].(string) > s["due"].(string) {
				t.Errorf("%s: a shorter time ends later: %v", key, s)
			}
		}
	}
	if found < 3 || unseen == 0 {
		t.Errorf("the demo city has %d deadlines to move, %d of them are not the administrator's to see", found, unseen)
	}
	if rated := look("office", "eval.trigger_total", "75")["results"].([]any); len(rated) == 0 {
		t.Error("a trigger as high as the warning changes no result")
	}
	same := look("office", "eval.trigger_total", "60")
	if same["results_looked"].(float64) == 0 || len(same["results"].([]any)) != 0 {
		t.Errorf("the value in force changes results: %v", same)
	}
	if a := p.get(t, "fire-rescue", "/api/v1/settings/rehearsal?key=adm.decide_wd&value=5"); a.status != 403 {
		t.Errorf("a department rehearses: %d", a.status)
	}
}
