package web

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gatehouse/server/schema"
)

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	if err := Translations(); err != nil {
		t.Fatal(err)
	}
	c, _ := words()
	for key, row := range c {
		want := slices.Sorted(slices.Values(row[0].names))
		for i, l := range Langs {
			if got := slices.Sorted(slices.Values(row[i].names)); !slices.Equal(got, want) {
				t.Errorf("%s: placeholders %v in %s, %v in %s", key, got, l, want, Langs[0])
			}
		}
	}
}

func TestLoadNamesEveryWrongLine(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"locale/a.psv": {Data: []byte("# note\na.x | 一 | 一 | one\na.y | 二 | 二\na.z | 三 |  | three\n")},
		"locale/b.psv": {Data: []byte(`a.x | 又 | 又 | again` + "\n" + `b.bar | 甲\|乙 | 甲\|乙 | a\|b,\_`)},
	}
	c, err := load(files)
	if err == nil {
		t.Fatal("wrong lines were accepted")
	}
	for _, want := range []string{"a.psv:3: 3 columns", "a.psv:4: column 3 is empty", `b.psv:1: key "a.x" is already at locale/a.psv:2`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q:\n%v", want, err)
		}
	}
	if got := c["b.bar"][2].texts[0]; got != "a|b, " {
		t.Errorf("escapes: %q", got)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		preferred, accept string
		want              Lang
	}{
		{"", "", Simplified},
		{"en", "zh-CN", English},
		{"zh-Hant", "", Traditional},
		{"xx", "en-GB,en;q=0.9", English},
		{"", "zh-CN,zh;q=0.9", Simplified},
		{"", "zh-TW", Traditional},
		{"", "zh-HK,en;q=0.5", Traditional},
		{"", "fr-FR,fr", Simplified},
		{"", ";;;", Simplified},
	} {
		if got := Match(c.preferred, c.accept); got != c.want {
			t.Errorf("Match(%q, %q) = %s, want %s", c.preferred, c.accept, got, c.want)
		}
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l    Lang
		key  string
		args []any
		want string
	}{
		{Simplified, "no.such.key", nil, "no.such.key"},
		{English, "ago.days", []any{"n", 1}, "1 day ago"},
		{English, "ago.days", []any{"n", 2}, "2 days ago"},
		{Traditional, "schema.too_long", []any{"max", 80}, "最多 80 個字，請縮短"},
		{English, "schema.wrong_type", []any{"want", "t:schema.kind_number"}, "Wrong type: a whole number is expected"},
		{Simplified, "schema.too_big", []any{"max", schema.Fen(123456)}, "不能大于 ¥1,234.56"},
		{Simplified, "schema.too_big", []any{"max", []string{"t:yes", "t:no", "{max}"}}, "不能大于 是、否、{max}"},
		{English, "schema.too_big", []any{"max", []any{"t:yes", "b"}}, "Enter Yes, b or less"},
		{English, "schema.too_big", []any{"max", float64(3)}, "Enter 3 or less"},
		{English, "schema.too_big", nil, "Enter  or less"},
	} {
		if got := c.l.T(c.key, c.args...); got != c.want {
			t.Errorf("%s %s %v = %q, want %q", c.l, c.key, c.args, got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 16, 5, 0, 0, time.UTC) // already the 23rd in the city
	for _, c := range []struct{ got, want string }{
		{Simplified.Date(at), "2026年11月23日"},
		{English.Date(at), "November 23, 2026"},
		{English.Weekday(at), "Monday"},
		{Traditional.Time(at), "2026年11月23日 00:05"},
		{English.Time(at), "November 23, 2026, 00:05"},
		{Simplified.Day("2026-02-03"), "2026年2月3日"},
		{Simplified.Day(""), "无"},
		{Simplified.Day("tomorrow"), "tomorrow"},
		{Simplified.Date(time.Time{}), "无"},
		{Simplified.Ago(at, at.Add(-3*time.Minute)), "3 分钟前"},
		{English.Ago(at, at.Add(50*time.Hour)), "in 2 days"},
		{English.Ago(at, at), "just now"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fen            schema.Fen
		short, capital string
	}{
		{0, "¥0.00", "人民币零元整"},
		{5, "¥0.05", "人民币伍分"},
		{60, "¥0.60", "人民币陆角整"},
		{123456, "¥1,234.56", "人民币壹仟贰佰叁拾肆元伍角陆分"},
		{-123450, "-¥1,234.50", "人民币负壹仟贰佰叁拾肆元伍角整"},
		{100005, "¥1,000.05", "人民币壹仟元零伍分"},
		{1000000, "¥10,000.00", "人民币壹万元整"},
		{10010000, "¥100,100.00", "人民币壹拾万零壹佰元整"},
		{10000000100, "¥100,000,001.00", "人民币壹亿零壹元整"},
		{1020030405, "¥10,200,304.05", "人民币壹仟零贰拾万零叁佰零肆元零伍分"},
	} {
		if got := Yuan(c.fen); got != c.short {
			t.Errorf("Yuan(%d) = %s, want %s", c.fen, got, c.short)
		}
		if got := CapitalYuan(c.fen); got != c.capital {
			t.Errorf("CapitalYuan(%d) = %s, want %s", c.fen, got, c.capital)
		}
	}
	if got := Yuan(-1 << 63); got != "-¥92,233,720,368,547,758.08" {
		t.Errorf("smallest: %s", got)
	}
}
