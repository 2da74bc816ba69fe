package settings

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
)

// Settings is the module.
type Settings struct {
	*portal.Resource[Change]
	// Rehearsal runs the published results through another value of a rating's
	// setting; looked counts the results it looked at.
	Rehearsal *portal.Slot[func(ctx context.Context, key, value string) (rated []Rated, looked int, err error)]
	memory    memory
}

// New opens the changes of settings. Its own routes stand before theirs:
// /settings/values would else be taken for a change.
func New(ctx context.Context, h *portal.Portal) (m *Settings, err error) {
	m = &Settings{Rehearsal: portal.NewSlot[func(context.Context, string, string) ([]Rated, int, error)](h, "settings.rehearsal")}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	m.Mirror(m.memory.learn)
	Begun.On(h.Bus, m.onBegun)
	h.Offer("settings", m.options)
	h.Add(portal.Module{Name: "settings", Routes: func(r fiber.Router) {
		r.Get("/settings", m.page)
		r.Get("/settings/about", m.about)
		r.Get("/settings/rehearsal", m.rehearsalPage)
		r.Get("/api/v1/settings/values", m.valuesAPI)
		r.Get("/api/v1/settings/rehearsal", m.rehearsalAPI)
	}})
	h.Menu(portal.MenuEntry{Href: "/settings", LabelKey: "settings.title", Order: 92, Show: portal.Visitor.SignedIn})
	return m, nil
}

func (m *Settings) now() time.Time { return m.Engine.Now() }

// mayRehearse asks the gate; a rehearsal shows what other cases owe.
func (m *Settings) mayRehearse(v portal.Visitor) error {
	return m.May(v, "change.see_rehearsal", lifecycle.Anywhere)
}
