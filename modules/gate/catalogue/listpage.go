package catalogue

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// listPage answers GET /catalogue for people: what is in force, by list. Who
// asks for a state or a page asks the desk.
func (c *Catalogue) listPage(f *fiber.Ctx) error {
	for _, q := range []string{"state", "after", "department", "place", "code", "category"} {
		if f.Query(q) != "" {
			return f.Next()
		}
	}
	list := f.Query("list")
	if list != "" && !slices.Contains(Lists, list) {
		return fault.InvalidField("list", "schema.not_an_option")
	}
	return c.showLists(f, fiber.StatusOK, nil, nil)
}

// showLists draws the lists in force; typed and wrong are of a form above them.
func (c *Catalogue) showLists(f *fiber.Ctx, status int, typed web.Values, wrong *fault.Error) error {
	v, list := portal.Who(f), f.Query("list")
	l := v.Lang
	var shown []*Entry
	count := map[string]int{}
	for _, x := range c.index.inForce(c.Resource.Engine.Now()) {
		count[x.List]++
		if list == "" || x.List == list {
			shown = append(shown, x.Entry)
		}
	}
	first := template.HTML("")
	if len(count) == 0 {
		var err error
		if first, err = c.first(f, typed, wrong); err != nil {
			return err
		}
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(first)
		h.Add(tiles(l, list, count))
		if len(shown) == 0 {
			h.Raw(`<p class="empty">`)
			h.T("catalogue.empty")
			h.Raw(`</p>`)
		}
		h.Add(c.byList(l, shown, func(*Entry) template.HTML { return "" }))
	})
	return c.house.Show(f, status, web.Page{Title: l.T("catalogue.title"), Lead: portal.Text(l, l.T("catalogue.lead")), Body: body, Aside: c.acts(v), Invalid: wrong != nil})
}

// tiles are the five lists with how many entries each has; one narrows the page.
func tiles(l web.Lang, current string, count map[string]int) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<nav aria-label="`)
		h.T("catalogue.lists")
		h.Raw(`"><ul class="figures-row">`)
		for _, list := range append([]string{""}, Lists...) {
			h.Raw(`<li><a class="figure" href="`)
			key, n, href := "catalogue.all", 0, "/catalogue"
			if list != "" {
				key, n, href = "entry.list."+list, count[list], "/catalogue?list="+list
			} else {
				for _, k := range count {
					n += k
				}
			}
			h.Href(href)
			h.Raw(`"`)
			if list == current {
				h.Raw(` aria-current="true"`)
			}
			h.Raw(`><b>`)
			h.Text(strconv.Itoa(n))
			h.Raw(`</b><span>`)
			h.T(key)
			h.Raw(`</span></a></li>`)
		}
		h.Raw(`</ul></nav>`)
	})
}
