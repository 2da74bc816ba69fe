package calculator

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
)

// Calculator is the module.
type Calculator struct{ *portal.Portal }

// New opens the calculator, which reckons at the rate of the portal's city.
func New(h *portal.Portal) *Calculator {
	m := &Calculator{h}
	h.Menu(portal.MenuEntry{Href: "/calculator", LabelKey: "calculator.title", Order: 57, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "office_staff", "finance")
	}})
	h.Add(portal.Module{Name: "calculator", Routes: func(r fiber.Router) {
		r.Get("/calculator", m.page)
		r.Get("/api/v1/calculator", m.api)
	}})
	return m
}
