package web

import (
	"html/template"
	"strings"

	"gatehouse/server/fault"
)

// ButtonSpec is a button of a form, or a link that looks like one when Href is
// set.
type ButtonSpec struct {
	LabelKey        string
	Name, Value     string
	Href            string
	Primary, Danger bool
}

func (b ButtonSpec) class() string {
	switch {
	case b.Danger:
		return "button button-danger"
	case b.Primary:
		return "button"
	}
	return "button button-quiet"
}

// Button draws a button.
func Button(l Lang, b ButtonSpec) template.HTML {
	h := NewH(l)
	if b.Href != "" {
		h.Raw(`<a`)
		h.attr("class", b.class())
		h.Raw(` href="`)
		h.Href(b.Href)
		h.Raw(`">`)
		h.T(b.LabelKey)
		h.Raw(`</a>`)
		return h.HTML()
	}
	h.Raw(`<button`)
	h.attr("class", b.class())
	if b.Name != "" {
		h.attr("name", b.Name)
		h.attr("value", b.Value)
	}
	h.Raw(`>`)
	h.T(b.LabelKey)
	h.Raw(`</button>`)
	return h.HTML()
}

// ActionItem is an act on the thing shown. A refused act stays visible and
// says which rule stands in its way.
type ActionItem struct {
	LabelKey, Href string
	Primary        bool
	Danger         bool
	Refused        *fault.Error
}

// Actions lists the acts, the possible ones first as they come.
func Actions(l Lang, as []ActionItem) template.HTML {
	h := NewH(l)
	if len(as) == 0 {
		return ""
	}
	h.Raw(`<div class="acts"><h2>`)
	h.T("actions.title")
	h.Raw(`</h2><ul>`)
	for _, a := range as {
		h.Raw(`<li>`)
		if a.Refused == nil {
			h.Add(Button(l, ButtonSpec{LabelKey: a.LabelKey, Href: a.Href, Primary: a.Primary, Danger: a.Danger}))
		} else {
			refusedAct(h, a)
		}
		h.Raw(`</li>`)
	}
	h.Raw(`</ul></div>`)
	return h.HTML()
}

func refusedAct(h *H, a ActionItem) {
	h.Raw(`<details class="barred"><summary><span class="barred-name">`)
	h.T(a.LabelKey)
	h.Raw(`</span><span class="barred-why">`)
	h.T("actions.barred")
	h.Raw(`</span></summary><div class="barred-body">`)
	said := Say(h.l, a.Refused)
	h.Raw(`<p>`)
	h.Text(said.Title)
	h.Raw(`</p>`)
	said.reasons(h)
	h.Raw(`</div></details>`)
}

// Said is a fault in a person's language; empty parts have nothing to say.
type Said struct {
	Title    string // what was refused
	Rule     string // R-number, or several: "R10, R45"
	RuleText string // the rule in plain words
	Fact     string // what was found
	Remedy   string // what to do next
}

// Say words a fault: sentence "fault."+Code, rule "rule."+Rule, fact
// "fact."+Fact or Fact, remedy "fault."+Remedy; where a sentence is missing
// the fault's kind speaks.
func Say(l Lang, e *fault.Error) Said {
	s := Said{Rule: e.Rule}
	s.Title = l.Args(firstKnown("fault."+e.Code, "fault."+e.Kind.String()), e.Args)
	s.Remedy = l.Args(firstKnown("fault."+e.Remedy, "fault."+e.Kind.String()+".remedy"), e.Args)
	var texts []string
	for _, r := range strings.Split(e.Rule, ", ") {
		if Known("rule." + r) {
			texts = append(texts, l.Args("rule."+r, e.Args))
		}
	}
	s.RuleText = strings.Join(texts, " ")
	if e.Fact != "" {
		s.Fact = l.Args(firstKnown("fact."+e.Fact, "fault."+e.Fact, e.Fact), e.Args)
	}
	return s
}

func firstKnown(keys ...string) string {
	for _, k := range keys {
		if Known(k) {
			return k
		}
	}
	return keys[len(keys)-1]
}

func (s Said) reasons(h *H) {
	h.Raw(`<dl class="reasons">`)
	line := func(key, text string, write func(string)) {
		if text == "" {
			return
		}
		h.Raw(`<div><dt>`)
		h.T(key)
		h.Raw(`</dt><dd>`)
		write(text)
		h.Raw(`</dd></div>`)
	}
	rule := s.RuleText
	if s.Rule != "" {
		rule = h.l.T("refusal.rule_line", "rule", s.Rule, "text", s.RuleText)
	}
	line("refusal.rule", rule, s.rule(h))
	line("refusal.fact", s.Fact, h.Text)
	line("refusal.remedy", s.Remedy, h.Text)
	h.Raw(`</dl>`)
}

// rule writes the line of the rule, with its numbers leading to what the portal
// says about them.
func (s Said) rule(h *H) func(string) {
	return func(text string) {
		before, after, found := strings.Cut(text, s.Rule)
		if s.Rule == "" || !found {
			h.Text(text)
			return
		}
		h.Text(before)
		h.Add(RuleLinks(s.Rule))
		h.Text(after)
	}
}

// RuleLinks writes rule numbers ("R10, R45") as links to the page of the rules;
// what is no such number stays text.
func RuleLinks(rules string) template.HTML {
	h := NewH(Simplified)
	for i, r := range strings.Split(rules, ", ") {
		if i > 0 {
			h.Raw(`, `)
		}
		if number := strings.TrimPrefix(r, "R"); number == r || number == "" || strings.Trim(number, "0123456789") != "" {
			h.Text(r)
			continue
		}
		h.Add(Link("/rules#"+r, r))
	}
	return h.HTML()
}

// Refusal is the box that says what was refused, by which rule, on which fact
// and what to do next.
func Refusal(l Lang, e *fault.Error) template.HTML {
	h := NewH(l)
	said := Say(l, e)
	h.Raw(`<section class="refusal" role="alert"><h2>`)
	h.Text(said.Title)
	h.Raw(`</h2>`)
	said.reasons(h)
	h.Raw(`</section>`)
	return h.HTML()
}
