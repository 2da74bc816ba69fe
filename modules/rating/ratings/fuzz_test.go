package ratings

import (
	"strings"
	"testing"
)

// What is typed as a code is digits or nothing, and a printed code reads as
// it was.
func FuzzCode(f *testing.F) {
	for _, seed := range []string{"", "0000 1000 1234 5678", "００００-１", "x", "1234567890123456"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := digits(typed)
		if strings.Trim(got, "0123456789x") != "" {
			t.Errorf("%q reads as %q", typed, got)
		}
		if digits(spaced(got)) != got {
			t.Errorf("%q is printed as %q", got, spaced(got))
		}
	})
}
