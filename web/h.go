package web

import (
	"html/template"
	"strings"
)

// H writes HTML and escapes by default; the zero value has no language, take
// NewH.
type H struct {
	l Lang
	b strings.Builder
}

// NewH starts an empty piece of HTML in one language.
func NewH(l Lang) *H { return &H{l: l} }

// lit has no exported name on purpose: other packages can hand Raw a constant,
// and a variable does not compile.
type lit string

// Raw writes constant HTML as it stands.
func (h *H) Raw(s lit) { h.b.WriteString(string(s)) }

// Text writes s escaped for text and for quoted attributes.
func (h *H) Text(s string) { template.HTMLEscape(&h.b, []byte(s)) }

// T writes a translation, escaped; so are its arguments.
func (h *H) T(key string, args ...any) { h.Text(h.l.T(key, args...)) }

// P writes a translation as a paragraph.
func (h *H) P(key string, args ...any) { h.Add(P(Translated(h.l, key, args...))) }

// Href writes an address for a quoted href, src or action; an address that
// could run a script becomes "#".
func (h *H) Href(s string) { h.Text(safeHref(s)) }

// Add writes HTML that another part made.
func (h *H) Add(x template.HTML) { h.b.WriteString(string(x)) }

// maybeLink writes s, as a link where there is an address.
func (h *H) maybeLink(href, s string) {
	if href == "" {
		h.Text(s)
		return
	}
	h.Add(Link(href, s))
}

// HTML gives what was written.
func (h *H) HTML() template.HTML { return template.HTML(h.b.String()) }

// attr writes name="value"; name is constant.
func (h *H) attr(name lit, value string) {
	h.Raw(" ")
	h.Raw(name)
	h.Raw(`="`)
	h.Text(value)
	h.Raw(`"`)
}

var schemes = []string{"https:", "http:", "mailto:", "tel:"}

func safeHref(s string) string {
	before, _, found := strings.Cut(s, ":")
	if !found || strings.ContainsAny(before, "/?#") {
		return s
	}
	for _, ok := range schemes {
		if strings.EqualFold(before+":", ok) {
			return s
		}
	}
	return "#"
}
