package gazetteer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// fold leaves letters and digits only, small and of half width, so that two
// ways of writing a name are one.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// mostReadings bounds in how many ways the initials of one name are kept:
// characters such as 重 or 行 are read in several.
const mostReadings = 8

var readings = pinyin.Args{Style: pinyin.Normal, Heteronym: true}

// initials gives the first letters of a folded name, the usual reading first;
// letters and digits stand for themselves.
func initials(name string) []string {
	out := []string{""}
	for _, r := range name {
		firsts := firstLetters(r)
		var next []string
		for _, first := range firsts { // the usual reading of all comes out first
			for _, before := range out {
				if len(next) < mostReadings {
					next = append(next, before+first)
				}
			}
		}
		out = next
	}
	return out
}

func firstLetters(r rune) []string {
	var out []string
	for _, s := range pinyin.SinglePinyin(r, readings) {
		if s != "" && !slices.Contains(out, s[:1]) {
			out = append(out, s[:1])
		}
	}
	if len(out) == 0 {
		return []string{string(r)}
	}
	return out
}

// spelt writes a folded text in pinyin without tones. Two texts that sound
// alike, or the same words in the other script, become one.
func spelt(s string) string {
	var b strings.Builder
	for _, r := range s {
		if ps := pinyin.SinglePinyin(r, readings); len(ps) > 0 {
			b.WriteString(ps[0])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
