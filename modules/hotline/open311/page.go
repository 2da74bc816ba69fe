package open311

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/web"
)

var zone = calendar.City

// page answers GET /open311: what people who write programs have to know.
func (m *Open311) page(c *fiber.Ctx) error {
	l := portal.Who(c).Lang
	t := web.Table{CaptionKey: "open311.calls", Head: []web.Col{{Key: "open311.call"}, {Key: "open311.gives"}}}
	for _, x := range [][2]string{{"GET /open311/discovery.json", "discovery"}, {"GET /open311/v2/services.json", "services"}, {"GET /open311/v2/services/103.json", "definition"},
		{"POST /open311/v2/requests.json", "submit"}, {"GET /open311/v2/tokens/….json", "token"}, {"GET /open311/v2/requests.json", "list"}, {"GET /open311/v2/requests/GD-….json", "one"}} {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.In(l, func(h *web.H) { h.Raw("<code>"); h.Text(x[0]); h.Raw("</code>") })}, {HTML: web.Text(l.T("open311.call." + x[1]))}})
	}
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("open311.title"), Body: portal.In(l, func(h *web.H) {
		for _, k := range []string{"open311.intro", "open311.how_key", "open311.private", "open311.limits"} {
			h.Raw(`<p>`)
			h.T(k, "asked", mostAsked.N, "filed", mostFiled.N)
			h.Raw(`</p>`)
		}
		h.Add(t.HTML(l))
	})})
}
