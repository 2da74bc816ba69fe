package web

import (
	"html/template"
	"strconv"

	"gatehouse/server/schema"
)

// Paper is a file in a list.
type Paper struct {
	Href, Name string
	Size       int64 // bytes
	Picture    bool  // may be shown
}

// Papers lists files, pictures with a small view of themselves.
func Papers(l Lang, ps []Paper) template.HTML {
	h := NewH(l)
	h.Raw(`<ul class="papers">`)
	for _, p := range ps {
		h.Raw(`<li><a`)
		h.attr("href", safeHref(p.Href))
		h.Raw(`>`)
		if p.Picture {
			h.Raw(`<img alt="" loading="lazy" width="96" height="72"`)
			h.attr("src", safeHref(p.Href))
			h.Raw(`>`)
		}
		h.Raw(`<span>`)
		h.Text(p.Name)
		h.Raw(`</span></a> <span class="hint">`)
		h.Text(Bytes(p.Size))
		h.Raw(`</span></li>`)
	}
	h.Raw(`</ul>`)
	return h.HTML()
}

// Bytes words a size: 840 B, 12 kB, 3.4 MB.
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1_000_000:
		return strconv.FormatInt((n+500)/1000, 10) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

// files draws a field for files. What came before and was taken stays, as a
// ticked box: a browser cannot give a file twice by itself.
func (d *drawing) files(f schema.Field, name, described string) {
	for i, receipt := range d.Values[name] {
		id := d.id(name) + "-" + strconv.Itoa(i)
		d.Raw(`<div class="tick"><input type="checkbox" checked`)
		d.attr("id", id)
		d.attr("name", name)
		d.attr("value", receipt)
		d.Raw(`><label`)
		d.attr("for", id)
		d.Raw(`>`)
		d.Text(d.Received[receipt])
		d.Raw(`</label></div>`)
	}
	d.Raw(`<input type="file"`)
	if f.Most() > 1 {
		d.Raw(` multiple`)
	}
	d.attr("accept", d.Accept)
	d.marks(name, described)
	d.Raw(`>`)
}
