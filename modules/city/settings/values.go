package settings

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/setting"
)

// Value is a setting as it stands, for programs.
type Value struct {
	setting.Setting
	Name     string     `json:"name"`
	Value    string     `json:"value"`
	Since    *time.Time `json:"since,omitempty"` // of the change that set it
	Document string     `json:"document,omitempty"`
	Change   string     `json:"change,omitempty"`
}

// Values are all settings at a moment.
type Values struct {
	At    time.Time `json:"at"`
	Items []Value   `json:"items"`
}

// valuesAPI answers GET /api/v1/settings/values: every setting, now or on a day.
func (m *Settings) valuesAPI(c *fiber.Ctx) error {
	at, err := m.asked(c)
	if err != nil {
		return err
	}
	v := portal.Who(c)
	values, by := standing(m.memory.all(), at)
	out := Values{At: at}
	for _, s := range setting.All() {
		x := Value{Setting: s, Name: name(v.Lang, s.Key), Value: values[s.Key]}
		if ch := by[s.Key]; ch != nil {
			x.Since, x.Document, x.Change = ch.EffectiveAt, ch.Document, "/api/v1"+m.Href(ch)
		}
		out.Items = append(out.Items, x)
	}
	return c.JSON(out)
}
