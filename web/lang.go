package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"gatehouse/server/schema"
)

// Lang is one of the portal's three languages, as in the html lang attribute.
type Lang string

const (
	Simplified  Lang = "zh-Hans"
	Traditional Lang = "zh-Hant"
	English     Lang = "en"
)

// Langs lists the languages in the order they are offered, the default first.
var Langs = []Lang{Simplified, Traditional, English}

var matcher = language.NewMatcher([]language.Tag{
	language.SimplifiedChinese, language.TraditionalChinese, language.English})

// Match picks a language: the preferred one (from the person or the cookie)
// when it is ours, else the browser's best, else Simplified Chinese.
func Match(preferred, acceptLanguage string) Lang {
	for _, l := range Langs {
		if string(l) == preferred {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Simplified
	}
	// A guess without confidence would show French readers English and
	// Cantonese readers Traditional by accident; the city's default is surer.
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return Simplified
	}
	return Langs[i]
}

func (l Lang) index() int {
	for i, x := range Langs {
		if x == l {
			return i
		}
	}
	return 0
}

// T translates key; args are name, value pairs for its {placeholders}. A
// missing key gives the key itself.
func (l Lang) T(key string, args ...any) string {
	if len(args) == 0 {
		return l.Args(key, nil)
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return l.Args(key, m)
}

// Args translates key with named values. A string value that starts with "t:"
// is a key itself; a list of values is joined in the language's manner. When n
// is 1 and key+".one" exists, English takes that.
func (l Lang) Args(key string, args map[string]any) string {
	c, _ := words()
	row, ok := c[key]
	if !ok {
		return key
	}
	if l == English && len(args) > 0 && fmt.Sprint(args["n"]) == "1" {
		if one, ok := c[key+".one"]; ok {
			row = one
		}
	}
	s := row[l.index()]
	if len(s.names) == 0 {
		return s.texts[0]
	}
	var b strings.Builder
	for i, name := range s.names {
		b.WriteString(s.texts[i])
		if v, ok := args[name]; ok {
			b.WriteString(l.Value(v))
		}
	}
	b.WriteString(s.texts[len(s.names)])
	return b.String()
}

// Value writes an argument of a sentence: money as yuan, days and times in the
// language's form, "t:key" translated, lists joined.
func (l Lang) Value(v any) string {
	switch v := v.(type) {
	case string:
		if key, ok := strings.CutPrefix(v, "t:"); ok {
			return l.T(key)
		}
		return v
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = l.Value(s)
		}
		return strings.Join(out, l.T("list.separator"))
	case []any:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = l.Value(s)
		}
		return strings.Join(out, l.T("list.separator"))
	case schema.Fen:
		return Yuan(v)
	case schema.Date:
		return l.Day(v)
	case time.Time:
		return l.Date(v)
	case float64: // a number that has been through JSON
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}
