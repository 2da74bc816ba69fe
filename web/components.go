package web

import (
	"html/template"
)

// Tone is what a tag, a notice or a panel says at a glance; a word always
// stands beside the colour.
type Tone string

const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Doing   Tone = "doing"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// class keeps a tone from a stranger out of the class attribute.
func (t Tone) class() string {
	switch t {
	case Info, Doing, Good, Warn, Bad:
		return string(t)
	}
	return string(Neutral)
}

// Tag is a state as word, colour and border.
func Tag(l Lang, tone Tone, labelKey string) template.HTML {
	h := NewH(l)
	h.Raw(`<strong class="tag tag-`)
	h.Text(tone.class())
	h.Raw(`">`)
	h.T(labelKey)
	h.Raw(`</strong>`)
	return h.HTML()
}

// Text escapes plain text where a part wants HTML.
func Text(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }

// Translated is a translation as HTML.
func Translated(l Lang, key string, args ...any) template.HTML { return Text(l.T(key, args...)) }

// Paragraphs keeps the lines of a text that a person wrote.
func Paragraphs(text string) template.HTML {
	h := NewH(Simplified)
	h.Raw(`<div class="prose">`)
	h.Text(text)
	h.Raw(`</div>`)
	return h.HTML()
}

// P is a paragraph.
func P(body template.HTML) template.HTML { return Join("<p>", body, "</p>") }

// Small is a paragraph in small print.
func Small(body template.HTML) template.HTML { return Join(`<p class="hint">`, body, "</p>") }

// Empty is what a page says where there is nothing.
func Empty(l Lang, key string) template.HTML {
	return Join(`<p class="empty">`, Translated(l, key), "</p>")
}

// List is a list of points, nothing for none.
func List(points ...template.HTML) template.HTML {
	if len(points) == 0 {
		return ""
	}
	return Join("<ul><li>", join(points, "</li><li>"), "</li></ul>")
}

func join(parts []template.HTML, between template.HTML) (all template.HTML) {
	for i, p := range parts {
		if i > 0 {
			all += between
		}
		all += p
	}
	return all
}

// Link is a link; text is data, not a key.
func Link(href, text string) template.HTML {
	h := NewH(Simplified)
	h.Raw(`<a href="`)
	h.Href(href)
	h.Raw(`">`)
	h.Text(text)
	h.Raw(`</a>`)
	return h.HTML()
}

// Pair is one line of a summary list.
type Pair struct {
	Key   string
	Value template.HTML
}

// Summary lists what is known about one thing.
func Summary(l Lang, ps ...Pair) template.HTML {
	h := NewH(l)
	h.Raw(`<dl class="summary">`)
	for _, p := range ps {
		h.Raw(`<div><dt>`)
		h.T(p.Key)
		h.Raw(`</dt><dd>`)
		if p.Value == "" {
			h.Raw(`<span class="hint">`)
			h.T("none")
			h.Raw(`</span>`)
		}
		h.Add(p.Value)
		h.Raw(`</dd></div>`)
	}
	h.Raw(`</dl>`)
	return h.HTML()
}

// Section is a part of a page under its own heading.
func Section(l Lang, titleKey string, body template.HTML) template.HTML {
	h := NewH(l)
	h.Raw(`<section class="section"><h2>`)
	h.T(titleKey)
	h.Raw(`</h2>`)
	h.Add(body)
	h.Raw(`</section>`)
	return h.HTML()
}

// Panel sets something off from the rest: advice, a warning, a result.
func Panel(l Lang, tone Tone, titleKey string, body template.HTML) template.HTML {
	h := NewH(l)
	h.Raw(`<section class="panel panel-`)
	h.Text(tone.class())
	h.Raw(`"><h2>`)
	h.T(titleKey)
	h.Raw(`</h2>`)
	h.Add(body)
	h.Raw(`</section>`)
	return h.HTML()
}

// Details hides a longer explanation behind its title.
func Details(l Lang, titleKey string, body template.HTML) template.HTML {
	h := NewH(l)
	h.Raw(`<details class="more"><summary>`)
	h.T(titleKey)
	h.Raw(`</summary><div class="more-body">`)
	h.Add(body)
	h.Raw(`</div></details>`)
	return h.HTML()
}

// Join puts parts one after the other.
func Join(parts ...template.HTML) template.HTML {
	h := NewH(Simplified)
	for _, p := range parts {
		h.Add(p)
	}
	return h.HTML()
}

func banner(l Lang, n Notice) template.HTML {
	h := NewH(l)
	h.Raw(`<div class="notice notice-`)
	h.Text(n.Tone.class())
	if n.Tone == Bad || n.Tone == Warn {
		h.Raw(`" role="alert"><b class="notice-word">`)
	} else {
		h.Raw(`" role="status"><b class="notice-word">`)
	}
	h.T("notice." + n.Tone.class())
	h.Raw(`</b><p>`)
	h.Text(n.Text)
	h.Raw(`</p></div>`)
	return h.HTML()
}
