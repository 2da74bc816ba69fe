package ratings

import (
	"slices"
	"testing"

	"gatehouse/server/setting"
)

// With the values it was computed with a result comes to the same again.
func TestAgain(t *testing.T) {
	t.Parallel()
	votes := []Grades{{70, 70, 70}, {70, 85, 50}, {85, 85, 70}}
	r := tally("x", votes, nil, false, termsOf(setting.Defaults()))
	if y := r.again(termsOf(setting.Defaults())); y.Total != r.Total || y.Warning != r.Warning || !slices.Equal(y.Triggers, r.Triggers) {
		t.Errorf("%+v is not %+v", y, r)
	}
	for _, c := range []struct {
		key, value string
		triggers   []string
		warns      bool
	}{
		{"eval.trigger_total", "74", []string{"total"}, false}, // 71.3 in all, effect 75.0
		{"eval.trigger_residents", "64", []string{"residents"}, false},
		{"eval.warn_total", "71", nil, false},
		{"eval.warn_total", "80", nil, true},
		{"eval.min_committees", "4", nil, false},
	} {
		y := r.again(termsOf(setting.Values{c.key: c.value}))
		if !slices.Equal(y.Triggers, c.triggers) || y.Warning != c.warns {
			t.Errorf("%s = %s: %v, warning %v; total %d", c.key, c.value, y.Triggers, y.Warning, y.Total)
		}
	}
	t.Run("R48 answers that were too few stay too few", func(t *testing.T) {
		few := tally("x", []Grades{{0, 0, 0}}, nil, false, termsOf(setting.Defaults()))
		if y := few.again(termsOf(setting.Values{"eval.min_committees": "1"})); len(y.Triggers) > 0 || y.Warning {
			t.Errorf("one committee's opinion shows: %+v", y)
		}
	})
}
