package mongo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"gatehouse/server/store"
)

// Files keeps attached files in GridFS: a file's name is its hash. Two
// processes that bring the same bytes at once may write them twice; either copy
// will do.
type Files struct {
	db     *mongo.Database
	heads  *mongo.Collection
	chunks *mongo.Collection
}

const bucketName = "attached"

// Files gives the keeper of files in this database.
func (db *DB) Files() *Files {
	return &Files{db: db.db,
		heads: db.db.Collection(bucketName + ".files"), chunks: db.db.Collection(bucketName + ".chunks")}
}

// bucket is made for each use: the driver's is not for several at once.
func (f *Files) bucket() *mongo.GridFSBucket {
	return f.db.GridFSBucket(options.GridFSBucket().SetName(bucketName))
}

// Put writes the chunks before the head that makes them a file; each is
// acknowledged by the majority.
func (f *Files) Put(ctx context.Context, hash string, b []byte) error {
	n, err := f.heads.CountDocuments(ctx, bson.D{{Key: "filename", Value: hash}})
	if err != nil || n > 0 {
		return wrap("look for file "+hash, err)
	}
	_, err = f.bucket().UploadFromStream(ctx, hash, bytes.NewReader(b))
	return wrap("put file "+hash, err)
}

// Get reads a file.
func (f *Files) Get(ctx context.Context, hash string) ([]byte, error) {
	r, err := f.bucket().OpenDownloadStreamByName(ctx, hash)
	if errors.Is(err, mongo.ErrFileNotFound) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, wrap("get file "+hash, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return b, wrap("get file "+hash, err)
}

// Delete removes every copy of a file.
func (f *Files) Delete(ctx context.Context, hash string) error {
	var heads []struct {
		ID bson.ObjectID `bson:"_id"`
	}
	cur, err := f.heads.Find(ctx, bson.D{{Key: "filename", Value: hash}})
	if err == nil {
		err = cur.All(ctx, &heads)
	}
	if err != nil {
		return wrap("find file "+hash, err)
	}
	for _, h := range heads {
		if err := f.bucket().Delete(ctx, h.ID); err != nil && !errors.Is(err, mongo.ErrFileNotFound) {
			return wrap("delete file "+hash, err)
		}
	}
	return nil
}

// mostTidied is how many first chunks one tidying looks at.
const mostTidied = 1000

// Tidy removes the chunks of uploads that ended before their head was written.
// An upload's id tells when it began.
func (f *Files) Tidy(ctx context.Context, before time.Time) error {
	var firsts []struct {
		File bson.ObjectID `bson:"files_id"`
	}
	cur, err := f.chunks.Find(ctx, bson.D{{Key: "n", Value: 0}, {Key: "files_id", Value: bson.D{{Key: "$lt", Value: bson.NewObjectIDFromTimestamp(before)}}}},
		options.Find().SetProjection(bson.D{{Key: "files_id", Value: 1}}).SetSort(bson.D{{Key: "files_id", Value: -1}}).SetLimit(mostTidied))
	if err == nil {
		err = cur.All(ctx, &firsts)
	}
	if err != nil {
		return wrap("list chunks", err)
	}
	for _, c := range firsts {
		n, err := f.heads.CountDocuments(ctx, bson.D{{Key: "_id", Value: c.File}})
		if err != nil {
			return wrap("look for the head of chunks", err)
		}
		if n > 0 {
			continue
		}
		if _, err := f.chunks.DeleteMany(ctx, bson.D{{Key: "files_id", Value: c.File}}); err != nil {
			return wrap("delete chunks", err)
		}
	}
	return nil
}
