package policy

import (
	"time"

	"gatehouse/server/fault"
)

// Question asks whether a person may do an act.
type Question struct {
	Act        string
	Person     string // "" is anonymous, "system" the portal itself
	For        string // the absent person, when standing in
	Department string // whose matter it is; "" fits no role of a department, AnyDepartment fits all
	Places     []Place
	Facts      []string // what is true of the record, words of the module's own list
	At         time.Time
}

// Verdict is the answer and its reason.
type Verdict struct {
	Allowed bool
	Line    string // id of the line that decided; of the nearest allowing line when none did
	Rule    string // that line's basis
	Role    string // the role that would be needed, when a role is missing
	ByRole  bool   // nobody with these roles ever may: hide the button
	Err     *fault.Error
}

// Gate answers questions from rules and facts. It may be shared by any number of callers.
type Gate struct {
	set                        *Set
	index                      *Index
	everyone, signedIn, system uint64
	always                     uint64 // these three: no appointment gives them
	departmental               uint64
}

// NewGate joins rules and facts.
func NewGate(s *Set, x *Index) *Gate {
	g := &Gate{set: s, index: x, everyone: s.bit["everyone"], signedIn: s.bit["signed_in"], system: s.bit["system"]}
	g.always = g.everyone | g.signedIn | g.system
	for i, r := range s.roles {
		if r.Level == "department" {
			g.departmental |= 1 << i
		}
	}
	return g
}

// Set gives the rules.
func (g *Gate) Set() *Set { return g.set }

// Index gives the facts.
func (g *Gate) Index() *Index { return g.index }

// Decide answers one question through Casbin. A refusal carries its fault.
// What the person may not even see must be answered with "not found" instead:
// the reason of a refusal tells that the thing is there.
func (g *Gate) Decide(q Question) Verdict { return g.answer(q, (*action).interpret) }

// Preview gives the same answer by bit masks, for menus and buttons, where one
// page asks hundreds of questions.
func (g *Gate) Preview(q Question) Verdict { return g.answer(q, (*action).match) }

type decider func(a *action, roles, facts uint64) (bool, *Line, error)

func (g *Gate) answer(q Question, decide decider) Verdict {
	a := g.set.acts[q.Act]
	if a == nil {
		return broken(q, "unknown_act")
	}
	h := g.holder(q.Person, q.For, q.At)
	facts := h.facts
	for _, f := range q.Facts {
		b := a.module.bit[f]
		if b == 0 {
			return broken(q, "unknown_fact", "fact", f)
		}
		facts |= b
	}
	roles := g.roles(h, q.Department, q.Places, q.At)
	ok, line, err := decide(a, roles, facts)
	switch {
	case err != nil:
		return Verdict{Err: fault.As(err)}
	case ok:
		return Verdict{Allowed: true, Line: line.ID, Rule: line.Basis}
	case line != nil && (line.module == "" || a.serves(roles)):
		return denied(a, line, facts)
	}
	// Who could not do it anyway learns only that: the fact is not theirs to know.
	return g.unallowed(a, q, roles, facts)
}

// broken refuses a question that no rule can answer: our mistake, not the person's.
func broken(q Question, reason string, args ...any) Verdict {
	return Verdict{Err: fault.New(fault.Internal, "policy."+reason, append(args, "act", q.Act)...)}
}
