package orders

import (
	"context"
	"time"

	limits "gatehouse/server/limit"
)

// How many wrong PINs there may be: of a number from one network, of a number
// from everywhere, and of one network. Who guesses is slowed down, never the
// caller: whoever comes from a network that has not tried the number is let in
// at once. Numbers that do not exist are counted like those that do, so that
// the count tells nothing.
var (
	wrongOfPair    = limits.Rule{N: 10, Per: 10 * time.Minute}
	wrongOfNumber  = limits.Rule{N: 30, Per: time.Hour}
	wrongOfAddress = limits.Rule{N: 40, Per: 2 * time.Minute} // beyond, each waits for its turn
)

const tryPatience = 12 * time.Second

// tries counts wrong PINs, in memory.
type tries struct {
	numbers   *limits.Guesses
	addresses *limits.Limiter
}

func newTries(clock func() time.Time) *tries {
	return &tries{limits.NewGuesses(wrongOfPair, wrongOfNumber, clock), limits.New(wrongOfAddress, clock)}
}

// take counts a try before it is known to be wrong, or many at once would all
// be made; right gives it back. False: it has to come later.
func (t *tries) take(ctx context.Context, no, address string) bool {
	network := limits.Network(address)
	if t.numbers.Take(no, network) > 0 {
		return false
	}
	return t.addresses.Slow(ctx, network, tryPatience)
}

func (t *tries) right(no, address string) {
	network := limits.Network(address)
	t.numbers.Right(no, network)
	t.addresses.Give(network)
}
