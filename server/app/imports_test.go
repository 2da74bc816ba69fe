package app_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The rule of the house: imports go strictly down, a module never imports a
// module, only server/app names a module or an adapter, every library has a home.
func TestImports(t *testing.T) {
	t.Parallel()
	edges := imports(t)
	if len(edges) < 200 {
		t.Fatalf("only %d imports were found", len(edges))
	}
	for _, b := range broken(edges) {
		t.Error(b)
	}
}

// imports reads every import of the repository as the go command sees it.
func imports(t *testing.T) (edges []edge) {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags=bench", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		for h, tos := range [][]string{p.Imports, p.TestImports, p.XTestImports} {
			for _, to := range tos {
				edges = append(edges, edge{p.ImportPath, to, how(h)})
			}
		}
	}
	return edges
}

// Deliberate breaks prove that the rule bites, one at a time.
func TestImportsBite(t *testing.T) {
	t.Parallel()
	for _, e := range []edge{
		{"modules/gate/items", "modules/gate/admission", code},
		{"modules/gate/items", "modules/gate/admission", inside},
		{"modules/money/funding", "modules/money/sheets", code},
		{"modules/gate/gatetest", "modules/money/funding", code},
		{"modules/street/windows", "modules/gate/gatetest", code},
		{"modules/gate/items", "modules/portaltest", code},
		{"modules/portal", "modules/gate/items", code},
		{"modules/portal", "modules/gate/items", outside},
		{"modules/gate/items", "server/store/sqlite", code},
		{"modules/gate/items", "server/store/mongo", inside},
		{"modules/portaltest", "server/store/mongo", code},
		{"modules/gate/items", "server/app", code},
		{"modules/gate/items", "server/config", code},
		{"policy", "modules/portal", code},
		{"policy", "web", code},
		{"web", "policy", code},
		{"web", "modules/portal", code},
		{"web", "server/store", code},
		{"web", "server/lifecycle", code},
		{"policy", "server/lifecycle", code},
		{"server/lifecycle", "policy", code},
		{"server/lifecycle", "web", inside},
		{"server/lifecycle", "modules/portal", outside},
		{"server/lifecycle", "server/store/sqlite", code},
		{"server/lifecycle", "modules/portaltest", outside},
		{"server/store", "server/lifecycle", code},
		{"server/store", "server/calendar", code},
		{"server/store", "server/store/sqlite", code},
		{"server/store/sqlite", "server/store/mongo", code},
		{"server/store/sqlite", "server/store/storetest", code},
		{"server/fault", "server/store", code},
		{"server/calendar", "server/setting", code},
		{"server/app/demo", "server/store", code},
		{"server/app/demo", "modules/gate/items", code},
		{"server/app/demo", "server/app", code},
		{"server/app", "server", code},
		{"server", "modules/portal", code},
		{"server", "modules/gate/items", code},
		{"server", "server/store/sqlite", code},
		{"server/newcomer", "server/fault", code},
		{"modules/gate/items/parts", "modules/portal", code},
		{"server/app", "github.com/casbin/casbin/v2", code},
		{"modules/gate/items", "github.com/casbin/casbin/v2/model", inside},
		{"web", "github.com/gofiber/fiber/v2", code},
		{"server/lifecycle", "github.com/gofiber/fiber/v2", code},
		{"server/app", "go.mongodb.org/mongo-driver/v2/mongo", code},
		{"modules/gate/items", "database/sql", code},
		{"web", "text/template", code},
		{"modules/portal", "github.com/chromedp/chromedp", code},
		{"policy", "pgregory.net/rapid", code},
		{"modules/portal", "example.org/other", code},
		{"server/app", "os/exec", code},
		{"server/app", "log", code},
	} {
		e.from = own + e.from
		if strings.HasPrefix(e.to, "server") || strings.HasPrefix(e.to, "modules") || e.to == "policy" || e.to == "web" {
			e.to = own + e.to
		}
		if len(broken([]edge{e})) != 1 {
			t.Errorf("%s may import %s (%d)", e.from, e.to, e.how)
		}
	}
}

// forbidden names switch the policy off, or change or share it while it is
// asked: each failed a test of correctness.
var forbidden = []string{"EnableEnforce", "SyncedEnforcer", "NewSyncedEnforcer", "CachedEnforcer", "NewCachedEnforcer",
	"SyncedCachedEnforcer", "NewSyncedCachedEnforcer", "AddPolicy", "RemovePolicy", "SetWatcher", "EnableAcceptJsonRequest"}

func TestForbiddenNames(t *testing.T) {
	t.Parallel()
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, name := range names(t, path, src) {
			if name != "AddPolicy" || filepath.Base(filepath.Dir(path)) != "policy" { // it builds enforcers, once
				t.Errorf("%s names %s", path, name)
			}
		}
		n++
		return err
	})
	if err != nil || n < 100 {
		t.Fatalf("read %d files (%v)", n, err)
	}
	if got := names(t, "x.go", []byte("package x\nfunc f(e E) { e.EnableEnforce(false); _ = casbin.NewCachedEnforcer }")); len(got) != 2 {
		t.Errorf("found %v", got)
	}
}

func names(t *testing.T, path string, src []byte) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return nil
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && slices.Contains(forbidden, id.Name) {
			out = append(out, id.Name)
		}
		return true
	})
	return out
}
