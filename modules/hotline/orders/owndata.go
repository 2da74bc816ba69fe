package orders

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// OwnData is everything the hotline holds on a caller, for the caller.
type OwnData struct {
	Phone  string     `json:"phone"`
	Name   string     `json:"name"`
	Orders []OwnOrder `json:"orders"`
}

// OwnOrder is what a caller has said, and was told.
type OwnOrder struct {
	No         string     `json:"no"`
	Filed      string     `json:"filed"` // RFC 3339, UTC
	Channel    string     `json:"channel"`
	State      string     `json:"state"`
	Words      string     `json:"words"`
	Place      string     `json:"place"`
	Needs      []string   `json:"needs"`
	Files      []string   `json:"files"` // their names
	Additions  []Addition `json:"additions"`
	Told       string     `json:"told"`
	KeptUntil  string     `json:"contact_kept_until"` // day from which phone and name are deleted; "" while the order is open
	LookedUpBy []string   `json:"looked_up_by"`       // the posts that saw phone and name
}

// ownIn names an order of the caller.
type ownIn struct {
	Order string `json:"order" form:"text,required,max=64"`
}

var ownType = schema.Of[ownIn]("order")

// OwnDataAPI describes the question for the document of the API.
func OwnDataAPI() map[string]any { return ownType.OpenAPI() }

// ownData answers POST /orders/callers/data: what the hotline holds on the
// caller of an order, as a file to hand out. Each order that it is taken from
// keeps a record of that.
func (m *Orders) ownData(c *fiber.Ctx) error {
	in, err := m.Read(c, ownType)
	if err != nil {
		return err
	}
	v, ctx := portal.Who(c), c.UserContext()
	if e := m.May(v, "order.hand_out", lifecycle.Anywhere); e != nil {
		return e
	}
	o, err := m.Engine.Get(ctx, v.Actor, in.(*ownIn).Order)
	if err != nil {
		return err
	}
	out, err := m.dataOf(ctx, v, o)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Attachment(o.No + ".json")
	return c.JSON(out)
}

// mostOwn orders of one caller.
const mostOwn = 1000

func (m *Orders) dataOf(ctx context.Context, v portal.Visitor, o *Order) (OwnData, error) {
	out := OwnData{Orders: []OwnOrder{}}
	who, err := m.card(ctx, o.Contact)
	if err != nil {
		return out, err
	}
	if o.Caller == "" || who == nil {
		return out, fault.New(fault.Conflict, "order.no_contact")
	}
	out.Phone, out.Name = who.Phone, who.Name
	os, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "caller", Op: store.Eq, Value: o.Caller}}, Sort: "-id", Limit: mostOwn})
	if err != nil {
		return out, fault.Wrap(err, "find the orders of a caller")
	}
	for _, x := range os {
		if x.Contact != "" && x.State != "not_accepted" && x.State != "transferred" {
			if _, err := m.Engine.Act(ctx, v.Actor, x.ID, "reveal", &revealForm{Why: "own_data"}, lifecycle.Opts{}); err != nil {
				return out, err
			}
		}
		own := OwnOrder{No: x.No, Filed: x.OpenedAt.Format("2006-01-02T15:04:05Z07:00"), Channel: x.Channel, State: x.State, Words: x.Words, Place: x.Place,
			Needs: append([]string{}, x.Needs...), Files: []string{}, Additions: append([]Addition{}, x.Additions...), Told: x.told(), LookedUpBy: []string{}}
		for _, f := range x.Files {
			own.Files = append(own.Files, f.Name)
		}
		for _, e := range x.History {
			if by := m.Names.Person(v.Lang, e.By); e.Act == "reveal" && !slices.Contains(own.LookedUpBy, by) {
				own.LookedUpBy = append(own.LookedUpBy, by)
			}
		}
		if k, err := m.card(ctx, x.Contact); err != nil {
			return out, err
		} else if k != nil {
			own.KeptUntil = k.Forget
		}
		out.Orders = append(out.Orders, own)
	}
	return out, nil
}

// personal are the fields that hold what a caller said, and who it was.
var personal = []string{"words", "place", "lat", "long", "needs", "files", "caller", "contact", "twin", "consent", "additions", "comment", "escalated"}

// anonymisesOn gives when what a caller said is no longer needed: some years after
// the last act of an order that has ended.
func (o *Order) anonymisesOn() time.Time {
	if !slices.Contains(ended, o.State) {
		return time.Time{}
	}
	return o.ChangedAt.AddDate(o.Settings.Int("privacy.order_years"), 0, 0)
}

// anonymise leaves what was done and drops who asked and in which words.
func (m *Orders) anonymise(o *Order, s *lifecycle.Step) error {
	if err := m.drop(s.Ctx, o.Contact); err != nil {
		return err
	}
	o.Said, o.Additions = Said{}, nil
	if o.Channel != "import" { // or its old table would come in again
		o.Twin = ""
	}
	o.Caller, o.Contact, o.Consent, o.Comment, o.Escalated = "", "", "", "", ""
	return nil
}

// forgotten deletes the contact of an order whose caller demanded it.
func (m *Orders) forgotten(ctx context.Context, n lifecycle.News, _ struct{}) error {
	o, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil {
		return err
	}
	return m.drop(ctx, o.Contact)
}

// drop deletes a contact.
func (m *Orders) drop(ctx context.Context, contact string) error {
	c, err := m.card(ctx, contact)
	if err != nil || c == nil {
		return err
	}
	if err := m.cards.Delete(ctx, c); !errors.Is(err, store.ErrNotFound) {
		return fault.Wrap(err, "delete contact %s", contact)
	}
	return nil
}
