package store

import (
	"strings"
	"unicode"
)

// Grams cuts a text into what a Words field is searched by: every run of
// letters and digits gives its overlapping pairs of runes and then its last
// rune alone. 电梯坏 gives 电梯 梯坏 坏. The lone last rune lets one-rune
// searches find the end of a run and keeps two runs from touching.
func Grams(text string) []string {
	var out []string
	for _, run := range Runs(text) {
		rs := []rune(run)
		out = append(out, Pairs(run)...)
		if len(rs) > 1 {
			out = append(out, string(rs[len(rs)-1:]))
		}
	}
	return out
}

// Pairs cuts one run into overlapping pairs; a run of one rune stays whole.
func Pairs(run string) []string {
	rs := []rune(run)
	if len(rs) == 1 {
		return []string{run}
	}
	var out []string
	for i := 0; i+1 < len(rs); i++ {
		out = append(out, string(rs[i:i+2]))
	}
	return out
}

// Runs gives the runs of letters and digits of a text, in lower case and with
// full-width forms (１, Ａ) made narrow. A document matches a search when each
// run of the search occurs inside a run of its text. A search without runs
// matches nothing.
func Runs(text string) []string {
	return strings.FieldsFunc(strings.Map(fold, text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) // 〇 is a number, not a letter
	})
}

func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	return unicode.ToLower(r)
}
