package intake

import "gatehouse/server/lifecycle"

// What others may hear of a batch: that it was confirmed, and that its table is
// needed no more.
var (
	Confirmed = lifecycle.NewEvent[Batch, struct{}]("batch.confirmed", nil)
	Done      = lifecycle.NewEvent("batch.done", func(b *Batch, _ *lifecycle.Step) Bringing { return Bringing{Table: b.Table} })
)
