// Package web makes the portal's pages: translations, the layout, the parts of
// the design system, and the static files a browser loads with them.
//
// Words: a key names a sentence in the three languages, kept in
// locale/<wing>/*.psv; a part is a typed Go function giving escaped HTML; a page is
// the layout around such parts. Nothing here knows a module or a router.
package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed locale
var localeFiles embed.FS

// sentence is one translation cut at its {placeholders}: texts[0],
// names[0], texts[1], …
type sentence struct {
	texts []string
	names []string
}

type catalogue map[string][3]sentence

// Translations loads them once and says what is wrong with them: a
// duplicate key, a line without exactly four columns, an empty column.
func Translations() error {
	_, err := words()
	return err
}

var words = sync.OnceValues(func() (catalogue, error) { return load(localeFiles) })

// load keeps the good lines beside the error, so that one bad line found by a
// test does not blank every page of the others.
func load(files fs.FS) (catalogue, error) {
	var names []string
	for _, pattern := range []string{"locale/*.psv", "locale/*/*.psv"} { // what all share, then each wing's
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	c, where := catalogue{}, map[string]string{}
	var errs []error
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			at := fmt.Sprintf("%s:%d", name, i+1)
			key, s, err := parseLine(line)
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", at, err))
			case key == "":
			case where[key] != "":
				errs = append(errs, fmt.Errorf("%s: key %q is already at %s", at, key, where[key]))
			default:
				c[key], where[key] = s, at
			}
		}
	}
	return c, errors.Join(errs...)
}

// unescape brings back a literal bar (\|) and a space at an edge (\_).
var unescape = strings.NewReplacer("\x00", "|", `\_`, " ")

func parseLine(line string) (key string, s [3]sentence, err error) {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return "", s, nil
	}
	cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
	if len(cells) != 4 {
		return "", s, fmt.Errorf("%d columns, want key | zh-Hans | zh-Hant | en", len(cells))
	}
	for i := range cells {
		cells[i] = unescape.Replace(strings.TrimSpace(cells[i]))
		if cells[i] == "" {
			return "", s, fmt.Errorf("column %d is empty", i+1)
		}
	}
	for i := range s {
		s[i] = cut(cells[i+1])
	}
	return cells[0], s, nil
}

func cut(text string) (s sentence) {
	for {
		i := strings.IndexByte(text, '{')
		j := strings.IndexByte(text, '}')
		if i < 0 || j < i {
			s.texts = append(s.texts, text)
			return s
		}
		s.texts = append(s.texts, text[:i])
		s.names = append(s.names, text[i+1:j])
		text = text[j+1:]
	}
}

// Known tells whether key has a translation.
func Known(key string) bool {
	c, _ := words()
	_, ok := c[key]
	return ok
}
