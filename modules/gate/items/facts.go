package items

import (
	"slices"

	"gatehouse/server/lifecycle"
)

// facts gives what is true of an item, for the policy.
func (m *Items) facts(it *Item, s *lifecycle.Step) ([]string, error) {
	out := []string{
		lifecycle.When(m.CityBureau != nil && m.CityBureau(it.Department), "city_bureau"),
		lifecycle.When(it.Renewal != nil, "renewal_asked"),
		lifecycle.When(it.Renewal != nil && (it.Renewal.By == s.Actor.ID || it.Renewal.By == s.Actor.For), "own_request"),
		lifecycle.When(it.Renewal != nil && len(it.Renewal.Instalments) == 0 && len(it.Instalments) > 0, "renewal_unfunded"),
		lifecycle.When(slices.ContainsFunc(it.live(), func(p *Part) bool { return p.Overdue }), "overdue"),
		lifecycle.When(slices.ContainsFunc(it.live(), func(p *Part) bool { return p.held("office") }), "office_hold"),
	}
	switch s.Act {
	case "call_duty":
		e := m.entry(s.Ctx, it.Entry, s)
		out = append(out, lifecycle.When(e.ID == "", "entry_not_in_force"), lifecycle.When(e.Department != "" && e.Department != it.Department, "entry_of_another"))
	case "confirm":
		money, err := m.confirmFacts(it, s)
		return append(out, money...), err
	case "renew":
		out = append(out, lifecycle.When(m.lowScore(it, s), "low_score"))
	}
	return out, nil
}

// confirmFacts: is the money in where this committee would confirm it? A page
// that asks which buttons to show names no community: it gets the answer for
// the reader's own.
func (m *Items) confirmFacts(it *Item, s *lifecycle.Step) ([]string, error) {
	in := lifecycle.In[confirmForm](s)
	var ps []*Part
	if in != nil {
		if p := it.part(in.Community); p != nil {
			ps = append(ps, p)
		}
	} else {
		ps = m.ownParts(it, s)
	}
	missing, said := len(ps) > 0, false
	for _, p := range ps {
		missing = missing && short(it, p, s.Now)
		said = said || claimed(it, p, s.Now)
	}
	return []string{
		lifecycle.When(missing && !said, "money_missing"),
		lifecycle.When(missing && said, "money_claimed"),
		lifecycle.When(in != nil && !in.PowersIn && it.Powers != "", "powers_missing"),
		lifecycle.When(in != nil && !in.StaffIn && it.Staff != "", "staff_missing"),
	}, nil
}

func (m *Items) ownParts(it *Item, s *lifecycle.Step) []*Part {
	keys := m.Resource.Gate.Keys(s.Actor, s.Now)
	var out []*Part
	for _, p := range it.live() {
		if (!p.Confirmed || p.held("refusal")) && slices.Contains(keys, "committee_head@"+p.Community) {
			out = append(out, p)
		}
	}
	return out
}

func (m *Items) lowScore(it *Item, s *lifecycle.Step) bool {
	if m.Score == nil {
		return false
	}
	score, ok := m.Score(s.Ctx, it.ID)
	return ok && score < it.Settings.Int("adm.renew_min_score")
}
