package web

import (
	"html/template"
	"slices"
	"unicode/utf8"
)

// Figure is one number of a desk's overview. Value is shown as it is; Tone
// colours it, and LabelKey says what it means.
type Figure struct {
	Value, LabelKey, Href string
	Tone                  Tone
}

// Figures shows a few numbers side by side.
func Figures(l Lang, fs []Figure) template.HTML {
	h := NewH(l)
	class := "figures-row"
	if slices.ContainsFunc(fs, func(f Figure) bool { return utf8.RuneCountInString(f.Value) > 8 }) { // a sum is not broken in two
		class += " figures-wide"
	}
	h.Raw(`<ul`)
	h.attr("class", class)
	h.Raw(`>`)
	for _, f := range fs {
		h.Raw(`<li>`)
		if f.Href != "" {
			h.Raw(`<a`)
			h.attr("href", safeHref(f.Href))
		} else {
			h.Raw(`<div`)
		}
		h.attr("class", "figure figure-"+f.Tone.class())
		h.Raw(`><b>`)
		h.Text(f.Value)
		h.Raw(`</b><span>`)
		h.T(f.LabelKey)
		if f.Href != "" {
			h.Raw(`</span></a></li>`)
		} else {
			h.Raw(`</span></div></li>`)
		}
	}
	h.Raw(`</ul>`)
	return h.HTML()
}

// Columns puts parts side by side where there is room.
func Columns(parts ...template.HTML) template.HTML {
	h := NewH(Simplified)
	h.Raw(`<div class="columns">`)
	for _, p := range parts {
		h.Raw(`<div>`)
		h.Add(p)
		h.Raw(`</div>`)
	}
	h.Raw(`</div>`)
	return h.HTML()
}

// FilterField is a question above a list: a search text, or a list when it has
// options.
type FilterField struct {
	Name, LabelKey, Value string
	Options               []Option
}

// FilterSpec is the bar above a list; its state lives in the address. Swap is
// the id of the list, Live searches while typing.
type FilterSpec struct {
	Action string
	Fields []FilterField
	Swap   string
	Live   bool
}

// Filters draws the bar.
func Filters(l Lang, s FilterSpec) template.HTML {
	d := &drawing{H: NewH(l), FormSpec: FormSpec{ID: "filter"}}
	d.Raw(`<form class="filters" method="get" role="search"`)
	d.attr("action", safeHref(s.Action))
	if s.Swap != "" {
		d.attr("data-swap", "#"+s.Swap)
		if s.Live {
			d.Raw(` data-live`)
		}
	}
	d.Raw(`>`)
	for _, f := range s.Fields {
		d.filter(f)
	}
	d.Raw(`<button class="button">`)
	d.T("filter.search")
	d.Raw(`</button><a class="button button-quiet" href="`)
	d.Href(s.Action)
	d.Raw(`">`)
	d.T("filter.reset")
	d.Raw(`</a></form>`)
	return d.HTML()
}

func (d *drawing) filter(f FilterField) {
	d.Raw(`<div class="field"><label`)
	d.attr("for", d.id(f.Name))
	d.Raw(`>`)
	d.T(f.LabelKey)
	d.Raw(`</label>`)
	if len(f.Options) == 0 {
		d.Raw(`<input type="search"`)
		d.marks(f.Name, "")
		d.attr("value", f.Value)
		d.Raw(`>`)
	} else {
		d.Raw(`<select`)
		d.marks(f.Name, "")
		d.Raw(`><option value="">`)
		d.T("filter.all")
		d.Raw(`</option>`)
		d.selectOptions(f.Options, f.Value)
		d.Raw(`</select>`)
	}
	d.Raw(`</div>`)
}
