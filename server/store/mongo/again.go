package mongo

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

// tries bounds how often a write is sent.
const tries = 6

// writeConflict is the code of a write that another one overtook.
const writeConflict = 112

// again runs f up to five times more while the server says that nothing is wrong but the moment.
func again(ctx context.Context, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		if err == nil || n == tries || !passing(err) || pause(ctx, n) != nil {
			return err
		}
	}
}

// pause waits a little longer each time, by chance, so that two do not meet again.
func pause(ctx context.Context, n int) error {
	limit := 5 * time.Millisecond << n
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond + rand.N(limit)):
		return nil
	}
}

// passing tells errors after which the server has done nothing and a repeat may succeed.
func passing(err error) bool {
	var s mongo.ServerError
	if !errors.As(err, &s) || lost(err) {
		return false
	}
	return s.HasErrorCode(writeConflict) || s.HasErrorLabel("TransientTransactionError") ||
		strings.Contains(s.Error(), "deadlock detected") && !mongo.IsDuplicateKeyError(err)
}

// lost tells errors that leave open whether the write was done.
func lost(err error) bool {
	var s mongo.ServerError
	labelled := errors.As(err, &s) && s.HasErrorLabel("RetryableWriteError")
	return mongo.IsNetworkError(err) || mongo.IsTimeout(err) || labelled || concern(err)
}

// concern tells that the write stands on the primary but was not yet known to the majority.
func concern(err error) bool {
	var w mongo.WriteException
	return errors.As(err, &w) && w.WriteConcernError != nil
}
