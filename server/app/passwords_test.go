package app

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/server/config"
	"gatehouse/server/store"
)

// TestBuiltProgramHashesInFull: tests hash passwords cheaply; a program that is
// built cannot, whatever it is started with.
func TestBuiltProgramHashesInFull(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, bin, data, nil)
	form := url.Values{"code": {p.code}, "city_code": {"yunting"}, "city_name_hans": {"云汀市"}, "district_code": {"jiangxin"}, "district_name_hans": {"江心区"},
		"name": {"首任管理员"}, "login": {"chief"}, "new_password": {"a-long-quiet-river-2026"}}
	a := p.hit(t, "POST", "/setup", "", []byte(form.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	if a.status != 303 {
		t.Fatalf("the set-up: %d %.300s", a.status, a.raw)
	}
	p.kill()
	db, err := Connect(t.Context(), config.Config{Store: "sqlite", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	type credential struct {
		store.Meta
		Hash string `json:"hash"`
	}
	// Not by a portal: one in this test would at once hash what is its own anew.
	credentials, err := store.Open(t.Context(), db, store.Spec{Name: "credentials"}, func(*credential) map[string]any { return nil })
	if err != nil {
		t.Fatal(err)
	}
	all, err := credentials.Find(t.Context(), store.Query{Sort: "id", Limit: store.MaxLimit})
	if err != nil || len(all) != 2 { // the administrator's, and the one that stands in for logins that do not exist
		t.Fatalf("%d credentials: %v", len(all), err)
	}
	for _, c := range all {
		if !strings.HasPrefix(c.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%s is hashed as %q", c.ID, c.Hash)
		}
	}
}
