package web

import (
	"html/template"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

// Values is what a person typed, by dotted field name: "title", "kinds",
// "instalments.0.amount". Money is in yuan, as typed.
type Values map[string][]string

func (v Values) one(name string) string {
	if vs := v[name]; len(vs) > 0 {
		return vs[len(vs)-1]
	}
	return ""
}

// Option is an answer that comes from data; Text is shown as it is.
type Option struct{ Value, Text, Group string }

// FormSpec is a form for one schema type; without a type it is a button with
// hidden values.
type FormSpec struct {
	ID        string // prefix of the fields' ids; "" takes the type's name
	Action    string
	Type      *schema.Type
	Values    Values
	Errors    []fault.Field
	SubmitKey string
	CSRF      string
	Revision  string // what the form was drawn from; a later save is refused
	OpKey     string // makes a second posting of the same form harmless
	Hidden    map[string]string
	Options   map[string][]Option // by field.From, or by dotted name
	Extra     template.HTML       // between the fields and the button
	Secondary template.HTML       // beside the button
	Danger    bool
	Quiet     bool              // another form of the page matters more
	Rows      map[string]int    // rows to show, by field name
	Swap      string            // id of the part of the page to swap, if any
	Checks    map[string]Check  // by field name
	Received  map[string]string // files that came with an earlier sending of the form: receipt -> name
	Accept    string            // endings that a field for files offers
}

// Check asks while a person types: URL gets the form's values as a query, its
// answer goes into the element with id Target, right below the field.
type Check struct{ URL, Target string }

// Answer is the empty place a Check's answer comes into.
func Answer(id string) template.HTML {
	h := NewH(Simplified)
	h.Raw(`<div class="answer" role="status"`)
	h.attr("id", id)
	h.Raw(`></div>`)
	return h.HTML()
}

// manyOptions: above it checkboxes stand in a grid; aFewOptions: up to it a
// choice is radio buttons, above it a list.
const (
	manyOptions = 8
	aFewOptions = 5
	spareRows   = 2
)

// drawing is a form while it is drawn.
type drawing struct {
	*H
	FormSpec
	errs map[string][]fault.Field
	// marksRequired: where most answers are optional, the few that are not are marked.
	marksRequired bool
	inRow         bool
}

// Form draws a form: error summary, fields, hidden marks, buttons.
func Form(l Lang, f FormSpec) template.HTML {
	if f.Type == nil {
		f.Type = &schema.Type{Name: "act"} // a button alone: a confirmation
	}
	f.ID = or(f.ID, f.Type.Name)
	f.ID = slug(f.ID)
	d := &drawing{H: NewH(l), FormSpec: f, errs: map[string][]fault.Field{}}
	for _, e := range f.Errors {
		d.errs[e.Name] = append(d.errs[e.Name], e)
	}
	class := "form"
	if slices.ContainsFunc(f.Type.Fields, func(x schema.Field) bool { return x.Part != "" }) {
		class = "form form-long"
	}
	d.Raw(`<form method="post" novalidate`)
	if f.Type.HasFiles() {
		d.attr("enctype", "multipart/form-data")
	}
	d.attr("class", class)
	d.attr("action", safeHref(f.Action))
	d.attr("id", f.ID)
	if f.Swap != "" {
		d.attr("data-swap", "#"+strings.TrimPrefix(f.Swap, "#"))
	}
	d.Raw(`>`)
	d.summary()
	d.hidden()
	d.parts()
	d.Add(f.Extra)
	d.Raw(`<div class="buttons">`)
	d.Add(Button(l, ButtonSpec{LabelKey: or(f.SubmitKey, "form.submit"), Primary: !f.Quiet, Danger: f.Danger}))
	d.Add(f.Secondary)
	d.Raw(`</div></form>`)
	return d.HTML()
}

// parts draws the fields; a long form is cut into parts with a way to each.
func (d *drawing) parts() {
	optional, keys := 0, []string{}
	for _, f := range d.Type.Fields {
		if !f.Required {
			optional++
		}
		if f.Part != "" {
			keys = append(keys, f.Part)
		}
	}
	d.marksRequired = optional > len(d.Type.Fields)/2 && len(keys) > 0
	d.contents(keys)
	inside := false
	for _, f := range d.Type.Fields {
		if f.Part != "" {
			if inside {
				d.Raw(`</div></section>`)
			}
			inside = true
			d.Raw(`<section class="part"`)
			d.attr("aria-labelledby", d.id(f.Part))
			d.Raw(`><h2`)
			d.attr("id", d.id(f.Part))
			d.Raw(`>`)
			d.T(f.Part)
			d.Raw(`</h2><div class="part-fields">`)
		}
		d.field(f, f.Name)
	}
	if inside {
		d.Raw(`</div></section>`)
	}
}

func (d *drawing) contents(keys []string) {
	if len(keys) < 2 {
		return
	}
	d.Raw(`<nav class="parts"`)
	d.attr("aria-label", d.l.T("form.parts"))
	d.Raw(`><ol>`)
	for _, k := range keys {
		d.Raw(`<li><a`)
		d.attr("href", "#"+d.id(k))
		d.Raw(`>`)
		d.T(k)
		d.Raw(`</a></li>`)
	}
	d.Raw(`</ol></nav>`)
}

func (d *drawing) hidden() {
	all := map[string]string{}
	for k, v := range d.Hidden {
		all[k] = v
	}
	for k, v := range map[string]string{"_csrf": d.CSRF, "_revision": d.Revision, "_key": d.OpKey} {
		if v != "" {
			all[k] = v
		}
	}
	names := make([]string, 0, len(all))
	for k := range all {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		d.Raw(`<input type="hidden"`)
		d.attr("name", k)
		d.attr("value", all[k])
		d.Raw(`>`)
	}
}

// summary lists every error first, each linked to its field; swap.js and the
// page's start put the focus here.
func (d *drawing) summary() {
	if len(d.Errors) == 0 {
		return
	}
	d.Raw(`<div class="errors" role="alert" tabindex="-1" data-error-summary><h2>`)
	d.T("form.errors")
	d.Raw(`</h2><ul>`)
	for _, e := range d.Errors {
		d.Raw(`<li>`)
		field, label, ok := d.locate(e.Name)
		if ok {
			d.Raw(`<a`)
			d.attr("href", "#"+d.id(e.Name))
			d.Raw(`>`)
			d.T("form.summary_item", "label", label, "error", d.wording(field, e))
			d.Raw(`</a>`)
		} else {
			d.Text(d.wording(field, e))
		}
		d.Raw(`</li>`)
	}
	d.Raw(`</ul></div>`)
}

// locate finds the field an error names and its label, with the row's number.
func (d *drawing) locate(name string) (schema.Field, string, bool) {
	parts := strings.Split(name, ".")
	f, ok := d.Type.Field(parts[0])
	if !ok {
		return f, "", false
	}
	if f.Kind != schema.Rows || len(parts) < 3 {
		return f, d.l.T(f.Label), true
	}
	n, err := strconv.Atoi(parts[1])
	for _, sub := range f.Fields {
		if sub.Name == parts[2] && err == nil {
			return sub, d.l.T("form.row_label", "label", d.l.T(sub.Label), "n", n+1), true
		}
	}
	return f, d.l.T(f.Label), false
}

// wording translates an error; bounds of money are in fen and shown in yuan.
func (d *drawing) wording(f schema.Field, e fault.Field) string {
	args := map[string]any{}
	for k, v := range e.Args {
		if n, ok := v.(int64); ok && f.Kind == schema.Money {
			v = schema.Fen(n)
		}
		args[k] = v
	}
	return d.l.Args(e.Code, args)
}

func (d *drawing) id(name string) string { return d.ID + "-" + slug(name) }

// slug keeps letters, figures and dashes, so that ids work in addresses and
// selectors.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '-'
	}, s)
}

// options gives the answers of a field, translated or from data.
func (d *drawing) options(f schema.Field, name string) []Option {
	if o, ok := d.Options[name]; ok {
		return o
	}
	if o, ok := d.Options[f.From]; ok && f.From != "" {
		return o
	}
	out := make([]Option, len(f.Options))
	for i, v := range f.Options {
		out[i] = Option{Value: v, Text: d.l.T(f.Label + "." + v)}
	}
	return out
}
