package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sync"
)

// Page is everything the layout shows around a body.
type Page struct {
	Lang      Lang
	Title     string        // of the window: object and task, without the site's name
	Heading   string        // the one h1; "" takes Title
	Lead      template.HTML // under the heading: state, number, one sentence
	Person    string        // who is signed in, "" for nobody
	Place     string        // the office the person acts for
	Path      string        // of this page with its query, to come back to
	CSRF      string
	Nonce     string
	Elder     bool   // large type
	Theme     string // "light", "dark", "" as the device says
	Menu      []MenuItem
	Notice    *Notice
	Crumbs    []Crumb
	Body      template.HTML
	Aside     template.HTML // the acts: right of the body, on phones above it
	Print     bool          // a letter: no header, no menu
	Keys      bool          // a desk worked from the keyboard; a person can switch it off
	NoLetters bool          // of the keys, those without Alt or Ctrl are off (WCAG 2.1.4)
	Wide      bool          // takes the whole screen
	Live      bool          // hears of changes (live.js)
	Invalid   bool          // the form on the page has errors: the title says so first
}

// MenuItem is one line of the main menu; Count shows how much waits there.
type MenuItem struct {
	Href, LabelKey string
	Current        bool
	Count          int
}

// Notice says above the body what has just happened.
type Notice struct {
	Tone Tone
	Text string
}

// Crumb is a step of the way from the start to this page, which itself has no
// address.
type Crumb struct{ Href, Text string }

// H1 is the heading as shown.
func (p Page) H1() string {
	if p.Heading != "" {
		return p.Heading
	}
	return p.Title
}

// Back is where a letter's reader came from: the last crumb that leads
// somewhere, or the start.
func (p Page) Back() string {
	for i := len(p.Crumbs) - 1; i >= 0; i-- {
		if p.Crumbs[i].Href != "" {
			return p.Crumbs[i].Href
		}
	}
	return "/"
}

// menuInLine is how many entries of the menu stand in the line on a wide
// screen; the others are behind "more", but for the one that is shown.
const menuInLine = 8

// MenuFirst is the part of the menu that stands in the line.
func (p Page) MenuFirst() []MenuItem {
	if len(p.Menu) <= menuInLine+1 {
		return p.Menu
	}
	first := slices.Clone(p.Menu[:menuInLine])
	for _, m := range p.Menu[menuInLine:] {
		if m.Current {
			first = append(first, m)
		}
	}
	return first
}

// MenuMore is the rest of the menu.
func (p Page) MenuMore() []MenuItem {
	if len(p.Menu) <= menuInLine+1 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Menu[menuInLine:]), func(m MenuItem) bool { return m.Current })
}

// Choices lists the languages for the switch.
func (p Page) Choices() []Lang { return Langs }

//go:embed templates
var templateFiles embed.FS

// layouts holds one template set per language: t is bound when it is parsed.
var layouts = sync.OnceValue(parse)

func parse() map[Lang]*template.Template {
	m := make(map[Lang]*template.Template, len(Langs))
	for _, l := range Langs {
		m[l] = template.Must(template.New("layout").Funcs(functions(l)).ParseFS(templateFiles, "templates/*.html"))
	}
	return m
}

func functions(l Lang) template.FuncMap {
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return l.T(key, args...) },
		"asset":    Asset,
		"scripts":  scriptAssets,
		"name":     func(x Lang) string { return l.T("lang." + string(x)) },
		"notice":   func(n Notice) template.HTML { return banner(l, n) },
		"elsewhat": func(on bool) string { return map[bool]string{true: "0", false: "1"}[on] },
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render writes the whole page, or nothing when it cannot.
func Render(w io.Writer, p Page) error {
	if p.Lang == "" {
		p.Lang = Simplified
	}
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	name := "page"
	if p.Print {
		name = "letter"
	}
	if err := layouts()[p.Lang].ExecuteTemplate(b, name, p); err != nil {
		return fmt.Errorf("render page %s: %w", p.Path, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
