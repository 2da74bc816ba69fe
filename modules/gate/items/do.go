package items

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// What the acts of people change.

func open(it *Item, in *Grant, s *step) error {
	it.Grant = *in
	for _, c := range it.Communities {
		it.Parts = append(it.Parts, newPart(c, len(it.Instalments), s.Now))
	}
	runTerm(it, s)
	watch(it, s, moneyDue)
	return nil
}

func (m *Items) callDuty(it *Item, in *dutyForm, s *step) error {
	it.Entry = in.Entry
	end := lastMoment(in.End)
	switch {
	case in.End < in.Start:
		return fault.InvalidField("end", "item.end_before_start")
	case end.After(longest("", in.Start.Time(cityZone), s.Settings)):
		return fault.InvalidField("end", "item.too_long")
	}
	e := m.entry(s.Ctx, it.Entry, s)
	if w := m.brings(e.ID, in.Asked); w != "" { // R20: what is new always applies
		return fault.InvalidField("asked", "item.brings_new", "entry", e.Title, "new", w).OnRule("R20")
	}
	it.Title = e.Title
	it.Grant = Grant{Title: it.Title, Department: in.Department, Kinds: []string{}, Communities: in.Communities, Start: in.Start.Time(cityZone), End: end}
	it.Asked = in.Asked
	for _, c := range in.Communities {
		p := newPart(c, 0, s.Now)
		p.Confirmed = true
		it.Parts = append(it.Parts, p)
	}
	settle(it, s.Now)
	until(it, s, "term_end", "", it.End)
	return nil
}

// confirming are the communities whose committee has something to confirm.
func confirming(it *Item, s *step) []string {
	if in := lifecycle.In[confirmForm](s); in != nil {
		return []string{in.Community}
	}
	out := []string{"-"} // nowhere, which is not anywhere
	for _, p := range it.live() {
		if !p.Confirmed || p.held("refusal") {
			out = append(out, p.Community)
		}
	}
	return out
}

// places are the one place that an input names, or where the item is.
func places[In interface{ where() string }](it *Item, s *step) []string {
	if in := lifecycle.In[In](s); in != nil {
		return []string{(*in).where()}
	}
	return it.communities()
}

func (f staffForm) where() string { return f.Community }

// confirm is the committee's word that money, powers and staff arrived. It also takes
// back the committee's own refusal; the office's suspension stays.
func confirm(it *Item, in *confirmForm, s *step) error {
	p, err := it.livePart(in.Community)
	if err != nil {
		return err
	}
	if p.Confirmed && !p.held("refusal") {
		return fault.New(fault.Conflict, "item.confirmed")
	}
	p.Confirmed, p.PowersIn, p.StaffIn, s.Ref = true, in.PowersIn, in.StaffIn && it.Staff != "", p.Community
	p.release("refusal", "")
	s.Go(settle(it, s.Now))
	if p.State != active {
		s.Silent()
	}
	return nil
}

func noteStaff(it *Item, in *staffForm, s *step) error {
	p, err := it.livePart(in.Community)
	if err != nil {
		return err
	}
	p.Pooled = append(p.Pooled, Pooled{At: s.Now, What: in.What})
	return nil
}

// livePart finds a part that has not left.
func (it *Item) livePart(community string) (*Part, error) {
	if p := it.part(community); p != nil && p.State != withdrawn {
		return p, nil
	}
	return nil, fault.InvalidField("community", "item.not_there")
}

// parts are the live part of a community, or all of them.
func (it *Item) parts(community string) ([]*Part, error) {
	if community == "" {
		return it.live(), nil
	}
	p, err := it.livePart(community)
	return []*Part{p}, err
}

func suspend(it *Item, in *stopForm, s *step) error {
	ps, err := it.parts(in.Community)
	if err != nil {
		return err
	}
	for _, p := range ps {
		p.hold(Hold{Kind: "office", Reason: in.Reason})
	}
	s.Ref = in.Community
	s.Note(in.Reason)
	s.Go(settle(it, s.Now))
	return nil
}

func resume(it *Item, in *stopForm, s *step) error {
	ps, err := it.parts(in.Community)
	if err != nil {
		return err
	}
	for _, p := range ps {
		p.release("office", "")
	}
	s.Ref = in.Community
	s.Note(in.Reason)
	s.Go(settle(it, s.Now))
	return nil
}

func requestRenewal(it *Item, in *renewalForm, s *step) error {
	switch end := lastMoment(in.End); {
	case it.End.IsZero() || !end.After(it.End):
		return fault.InvalidField("end", "item.not_longer")
	case end.After(longest(it.Nature, it.End, s.Settings)):
		return fault.InvalidField("end", "item.too_long")
	}
	it.Renewal = &Renewal{End: in.End, Reason: in.Reason, Instalments: in.Instalments, By: s.Actor.ID}
	return nil
}

func renew(it *Item, in *noteForm, s *step) error {
	r := it.Renewal
	it.End, it.Expiring, it.Renewal, it.Renewed = lastMoment(r.End), false, nil, it.Renewed+1
	it.Instalments = append(it.Instalments, r.Instalments...)
	for i := range it.Parts {
		for range r.Instalments {
			it.Parts[i].Money = append(it.Parts[i].Money, Money{State: "none"})
		}
	}
	s.Note(in.Note)
	runTerm(it, s)
	watch(it, s, moneyDue)
	s.Go(settle(it, s.Now))
	return nil
}

func refuseRenewal(it *Item, in *reasonForm, s *step) error {
	it.Renewal = nil
	s.Note(in.Reason)
	return nil
}

// entry asks the item lists for an entry in force.
func (m *Items) entry(ctx context.Context, id string, s *step) Entry {
	if m.Entry == nil || id == "" {
		return Entry{}
	}
	return m.Entry(ctx, id, s.Now)
}

// brings gives what a text asks for beyond an entry, "" when nothing.
func (m *Items) brings(entry, text string) string {
	if m.Beyond == nil || entry == "" {
		return ""
	}
	return m.Beyond(entry, text)
}
