package ratings

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	BallotAmended = lifecycle.NewEvent[Ballot, struct{}]("ballot.amended", nil)
	BallotCast    = lifecycle.NewEvent[Ballot, struct{}]("ballot.cast", nil)
	RoundClosed   = lifecycle.NewEvent[Round, struct{}]("round.closed", nil)
)
