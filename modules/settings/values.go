package settings

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
	"gatehouse/server/setting"
)

// valuesAPI answers GET /api/v1/settings/values: every setting, now or on a day.
func (m *Settings) valuesAPI(c *fiber.Ctx) error {
	at, err := m.asked(c)
	if err != nil {
		return err
	}
	v := modules.Who(c)
	values, by := standing(m.memory.all(), at)
	var items []fiber.Map
	for _, s := range setting.All() {
		x := fiber.Map{"key": s.Key, "name": name(v.Lang, s.Key), "unit": s.Unit, "value": values[s.Key], "default": s.Default, "min": s.Min, "max": s.Max, "basis": s.Basis}
		if len(s.Options) > 0 {
			x["options"] = s.Options
		}
		if ch := by[s.Key]; ch != nil {
			x["since"], x["document"], x["change"] = ch.EffectiveAt, ch.Document, "/api/v1"+m.Desk.Href(ch)
		}
		items = append(items, x)
	}
	return c.JSON(fiber.Map{"at": at, "items": items})
}
