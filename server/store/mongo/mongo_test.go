package mongo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"gatehouse/server/store"
	"gatehouse/server/store/storetest"
)

const (
	variable        = "GATEHOUSE_TEST_MONGO"
	commandNotFound = 59
)

// uri names a database of the test's own on the server to test with.
func uri(t *testing.T) string {
	t.Helper()
	at := os.Getenv(variable)
	if at == "" {
		t.Skipf("NOT TESTED: %s names no server; scripts/mongo run go test ./server/store/... starts one", variable)
	}
	return fmt.Sprintf("%s/t%s", strings.TrimRight(at, "/"), bson.NewObjectID().Hex())
}

func open(t *testing.T, at string) *DB {
	t.Helper()
	db, err := Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var s mongo.ServerError // the stand-in forgets everything anyway
		if err := db.db.Drop(context.Background()); err != nil && !(errors.As(err, &s) && s.HasErrorCode(commandNotFound)) {
			t.Error(err)
		}
		db.Close()
	})
	return db
}

// gaps are what the stand-in server cannot do: it drops no index, orders by
// UTF-16 and sums in floating point.
func gaps(t *testing.T) []string {
	db := open(t, uri(t))
	err := db.db.RunCommand(t.Context(), bson.D{{Key: "dropIndexes", Value: "none"}, {Key: "index", Value: "none"}}).Err()
	var s mongo.ServerError
	if errors.As(err, &s) && s.HasErrorCode(commandNotFound) {
		return []string{storetest.Redeclared, storetest.Planes, storetest.LargeSums}
	}
	return nil
}

func TestPromise(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Driver { return open(t, uri(t)) }, gaps(t)...)
}
