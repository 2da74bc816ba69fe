package limit

import "time"

// Guesses slows down who guesses at something that is somebody's, such as a
// password, and not whose it is: each network has a bucket of its own for it.
// What is tried from very many places grants each of them only one try, until
// its bucket is full again; a network that has not tried yet never waits.
type Guesses struct {
	of          Rule
	pairs, from *Limiter
}

// NewGuesses makes one: of is for a network, from for all of them together.
func NewGuesses(of, from Rule, clock func() time.Time) *Guesses {
	return &Guesses{of, New(of, clock), New(from, clock)}
}

// Take counts a try before it is known to be wrong; it gives how long to wait
// instead.
func (g *Guesses) Take(at, network string) time.Duration {
	n := 1
	if g.from.Wait(at) > 0 {
		n = g.of.N
	}
	if w := g.pairs.TakeN(Pair(at, network), n); w > 0 {
		return w
	}
	g.from.Count(at)
	return 0
}

// Right gives back what whoever was right has counted.
func (g *Guesses) Right(at, network string) {
	g.pairs.Forget(Pair(at, network))
	g.from.Give(at)
}
