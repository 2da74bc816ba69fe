package portal

import "fmt"

// Slot is a question that a module asks of modules above it, which it must not
// know: whoever can answer fills it while the portal is built. A slot that stays
// empty stops the start, so that no guard is open for want of an answer.
type Slot[F any] struct {
	name   string
	answer F
	filled bool
}

// slot is a Slot of any kind.
type slot interface{ check() error }

// NewSlot makes a slot of the portal; name says whose question it is.
func NewSlot[F any](h *Portal, name string) *Slot[F] {
	s := &Slot[F]{name: name}
	h.slots = append(h.slots, s)
	return s
}

// Fill gives the answer, once.
func (s *Slot[F]) Fill(answer F) {
	if s.filled {
		panic("portal: the slot " + s.name + " is filled twice")
	}
	s.answer, s.filled = answer, true
}

// Ask gives what was filled in. Asked before that, it panics: the order in which
// the portal is built is wrong.
func (s *Slot[F]) Ask() F {
	if !s.filled {
		panic("portal: nobody has filled the slot " + s.name)
	}
	return s.answer
}

func (s *Slot[F]) check() error {
	if s.filled {
		return nil
	}
	return fmt.Errorf("portal: nobody answers %s", s.name)
}
