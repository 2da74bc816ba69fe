package main

import (
	"os"
	"testing"
)

// The list that the portal shows is the one that the tests give.
func TestListIsCurrent(t *testing.T) {
	want, err := scan("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale: go run ./scripts/proofs", file)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	found, err := read("modules/x", "x_test.go", []byte(`package x
func TestR13Others(t *testing.T) {
	t.Run("R4 no money, no approval", nil)
	for _, c := range []struct{ name, rule string }{{"R7 R12 forced", "R21"}, {"nothing", "R2"}} {
		t.Run(c.name, nil)
	}
	for name := range map[string]int{"R12 a city bureau": 1} {
		t.Error("R99 is no name", name)
	}
	t.Run("a street (R25) too", nil)
}
func TestQR2(t *testing.T) {}
func helper() { t.Run("R50 is not run", nil) }
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `R4|modules/x|TestR13Others/R4 no money, no approval
R7|modules/x|TestR13Others/R7 R12 forced
R12|modules/x|TestR13Others/R12 a city bureau
R12|modules/x|TestR13Others/R7 R12 forced
R13|modules/x|TestR13Others
R25|modules/x|TestR13Others/a street (R25) too
`
	if got := list(found); got != want {
		t.Errorf("got\n%s", got)
	}
}
