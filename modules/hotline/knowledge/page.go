package knowledge

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

const (
	onPage      = 20
	longestAsk  = 80 // characters of a search
	pageAddress = "/knowledge"
)

// question is what a request asks.
type question struct{ words, category, after string }

func ask(c *fiber.Ctx) (question, error) {
	q := question{words: strings.TrimSpace(c.Query("q")), category: c.Query("category"), after: c.Query("after")}
	if utf8.RuneCountInString(q.words) > longestAsk {
		return q, fault.InvalidField("q", "schema.too_long", "max", longestAsk)
	}
	if _, ok := portal.CategoryOf(q.category); q.category != "" && !ok {
		return q, fault.InvalidField("category", "schema.not_an_option")
	}
	return q, nil
}

// page answers GET /knowledge, to people and to programs: what residents ask
// most, found by words or by category.
func (m *Knowledge) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	q, err := ask(c)
	if err != nil {
		return err
	}
	fs, next, err := m.find(c, v, q)
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		return c.JSON(portal.ListOf[Found]{Items: append([]Found{}, fs...), Next: next})
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(web.Filters(l, web.FilterSpec{Action: pageAddress, Fields: []web.FilterField{{Name: "q", LabelKey: "knowledge.ask", Value: q.words},
			{Name: "category", LabelKey: "article.category", Value: q.category, Options: portal.CategoryOptions(l)}}}))
		h.Add(m.answers(l, fs))
		if next != "" || q.after != "" {
			first, more := "", ""
			if q.after != "" {
				first = address(q, "")
			}
			if next != "" {
				more = address(q, next)
			}
			h.Add(web.Pager(l, first, more, len(fs)))
		}
		h.Raw(`<p class="hint">`)
		h.T("knowledge.else")
		h.Raw(`</p>`)
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("knowledge.title"), Lead: portal.Text(l, l.T("knowledge.lead")), Body: body})
}

func address(q question, after string) string {
	out := pageAddress
	sep := "?"
	for _, p := range [][2]string{{"category", q.category}, {"after", after}} {
		if p[1] != "" {
			out, sep = out+sep+p[0]+"="+p[1], "&"
		}
	}
	return out
}

// find searches by words; without any it lists page by page.
func (m *Knowledge) find(c *fiber.Ctx, v portal.Visitor, q question) ([]Found, string, error) {
	if q.words != "" {
		fs, err := m.Search(c.UserContext(), q.words, q.category, onPage)
		return fs, "", err
	}
	f := lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: shown}}, After: q.after, Limit: onPage}
	if q.category != "" {
		f.Where = append(f.Where, store.Cond{Field: "category", Op: store.Eq, Value: q.category})
	}
	p, err := m.Engine.List(c.UserContext(), v.Actor, f)
	if err != nil {
		return nil, "", err
	}
	fs := make([]Found, len(p.Cases))
	for i, a := range p.Cases {
		fs[i] = found(a)
	}
	return fs, p.Next, nil
}

// answers shows the questions; each opens to its answer.
func (m *Knowledge) answers(l web.Lang, fs []Found) template.HTML {
	return portal.In(l, func(h *web.H) {
		if len(fs) == 0 {
			h.Raw(`<p class="empty">`)
			h.T("knowledge.none")
			h.Raw(`</p>`)
		}
		for _, f := range fs {
			h.Raw(`<details class="more"><summary>`)
			h.Text(f.Title)
			if f.Stale {
				h.Raw(` `)
				h.Add(web.Tag(l, web.Warn, "article.stale"))
			}
			h.Raw(`</summary><div class="more-body"><p><strong>`)
			h.Text(f.Question)
			h.Raw(`</strong></p>`)
			h.Add(web.Paragraphs(f.Answer))
			h.Raw(`<p class="hint">`)
			h.T("knowledge.by", "unit", m.unit(l, f.Owner), "day", f.Checked, "no", f.No)
			h.Raw(`</p></div></details>`)
		}
	})
}
