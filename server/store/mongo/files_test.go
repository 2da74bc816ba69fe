package mongo

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"gatehouse/server/files"
	"gatehouse/server/files/filestest"
)

func TestFilesPromise(t *testing.T) {
	filestest.Run(t, func(t *testing.T) files.Keeper { return open(t, uri(t)).Files() })
}

// Chunks without a head are what a crash leaves of an upload.
func TestTidyRemovesHeadlessChunks(t *testing.T) {
	f := open(t, uri(t)).Files()
	old := bson.NewObjectIDFromTimestamp(time.Now().Add(-48 * time.Hour))
	if _, err := f.chunks.InsertOne(t.Context(), bson.D{{Key: "files_id", Value: old}, {Key: "n", Value: 0}, {Key: "data", Value: []byte("half")}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Tidy(t.Context(), time.Now().Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n, err := f.chunks.CountDocuments(t.Context(), bson.D{{Key: "files_id", Value: old}}); err != nil || n != 0 {
		t.Errorf("%d chunks stay, %v", n, err)
	}
}
