package open311

import (
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
)

func TestTooManyArguments(t *testing.T) {
	t.Parallel()
	in := typed{}
	for range mostArguments {
		in["x"] = append(in["x"], "y")
	}
	if _, err := clean(in); err != nil {
		t.Error(err)
	}
	in[strings.Repeat("z", 3)] = []string{"one more"}
	_, err := clean(in)
	portaltest.Wrong(t, err, "open311.form")
}
