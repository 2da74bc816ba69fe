package rates

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	BulletinCorrected = lifecycle.NewEvent[Bulletin, struct{}]("bulletin.corrected", nil)
	BulletinPublished = lifecycle.NewEvent[Bulletin, struct{}]("bulletin.published", nil)
)
