package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gatehouse/server/app/demo"
	"gatehouse/server/config"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/server/store/mongo"
)

// TestBothEngines lives the demo city's past on a MongoDB server too and finds
// the same cases in the same states there, with every history whole.
func TestBothEngines(t *testing.T) {
	t.Parallel()
	uri := os.Getenv("GATEHOUSE_TEST_MONGO")
	if uri == "" {
		t.Skip("GATEHOUSE_TEST_MONGO is not set: the portal is NOT tested on MongoDB (scripts/mongo run go test ./server/app)")
	}
	ctx := context.Background()
	db, err := mongo.Open(ctx, strings.TrimSuffix(uri, "/")+fmt.Sprintf("/portal%d", time.Now().UnixNano()))
	if err != nil {
		t.Fatal(err)
	}
	there := launchOn(t, db, config.Config{})
	if err := demo.Load(ctx, there.city(there.clock), today); err != nil {
		t.Fatal(err)
	}
	here := portalOf(t, lived)
	for i, d := range here.Portal.Resources() {
		want, got := states(t, here, d.Plural()), states(t, there, there.Portal.Resources()[i].Plural())
		if want != got {
			t.Errorf("%s differ:\nsqlite\n%s\nmongo\n%s", d.Plural(), want, got)
		}
		if n, broken, err := lifecycle.Verify(ctx, db, d.Plural()); err != nil || broken != nil {
			t.Errorf("%s: %d, %v %v", d.Plural(), n, broken, err)
		}
	}
}

// states lists the cases of a collection by number, with their state.
func states(t *testing.T, p *site, plural string) string {
	t.Helper()
	var b strings.Builder
	rows, err := p.Portal.Store.Find(context.Background(), plural, store.Query{Sort: "no", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		var c lifecycle.Case
		if err := json.Unmarshal(r.Doc, &c); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s\n", c.No, c.State)
	}
	return b.String()
}
