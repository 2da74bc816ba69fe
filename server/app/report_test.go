package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// R7: the form for everybody works without a session, behind the real
// middleware, and other sites cannot make a browser send it.
func TestR7ReportWithoutSigningIn(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	form := url.Values{"department": {"city-management"}, "community": {"yugang"}, "what": {"群里要求交评比表"}, "demanded_on": {"2026-11-20"}, "way": {"chat"}, "_key": {"k"}}.Encode()
	send := func(site string) answer {
		return p.send(t, "POST", "/reports/new/file", "", form, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": site})
	}
	if a := p.send(t, "GET", "/reports/new/file", "", "", nil); a.status != http.StatusOK || !strings.Contains(a.raw, "渔港社区") {
		t.Errorf("the form: %d", a.status)
	}
	if a := send("cross-site"); a.status != http.StatusForbidden {
		t.Errorf("from another site: %d", a.status)
	}
	a := send("same-origin")
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(a.raw)
	if a.status != http.StatusCreated || code == "" || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if a := p.get(t, "", "/api/v1/reports/track?code="+code); a.status != http.StatusOK || a.raw != `{"state":"filed"}` {
		t.Errorf("%d %s", a.status, a.raw)
	}
	if a := p.get(t, "yugang", "/api/v1/reports"); strings.Contains(a.raw, "群里要求交评比表") {
		t.Error("a committee reads a report without a name")
	}
	if a := p.get(t, "office1", "/api/v1/reports"); !strings.Contains(a.raw, "群里要求交评比表") {
		t.Error("the office does not have it")
	}
	if a := p.send(t, "GET", "/", "", "", nil); !strings.Contains(a.raw, "/reports/new/file") {
		t.Error("the start page has no way in")
	}
}
