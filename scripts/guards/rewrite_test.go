package main

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const module = `package lamp

func table() lifecycle.Table[Lamp] {
	return lifecycle.Table[Lamp]{
		States: []lifecycle.State{{Name: "off"}, {Name: "on"}},
		Acts: []lifecycle.Act[Lamp]{
			{Name: "buy"},
			{Name: "light", From: []string{"off"}, Do: lifecycle.Does(light)},
		},
		Facts: func(c *Lamp, s *lifecycle.Step) []string { return []string{lifecycle.When(c.Broken, "broken")} },
	}
}

func light(c *Lamp, s *lifecycle.Step) error {
	if c.Hot {
		return fault.New(fault.Conflict, "lamp.hot")
	}
	if err := burn(c); err != nil {
		return fault.Wrap(err, "burn")
	}
	switch {
	case c.Old:
		return fault.New(fault.Conflict, "lamp.old")
	case c.New:
		return nil
	}
	return nil
}
`

func TestRewrite(t *testing.T) {
	starts = true
	guards, changed, pkg, err := rewrite("lamp.go", module, 7)
	if err != nil || pkg != "lamp" {
		t.Fatal(pkg, err)
	}
	want := []string{`lamp.go:8 from []string{"off"}`, "lamp.go:10 if c.Broken", "lamp.go:15 if c.Hot", "lamp.go:22 if c.Old"}
	if !slices.Equal(guards, want) {
		t.Errorf("%q", guards)
	}
	for _, s := range []string{`From: guardFrom(7, []string{"off"}, "off", "on"), Do`, "When(guardStands(8) && (c.Broken), ", "if guardStands(9) && (c.Hot) {", "case guardStands(10) && (c.Old):", "err != nil {"} {
		if !strings.Contains(changed, s) {
			t.Errorf("no %s in\n%s", s, changed)
		}
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", changed, 0); err != nil {
		t.Error(err)
	}
}
