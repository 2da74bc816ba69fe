package web

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

// named finds the controls of a form by name.
func named(doc *html.Node, name string) (out []*html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "name") == name {
			out = append(out, n)
		}
	}
	return out
}

func byID(doc *html.Node, id string) *html.Node {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	return nil
}

func TestFormDrawsEveryKind(t *testing.T) {
	t.Parallel()
	doc := fragment(t, Form(Simplified, galleryForm(Simplified, false)))
	for _, c := range []struct {
		name, element, kind, value string
		count                      int
	}{
		{"title", "input", "text", "高龄津贴信息普查", 1}, {"why", "textarea", "", "", 1}, {"households", "input", "text", "", 1},
		{"total", "input", "text", "12000.00", 1}, {"from", "input", "date", "", 1}, {"kind", "input", "radio", "task", 3},
		{"street", "select", "", "", 1}, {"means", "input", "checkbox", "staff", 3}, {"where", "input", "checkbox", "c0", 10},
		{"agree", "input", "checkbox", "true", 1}, {"password", "input", "password", "", 1},
		{"instalments.0.amount", "input", "text", "6000", 1}, {"instalments.2.note", "input", "text", "", 1}, {"instalments.3.note", "", "", "", 0},
		{"_csrf", "input", "hidden", "x", 1}, {"_revision", "input", "hidden", "3", 1}, {"_key", "input", "hidden", "k", 1},
	} {
		got := named(doc, c.name)
		if len(got) != c.count {
			t.Errorf("%s: %d controls, want %d", c.name, len(got), c.count)
			continue
		}
		if c.count > 0 && (got[0].Data != c.element || attr(got[0], "type") != c.kind || attr(got[0], "value") != c.value) {
			t.Errorf("%s: %s type %q value %q", c.name, got[0].Data, attr(got[0], "type"), attr(got[0], "value"))
		}
	}
	checked := []string{}
	for _, n := range named(doc, "where") {
		if has(n, "checked") {
			checked = append(checked, attr(n, "value"))
		}
	}
	if !slices.Equal(checked, []string{"c3", "c4"}) {
		t.Errorf("checked: %v", checked)
	}
	if byID(doc, "gallery-f-title-hint") == nil || byID(doc, "gallery-f-why-hint") != nil {
		t.Error("a hint stands where its key is known, and only there")
	}
}

func TestFormErrors(t *testing.T) {
	t.Parallel()
	spec := galleryForm(English, true)
	spec.Errors = append(spec.Errors, fault.Field{Name: "instalments.9.due", Code: "schema.bad_date"})
	doc := fragment(t, Form(English, spec))
	title := named(doc, "title")[0]
	if attr(title, "aria-invalid") != "true" || attr(title, "aria-describedby") != "gallery-f-title-hint gallery-f-title-error" {
		t.Errorf("title: %v", title.Attr)
	}
	if got := text(byID(doc, "gallery-f-total-error")); got != "Error: Enter ¥1.00 or more" {
		t.Errorf("money bounds are shown in yuan, got %q", got)
	}
	if got := byID(doc, "gallery-f-instalments-9-due-error"); got == nil {
		t.Error("the row with the error is not drawn")
	}
	var summary *html.Node
	for n := range doc.Descendants() {
		if has(n, "data-error-summary") {
			summary = n
		}
	}
	if summary == nil || attr(summary, "tabindex") != "-1" {
		t.Fatal("no summary that can take the focus")
	}
	s := text(summary)
	for _, want := range []string{"Name of the work: Use 80 characters or fewer", "Amount (row 1): Enter an amount in yuan", "There is no such field"} {
		if !strings.Contains(s, want) {
			t.Errorf("the summary does not say %q: %s", want, s)
		}
	}
	for n := range summary.Descendants() {
		if n.Data == "a" && byID(doc, strings.TrimPrefix(attr(n, "href"), "#")) == nil {
			t.Errorf("link to nowhere: %s", attr(n, "href"))
		}
	}
}

func TestFormKeepsTypedText(t *testing.T) {
	t.Parallel()
	spec := galleryForm(Simplified, false)
	spec.Values = Values{"why": {"\n  two\n\nlines "}, "total": {"abc"}, "street": {"gone"}, "password": {"hunter2"}}
	doc := fragment(t, Form(Simplified, spec))
	if got := named(doc, "why")[0].FirstChild.Data; got != "\n  two\n\nlines " {
		t.Errorf("long text: %q", got)
	}
	if got := attr(named(doc, "total")[0], "value"); got != "abc" {
		t.Errorf("money: %q", got)
	}
	if got := text(named(doc, "street")[0]); !strings.Contains(got, "gone") {
		t.Errorf("a choice no longer offered vanished: %s", got)
	}
	if has(named(doc, "password")[0], "value") {
		t.Error("a secret is shown again")
	}
}

// What a form sends is what the schema reads: the drawn names, values and
// empty spare rows give the input back.
func TestFormRoundTrip(t *testing.T) {
	t.Parallel()
	typ := schema.Of[galleryInput]("gallery.f")
	in := galleryInput{Title: "t", Why: "w", Households: 3, Total: 123456, From: "2026-12-01", Kind: "survey", Street: "s2", Means: []string{"room"},
		Where: []string{"c1", "c9"}, Instalments: []instalmentsRow{{Amount: 100, Due: "2026-12-10"}, {Amount: 200, Due: "2026-12-11", Note: "n"}}, Agree: true}
	spec := galleryForm(Simplified, false)
	spec.Values = typ.Values(&in)
	sent := submit(fragment(t, Form(Simplified, spec)))
	sent["password"] = []string{"p"}
	got, err := typ.Form(sent)
	if err != nil {
		t.Fatal(err)
	}
	in.Password = "p"
	back := *got.(*galleryInput)
	if !slices.Equal(back.Instalments, in.Instalments) || !slices.Equal(back.Where, in.Where) || !slices.Equal(back.Means, in.Means) ||
		back.Title != in.Title || back.Total != in.Total || back.From != in.From || back.Kind != in.Kind || back.Street != in.Street || !back.Agree || back.Households != 3 {
		t.Errorf("sent %v\ngot  %+v", sent, back)
	}
}

// submit gathers a form as a browser would.
func submit(doc *html.Node) map[string][]string {
	sent := map[string][]string{}
	for n := range doc.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch {
		case n.Data == "textarea":
			sent[name] = append(sent[name], strings.TrimPrefix(text(n), "\n"))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					sent[name] = append(sent[name], attr(o, "value"))
				}
			}
		case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
			if has(n, "checked") {
				sent[name] = append(sent[name], attr(n, "value"))
			}
		case n.Data == "input":
			sent[name] = append(sent[name], attr(n, "value"))
		}
	}
	return sent
}

func TestFormWithoutType(t *testing.T) {
	t.Parallel()
	doc := fragment(t, Form(English, FormSpec{Action: "/x/withdraw", CSRF: "c", SubmitKey: "yes", Danger: true}))
	if b := named(doc, "_csrf"); len(b) != 1 {
		t.Error("a confirmation has its mark against forgery")
	}
}
