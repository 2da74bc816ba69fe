package catalogue

import (
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// Edition is the lists of one year and what changed against the year before.
type Edition struct {
	Year    int
	Entries []*Entry // in the order of lists and codes
	Added   []*Entry // not in the edition before
	Removed []*Entry // in the edition before, no longer in this one
}

// Edition gives the lists of a year. A past year's edition does not change any
// more: entries are published into the current or a coming one, and what ends
// stays in the editions of the years in which it held.
func (c *Catalogue) Edition(year int) Edition {
	ed := Edition{Year: year}
	for _, x := range c.index.where(func(e *Entry) bool { return e.inEdition(year) || e.inEdition(year-1) }) {
		now, before := x.inEdition(year), x.inEdition(year-1)
		if now {
			ed.Entries = append(ed.Entries, x.Entry)
		}
		switch {
		case now && !before:
			ed.Added = append(ed.Added, x.Entry)
		case before && !now:
			ed.Removed = append(ed.Removed, x.Entry)
		}
	}
	return ed
}

const firstYear = 2000

func (c *Catalogue) thisEdition(f *fiber.Ctx) error {
	return f.Redirect("/catalogue/editions/"+strconv.Itoa(yearOf(c.Resource.Engine.Now())), fiber.StatusSeeOther)
}

// edition reads the year of the address; the lists know no year beyond the next.
func (c *Catalogue) edition(f *fiber.Ctx) (Edition, error) {
	year, err := strconv.Atoi(f.Params("year"))
	if err != nil || year < firstYear || year > yearOf(c.Resource.Engine.Now())+1 {
		return Edition{}, fault.Missing("edition")
	}
	return c.Edition(year), nil
}

func (c *Catalogue) editionPage(f *fiber.Ctx) error {
	ed, err := c.edition(f)
	if err != nil {
		return err
	}
	l := portal.Who(f).Lang
	year := strconv.Itoa(ed.Year)
	body := portal.In(l, func(h *web.H) {
		h.Add(yearLinks(l, ed.Year, yearOf(c.Resource.Engine.Now())+1))
		h.Add(c.changes(l, ed))
		if len(ed.Entries) == 0 {
			h.Raw(`<p class="empty">`)
			h.T("edition.empty")
			h.Raw(`</p>`)
		}
		h.Add(c.byList(l, ed.Entries, func(e *Entry) template.HTML { return ended(l, e) }))
	})
	return c.house.Show(f, fiber.StatusOK, web.Page{Title: l.T("edition.title", "year", year), Body: body,
		Lead:   portal.Text(l, l.T("edition.lead", "n", len(ed.Entries), "added", len(ed.Added), "removed", len(ed.Removed))),
		Crumbs: []web.Crumb{{Href: "/catalogue", Text: l.T("catalogue.title")}, {Text: year}}})
}

func yearLinks(l web.Lang, year, last int) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div class="buttons noprint"><button type="button" class="button" data-print hidden>`)
		h.T("edition.print")
		h.Raw(`</button>`)
		for _, y := range []int{year - 1, year + 1} {
			if y < firstYear || y > last {
				continue
			}
			h.Raw(`<a class="button button-quiet" href="`)
			h.Href("/catalogue/editions/" + strconv.Itoa(y))
			h.Raw(`">`)
			h.T("edition.title", "year", strconv.Itoa(y))
			h.Raw(`</a>`)
		}
		h.Raw(`</div>`)
	})
}

// changes lists what came and what went since the year before.
func (c *Catalogue) changes(l web.Lang, ed Edition) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, part := range []struct {
			tone web.Tone
			key  string
			es   []*Entry
		}{{web.Good, "edition.added", ed.Added}, {web.Warn, "edition.removed", ed.Removed}} {
			if len(part.es) == 0 {
				continue
			}
			list := portal.In(l, func(h *web.H) {
				h.Raw(`<ul>`)
				for _, e := range part.es {
					h.Raw(`<li>`)
					h.Add(web.Link(c.Resource.Href(e), e.Cite(l)))
					h.Add(ended(l, e))
					h.Raw(`</li>`)
				}
				h.Raw(`</ul>`)
			})
			if len(part.es) > 12 { // a first edition is all new
				h.Add(web.Details(l, part.key, list))
				continue
			}
			h.Add(web.Panel(l, part.tone, part.key, list))
		}
	})
}

// ended says when and by which document an entry ended.
func ended(l web.Lang, e *Entry) template.HTML {
	if e.EndedAt == nil {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(` <small>`)
		h.T("edition.ended", "state", "t:state.entry."+e.State, "date", l.Date(*e.EndedAt), "document", e.EndDocument)
		h.Raw(`</small>`)
	})
}

// Printed is an edition for programs.
type Printed struct {
	Year    int    `json:"year"`
	Entries []line `json:"entries"`
	Added   []line `json:"added"`
	Removed []line `json:"removed"`
}

func (c *Catalogue) editionAPI(f *fiber.Ctx) error {
	ed, err := c.edition(f)
	if err != nil {
		return err
	}
	return f.JSON(Printed{ed.Year, c.lines(ed.Entries), c.lines(ed.Added), c.lines(ed.Removed)})
}

// line is an entry in the API's edition.
type line struct {
	No       string   `json:"no"`
	List     string   `json:"list"`
	Code     string   `json:"code"`
	Title    string   `json:"title"`
	Hant     string   `json:"title_hant,omitempty"`
	En       string   `json:"title_en,omitempty"`
	Basis    string   `json:"basis"`
	Role     string   `json:"role"`
	Months   []string `json:"usual_months,omitempty"`
	State    string   `json:"state"`
	Document string   `json:"document"`
	Ended    string   `json:"ended,omitempty"` // the day
	Href     string   `json:"href"`
}

func (c *Catalogue) lines(es []*Entry) []line {
	out := make([]line, len(es))
	for i, e := range es {
		out[i] = line{No: e.No, List: e.List, Code: e.Code, Title: e.Title, Hant: e.TitleHant, En: e.TitleEn, Basis: e.Basis, Role: e.Role,
			Months: e.Months, State: e.State, Document: e.Document, Href: "/api/v1" + c.Resource.Href(e)}
		if e.EndedAt != nil {
			out[i].Ended = string(dayOf(*e.EndedAt))
		}
	}
	return out
}
