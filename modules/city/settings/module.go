package settings

import (
	"context"
	"html/template"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Asks is what the settings need of other modules, in plain types.
type Asks struct {
	// District gives the districts of the city: settings hold in all of them.
	District func() []string
	// Rated runs the published results through another value of a rating's
	// setting; looked counts the results it looked at.
	Rated func(ctx context.Context, key, value string) (rated []Rated, looked int, err error)
}

// Rated is a published result whose grounds another value would change.
type Rated struct {
	Round   string   `json:"round"`
	RoundNo string   `json:"round_no"`
	Title   string   `json:"title"`
	Before  []string `json:"before"` // grounds for rectification: effect, money, residents, total
	After   []string `json:"after"`
	Warned  bool     `json:"warned"`
	Warns   bool     `json:"would_be_warned"`
}

func (a Asks) districts() []string {
	if a.District == nil {
		return nil
	}
	return a.District()
}

// Settings is the module.
type Settings struct {
	Resource *portal.Resource[Change]
	house    *portal.Portal
	asks     Asks
	memory   memory
}

// New opens the desk of changes.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Settings, error) {
	m := &Settings{house: h, asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, fault.Wrap(err, "open the settings")
	}
	d.Unplaced = true
	m.Resource = d
	d.Engine.Cases().OnSave(m.memory.learn)
	d.Columns, d.Detail, d.Lead = m.columns(), m.detail, m.lead
	d.Initial = map[string]func(context.Context, portal.Visitor, *Change) web.Values{"propose": m.startPropose}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Change) (template.HTML, error){"propose": m.beside}
	typing := web.Check{URL: "/settings/about", Target: "about"}
	d.Checks = map[string]map[string]web.Check{"propose": {"key": typing, "value": typing}}
	h.Offer("settings", m.options)
	h.Bus.OnName("change.begun", m.onBegun)
	h.Menu(portal.MenuEntry{Href: "/settings", LabelKey: "settings.title", Order: 92, Show: portal.Visitor.SignedIn})
	return m, nil
}

// Module gives what the house serves and starts. Its routes stand before the
// desk's: /settings/values would else be taken for a change.
func (m *Settings) Module() portal.Module {
	return portal.Module{Name: "settings", Routes: m.routes, Load: m.Load}
}

func (m *Settings) routes(r fiber.Router) {
	r.Get("/settings", m.page)
	r.Get("/settings/about", m.about)
	r.Get("/settings/rehearsal", m.rehearsalPage)
	r.Get("/api/v1/settings/values", m.valuesAPI)
	r.Get("/api/v1/settings/rehearsal", m.rehearsalAPI)
}

func (m *Settings) now() time.Time { return m.Resource.Engine.Now() }

// mayRehearse asks the gate; a rehearsal shows what other cases owe.
func (m *Settings) mayRehearse(v portal.Visitor) error {
	if e := m.house.May(v, "change.see_rehearsal", lifecycle.Anywhere); e != nil {
		return e
	}
	return nil
}
