package certificates

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

var tones = map[string]web.Tone{on: web.Good, excluded: web.Bad}

// listPage answers GET /certificates for people: what is stamped and what is
// not, in plain words, on paper too. Who asks for a state or a page asks the resource.
func (m *Certificates) listPage(c *fiber.Ctx) error {
	for _, q := range []string{"state", "after", "list", "code"} {
		if c.Query(q) != "" {
			return c.Next()
		}
	}
	v := portal.Who(c)
	l := v.Lang
	var parts []template.HTML
	for _, list := range []string{on, excluded} {
		cs, err := m.inForce(c.UserContext(), list)
		if err != nil {
			return err
		}
		parts = append(parts, web.Panel(l, tones[list], "certificates."+list, m.tableOf(l, list, cs)))
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<div class="buttons noprint"><button type="button" class="button" data-print hidden>`)
		h.T("certificates.print")
		h.Raw(`</button></div>`)
		h.Add(web.Join(parts...))
		h.Raw(`<p>`)
		h.Text(portal.Rule(l, "R31"))
		h.Raw(`</p>`)
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("certificates.title"), Lead: portal.Text(l, l.T("certificates.lead")), Body: body, Aside: m.acts(v)})
}

// acts are offered to those who keep the list.
func (m *Certificates) acts(v portal.Visitor) template.HTML {
	if !m.Engine.MayOpen(v.Actor, "draft") {
		return ""
	}
	return web.Actions(v.Lang, []web.ActionItem{{LabelKey: "act.certificate.draft", Href: "/certificates/new/draft"}, {LabelKey: "certificates.drafts", Href: "/certificates?state=draft"}})
}

func (m *Certificates) tableOf(l web.Lang, list string, cs []*Certificate) template.HTML {
	t := web.Table{CaptionKey: "certificates." + list, EmptyKey: "list.empty", Head: []web.Col{{Key: "certificate.name"}, {Key: "certificate.bring"}}}
	if list == excluded {
		t.Head = []web.Col{{Key: "certificate.name"}, {Key: "certificate.issuer"}, {Key: "certificate.bring"}}
	}
	for _, c := range cs {
		row := []web.Cell{{HTML: portal.Text(l, c.name(l)), Href: m.Href(c)}}
		if list == excluded {
			row = append(row, web.Cell{HTML: portal.Text(l, c.issuer(l))})
		}
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: portal.Text(l, c.bring(l))}))
	}
	return t.HTML(l)
}

// basis says what a kind stands on, and whether that has been compared yet.
func basis(v portal.Visitor, c *Certificate) web.Value {
	out := web.Words(c.Basis)
	if c.Unverified {
		out.HTML = web.Join(web.Text(c.Basis+" "), web.Tag(v.Lang, web.Warn, "certificate.unverified.tag"))
	}
	return out
}

// declineSlip is what a committee hands to a resident whom somebody sent for a
// stamp it may not give. It is printed by committees only, in their own name.
func (m *Certificates) declineSlip(_ context.Context, v portal.Visitor, c *Certificate) (*portal.Letter, error) {
	own := m.OwnPlaces(v, "committee_staff")
	e, ok := c.Last("publish")
	if c.List != excluded || c.State != "in_force" || len(own) == 0 || !ok {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		for _, key := range []string{"certificate.slip_no", "certificate.slip_go", "certificate.slip_bring", "certificate.slip_show"} {
			h.Raw(`<p>`)
			h.T(key, "name", c.name(l), "issuer", c.issuer(l), "bring", c.bring(l))
			h.Raw(`</p>`)
		}
		h.Raw(`<p>`)
		h.T("certificate.slip_basis", "rule", portal.Rule(l, "R31"), "basis", c.Basis)
		h.Raw(`</p>`)
	})
	office := l.T("certificate.committee_of", "place", own[0].Text)
	return &portal.Letter{TitleKey: "certificate.slip", Office: office, To: l.T("certificate.slip_to"), Body: body, From: office, Date: m.Engine.Now(), Code: m.Code(c, e)}, nil
}
