package console

import (
	"cmp"
	"slices"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

const suggested = 3

// Categories suggests what a caller's words are about, the likeliest first: the
// more and the longer the words of a category that stand in them.
func Categories(words string) []string {
	text := strings.ToLower(words)
	type score struct {
		code string
		n    int
	}
	var found []score
	for _, c := range portal.Categories {
		n := 0
		for _, l := range web.Langs {
			n = max(n, said(text, l.T("category."+c.Code), 2)+said(text, l.T("category."+c.Code+".words"), 1))
		}
		if n > 0 {
			found = append(found, score{c.Code, n})
		}
	}
	slices.SortStableFunc(found, func(a, b score) int { return cmp.Compare(b.n, a.n) })
	var out []string
	for _, f := range found[:min(len(found), suggested)] {
		out = append(out, f.code)
	}
	return out
}

// said weighs the words that stand in a text.
func said(text, words string, weight int) (n int) {
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if strings.Contains(text, w) {
			n += weight * len([]rune(w))
		}
	}
	return n
}
