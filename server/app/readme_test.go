package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// commands are the commands of the README that work on a portal that nobody serves.
var commands = regexp.MustCompile(`(?m)^go run ./server ((?:backup|restore) .*)$`)

// TestReadmeCommands does what the README tells an administrator to do, in its
// order and with its relative paths, by the real program.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	found(t, filepath.Join(dir, "data", "portal"))
	ran := map[string]bool{}
	for _, line := range commands.FindAllStringSubmatch(string(text), -1) {
		command, _, _ := strings.Cut(line[1], "   ") // what it is for stands behind
		args := strings.Fields(command)
		c := exec.Command(bin, args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
		ran[args[0]] = true
	}
	if !ran["backup"] || !ran["restore"] {
		t.Errorf("the README tells of %v", ran)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "again")); err != nil {
		t.Error("nothing was restored where the README says:", err)
	}
}
