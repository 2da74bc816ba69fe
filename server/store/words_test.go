package store

import (
	"slices"
	"strings"
	"testing"
)

func TestGrams(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":            "",
		"，。":          "",
		"梯":           "梯",
		"电梯坏":         "电梯 梯坏 坏",
		"电梯，坏了":       "电梯 梯 坏了 了",
		"A12 room":    "a1 12 2 ro oo om m",
		"Ａ１２":         "a1 12 2",
		"二〇二六":        "二〇 〇二 二六 六",
		"𠮷野家":         "𠮷野 野家 家",
		"电\x00梯\xff坏": "电 梯 坏",
	} {
		if got := strings.Join(Grams(text), " "); got != want {
			t.Errorf("Grams(%q) = %q, want %q", text, got, want)
		}
	}
}

// Found by pairs means found by reading: the phrase of a run's pairs occurs in
// the grams of a text exactly when the run occurs in a run of the text.
func FuzzPhraseIsSubstring(f *testing.F) {
	f.Add("三号楼电梯，电梯坏", "梯电")
	f.Add("aab ab", "abab")
	f.Add("13800138000", "0013")
	f.Fuzz(func(t *testing.T, text, search string) {
		grams := " " + strings.Join(Grams(text), " ") + " "
		for _, run := range Runs(search) {
			pairs := " " + strings.Join(Pairs(run), " ")
			if len([]rune(run)) > 1 {
				pairs += " "
			}
			want := slices.ContainsFunc(Runs(text), func(r string) bool { return strings.Contains(r, run) })
			if got := strings.Contains(grams, pairs); got != want {
				t.Errorf("%q in %q: by grams %v, by reading %v", run, text, got, want)
			}
		}
	})
}
