package items

import "gatehouse/policy"

// learn keeps the gate's index of what is in force. It is advice: an act that
// depends on an item asks Engage, which asks the record.
func (m *Items) learn(it *Item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// Two saves of one case may be told in the wrong order.
	if m.seen[it.ID] >= it.Revision {
		return
	}
	m.seen[it.ID] = it.Revision
	m.of[it.ID] = it.Application
	m.carry(it)
	for i := range it.Parts {
		p := &it.Parts[i]
		state := standing(it, p)
		if state == "" {
			m.Resource.Index.DropInForce(p.Community, it.ID)
			continue
		}
		m.Resource.Index.PutInForce(p.Community, policy.InForce{Item: it.ID, Department: it.Department, Kinds: it.Kinds,
			From: it.Start, Until: it.End, State: state})
	}
}

// standing is how a part stands in the index: what was never confirmed is not
// in force, and neither is what has ended or left.
func standing(it *Item, p *Part) string {
	switch {
	case it.State == "ended" || p.State == withdrawn || !p.Confirmed:
		return ""
	case p.State == suspended:
		return suspended
	case it.State == "rectifying":
		return "rectifying"
	}
	return active
}
