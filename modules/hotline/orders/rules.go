package orders

import (
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
)

// scope: an order is its unit's and the centre's. It lies at the street that
// handles it, else in the district, never in its community: a committee does
// not read what its residents say of it.
func (m *Orders) scope(o *Order) lifecycle.Scope {
	if m.Names.Known("place", o.Unit) {
		return lifecycle.Scope{Places: []string{o.Unit}}
	}
	return lifecycle.Scope{Department: o.Unit, Places: []string{m.district(o.Community)}}
}

// district is the one whose centre an order belongs to.
func (m *Orders) district(community string) string {
	if chain := m.Places.Chain(community); len(chain) > 1 {
		return chain[len(chain)-2]
	}
	return m.District()
}

// keysOf are the roles of a unit's people.
func (m *Orders) keysOf(unit string) []string {
	if unit == "" {
		return nil
	}
	return []string{"dept_clerk@" + unit, "street_cadre@" + unit, "vendor@" + unit}
}

// party tells whether somebody belongs to a unit that has had the order, for
// themselves or through whom they stand in for.
func (m *Orders) party(o *Order, a lifecycle.Actor, at time.Time) bool {
	keys := m.keysOf(o.Unit)
	for _, r := range o.Returns {
		keys = append(keys, m.keysOf(r.Unit)...)
	}
	keys = append(keys, m.keysOf(o.Vendor)...)
	return slices.ContainsFunc([]lifecycle.Actor{{ID: a.ID}, a, {ID: a.For}}, func(who lifecycle.Actor) bool {
		have := m.Gate.Keys(who, at)
		return slices.ContainsFunc(keys, func(k string) bool { return slices.Contains(have, k) })
	})
}

// handled are the acts by which somebody becomes one who handled an order.
var handled = []string{"sign", "contact", "begin", "return", "extend", "pause", "reply"}

func (m *Orders) facts(o *Order, s *lifecycle.Step) ([]string, error) {
	w := lifecycle.When
	return []string{
		w(portal.Proven(s.Ctx, o.ID), "proven"),
		w(m.party(o, s.Actor, s.Now), "party"),
		w(s.Did(handled...), "handled"),
		w(s.Did("evaluate"), "asked_first"),
		w(o.Ruled, "ruled"),
		w(o.returnedBy(o.Unit), "returned_before"),
		w(o.windowOver(s.Now), "window_over"),
		w(o.Late || !o.kept("handle", s.Now), "past_limit"),
		w(o.extended(), "extended"),
		w(o.lastExtension() != nil, "extension_open"),
		w(o.urgent(), "urgent"),
		w(o.Confidential, "confidential"),
		w(o.unagreed(s), "unagreed"),
		w(o.Job != "", "by_vendor"),
		w(o.By == "caller" && o.ClosedAt != nil, "rated"),
		w(o.settled(s.Now), "long_closed"),
		w(o.Escalated != "", "escalated"),
		w(o.Exclusion != nil, "exclusion_asked"),
		w(o.State == "closed", "done"),
	}, nil
}

// windowOver: the unit had its time to say that an order is not its own (R56).
func (o *Order) windowOver(now time.Time) bool {
	if o.State != "dispatched" && o.State != "signed" {
		return false
	}
	d, ok := o.Open("return")
	return !ok || now.After(d.Due)
}

// extended: more time was asked as often as it may be.
func (o *Order) extended() bool {
	n := 0
	for _, e := range o.Extensions {
		if e.Unit == o.Unit {
			n++
		}
	}
	return n >= o.Settings.Int("hot.extend_max")
}

// unagreed: what the caller filed as a complaint or a report would become
// something else without the caller's yes.
func (o *Order) unagreed(s *lifecycle.Step) bool {
	if o.Type != "complaint" && o.Type != "report" {
		return false
	}
	switch in := s.In.(type) {
	case *triageForm:
		return in != nil && in.Type != o.Type && !in.Agreed
	case *retypeForm:
		return in != nil && in.Type != o.Type && !in.Agreed
	}
	return false
}

// settled: it ended longer ago than a caller may come back to it.
func (o *Order) settled(now time.Time) bool {
	return o.ClosedAt != nil && now.After(o.ClosedAt.AddDate(0, 0, o.Settings.Int("hot.reopen_days")))
}

// assignees says whom an order waits for.
func (m *Orders) assignees(o *Order) []string {
	sc := m.scope(o)
	at := func(role string) []string {
		return m.Engine.Assignees(role, lifecycle.Scope{Places: []string{m.district(o.Community)}})
	}
	var out []string
	switch o.State {
	case "new":
		out = at("operator")
		if o.Disaster { // extra hands (R73)
			out = slices.Concat(out, at("dispatcher"), at("callback"))
		}
	case "triaged", "return_asked", "replied":
		out = at("dispatcher")
	case "ruling":
		out = at("hotline_head")
	case "callback", "evaluated":
		out = at("callback")
	case "dispatched", "signed", "contacted", "handling":
		out = m.unitAssignees(o, sc)
		if o.lastExtension() != nil {
			out = append(out, at("dispatcher")...)
		}
		if o.Supervised {
			out = append(out, at("hotline_head")...)
		}
	}
	if o.Escalated != "" && !slices.Contains(out, at("hotline_head")[0]) {
		out = append(out, at("hotline_head")...)
	}
	if o.Exclusion != nil && o.Exclusion.Decided == "" {
		out = append(out, at("review_panel")...)
	}
	return out
}

// unitAssignees: once it was reminded, the unit's leader is asked too (R62).
func (m *Orders) unitAssignees(o *Order, sc lifecycle.Scope) []string {
	switch {
	case o.Unit == "":
		return nil
	case sc.Department == "":
		return []string{"street_cadre@" + o.Unit}
	case o.Reminded:
		return []string{"dept_clerk@" + o.Unit, "dept_head@" + o.Unit}
	}
	return []string{"dept_clerk@" + o.Unit}
}
