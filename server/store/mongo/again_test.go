package mongo

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what          string
		err           error
		passing, lost bool
	}{
		{"write conflict", mongo.CommandError{Code: 112, Message: "WriteConflict"}, true, false},
		{"write conflict of one row", mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 112}}}, true, false},
		{"deadlock", mongo.CommandError{Code: 1, Message: "deadlock detected"}, true, false},
		{"transient", mongo.CommandError{Code: 251, Labels: []string{"TransientTransactionError"}}, true, false},
		{"value that says deadlock detected", mongo.CommandError{Code: 11000, Message: `E11000 duplicate key error index: a dup key: { x.a: "deadlock detected" }`}, false, false},
		{"line broken", mongo.CommandError{Labels: []string{"NetworkError"}}, false, true},
		{"primary stepped down", mongo.CommandError{Code: 11602, Labels: []string{"RetryableWriteError"}}, false, true},
		{"majority not reached", mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, false, true},
		{"refused for good", mongo.CommandError{Code: 13, Message: "Unauthorized"}, false, false},
		{"not of the server", errors.New("deadlock detected"), false, false},
	} {
		if passing(c.err) != c.passing || lost(c.err) != c.lost {
			t.Errorf("%s: passing %v, lost %v", c.what, passing(c.err), lost(c.err))
		}
	}
}

func TestAgainEnds(t *testing.T) {
	t.Parallel()
	conflict := mongo.CommandError{Code: writeConflict}
	n := 0
	if err := again(t.Context(), func() error { n++; return conflict }); err == nil || n != tries {
		t.Errorf("%d tries, %v", n, err)
	}
	n = 0
	err := again(t.Context(), func() error {
		if n++; n < 3 {
			return conflict
		}
		return nil
	})
	if err != nil || n != 3 {
		t.Errorf("%d tries, %v", n, err)
	}
	ctx, end := context.WithTimeout(t.Context(), time.Nanosecond)
	defer end()
	<-ctx.Done()
	n = 0
	if err := again(ctx, func() error { n++; return conflict }); err == nil || n != 1 {
		t.Errorf("%d tries after the end of the context, %v", n, err)
	}
}
