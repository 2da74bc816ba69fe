package gazetteer

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Gazetteer is the module.
type Gazetteer struct {
	*portal.Resource[Landmark]
	index *index
}

// New opens the landmarks.
func New(ctx context.Context, h *portal.Portal) (g *Gazetteer, err error) {
	g = &Gazetteer{index: newIndex()}
	if g.Resource, err = portal.Declare(ctx, h, kind()); err != nil {
		return nil, fault.Wrap(err, "open the landmarks")
	}
	g.Mirror(g.index.put)
	// Before the resource's own routes, which would take "search" for a landmark.
	h.Add(portal.Module{Name: "gazetteer", Routes: func(r fiber.Router) { r.Get("/api/v1/landmarks/search", g.searchAPI) }})
	h.Menu(portal.MenuEntry{Href: "/landmarks", LabelKey: "landmarks.title", Order: 66, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head")
	}})
	return g, nil
}

// longestAsked is how many letters a program may ask for.
const longestAsked = 80

func (g *Gazetteer) searchAPI(c *fiber.Ctx) error {
	if e := g.May(portal.Who(c), "landmark.see", lifecycle.Anywhere, string(lifecycle.Filed), string(lifecycle.Public)); e != nil {
		return e
	}
	limit := mostFound
	if s := c.Query("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > mostFound {
			return fault.InvalidField("limit", "schema.too_big", "max", mostFound)
		}
		limit = n
	}
	q := c.Query("q")
	if q == "" {
		return fault.InvalidField("q", "schema.required")
	}
	if utf8.RuneCountInString(q) > longestAsked {
		return fault.InvalidField("q", "schema.too_long", "max", longestAsked)
	}
	found := g.Search(c.UserContext(), q, limit)
	return c.JSON(portal.ListOf[Found]{Items: append([]Found{}, found...)})
}
