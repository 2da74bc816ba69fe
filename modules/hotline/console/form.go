package console

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// lines are the numbers a caller is put through to (R134), each with its key.
var lines = []struct{ number, key string }{{"110", "f6"}, {"119", "f7"}, {"120", "f8"}, {"122", "f9"}}

// types are the types of a request, the usual one first.
var types = []string{"help", "consult", "complaint", "report", "suggestion", "praise"}

// form is the three panels around a draft.
func (m *Console) form(ctx context.Context, v portal.Visitor, d *Draft, wrong *fault.Error) (template.HTML, error) {
	l := v.Lang
	if d == nil {
		return portal.In(l, func(h *web.H) {
			h.Raw(`<p class="empty">`)
			h.T("console.no_draft")
			h.Raw(`</p>`)
		}), nil
	}
	side, err := m.aside(ctx, v, d)
	if err != nil {
		return "", err
	}
	communities, err := m.h.Options(ctx, v, "communities")
	if err != nil {
		return "", err
	}
	f := formOf{l, d, wrong}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<form method="post" class="console-panels form" id="draft" novalidate data-draft data-saving="`)
		h.T("console.saving")
		h.Raw(`" data-saved="`)
		h.T("console.saved")
		h.Raw(`" data-lost="`)
		h.T("console.not_saved")
		h.Raw(`" data-other="`)
		h.T("fault.console.other_window")
		h.Raw(`" action="/console/drafts/`)
		h.Text(d.ID)
		h.Raw(`">`)
		f.hidden(h, m.h.CSRF(v))
		h.Raw(`<button class="hidden" name="do" value="save" tabindex="-1" aria-hidden="true">`) // what Enter in a field does
		h.T("console.save")
		h.Raw(`</button><section class="console-caller" aria-labelledby="h-caller"><h2 id="h-caller">`)
		h.T("console.caller")
		h.Raw(`</h2>`)
		if d.Call == "" {
			f.text(h, "phone", "tel", "")
		}
		f.text(h, "name", "text", "")
		h.Add(side.caller)
		h.Raw(`</section><section class="console-order" aria-labelledby="h-order"><h2 id="h-order">`)
		h.T("console.order")
		h.Raw(`</h2>`)
		f.summary(h)
		f.area(h, "words", 4, true)
		h.Raw(`<div class="console-row">`)
		f.choose(h, "type", typeOptions(l))
		f.choose(h, "category", categoryOptions(l))
		h.Raw(`</div>`)
		h.Add(side.categories)
		f.text(h, "lookup", "text", "console.lookup.hint")
		h.Add(side.places)
		h.Raw(`<div class="console-row">`)
		f.choose(h, "community", communities["communities"])
		f.text(h, "place", "text", "")
		h.Raw(`</div>`)
		f.tick(h, "confidential")
		f.area(h, "answer", 2, false)
		f.buttons(h)
		h.Raw(`</section><section class="console-help" aria-labelledby="h-help"><h2 id="h-help">`)
		h.T("console.help")
		h.Raw(`</h2>`)
		h.Add(side.help)
		h.Raw(`</section></form>`)
	}), nil
}

// formOf draws the fields of a draft.
type formOf struct {
	l     web.Lang
	d     *Draft
	wrong *fault.Error
}

func (f formOf) hidden(h *web.H, csrf string) {
	for _, x := range [][2]string{{"_csrf", csrf}, {"_revision", strconv.FormatInt(f.d.Revision, 10)}, {"_window", portal.NewKey()}, {"landmark", f.d.Landmark}, {"article", f.d.Fields["article"]}} {
		h.Raw(`<input type="hidden" name="`)
		h.Text(x[0])
		h.Raw(`" value="`)
		h.Text(x[1])
		h.Raw(`">`)
	}
}

// bad gives what is wrong with a field.
func (f formOf) bad(name string) string {
	if f.wrong == nil {
		return ""
	}
	for _, x := range f.wrong.Fields {
		if x.Name == name {
			return f.l.Args(x.Code, x.Args)
		}
	}
	return ""
}

// summary says above the fields why the order was not filed.
func (f formOf) summary(h *web.H) {
	if f.wrong == nil {
		return
	}
	if len(f.wrong.Fields) == 0 {
		h.Add(web.Refusal(f.l, f.wrong))
		return
	}
	h.Raw(`<div class="errors" role="alert" tabindex="-1" data-error-summary><h2>`)
	h.T("form.errors")
	h.Raw(`</h2><ul>`)
	for _, x := range f.wrong.Fields {
		h.Raw(`<li><a href="#draft-`)
		h.Text(x.Name)
		h.Raw(`">`)
		h.T("form.summary_item", "label", f.l.T("console."+known(x.Name)), "error", f.l.Args(x.Code, x.Args))
		h.Raw(`</a></li>`)
	}
	h.Raw(`</ul></div>`)
}

func known(field string) string {
	if _, ok := fields[field]; ok {
		return field
	}
	return "words"
}

func (f formOf) open(h *web.H, name, hint string) {
	bad := f.bad(name)
	h.Raw(`<div class="field`)
	if bad != "" {
		h.Raw(` field-bad`)
	}
	h.Raw(`"><label for="draft-`)
	h.Text(name)
	h.Raw(`">`)
	h.T("console." + name)
	h.Raw(`</label>`)
	if hint != "" {
		h.Raw(`<p class="hint" id="draft-`)
		h.Text(name)
		h.Raw(`-hint">`)
		h.T(hint)
		h.Raw(`</p>`)
	}
	if bad != "" {
		h.Raw(`<p class="error" id="draft-`)
		h.Text(name)
		h.Raw(`-error">`)
		h.Text(bad)
		h.Raw(`</p>`)
	}
}

func (f formOf) marks(h *web.H, name string) {
	h.Raw(` id="draft-`)
	h.Text(name)
	h.Raw(`" name="`)
	h.Text(name)
	h.Raw(`" autocomplete="off" maxlength="`)
	h.Text(strconv.Itoa(fields[name]))
	h.Raw(`"`)
	if f.bad(name) != "" {
		h.Raw(` aria-invalid="true" aria-describedby="draft-`)
		h.Text(name)
		h.Raw(`-error"`)
	}
}

func (f formOf) text(h *web.H, name, kind, hint string) {
	f.open(h, name, hint)
	if kind == "tel" {
		h.Raw(`<input type="tel"`)
	} else {
		h.Raw(`<input type="text"`)
	}
	f.marks(h, name)
	h.Raw(` value="`)
	h.Text(f.d.Fields[name])
	h.Raw(`"></div>`)
}

func (f formOf) area(h *web.H, name string, rows int, first bool) {
	f.open(h, name, "console."+name+".hint")
	h.Raw(`<textarea rows="`)
	h.Text(strconv.Itoa(rows))
	h.Raw(`"`)
	f.marks(h, name)
	if first && f.wrong == nil {
		h.Raw(` autofocus`)
	}
	h.Raw(">\n")
	h.Text(f.d.Fields[name])
	h.Raw(`</textarea></div>`)
}

func (f formOf) choose(h *web.H, name string, options []web.Option) {
	f.open(h, name, "")
	h.Raw(`<select`)
	f.marks(h, name)
	h.Raw(`><option value="">`)
	h.T("form.choose")
	h.Raw(`</option>`)
	group := ""
	for _, o := range options {
		if o.Group != group {
			if group != "" {
				h.Raw(`</optgroup>`)
			}
			group = o.Group
			h.Raw(`<optgroup label="`)
			h.Text(group)
			h.Raw(`">`)
		}
		h.Raw(`<option value="`)
		h.Text(o.Value)
		h.Raw(`"`)
		if o.Value == f.d.Fields[name] {
			h.Raw(` selected`)
		}
		h.Raw(`>`)
		h.Text(o.Text)
		h.Raw(`</option>`)
	}
	if group != "" {
		h.Raw(`</optgroup>`)
	}
	h.Raw(`</select></div>`)
}

func (f formOf) tick(h *web.H, name string) {
	h.Raw(`<div class="tick"><input type="checkbox" value="true"`)
	f.marks(h, name)
	if f.d.Fields[name] != "" {
		h.Raw(` checked`)
	}
	h.Raw(`><label for="draft-`)
	h.Text(name)
	h.Raw(`">`)
	h.T("console." + name)
	h.Raw(`</label></div>`)
}

// buttons: file, answer, put through, drop.
func (f formOf) buttons(h *web.H) {
	h.Raw(`<p class="save-state" id="save-state" role="status"></p><div class="buttons"><button class="button" name="do" value="file" data-key="ctrl+enter">`)
	h.T("console.file")
	h.Raw(` <kbd>Ctrl+Enter</kbd></button><button class="button button-quiet" name="do" value="answer" data-key="alt+s">`)
	h.T("console.answer_now")
	h.Raw(` <kbd>Alt+S</kbd></button><button class="button button-quiet" name="do" value="save">`)
	h.T("console.save")
	h.Raw(`</button><button class="button button-quiet" name="do" value="drop" data-sure="`)
	h.T("console.drop_sure")
	h.Raw(`">`)
	h.T("console.drop")
	h.Raw(`</button></div><fieldset class="console-pass"><legend>`)
	h.T("console.pass")
	h.Raw(`</legend><p class="hint">`)
	h.Text(portal.Rule(f.l, "R134"))
	h.Raw(`</p><div class="buttons">`)
	for _, x := range lines {
		h.Raw(`<button class="button button-danger" name="do" value="pass:`)
		h.Text(x.number)
		h.Raw(`" data-key="`)
		h.Text(x.key)
		h.Raw(`">`)
		h.T("console.pass." + x.number)
		h.Raw(` <kbd>`)
		h.Text("F" + x.key[1:])
		h.Raw(`</kbd></button>`)
	}
	h.Raw(`</div></fieldset>`)
}

func typeOptions(l web.Lang) (out []web.Option) {
	for _, t := range types {
		out = append(out, web.Option{Value: t, Text: l.T("console.type." + t)})
	}
	return out
}

// categoryOptions begin with the code, so that typing it chooses one.
func categoryOptions(l web.Lang) []web.Option {
	out := portal.CategoryOptions(l)
	for i := range out {
		out[i].Text = out[i].Value + " " + out[i].Text
	}
	return out
}

func isLine(s string) bool {
	return slices.ContainsFunc(lines, func(x struct{ number, key string }) bool { return x.number == s })
}
