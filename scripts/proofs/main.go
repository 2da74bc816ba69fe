// Command proofs lists which tests prove which rule: it reads the R-numbers in
// the names of tests, of subtests and of the cases in their tables, and writes
// them to modules/city/front/proofs.txt, which the portal shows beside each rule.
//
//	go run ./scripts/proofs
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const file = "modules/city/front/proofs.txt"

func main() {
	text, err := scan(".")
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "proofs:", err)
		os.Exit(1)
	}
}

// proof is a test whose name names a rule.
type proof struct {
	rule          int
	folder, title string
}

// scan gives the whole list, one "rule|folder|test" a line, in order.
func scan(root string) (string, error) {
	var all []proof
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found, err := read(filepath.ToSlash(folder), path, src)
		all = append(all, found...)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the tests: %w", err)
	}
	return list(all), nil
}

func list(all []proof) string {
	slices.SortFunc(all, func(a, b proof) int {
		if a.rule != b.rule {
			return a.rule - b.rule
		}
		return strings.Compare(a.folder+"|"+a.title, b.folder+"|"+b.title)
	})
	var b strings.Builder
	for _, p := range slices.Compact(all) {
		fmt.Fprintf(&b, "R%d|%s|%s\n", p.rule, p.folder, p.title)
	}
	return b.String()
}

// read finds the proofs of one file.
func read(folder, path string, src []byte) (out []proof, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Fuzz") {
			continue
		}
		for _, n := range numbers(inName, fn.Name.Name) {
			out = append(out, proof{n, folder, fn.Name.Name})
		}
		for _, title := range titles(fn.Body) {
			for _, n := range numbers(inTitle, title) {
				out = append(out, proof{n, folder, fn.Name.Name + "/" + strings.ReplaceAll(title, "|", "/")})
			}
		}
	}
	return out, nil
}

var (
	inName  = regexp.MustCompile(`[a-z_]R([0-9]+)`)
	inTitle = regexp.MustCompile(`\bR([0-9]+)\b`)
	named   = regexp.MustCompile(`^R[0-9]+\b.*[a-z]`) // of a table: "R21" alone is a value, not a name
)

func numbers(in *regexp.Regexp, s string) (out []int) {
	for _, m := range in.FindAllStringSubmatch(s, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// titles gives the names of subtests and of the cases of tables. What a test
// says when it fails is no name.
func titles(body *ast.BlockStmt) (out []string) {
	take := func(e ast.Expr, fits *regexp.Regexp) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && fits.MatchString(s) && !strings.Contains(s, "\n") {
				out = append(out, s)
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Run" && len(n.Args) > 0 {
				take(n.Args[0], inTitle)
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				take(e, named)
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					take(kv.Key, named)
				}
			}
		}
		return true
	})
	return out
}
