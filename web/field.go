package web

import (
	"strconv"
	"strings"

	"gatehouse/server/schema"
)

// field draws one field with label, hint and error in this order, so that all
// three are read before the answer is asked.
func (d *drawing) field(f schema.Field, name string) {
	switch {
	case f.Kind == schema.Rows:
		d.rows(f)
		return
	case f.Kind == schema.Check:
		d.check(f, name)
		return
	}
	options := d.options(f, name)
	grouped := f.Kind == schema.Choices || f.Kind == schema.Choice && len(options) <= aFewOptions
	described := d.open(f, name, grouped)
	switch {
	case f.Kind == schema.Choices:
		d.choices(f, name, options)
	case grouped:
		d.radios(f, name, options)
	case f.Kind == schema.Choice:
		d.list(f, name, options, described)
	case f.Kind == schema.Files:
		d.files(f, name, described)
	case f.Kind == schema.LongText:
		d.Raw(`<textarea`)
		d.attr("rows", strconv.Itoa(height(f)))
		d.marks(name, described)
		d.Raw(`>` + "\n") // the parser drops the first line break, not the person's own
		d.Text(d.Values.one(name))
		d.Raw(`</textarea>`)
	default:
		d.input(f, name, described)
	}
	if c, ok := d.Checks[name]; ok { // where the eyes are
		d.Add(Answer(strings.TrimPrefix(c.Target, "#")))
	}
	if grouped {
		d.Raw(`</fieldset>`)
	} else {
		d.Raw(`</div>`)
	}
}

// height is how many lines an answer is expected to take.
func height(f schema.Field) int {
	switch {
	case f.Max == 0 || f.Max > 1000:
		return 5
	case f.Max > 500:
		return 3
	}
	return 2
}

// wide tells whether a field takes the whole width of its part.
func wide(f schema.Field) bool {
	return f.Kind == schema.LongText || f.Kind == schema.Choices || f.Kind == schema.Rows || f.Kind == schema.Check || f.Kind == schema.Files || f.Part != "" ||
		f.Kind == schema.Text && (f.Max == 0 || f.Max > 100)
}

// open writes the box, label, hint and error, and gives the ids of the last two.
func (d *drawing) open(f schema.Field, name string, grouped bool) (described string) {
	id := d.id(name)
	bad := len(d.errs[name]) > 0
	var ids []string
	if Known(f.Label + ".hint") {
		ids = append(ids, id+"-hint")
	}
	if bad {
		ids = append(ids, id+"-error")
	}
	described = strings.Join(ids, " ")
	class := "field"
	if bad {
		class = "field field-bad"
	}
	if wide(f) {
		class += " field-wide"
	}
	if grouped {
		d.Raw(`<fieldset`)
		d.attr("class", class)
		d.attr("id", id)
		d.Raw(` tabindex="-1"`)
		if described != "" {
			d.attr("aria-describedby", described)
		}
		d.Raw(`><legend>`)
		d.label(f)
		d.Raw(`</legend>`)
	} else {
		d.Raw(`<div`)
		d.attr("class", class)
		d.Raw(`><label`)
		d.attr("for", id)
		d.Raw(`>`)
		d.label(f)
		d.Raw(`</label>`)
	}
	d.hintAndError(f, name)
	return described
}

func (d *drawing) label(f schema.Field) {
	d.T(f.Label)
	if d.marksRequired {
		if f.Required && !d.inRow {
			d.Raw(` <span class="optional">`)
			d.T("form.required")
			d.Raw(`</span>`)
		}
		return
	}
	if !f.Required && f.Kind != schema.Check {
		d.Raw(` <span class="optional">`)
		d.T("form.optional")
		d.Raw(`</span>`)
	}
}

func (d *drawing) hintAndError(f schema.Field, name string) {
	id := d.id(name)
	if Known(f.Label + ".hint") {
		d.Raw(`<p class="hint"`)
		d.attr("id", id+"-hint")
		d.Raw(`>`)
		d.T(f.Label + ".hint")
		d.Raw(`</p>`)
	}
	if es := d.errs[name]; len(es) > 0 {
		d.Raw(`<p class="error"`)
		d.attr("id", id+"-error")
		d.Raw(`><span class="hidden">`)
		d.T("form.error")
		d.Raw(`</span>`)
		d.Text(d.wording(f, es[0]))
		d.Raw(`</p>`)
	}
}

// marks writes what every control has: id, name, and what it hangs on.
func (d *drawing) marks(name, described string) {
	d.attr("id", d.id(name))
	d.attr("name", name)
	if described != "" {
		d.attr("aria-describedby", described)
	}
	if len(d.errs[name]) > 0 {
		d.Raw(` aria-invalid="true"`)
	}
	if c, ok := d.Checks[name]; ok {
		d.attr("data-check-url", safeHref(c.URL))
		d.attr("data-check-target", "#"+strings.TrimPrefix(c.Target, "#"))
	}
}

// autocomplete lets password managers and phones help with fields they know.
var autocomplete = map[string]string{"login": "username", "password": "current-password", "new_password": "new-password",
	"repeat_password": "new-password", "code": "one-time-code", "phone": "tel", "name": "name", "email": "email"}

func (d *drawing) input(f schema.Field, name, described string) {
	if f.Kind == schema.Money {
		d.Raw(`<span class="affix"><span aria-hidden="true">¥</span>`)
	}
	switch f.Kind {
	case schema.Secret:
		d.Raw(`<input type="password"`)
	case schema.Day:
		d.Raw(`<input type="date" class="short"`)
	case schema.Money:
		d.Raw(`<input type="text" inputmode="decimal" class="short num"`)
	case schema.Number:
		d.Raw(`<input type="text" inputmode="numeric" class="short num"`)
	default:
		d.Raw(`<input type="text"`)
		if f.Max > 0 && f.Max <= 20 {
			d.Raw(` class="short"`)
		}
	}
	d.marks(name, described)
	if f.Kind != schema.Secret {
		d.attr("value", d.Values.one(name))
	}
	if a := autocomplete[f.Name]; a != "" {
		d.attr("autocomplete", a)
	} else {
		d.Raw(` autocomplete="off"`)
	}
	d.Raw(`>`)
	if f.Kind == schema.Money {
		d.Raw(`<span>`)
		d.T("form.yuan")
		d.Raw(`</span></span>`)
	}
}

func (d *drawing) check(f schema.Field, name string) {
	bad := len(d.errs[name]) > 0
	if bad {
		d.Raw(`<div class="field field-wide field-bad">`)
	} else {
		d.Raw(`<div class="field field-wide">`)
	}
	d.hintAndError(f, name)
	d.Raw(`<div class="tick"><input type="checkbox" value="true"`)
	var ids []string
	if Known(f.Label + ".hint") {
		ids = append(ids, d.id(name)+"-hint")
	}
	if bad {
		ids = append(ids, d.id(name)+"-error")
	}
	d.marks(name, strings.Join(ids, " "))
	if v := d.Values.one(name); v != "" && v != "false" && v != "0" {
		d.Raw(` checked`)
	}
	d.Raw(`><label`)
	d.attr("for", d.id(name))
	d.Raw(`>`)
	d.label(f)
	d.Raw(`</label></div></div>`)
}

func (d *drawing) rows(f schema.Field) {
	n := max(1, d.filled(f)) + spareRows
	if want := d.Rows[f.Name]; want > 0 {
		n = max(want, d.filled(f))
	}
	if f.Max > 0 {
		n = min(n, int(f.Max))
	}
	d.Raw(`<fieldset class="field field-wide rows"`)
	d.attr("id", d.id(f.Name))
	d.attr("data-rows", f.Name)
	d.attr("data-rows-id", d.id(f.Name))
	d.Raw(` tabindex="-1"><legend>`)
	d.label(f)
	d.Raw(`</legend>`)
	d.hintAndError(f, f.Name)
	for i := range n {
		number := strconv.Itoa(i)
		d.Raw(`<div class="row" role="group"`)
		d.attr("data-row", number)
		d.attr("aria-label", d.l.T("form.row", "n", i+1))
		d.Raw(`><span class="row-number" aria-hidden="true" data-row-number>`)
		d.Text(strconv.Itoa(i + 1))
		d.Raw(`</span><div class="row-fields">`)
		d.inRow = true // a row may stay empty as a whole
		for _, sub := range f.Fields {
			d.field(sub, f.Name+"."+number+"."+sub.Name)
		}
		d.inRow = false
		d.Raw(`</div></div>`)
	}
	d.Raw(`<button type="button" class="button button-quiet" data-add-row hidden>`)
	d.T("form.add_row")
	d.Raw(`</button></fieldset>`)
}

// filled counts the rows up to the last that has something in it or is wrong.
func (d *drawing) filled(f schema.Field) int {
	n := 0
	see := func(name string) {
		rest, ok := strings.CutPrefix(name, f.Name+".")
		if !ok {
			return
		}
		number, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); err == nil && i >= n && i < schema.MaxRows {
			n = i + 1
		}
	}
	for name, vs := range d.Values {
		if strings.TrimSpace(strings.Join(vs, "")) != "" {
			see(name)
		}
	}
	for name := range d.errs {
		see(name)
	}
	return n
}
