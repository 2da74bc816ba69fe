package portal

import (
	"html/template"
	"strconv"
	"strings"

	"gatehouse/server/schema"
	"gatehouse/web"
)

// Text writes plain text.
func Text(l web.Lang, s string) template.HTML { return In(l, func(h *web.H) { h.Text(s) }) }

// Pair is a line of a summary list with plain text.
func Pair(l web.Lang, key, s string) web.Pair { return web.Pair{Key: key, Value: Text(l, s)} }

// Filled leaves out the pairs that say nothing.
func Filled(ps ...web.Pair) []web.Pair {
	var out []web.Pair
	for _, p := range ps {
		if strings.TrimSpace(string(p.Value)) != "" {
			out = append(out, p)
		}
	}
	return out
}

// Choice words a value of a closed set, "" stays "".
func Choice(l web.Lang, prefix, v string) string {
	if v == "" {
		return ""
	}
	return l.T(prefix + v)
}

// Choices words several values of a closed set.
func Choices(l web.Lang, prefix string, vs []string) string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = l.T(prefix + v)
	}
	return strings.Join(out, l.T("list.comma"))
}

// Count writes a number, nothing for none.
func Count(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Day writes a day, nothing for none.
func Day(l web.Lang, d schema.Date) string {
	if d == "" {
		return ""
	}
	return l.Day(d)
}

// Rule writes a rule's number and its text in plain language.
func Rule(l web.Lang, rule string) string {
	if !web.Known("rule." + rule) {
		return rule
	}
	return rule + " " + l.T("rule."+rule)
}

// PlaceNames writes the names of places in one line.
func (h *Portal) PlaceNames(l web.Lang, ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = h.Names.Place(l, id)
	}
	return strings.Join(out, l.T("list.comma"))
}

// FewPlaces is PlaceNames for a column: of many places, two and how many.
func (h *Portal) FewPlaces(l web.Lang, ids []string) string {
	if len(ids) <= 3 {
		return h.PlaceNames(l, ids)
	}
	return l.T("list.places", "names", h.PlaceNames(l, ids[:2]), "n", len(ids))
}

// OwnPlaces are the places where the visitor holds the role, to choose from.
func (h *Portal) OwnPlaces(v Visitor, role string) []web.Option {
	return h.named(v, role, h.Names.Place)
}

// OwnDepartments are the departments in which the visitor holds the role.
func (h *Portal) OwnDepartments(v Visitor, role string) []web.Option {
	return h.named(v, role, h.Names.Department)
}

func (h *Portal) named(v Visitor, role string, name func(web.Lang, string) string) (out []web.Option) {
	for _, id := range h.Own(v, role+"@") {
		out = append(out, web.Option{Value: id, Text: name(v.Lang, id)})
	}
	return out
}
