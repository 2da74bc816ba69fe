package orders

import (
	"context"
	"crypto/subtle"
	"html/template"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// trackIn is what a caller holds: the number and the PIN.
type trackIn = portal.Claim

// door lets whoever has an order's number and PIN see how far it is, and do what
// is a caller's.
func (m *Orders) door() portal.Door[Order] {
	return portal.Door[Order]{Resource: m.Resource, Name: "track", Acts: []string{"rate", "not_solved", "escalate", "add"},
		Find: func(ctx context.Context, in portal.Claim, address string) (*Order, error) {
			return m.prove(ctx, &in, address)
		},
		Page: m.tracked,
		JSON: func(v portal.Visitor, o *Order) any {
			return Tracked{o.No, o.State, v.Lang.T("order.means." + o.State), o.told(), o.PublicReceipt()}
		},
		Form: func(o *Order, act string, _ *web.FormSpec) bool { return act == "rate" && o.State == "callback" }}
}

func (m *Orders) prove(ctx context.Context, in *trackIn, address string) (*Order, error) {
	no := plainNo(in.No)
	if !m.tries.take(ctx, no, address) {
		return nil, fault.New(fault.Conflict, "track.too_often")
	}
	o, err := m.byNo(ctx, no)
	if err != nil {
		return nil, err
	}
	id := "no such order"
	if o != nil {
		id = o.ID
	}
	pin := strings.ReplaceAll(strings.TrimSpace(in.PIN), " ", "")
	if subtle.ConstantTimeCompare([]byte(m.PIN(id)), []byte(pin)) != 1 || o == nil {
		return nil, fault.New(fault.NotFound, "track.wrong")
	}
	m.tries.right(no, address)
	return o, nil
}

// plainNo reads a number however it was typed: gd 2026 00012 is GD-2026-00012.
func plainNo(typed string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, typed)
	if len(digits) < 5 {
		return "GD-" + digits
	}
	return "GD-" + digits[:4] + "-" + digits[4:]
}

// Tracked is how far an order is, for whoever holds its number and PIN.
type Tracked struct {
	No      string `json:"no"`
	State   string `json:"state"`
	Means   string `json:"means"`
	Answer  string `json:"answer"`
	Receipt string `json:"receipt"` // it stands for the order in public lists
}

// tracked says how far an order is, in plain words.
func (m *Orders) tracked(_ context.Context, v portal.Visitor, o *Order) (web.Page, error) {
	l := v.Lang
	return web.Page{Title: o.No, Heading: l.T("track.of", "no", o.No), Body: portal.In(l, func(h *web.H) {
		h.Add(m.stands(l, o))
		if o.Job != "" {
			h.Add(web.Panel(l, web.Info, "track.visit", web.Link("/visits?no="+o.No, l.T("track.visit_link"))))
		}
		h.Add(web.Section(l, "track.your_words", web.Paragraphs(o.Words)))
		if t := o.told(); t != "" {
			h.Add(web.Section(l, "track.answer", web.Paragraphs(t)))
		}
		h.Add(m.photos(l, o))
		h.Add(web.Section(l, "track.so_far", m.plainCourse(l, o)))
		h.Raw(`<p class="hint">`)
		h.T("track.receipt", "receipt", o.PublicReceipt())
		h.Raw(`</p>`)
	})}, nil
}

// stands says in one sentence how far an order is, and by when something happens.
func (m *Orders) stands(l web.Lang, o *Order) template.HTML {
	return web.Panel(l, web.Info, "state.order."+o.State, portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("order.means."+o.State, "unit", m.Names.Unit(l, o.Unit), "no", o.MainNo)
		h.Raw(`</p>`)
		if d, ok := o.Open("handle"); ok && partyOf(o.State) == "unit" {
			h.Raw(`<p>`)
			switch {
			case d.Paused():
				h.T("track.paused", "why", "t:"+d.Pauses[len(d.Pauses)-1].Why)
			default:
				h.T("track.by", "due", l.Time(d.Due))
			}
			h.Raw(`</p>`)
		}
		if o.Late && o.RepliedAt == nil {
			h.Raw(`<p>`)
			h.T("track.late")
			h.Raw(`</p>`)
		}
		for _, e := range o.Extensions {
			if e.Decided == "granted" {
				h.Raw(`<p>`)
				h.T("track.extended", "reason", e.Reason)
				h.Raw(`</p>`)
			}
		}
		if o.WhereToGo != "" {
			h.Raw(`<p>`)
			h.Text(o.WhereToGo)
			h.Raw(`</p>`)
		}
	}))
}

// plainCourse is the history in words for everybody: what happened and when,
// never who did it.
func (m *Orders) plainCourse(l web.Lang, o *Order) template.HTML {
	var es []web.Event
	for _, e := range o.History {
		if key := "track.did." + e.Act; web.Known(key) {
			es = append(es, web.Event{When: e.At, TitleText: l.T(key, "unit", m.Names.Unit(l, o.unitAt(e.At)))})
		}
	}
	return web.Timeline(l, m.Clock(), es)
}
