package web

import (
	"slices"
	"strconv"

	"gatehouse/server/schema"
)

// choices draws checkboxes; the ids count up, as values may be anything.
func (d *drawing) choices(f schema.Field, name string, options []Option) {
	d.ticks(f, name, options, "checkbox", d.Values[name])
}

func (d *drawing) radios(f schema.Field, name string, options []Option) {
	if !f.Required && len(options) > 0 {
		options = append(slices.Clone(options), Option{Text: d.l.T("form.none_of_these")})
	}
	d.ticks(f, name, options, "radio", []string{d.Values.one(name)})
}

func (d *drawing) ticks(f schema.Field, name string, options []Option, kind lit, chosen []string) {
	if len(options) == 0 {
		d.Raw(`<p class="empty">`)
		d.T("form.no_options")
		d.Raw(`</p>`)
		return
	}
	if len(options) > manyOptions {
		d.Raw(`<div class="ticks ticks-many">`)
	} else {
		d.Raw(`<div class="ticks">`)
	}
	group := ""
	for i, o := range options {
		if o.Group != "" && o.Group != group {
			d.Raw(`<p class="ticks-group">`)
			d.Text(o.Group)
			d.Raw(`</p>`)
			group = o.Group
		}
		id := d.id(name) + "-" + strconv.Itoa(i)
		d.Raw(`<div class="tick"><input type="`)
		d.Raw(kind)
		d.Raw(`"`)
		d.attr("id", id)
		d.attr("name", name)
		d.attr("value", o.Value)
		if slices.Contains(chosen, o.Value) {
			d.Raw(` checked`)
		}
		d.Raw(`><label`)
		d.attr("for", id)
		d.Raw(`>`)
		d.Text(o.Text)
		d.Raw(`</label></div>`)
	}
	d.Raw(`</div>`)
}

// list draws a select; an answer that is no longer offered stays visible, so
// that nothing changes behind a person's back.
func (d *drawing) list(f schema.Field, name string, options []Option, described string) {
	now := d.Values.one(name)
	d.Raw(`<select`)
	d.marks(name, described)
	d.Raw(`><option value="">`)
	d.T("form.choose")
	d.Raw(`</option>`)
	if now != "" && !slices.ContainsFunc(options, func(o Option) bool { return o.Value == now }) {
		options = append([]Option{{Value: now, Text: now}}, options...)
	}
	d.selectOptions(options, now)
	d.Raw(`</select>`)
}

func (d *drawing) selectOptions(options []Option, now string) {
	group := ""
	for _, o := range options {
		if o.Group != group {
			if group != "" {
				d.Raw(`</optgroup>`)
			}
			if group = o.Group; group != "" {
				d.Raw(`<optgroup`)
				d.attr("label", group)
				d.Raw(`>`)
			}
		}
		d.Raw(`<option`)
		d.attr("value", o.Value)
		if o.Value == now {
			d.Raw(` selected`)
		}
		d.Raw(`>`)
		d.Text(o.Text)
		d.Raw(`</option>`)
	}
	if group != "" {
		d.Raw(`</optgroup>`)
	}
}
