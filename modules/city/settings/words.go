package settings

import (
	"context"
	"strconv"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/web"
)

// name is a setting in words.
func name(l web.Lang, key string) string { return l.T("setting." + key) }

// group is the part of the table a setting stands in.
func group(key string) string {
	before, _, _ := strings.Cut(key, ".")
	return before
}

// words says a value with its unit or as the words of its options.
func words(l web.Lang, key, value string) string {
	s, ok := find(key)
	if !ok {
		return value
	}
	switch n, err := strconv.Atoi(value); {
	case s.Number() && err == nil:
		return l.T("setting.unit."+s.Unit, "n", n)
	case s.Unit == setting.Day && value != "none":
		return l.Day(schema.Date(value))
	case s.Unit == setting.Opening && value != "":
		return value
	case value == "", s.Unit == setting.Day:
		return l.T("none")
	case len(s.Options) > 0:
		return portal.Choices(l, "setting."+key+".", strings.Fields(value))
	}
	return strings.Join(strings.Fields(value), " / ")
}

// span says which values a setting may have.
func span(l web.Lang, s setting.Setting) string {
	switch {
	case s.Unit == setting.Day:
		return l.T("settings.a_day")
	case s.Unit == setting.Opening:
		return l.T("settings.an_opening")
	case s.Number():
		return l.T("settings.from_to", "min", s.Min, "max", l.T("setting.unit."+s.Unit, "n", s.Max))
	case len(s.Options) > 0 && s.Unit == setting.Set:
		return l.T("settings.any_of", "options", portal.Choices(l, "setting."+s.Key+".", s.Options))
	case len(s.Options) > 0:
		return l.T("settings.one_of", "options", portal.Choices(l, "setting."+s.Key+".", s.Options))
	}
	return l.T("settings.grades", "min", s.Min, "max", s.Max)
}

// unit says what a value is counted in.
func unit(l web.Lang, s setting.Setting) string { return l.T("settings.unit." + s.Unit) }

// basis says where the default comes from; practice found elsewhere keeps the
// number under which it was found.
func basis(l web.Lang, s setting.Setting) string {
	kind, found, _ := strings.Cut(s.Basis, ":")
	if found != "" {
		return l.T("settings.basis."+kind) + " " + found
	}
	return l.T("settings.basis." + kind)
}

// options offers every setting by its part of the table.
func (m *Settings) options(_ context.Context, v portal.Visitor) ([]web.Option, error) {
	var out []web.Option
	for _, s := range setting.All() {
		out = append(out, web.Option{Value: s.Key, Text: name(v.Lang, s.Key) + " (" + s.Key + ")", Group: v.Lang.T("settings.group." + group(s.Key))})
	}
	return out, nil
}
