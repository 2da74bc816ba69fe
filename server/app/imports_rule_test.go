package app_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// own begins the import paths of this repository.
const own = "gatehouse/"

// how says through which door one package sees another.
type how int

const (
	code    how = iota
	inside      // tests in the package
	outside     // tests in package x_test, which nothing is compiled into
)

// edge is one import.
type edge struct {
	from, to string
	how      how
}

// floors are the storeys of the house from the street down. Who is above may
// know who is below, never the other way, and nobody knows a neighbour on the
// same floor. A name ending in "/*" is every package right under it.
var floors = [][]string{
	{"server", "scripts/*"}, // what is run
	{"server/app"},
	{"server/app/*"},
	{"modules/city/front"},
	{"modules/rating/withdrawal", "modules/gate/burden"},
	{"modules/rating/rectification", "modules/gate/bypass"},
	{"modules/rating/ratings", "modules/gate/refusals", "modules/hotline/console", "modules/hotline/intake", "modules/hotline/open311", "modules/hotline/rates", "modules/services/jobs"},
	{"modules/hotline/hotlinetest"},
	{"modules/hotline/orders", "modules/money/moneytest"},
	{"modules/gate/emergencies", "modules/gate/transition", "modules/money/spending"},
	{"modules/gate/admission", "modules/money/contracts", "modules/money/funding", "modules/money/sheets", "modules/street/plaques"},
	{"modules/money/books", "modules/street/ledgers", "modules/street/windows"},
	{"modules/gate/gatetest"},
	{"modules/gate/items"},
	{"modules/gate/agreements"},
	{"modules/city/people", "modules/gate/catalogue", "modules/hotline/dispatch", "modules/hotline/knowledge", "modules/services/vendors"},
	{"modules/city/digests", "modules/city/directory", "modules/city/exports", "modules/city/settings", "modules/gate/calculator", "modules/hotline/calls",
		"modules/hotline/gazetteer", "modules/street/certificates", "modules/street/supervision"},
	{"modules/portaltest"},
	{"modules/portal"},
	{"modules/*"}, // a wing: its words only
	{"web/*"},
	{"policy", "web", "server/files/*"},
	{"server/archive"},
	{"server/lifecycle", "server/files"},
	{"server/store/*", "server/sso/*"},
	{"server/store", "server/live", "server/setting", "server/schema", "server/session", "server/config", "server/conns", "server/mail", "server/metrics"},
	{"server/calendar", "server/sso", "server/limit"},
	{"server/fault"},
}

// floor is the storey of one of our packages, -1 for a package without one.
func floor(pkg string) int {
	pkg = strings.TrimPrefix(pkg, own)
	for i, names := range floors {
		for _, n := range names {
			if fits(n, pkg) {
				return i
			}
		}
	}
	return -1
}

// never are pairs that the floors alone would allow.
var never = [][2]string{
	{"policy", "server/lifecycle"},   // the policy knows words and facts, no cases
	{"policy", "server/calendar"},    // nor time but the moment it is asked about
	{"web", "server/lifecycle"},      // pages know how to show, not what is shown
	{"web", "server/store"},          // and never ask the store
	{"modules/*/*", "server/config"}, // how the portal runs is no module's business
	{"server", "modules/portal"},     // the command line knows the built portal only
	{"server", "policy"},             //
	{"server", "web"},                //
	{"server/app/*", "policy"},       // the demo city goes through the front door
	{"server/app/*", "server/store"}, // and writes nothing behind the acts
	{"server/lifecycle", "server/config"},
	{"server/store", "server/calendar"}, // documents know no days
}

// homes says where each library may be used: who it is hidden behind. What is
// not listed is not used.
var homes = []struct {
	library string
	in      []string
	tests   bool // in every test
}{
	{library: "github.com/gofiber/fiber/v2/middleware"}, // its limiter, sessions and CSRF: 0009, 0010
	{library: "github.com/gofiber/fiber/v2", in: []string{"server/app", "modules/portal", "modules/portaltest", "modules/*/*"}},
	{library: "github.com/valyala/fasthttp", in: []string{"server/app"}},
	{library: "github.com/casbin/casbin/v2", in: []string{"policy"}},
	{library: "go.mongodb.org/mongo-driver/v2", in: []string{"server/store/mongo"}},
	{library: "github.com/pquerna/otp", in: []string{"modules/city/people"}},
	{library: "github.com/go-webauthn/webauthn", in: []string{"modules/city/people"}},
	{library: "github.com/descope/virtualwebauthn", tests: true},
	{library: "github.com/coreos/go-oidc/v3", in: []string{"server/sso"}},
	{library: "golang.org/x/oauth2", in: []string{"server/sso"}},
	{library: "github.com/prometheus/client_golang", in: []string{"server/metrics"}},
	{library: "modernc.org/sqlite", in: []string{"server/store/sqlite"}},
	{library: "database/sql", in: []string{"server/store/sqlite"}},
	{library: "github.com/golang-jwt/jwt/v5", in: []string{"server/session", "server/sso", "server/sso/*"}},
	{library: "github.com/google/uuid", in: []string{"server/lifecycle", "scripts/*"}},
	{library: "golang.org/x/crypto", in: []string{"modules/city/people"}},
	{library: "golang.org/x/text", in: []string{"web", "web/workbook"}},
	{library: "rsc.io/qr", in: []string{"web"}},
	{library: "github.com/xuri/excelize/v2", in: []string{"web/workbook"}},
	{library: "github.com/mozillazg/go-pinyin", in: []string{"modules/hotline/gazetteer"}},
	{library: "github.com/xuri/excelize/v2", in: []string{"web", "modules/portal"}},
	{library: "pgregory.net/rapid", tests: true},
	{library: "github.com/chromedp", tests: true},
	{library: "github.com/jba/templatecheck", tests: true},
	{library: "golang.org/x/net/html", tests: true},
	// Of the standard library: what has a better or safer one beside it.
	{library: "text/template"},
	{library: "math/rand"},
	{library: "log"},
	{library: "unsafe", tests: true},
	{library: "os/exec", in: []string{"scripts/guards"}, tests: true},
	{library: "encoding/gob"},
}

// broken gives every import that breaks the rule of the house.
func broken(edges []edge) (out []string) {
	for _, e := range edges {
		why := ""
		switch {
		case strings.HasPrefix(e.to+"/", own):
			why = e.among()
		default:
			why = e.library()
		}
		if why != "" {
			out = append(out, fmt.Sprintf("%s imports %s: %s", strings.TrimPrefix(e.from, own), strings.TrimPrefix(e.to, own), why))
		}
	}
	return out
}

// among judges an import between two packages of ours.
func (e edge) among() string {
	from, to := strings.TrimPrefix(e.from, own), strings.TrimPrefix(e.to, own)
	a, b := floor(from), floor(to)
	switch {
	case from == to:
		return "" // a test outside the package
	case a < 0 || b < 0:
		return "a package without a floor in this test"
	case e.how == code && strings.HasSuffix(to, "test") && !strings.HasSuffix(from, "test"):
		return "only tests build test portals"
	case e.tested(to):
		return ""
	case (fits("modules/*/*", to) && !fits("modules/*/*", from) || fits("server/store/*", to)) && from != "server/app" && !fits("scripts/*", from) && !(from == "modules/portaltest" && to == "server/store/sqlite"):
		return "only server/app names a module or an adapter"
	case b <= a:
		return "imports go strictly down"
	}
	for _, p := range never {
		if fits(p[0], from) && fits(p[1], to) {
			return "a forbidden pair"
		}
	}
	return ""
}

// tested allows tests what they need to run on the real thing: the embedded
// store, the test house, the promise of a store, and, from outside their
// package, another module in its real form.
func (e edge) tested(to string) bool {
	from := strings.TrimPrefix(e.from, own)
	switch {
	case e.how == code:
		return false
	case to == "server/store/sqlite":
		return true
	case to == "modules/portaltest":
		return fits("modules/*/*", from) || from == "modules/portal" || from == "server/app"
	case to == "server/sso/ssotest":
		return from == "server/sso"
	case to == "server/store/storetest":
		return fits("server/store/*", from)
	case to == "server/files/filestest", to == "server/files" && fits("server/store/*", from): // the promise of a keeper
		return from == "server/files" || fits("server/store/*", from)
	case to == "server/store/mongo":
		return from == "server/lifecycle" || from == "server/app" // histories must hold on both engines
	case to == "server/calendar" && from == "server/setting":
		return true // the settings' units are the calendar's
	}
	return e.how == outside && fits("modules/*/*", from) && fits("modules/*/*", to) // tests of pages meet higher modules
}

// library judges an import of the standard library or of a third party.
func (e edge) library() string {
	for _, h := range homes {
		if e.to != h.library && !strings.HasPrefix(e.to, h.library+"/") || h.library == "log" && e.to != "log" || h.library == "math/rand" && e.to != "math/rand" {
			continue
		}
		if h.tests && e.how != code || slices.ContainsFunc(h.in, func(p string) bool { return fits(p, strings.TrimPrefix(e.from, own)) }) {
			return ""
		}
		return fmt.Sprintf("its home is %v", h.in)
	}
	if strings.Contains(strings.Split(e.to, "/")[0], ".") {
		return "a library without a home in this test"
	}
	return ""
}

// fits tells whether a package is meant by a name; "/*" means those right under it.
func fits(name, pkg string) bool {
	if pkg == name {
		return true
	}
	ok, _ := path.Match(name, pkg)
	return ok
}
