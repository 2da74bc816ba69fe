package policy

import (
	"math/bits"

	"gatehouse/server/fault"
)

// denied explains a refusal by a line that denies.
func denied(a *action, l *Line, facts uint64) Verdict {
	e := fault.New(fault.Denied, "policy."+l.ID, "act", a.name).OnRule(rules(l.Basis))
	e.Line = l.ID
	// What stands in the way is a given fact; without one, the fact that would lift the line.
	if e.Fact = a.first(l.need); e.Fact == "" {
		e.Fact = a.first(l.not)
	}
	return Verdict{Line: l.ID, Rule: l.Basis, ByRole: l.need|l.not == 0, Err: e}
}

// Bars gives a fault for each line that keeps everybody from an act, given
// these facts: who prepares the act sees all that stands in its way at once.
func (g *Gate) Bars(act string, facts []string) []*fault.Error {
	a := g.set.acts[act]
	if a == nil {
		return nil
	}
	var mask uint64
	for _, f := range facts {
		mask |= a.module.bit[f]
	}
	var out []*fault.Error
	for _, l := range a.lines {
		if l.Deny && l.Who == "everyone" && l.need != 0 && l.need&^mask == 0 && l.not&mask == 0 {
			out = append(out, denied(a, l, mask).Err)
		}
	}
	return out
}

// unallowed explains a refusal because no line allows, by the line that came nearest.
func (g *Gate) unallowed(a *action, q Question, roles, facts uint64) Verdict {
	near := a.nearest(roles, facts)
	if near == nil {
		return Verdict{ByRole: true, Err: fault.New(fault.Denied, "policy.nobody", "act", a.name)}
	}
	v := Verdict{Line: near.ID, Rule: near.Basis}
	if roles&near.role == 0 {
		v.Role, v.ByRole = near.Who, true
	}
	missing, blocking := near.need&^facts, near.not&facts
	switch {
	case q.Person == "" && a.opens(g):
		v.Err = fault.New(fault.Unauthenticated, "policy.sign_in", "act", a.name, "role", a.askers(g))
		v.Err.Fact = "fact.policy.signed_out"
	case v.ByRole:
		v.Err = fault.New(fault.Denied, "policy.role", "act", a.name, "role", a.askers(g))
		v.Err.Fact = "fact.policy.no_such_role"
	default:
		v.Err = fault.New(fault.Denied, "policy.facts", "act", a.name, "missing", a.keys(missing), "blocking", a.keys(blocking))
		v.Err.Fact = a.first(missing)
		if missing == 0 {
			v.Err.Fact = a.first(blocking)
		}
	}
	v.Err.Line = near.ID
	v.Err.OnRule(rules(near.Basis))
	return v
}

// serves tells whether some line allows the action to one of these roles.
func (a *action) serves(roles uint64) bool {
	for _, l := range a.lines {
		if !l.Deny && l.role&roles != 0 {
			return true
		}
	}
	return false
}

// nearest gives the allowing line that lacks least; a missing role weighs more than all facts.
func (a *action) nearest(roles, facts uint64) *Line {
	var near *Line
	best := 0
	for _, l := range a.lines {
		if l.Deny {
			continue
		}
		d := bits.OnesCount64(l.need&^facts) + bits.OnesCount64(l.not&facts)
		if roles&l.role == 0 {
			d += 100
		}
		if near == nil || d < best {
			near, best = l, d
		}
	}
	return near
}

// askers names the roles that some line allows, as translation keys. The
// portal's own role is left out: nobody can be given it.
func (a *action) askers(g *Gate) []string {
	var mask uint64
	for _, l := range a.lines {
		if !l.Deny {
			mask |= l.role
		}
	}
	var out []string
	for _, name := range g.set.roleNames(mask &^ g.system) {
		out = append(out, "t:role."+name)
	}
	return out
}

// opens tells whether signing in could help.
func (a *action) opens(g *Gate) bool {
	for _, l := range a.lines {
		if !l.Deny && l.role&^(g.everyone|g.system) != 0 {
			return true
		}
	}
	return false
}

// keys names facts as translation keys, to be put into a translated sentence.
func (a *action) keys(mask uint64) []string {
	if mask == 0 {
		return []string{"t:none"}
	}
	var out []string
	for _, f := range a.module.factNames(mask) {
		out = append(out, "t:"+a.key(f))
	}
	return out
}

// first gives the key of the first of some facts.
func (a *action) first(mask uint64) string {
	if mask == 0 {
		return ""
	}
	return a.key(a.module.facts[bits.TrailingZeros64(mask)])
}

func (a *action) key(fact string) string {
	if a.module.bit[fact] <= public {
		return "fact.policy." + fact
	}
	return "fact." + a.module.name + "." + fact
}
