package web

import (
	"fmt"
	"html/template"
	"strconv"

	"rsc.io/qr"
)

// Meter shows a value against its most as a bar with the words beside it, which
// lead to href if there is one.
func Meter(l Lang, labelKey string, value, most int64, tone Tone, text, href string) template.HTML {
	h := NewH(l)
	h.Raw(`<div class="meter"><p class="meter-line"><span>`)
	h.T(labelKey)
	h.Raw(`</span> <b>`)
	h.maybeLink(href, text)
	h.Raw(`</b></p>`)
	bar(h, value, most, tone)
	h.Raw(`</div>`)
	return h.HTML()
}

// bar has its width in SVG attributes: the page allows no style attribute.
func bar(h *H, value, most int64, tone Tone) {
	h.Raw(`<svg class="bar bar-`)
	h.Text(tone.class())
	h.Raw(`" width="100%" height="12" aria-hidden="true" focusable="false"><rect class="bar-all" width="100%" height="12" rx="3"/><rect class="bar-part" height="12" rx="3"`)
	h.attr("width", percent(value, most))
	h.Raw(`/></svg>`)
}

func percent(value, most int64) string {
	if most <= 0 || value <= 0 {
		return "0%"
	}
	return strconv.FormatFloat(min(100, 100*float64(value)/float64(most)), 'f', 1, 64) + "%"
}

// Bar is one line of a chart; Text is the value as people read it, "" for the
// bare number. Of is what a full bar means, 0 for the greatest value shown. Href
// leads to what the value is made of.
type Bar struct {
	Label string
	Href  string
	Value int64
	Text  string
	Tone  Tone
	Of    int64
}

func (b Bar) text() string { return or(b.Text, strconv.FormatInt(b.Value, 10)) }

// BarChart shows amounts as lying bars, readable on a phone, with the same
// figures as a table below. Bars that lead somewhere are read as they stand, and
// need no table.
func BarChart(l Lang, titleKey string, bars []Bar) template.HTML {
	h := NewH(l)
	if len(bars) == 0 {
		h.Raw(`<p class="empty">`)
		h.T("table.empty")
		h.Raw(`</p>`)
		return h.HTML()
	}
	most, linked := bars[0].Value, false
	for _, b := range bars {
		most, linked = max(most, b.Value, b.Of), linked || b.Href != ""
	}
	h.Raw(`<figure class="chart"><figcaption>`)
	h.T(titleKey)
	h.Raw(`</figcaption>`)
	if linked {
		h.bars(bars, most)
	} else {
		h.Raw(`<div role="img"`)
		h.attr("aria-label", l.T(titleKey))
		h.Raw(`><div aria-hidden="true">`)
		h.bars(bars, most)
		h.Raw(`</div></div>`)
		h.Add(chartTable(l, bars))
	}
	h.Raw(`</figure>`)
	return h.HTML()
}

func (h *H) bars(bars []Bar, most int64) {
	h.Raw(`<div class="bars">`)
	for _, b := range bars {
		h.Raw(`<span class="bar-name">`)
		h.Text(b.Label)
		h.Raw(`</span><span class="bar-line">`)
		bar(h, b.Value, most, b.Tone)
		h.Raw(`</span><span class="bar-value">`)
		if b.Href == "" {
			h.Text(b.text())
		} else {
			h.Raw(`<a`)
			h.attr("href", safeHref(b.Href))
			h.attr("aria-label", b.Label+" "+b.text())
			h.Raw(`>`)
			h.Text(b.text())
			h.Raw(`</a>`)
		}
		h.Raw(`</span>`)
	}
	h.Raw(`</div>`)
}

// Trend shows a run of values (days, months) as standing columns; its width
// follows the page and its letters keep their size.
func Trend(l Lang, titleKey string, bars []Bar) template.HTML {
	h := NewH(l)
	if len(bars) == 0 {
		return BarChart(l, titleKey, bars)
	}
	var most int64 = 1
	for _, b := range bars {
		most = max(most, b.Value)
	}
	h.Raw(`<figure class="chart"><figcaption>`)
	h.T(titleKey)
	h.Raw(`</figcaption><svg class="trend" width="100%" height="180" role="img"`)
	h.attr("aria-label", l.T(titleKey))
	h.Raw(`><title>`)
	h.T(titleKey)
	h.Raw(`</title><line x1="0" x2="100%" y1="150.5" y2="150.5" class="axis"/>`)
	slot := 100 / float64(len(bars))
	every := (len(bars) + 7) / 8 // more words than eight would run into each other
	for i, b := range bars {
		height := 120 * float64(max(0, b.Value)) / float64(most)
		x := slot * float64(i)
		fmt.Fprintf(&h.b, `<rect class="column bar-%s" x="%.2f%%" y="%.1f" width="%.2f%%" height="%.1f"/>`,
			b.Tone.class(), x+slot*.15, 150-height, slot*.7, height)
		if len(bars) <= 16 {
			fmt.Fprintf(&h.b, `<text class="tick-value" x="%.2f%%" y="%.1f" text-anchor="middle">`, x+slot/2, 144-height)
			h.Text(b.text())
			h.Raw(`</text>`)
		}
		if i%every == 0 {
			fmt.Fprintf(&h.b, `<text class="tick-name" x="%.2f%%" y="170" text-anchor="middle">`, x+slot/2)
			h.Text(b.Label)
			h.Raw(`</text>`)
		}
	}
	h.Raw(`</svg>`)
	h.Add(chartTable(l, bars))
	h.Raw(`</figure>`)
	return h.HTML()
}

func chartTable(l Lang, bars []Bar) template.HTML {
	h := NewH(l)
	h.Raw(`<table class="figures"><thead><tr><th scope="col">`)
	h.T("chart.name")
	h.Raw(`</th><th scope="col" class="num">`)
	h.T("chart.value")
	h.Raw(`</th></tr></thead><tbody>`)
	for _, b := range bars {
		h.Raw(`<tr><th scope="row">`)
		h.Text(b.Label)
		h.Raw(`</th><td class="num">`)
		h.maybeLink(b.Href, b.text())
		h.Raw(`</td></tr>`)
	}
	h.Raw(`</tbody></table>`)
	return Details(l, "chart.table", h.HTML())
}

// QR draws text as a QR code with the quiet zone of four modules that readers
// need; nothing when text is too long for one.
func QR(l Lang, text string) template.HTML {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return ""
	}
	h := NewH(l)
	all := c.Size + 8
	fmt.Fprintf(&h.b, `<svg class="qr" width="144" height="144" viewBox="-4 -4 %d %d" role="img" shape-rendering="crispEdges"`, all, all)
	h.attr("aria-label", l.T("qr.label"))
	fmt.Fprintf(&h.b, `><path fill="#fff" d="M-4-4h%dv%dh-%dz"/><path fill="#000" d="`, all, all, all)
	for y := range c.Size {
		for x := 0; x < c.Size; {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&h.b, "M%d %dh%dv1h-%dz", from, y, n, n)
			} else {
				x++
			}
		}
	}
	h.Raw(`"/></svg>`)
	return h.HTML()
}
