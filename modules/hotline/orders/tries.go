package orders

import (
	"time"

	limits "gatehouse/server/limit"
)

// How many wrong PINs a number and an address may have. Numbers that do not
// exist are counted like those that do, so that the count tells nothing.
var (
	wrongOfNumber  = limits.Rule{N: 10, Per: time.Hour}
	wrongOfAddress = limits.Rule{N: 40, Per: time.Hour}
)

// tries counts wrong PINs, in memory.
type tries struct{ numbers, addresses *limits.Limiter }

func newTries(clock func() time.Time) *tries {
	return &tries{limits.New(wrongOfNumber, clock), limits.New(wrongOfAddress, clock)}
}

// take counts a try before it is known to be wrong, or many at once would all
// be made; right gives it back. False: too many were wrong.
func (t *tries) take(no, address string) bool {
	if t.addresses.Take(limits.Network(address)) > 0 {
		return false
	}
	if t.numbers.Take(no) > 0 {
		t.addresses.Give(limits.Network(address))
		return false
	}
	return true
}

func (t *tries) right(no, address string) {
	t.numbers.Give(no)
	t.addresses.Give(limits.Network(address))
}
