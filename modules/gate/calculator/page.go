package calculator

import (
	"encoding/json"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

var asked = schema.Of[Work]("calculator")

// api answers programs; money in the query is fen, as everywhere in the API.
func (m *Calculator) api(c *fiber.Ctx) error {
	in := map[string]any{}
	for k, v := range c.Queries() {
		in[k] = v
		if f, ok := asked.Field(k); ok && (f.Kind == schema.Number || f.Kind == schema.Money) {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return fault.InvalidField(k, "schema.not_a_number")
			}
			in[k] = n
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap(err, "encode the query")
	}
	w, err := asked.JSON(body)
	if err != nil {
		return err
	}
	cost, err := Reckon(*w.(*Work), m.City.Top(), m.Settings())
	if err != nil {
		return err
	}
	return c.JSON(cost)
}

func (m *Calculator) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	l, status := v.Lang, fiber.StatusOK
	values := map[string][]string{}
	for k, x := range c.Queries() {
		values[k] = []string{x}
	}
	answer := web.Join()
	if len(values) > 0 {
		w, err := asked.Form(values)
		var cost Cost
		if err == nil {
			cost, err = Reckon(*w.(*Work), m.City.Top(), m.Settings())
		}
		if err != nil {
			status = portal.Status(fault.As(err).Kind)
			answer = wrong(l, fault.As(err))
		} else {
			answer = show(l, cost)
		}
	}
	return m.Show(c, status, web.Page{Title: l.T("calculator.title"), Lead: web.Translated(l, "calculator.lead"), Body: web.Join(form(l, c), answer)})
}
