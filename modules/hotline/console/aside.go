package console

import (
	"context"
	"encoding/json"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

const (
	placesShown   = 3
	articlesShown = 3
	historyShown  = 8
	fewestDigits  = 7 // of a phone before a caller is looked up
	fewestWords   = 2 // letters before anything is looked for
)

// aside is what stands around the fields and changes while they are typed.
type aside struct{ caller, categories, places, help template.HTML }

func (b aside) all() template.HTML { return web.Join(b.caller, b.categories, b.places, b.help) }

func (m *Console) aside(ctx context.Context, v portal.Visitor, d *Draft) (b aside, err error) {
	if b.caller, err = m.caller(ctx, v, d); err != nil {
		return b, err
	}
	b.categories = m.categories(v.Lang, d)
	b.places = m.places(ctx, v.Lang, d)
	b.help, err = m.help(ctx, v, d)
	return b, err
}

// caller shows who rings and what they asked before.
func (m *Console) caller(ctx context.Context, v portal.Visitor, d *Draft) (template.HTML, error) {
	phone, mask := d.Fields["phone"], ""
	if d.Call != "" {
		c, err := m.calls.Own(ctx, v.Actor, d.Call)
		if err != nil {
			return "", err
		}
		phone, mask = c.Phone, c.Masked
	}
	var before []orders.Brief
	if len(phone) >= fewestDigits {
		var err error
		before, err = m.orders.Earlier(ctx, v.Actor, phone)
		if err != nil && !fault.Is(err, fault.Invalid) { // not yet a whole number
			return "", err
		}
	}
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="caller-part" data-part>`)
		if d.Call != "" {
			h.Raw(`<p class="caller-number">`)
			h.Text(masked(l, mask))
			h.Raw(`</p>`)
			if phone != "" {
				h.Raw(`<button class="button button-quiet" name="do" value="reveal">`)
				h.T("console.reveal")
				h.Raw(`</button><p class="hint">`)
				h.T("console.reveal_hint")
				h.Raw(`</p>`)
			}
		}
		h.Raw(`<h3>`)
		h.T("console.history")
		h.Raw(`</h3>`)
		short(h, l, before[:min(len(before), historyShown)], "console.history_empty")
		h.Raw(`</div>`)
	}), nil
}

func short(h *web.H, l web.Lang, os []orders.Brief, empty string) {
	if len(os) == 0 {
		h.Raw(`<p class="hint">`)
		h.T(empty)
		h.Raw(`</p>`)
		return
	}
	h.Raw(`<ul class="short">`)
	for _, o := range os {
		h.Raw(`<li>`)
		h.Add(web.Link("/orders/"+o.ID, o.No))
		h.Text(" " + o.Title + " ")
		h.Raw(`<small>`)
		h.Text(l.T("state.order."+o.State) + " · " + l.Date(o.Opened))
		h.Raw(`</small></li>`)
	}
	h.Raw(`</ul>`)
}

// pick draws a button that fills in fields: by a script at once, without one by
// saving the draft.
func pick(h *web.H, set map[string]string, key, label string) {
	b, _ := json.Marshal(set) // texts by name: cannot fail
	h.Raw(`<button class="pick" name="set" value="`)
	h.Text(string(b))
	h.Raw(`"`)
	if key != "" {
		h.Raw(` data-key="alt+`)
		h.Text(key)
		h.Raw(`"`)
	}
	h.Raw(`>`)
	h.Text(label)
	if key != "" {
		h.Raw(` <kbd>Alt+`)
		h.Text(key)
		h.Raw(`</kbd>`)
	}
	h.Raw(`</button>`)
}

// categories suggests what the words are about.
func (m *Console) categories(l web.Lang, d *Draft) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="categories-part" class="picks" data-part>`)
		for i, code := range Categories(d.Fields["words"]) {
			pick(h, map[string]string{"category": code}, strconv.Itoa(i+1), code+" "+l.T("category."+code))
		}
		h.Raw(`</div>`)
	})
}

// places are the landmarks that were looked for.
func (m *Console) places(ctx context.Context, l web.Lang, d *Draft) template.HTML {
	var found []gazetteer.Found
	if utf8.RuneCountInString(d.Fields["lookup"]) >= fewestWords {
		found = m.gazetteer.Search(ctx, d.Fields["lookup"], placesShown)
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="places-part" class="picks" data-part>`)
		for i, p := range found {
			pick(h, map[string]string{"community": p.Community, "place": strings.TrimSpace(p.Place + " " + p.Name), "landmark": p.ID}, strconv.Itoa(i+4),
				p.Name+" · "+p.Place+" · "+m.h.Names.Place(l, p.Community))
		}
		if len(found) == 0 && d.Fields["lookup"] != "" {
			h.Raw(`<p class="hint">`)
			h.T("console.no_place")
			h.Raw(`</p>`)
		}
		if id, ok := m.gazetteer.Locate(d.Fields["words"]); ok && d.Fields["community"] == "" && len(found) == 0 {
			pick(h, map[string]string{"community": id}, "4", l.T("console.located", "place", m.h.Names.Place(l, id)))
		}
		h.Raw(`</div>`)
	})
}

// help shows what is already filed, what the hotline knows, and who will
// handle it.
func (m *Console) help(ctx context.Context, v portal.Visitor, d *Draft) (template.HTML, error) {
	words, category, community := d.Fields["words"], d.Fields["category"], d.Fields["community"]
	l := v.Lang
	same, err := m.orders.Like(ctx, v.Actor, category, community, words, "")
	if err != nil {
		return "", err
	}
	var known []knowledge.Found
	if utf8.RuneCountInString(words) >= fewestWords {
		if known, err = m.knowledge.Search(ctx, words, category, articlesShown); err != nil {
			return "", err
		}
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="help-part" data-part>`)
		if len(same) > 0 {
			h.Add(web.Panel(l, web.Warn, "console.duplicates", portal.In(l, func(h *web.H) { short(h, l, same, "") })))
		}
		h.Add(m.unit(l, category, community))
		h.Raw(`<h3>`)
		h.T("console.articles")
		h.Raw(`</h3>`)
		articles(h, l, known)
		h.Raw(`</div>`)
	}), nil
}

func articles(h *web.H, l web.Lang, known []knowledge.Found) {
	if len(known) == 0 {
		h.Raw(`<p class="hint">`)
		h.T("console.articles_empty")
		h.Raw(`</p>`)
	}
	for i, a := range known {
		h.Raw(`<details class="more"`)
		if i == 0 {
			h.Raw(` open`)
		}
		h.Raw(`><summary>`)
		h.Text(a.Title)
		h.Raw(`</summary><div class="more-body">`)
		if a.Stale {
			h.Add(web.Tag(l, web.Warn, "console.stale"))
		}
		h.Add(web.Paragraphs(a.Answer))
		key := ""
		if i == 0 {
			key = "0"
		}
		pick(h, map[string]string{"answer": a.Answer, "article": a.ID}, key, l.T("console.use_answer"))
		h.Raw(`</div></details>`)
	}
}

// unit says who will handle it, by which rule.
func (m *Console) unit(l web.Lang, category, community string) template.HTML {
	if category == "" || community == "" {
		return ""
	}
	x, ok := m.dispatch.Suggest(category, community, m.h.Clock())
	if !ok {
		return web.Panel(l, web.Neutral, "console.unit", portal.Text(l, l.T("console.no_rule")))
	}
	return web.Panel(l, web.Info, "console.unit", web.Summary(l, portal.Filled(portal.Pair(l, "console.unit_name", m.h.Names.Unit(l, x.Unit)),
		portal.Pair(l, "console.unit_rule", x.Rule), portal.Pair(l, "console.unit_why", x.Reason))...))
}
