package setting

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
)

// Check tells whether the value may be chosen for the key. The fault is of
// kind invalid and names the key as its field and the range or the options.
func Check(key, value string) error {
	s, ok := byKey[key]
	if !ok {
		return fault.InvalidField(key, "setting.unknown", "key", key)
	}
	if w := s.wrong(value); w != nil {
		return fault.InvalidField(key, w.code, w.args...)
	}
	return nil
}

// Check looks at all values, and at those that only make sense together: the
// weights of a rating sum to 100, a warning comes before its trigger, the
// parts of an answer time fit inside it. One fault lists everything wrong.
func (v Values) Check() error {
	bad := fault.New(fault.Invalid, "invalid")
	for _, key := range slices.Sorted(maps.Keys(v)) {
		if err := Check(key, v[key]); err != nil {
			bad.Fields = append(bad.Fields, fault.As(err).Fields...)
		}
	}
	if len(bad.Fields) == 0 {
		v.together(bad)
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

func (v Values) together(bad *fault.Error) {
	sum := v.Int("eval.weight_effect") + v.Int("eval.weight_money") + v.Int("eval.weight_residents")
	if sum != 100 {
		bad.Wrong("eval.weight_effect", "setting.weights", "sum", sum)
	}
	if v.Int("eval.warn_total") < v.Int("eval.trigger_total") {
		bad.Wrong("eval.warn_total", "setting.warn_below_trigger", "min", v.Int("eval.trigger_total"))
	}
	if v.Int("adm.consult_wd") > v.Int("adm.decide_wd") {
		bad.Wrong("adm.consult_wd", "setting.longer_than", "max", v.Int("adm.decide_wd"))
	}
	if spent := v.Int("adm.complete_wd") + v.Int("adm.decide_wd"); spent > v.Int("adm.lead_wd") {
		bad.Wrong("adm.lead_wd", "setting.shorter_than", "min", spent)
	}
}

// wrong is why a value cannot be taken.
type wrong struct {
	code string
	args []any
}

func (s Setting) wrong(value string) *wrong {
	switch s.Unit {
	case Text:
		if !slices.Contains(s.Options, value) {
			return s.notOption()
		}
		return nil
	case Set:
		return s.wrongSet(value)
	case Day:
		if _, err := time.Parse(time.DateOnly, value); value != "none" && err != nil {
			return &wrong{"setting.not_day", nil}
		}
		return nil
	}
	if s.Unit == Opening {
		if _, err := calendar.ParseHours(value); err != nil {
			return &wrong{"setting.not_opening", nil}
		}
		return nil
	}
	n, plain := number(value)
	if !plain {
		return &wrong{"setting.not_number", []any{"min", s.Min, "max", s.Max}}
	}
	if n < s.Min || n > s.Max {
		return &wrong{"setting.out_of_range", []any{"min", s.Min, "max", s.Max}}
	}
	return nil
}

func (s Setting) wrongSet(value string) *wrong {
	members := strings.Fields(value)
	if strings.Join(members, " ") != value {
		return &wrong{"setting.spaces", nil}
	}
	if len(members) < s.Min || len(members) > s.Max {
		return &wrong{"setting.set_size", []any{"min", s.Min, "max", s.Max}}
	}
	if len(s.Options) == 0 {
		return wrongGrades(members)
	}
	for i, m := range members {
		if !slices.Contains(s.Options, m) {
			return s.notOption()
		}
		if slices.Contains(members[:i], m) {
			return &wrong{"setting.twice", []any{"value", "t:setting." + s.Key + "." + m}}
		}
	}
	return nil
}

// notOption names the options by their translation keys, as pages read them.
func (s Setting) notOption() *wrong {
	labels := make([]string, len(s.Options))
	for i, option := range s.Options {
		labels[i] = "t:setting." + s.Key + "." + option
	}
	return &wrong{"setting.not_option", []any{"options", labels}}
}

func wrongGrades(members []string) *wrong {
	above := 101
	for _, m := range members {
		n, plain := number(m)
		if !plain || n < 0 || n >= above {
			return &wrong{"setting.grades", nil}
		}
		above = n
	}
	return nil
}

// number reads plain digits only, so that one number has one spelling.
func number(value string) (int, bool) {
	n, err := strconv.Atoi(value)
	return n, err == nil && strconv.Itoa(n) == value
}
