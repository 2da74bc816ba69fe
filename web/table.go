package web

import (
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Table is a list with a head; on phones every row becomes a card.
type Table struct {
	CaptionKey string
	Head       []Col
	Rows       [][]Cell
	EmptyKey   string // what to say when there is no row
}

// Col is a column; numbers stand right.
type Col struct {
	Key string
	Num bool
}

// Cell is one value, with a link when Href is set. The first cell of a row
// names the row.
type Cell struct {
	HTML  template.HTML
	Href  string
	Plain any // what a spreadsheet gets: a number, a day, a text; nil: the text of HTML
}

var tag = regexp.MustCompile(`<[^>]*>`)

// Plain is the table without any marks, for a spreadsheet: numbers and days as
// what they are, everything else as text.
func (t Table) Plain(l Lang) (head []string, rows [][]any) {
	for _, c := range t.Head {
		head = append(head, l.T(c.Key))
	}
	for _, r := range t.Rows {
		row := make([]any, len(r))
		for i, c := range r {
			if c.Plain != nil {
				row[i] = c.Plain
				continue
			}
			row[i] = strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(string(c.HTML), " "))), " ")
		}
		rows = append(rows, row)
	}
	return head, rows
}

// HTML draws the table in a language.
func (t Table) HTML(l Lang) template.HTML {
	h := NewH(l)
	if len(t.Rows) == 0 {
		h.Raw(`<p class="empty">`)
		h.T(or(t.EmptyKey, "table.empty"))
		h.Raw(`</p>`)
		return h.HTML()
	}
	h.Raw(`<div class="cards-box"><table class="cards">`)
	if t.CaptionKey != "" {
		h.Raw(`<caption>`)
		h.T(t.CaptionKey)
		h.Raw(`</caption>`)
	}
	h.Raw(`<thead><tr>`)
	for _, c := range t.Head {
		h.Raw(`<th scope="col"`)
		c.class(h)
		h.Raw(`>`)
		h.T(c.Key)
		h.Raw(`</th>`)
	}
	h.Raw(`</tr></thead><tbody>`)
	for _, r := range t.Rows {
		h.Raw("<tr>")
		for i, c := range r {
			var col Col
			if i < len(t.Head) {
				col = t.Head[i]
			}
			c.draw(h, col, i == 0)
		}
		h.Raw("</tr>\n")
	}
	h.Raw(`</tbody></table></div>`)
	return h.HTML()
}

func (c Col) class(h *H) {
	if c.Num {
		h.Raw(` class="num"`)
	}
}

func (c Cell) draw(h *H, col Col, names bool) {
	if names {
		h.Raw(`<th scope="row"`)
	} else {
		h.Raw(`<td`)
		h.attr("data-l", h.l.T(col.Key))
	}
	switch {
	case c.HTML == "" && !names: // a card on a phone leaves it out
		h.Raw(` class="none"`)
	case !col.Num && short(string(c.HTML)):
		h.Raw(` class="keep"`)
	default:
		col.class(h)
	}
	h.Raw(`><span class="cell">`)
	if c.Href != "" {
		h.Raw(`<a href="`)
		h.Href(c.Href)
		h.Raw(`">`)
	}
	h.Add(c.HTML)
	if c.Href != "" {
		h.Raw(`</a>`)
	}
	if names {
		h.Raw(`</span></th>`)
	} else {
		h.Raw(`</span></td>`)
	}
}

// short tells numbers and dates, which are read badly on two lines, from texts
// and from what is put together of several parts.
func short(s string) bool {
	return !strings.ContainsAny(s, "<·、,") && strings.ContainsAny(s, "0123456789") && utf8.RuneCountInString(s) <= 20
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// Pager goes to the previous and the next page of a list; an empty address
// leaves its link out, and shown is how many rows the page has.
func Pager(l Lang, prevHref, nextHref string, shown int) template.HTML {
	h := NewH(l)
	h.Raw(`<nav class="pager"`)
	h.attr("aria-label", l.T("pager.label"))
	h.Raw(`>`)
	pagerLink(h, prevHref, "prev", "pager.prev")
	pagerLink(h, nextHref, "next", "pager.next")
	h.Raw(`<span class="hint">`)
	h.T("pager.shown", "n", shown)
	h.Raw(`</span>`)
	h.Raw(`</nav>`)
	return h.HTML()
}

func pagerLink(h *H, href, rel, key string) {
	if href == "" {
		return
	}
	h.Raw(`<a class="button button-quiet"`)
	h.attr("rel", rel)
	h.Raw(` href="`)
	h.Href(href)
	h.Raw(`">`)
	h.T(key)
	h.Raw(`</a>`)
}
