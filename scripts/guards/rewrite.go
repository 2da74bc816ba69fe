package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// guarding collects the guards of one file and what is to be written around them.
type guarding struct {
	set    *token.FileSet
	text   string
	first  int // number of the file's first guard
	guards []string
	edits  []edit
}

// edit puts a text at a place.
type edit struct {
	at   int
	text string
}

// rewrite gives the guards of a file, its text with a switch at each, and the
// name of its package.
func rewrite(file, text string, first int) (guards []string, changed, pkg string, err error) {
	g := &guarding{set: token.NewFileSet(), text: text, first: first}
	f, err := parser.ParseFile(g.set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, "", "", err
	}
	ast.Inspect(f, g.visit)
	slices.SortStableFunc(g.edits, func(a, b edit) int { return b.at - a.at })
	for _, e := range g.edits {
		text = text[:e.at] + e.text + text[e.at:]
	}
	return g.guards, text, f.Name.Name, nil
}

func (g *guarding) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		if refuses(n.Body.List) {
			g.condition(n.Cond)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, c := range n.Body.List {
				if c := c.(*ast.CaseClause); len(c.List) == 1 && refuses(c.Body) {
					g.condition(c.List[0])
				}
			}
		}
	case *ast.CallExpr:
		if selects(n.Fun, "lifecycle", "When") && len(n.Args) == 2 {
			g.condition(n.Args[0])
		}
	case *ast.CompositeLit:
		g.table(n)
	}
	return true
}

// refuses tells whether a block ends with a fault of its own, not with one
// that is handed on.
func refuses(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	ret, ok := body[len(body)-1].(*ast.ReturnStmt)
	return ok && slices.ContainsFunc(ret.Results, func(x ast.Expr) (found bool) {
		ast.Inspect(x, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				s, ok := c.Fun.(*ast.SelectorExpr)
				found = found || ok && selects(c.Fun, "fault", s.Sel.Name) && s.Sel.Name != "Wrap" && s.Sel.Name != "As"
			}
			return true
		})
		return found
	})
}

// selects tells whether an expression is name.sel.
func selects(x ast.Expr, name, sel string) bool {
	s, ok := x.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := s.X.(*ast.Ident)
	return ok && id.Name == name && s.Sel.Name == sel
}

func (g *guarding) offset(p token.Pos) int { return g.set.Position(p).Offset }

// next numbers a guard.
func (g *guarding) next(x ast.Expr, what string) int {
	at := g.set.Position(x.Pos())
	said := strings.Join(strings.Fields(g.text[at.Offset:g.offset(x.End())]), " ")
	g.guards = append(g.guards, fmt.Sprintf("%s:%d %s %s", at.Filename, at.Line, what, said))
	return g.first + len(g.guards) - 1
}

func (g *guarding) condition(x ast.Expr) {
	if strings.Contains(g.text[g.offset(x.Pos()):g.offset(x.End())], "err != nil") {
		return // something failed: no guard of ours
	}
	n := g.next(x, "if")
	g.around(x, fmt.Sprintf("guardStands(%d) && (", n), ")")
}

func (g *guarding) around(x ast.Expr, before, after string) {
	g.edits = append(g.edits, edit{g.offset(x.Pos()), before}, edit{g.offset(x.End()), after})
}

// table lets the acts of a lifecycle start from any state of their table.
func (g *guarding) table(t *ast.CompositeLit) {
	var states []string
	for _, s := range list(value(t, "States")) {
		if lit, ok := value(s, "Name").(*ast.BasicLit); ok {
			if name, err := strconv.Unquote(lit.Value); err == nil {
				states = append(states, strconv.Quote(name))
			}
		}
	}
	if len(states) == 0 || !starts {
		return
	}
	for _, a := range list(value(t, "Acts")) {
		if from := value(a, "From"); from != nil && value(a, "Name") != nil {
			n := g.next(from, "from")
			g.around(from, fmt.Sprintf("guardFrom(%d, ", n), ", "+strings.Join(states, ", ")+")")
		}
	}
}

// value gives what a literal sets a field to.
func value(x ast.Expr, field string) ast.Expr {
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == field {
				return kv.Value
			}
		}
	}
	return nil
}

func list(x ast.Expr) []ast.Expr {
	if lit, ok := x.(*ast.CompositeLit); ok {
		return lit.Elts
	}
	return nil
}
