// Package files keeps what people attach to their acts: photos, scans, tables.
//
// Words: a file is its bytes, kept under their hash (SHA-256), so the same
// photo lies there once and a changed one is noticed. A keeper is where the
// bytes lie: a folder beside the embedded store, or GridFS. A receipt is the
// portal's signed word that somebody brought a file; only with it can an act
// take the file, because a hash alone is no secret: histories show it.
//
// A file's life: looked at (its type is what its content says), cleaned of what
// a photo tells about where it was taken, kept durably, then named by an act.
// What no act has named a day later is swept away.
package files

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Keeper is where bytes lie; package filestest holds its promises.
type Keeper interface {
	// Put keeps the bytes under their hash. When it returns they survive a
	// crash; bytes that are there already stay.
	Put(ctx context.Context, hash string, b []byte) error
	// Get reads them; store.ErrNotFound.
	Get(ctx context.Context, hash string) ([]byte, error)
	// Delete forgets them; forgetting what is not there is no error.
	Delete(ctx context.Context, hash string) error
	// Tidy removes what Put left behind before a moment because it was cut short.
	Tidy(ctx context.Context, before time.Time) error
}

const (
	receiptLife = 12 * time.Hour // a form may lie open that long
	orphanAge   = 24 * time.Hour // longer than a receipt lives, so nothing is swept that could still be named
	namelessMax = 200 << 20      // bytes an hour from all who are not signed in together
)

// record is what is known of a kept file until an act names it.
type record struct {
	store.Meta
	Size    int64     `json:"size"`
	Touched time.Time `json:"touched"`
	Kept    bool      `json:"kept,omitempty"`  // some case names it
	Dying   bool      `json:"dying,omitempty"` // being swept
}

// Files takes files in and gives them out.
type Files struct {
	keeper  Keeper
	records *store.Collection[record]
	key     []byte
	now     func() time.Time
	budget  budget
}

// New makes the house's files. key signs receipts.
func New(ctx context.Context, d store.Driver, k Keeper, key []byte, now func() time.Time) (*Files, error) {
	c, err := store.Open(ctx, d, store.Spec{Name: "files", Fields: []store.Field{{Name: "loose"}}, Indexes: []store.Index{{Name: "loose", Fields: []string{"loose"}}}},
		func(r *record) map[string]any {
			if r.Kept {
				return map[string]any{"loose": nil}
			}
			return map[string]any{"loose": store.Stamp(r.Touched)}
		})
	if err != nil {
		return nil, err
	}
	return &Files{keeper: k, records: c, key: key, now: now}, nil
}

// Keep looks at what somebody brought, cleans it and keeps it durably. The file
// comes back with its receipt. by is "" for whoever is not signed in; field is
// what a fault names; most is the largest size in bytes.
func (f *Files) Keep(ctx context.Context, by, field, name string, b []byte, most int64) (schema.File, error) {
	if int64(len(b)) > most {
		return schema.File{}, fault.InvalidField(field, "file.too_large", "max", most>>20, "name", Shown(name))
	}
	if by == "" && !f.budget.take(int64(len(b)), f.now()) {
		return schema.File{}, fault.InvalidField(field, "file.too_busy")
	}
	kind, clean, err := look(b)
	if err != nil {
		return schema.File{}, fault.InvalidField(field, err.Error(), "name", Shown(name))
	}
	sum := sha256.Sum256(clean)
	out := schema.File{Hash: hex.EncodeToString(sum[:]), Name: Name(name, kind), Type: kind, Size: int64(len(clean))}
	if err := f.touch(ctx, out); err != nil {
		return schema.File{}, err
	}
	if err := f.keeper.Put(ctx, out.Hash, clean); err != nil {
		return schema.File{}, fault.Wrap(err, "keep file %s", out.Hash)
	}
	out.Receipt = f.receipt(by, out)
	return out, nil
}

// Probe keeps something for a moment, to see that files can be kept.
func (f *Files) Probe() error {
	if k, ok := f.keeper.(interface{ Probe() error }); ok {
		return k.Probe()
	}
	return nil
}

// touch records the file before its bytes are written, so that the sweeper
// knows of every byte there is.
func (f *Files) touch(ctx context.Context, file schema.File) error {
	now := f.now().UTC()
	for range 100 {
		err := f.records.Insert(ctx, &record{Meta: store.Meta{ID: file.Hash}, Size: file.Size, Touched: now})
		var taken *store.UniqueError
		if err == nil || !errors.As(err, &taken) {
			return fault.Wrap(err, "record file %s", file.Hash)
		}
		_, err = f.records.Change(ctx, file.Hash, func(r *record) error {
			if r.Dying {
				return errDying
			}
			r.Touched = now
			return nil
		})
		if err == nil {
			return nil
		}
		if !errors.Is(err, errDying) && !errors.Is(err, store.ErrNotFound) {
			return fault.Wrap(err, "record file %s", file.Hash)
		}
		select { // the same bytes are being swept at this moment
		case <-ctx.Done():
			return fault.Wrap(ctx.Err(), "record file %s", file.Hash)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fault.New(fault.Conflict, "file.being_swept")
}

var errDying = errors.New("files: being swept")

// ticket is what a receipt says.
type ticket struct {
	File schema.File `json:"f"`
	By   string      `json:"b,omitempty"`
	At   int64       `json:"t"` // unix seconds
}

func (f *Files) receipt(by string, file schema.File) string {
	b, _ := json.Marshal(ticket{File: file, By: by, At: f.now().Unix()})
	return base64.RawURLEncoding.EncodeToString(b) + "." + base64.RawURLEncoding.EncodeToString(f.sign(b))
}

func (f *Files) sign(b []byte) []byte {
	m := hmac.New(sha256.New, f.key)
	m.Write([]byte("file receipt\x00"))
	m.Write(b)
	return m.Sum(nil)
}

// Redeem gives the file that a receipt stands for, to whoever brought it.
func (f *Files) Redeem(by, receipt string) (schema.File, bool) {
	body, mac, ok := cut(receipt)
	if !ok || !hmac.Equal(mac, f.sign(body)) {
		return schema.File{}, false
	}
	var t ticket
	if json.Unmarshal(body, &t) != nil || t.By != by {
		return schema.File{}, false
	}
	if age := f.now().Sub(time.Unix(t.At, 0)); age > receiptLife {
		return schema.File{}, false
	}
	t.File.Receipt = receipt
	return t.File, true
}

func cut(receipt string) (body, mac []byte, ok bool) {
	for i := range len(receipt) {
		if receipt[i] == '.' {
			b, err1 := base64.RawURLEncoding.DecodeString(receipt[:i])
			m, err2 := base64.RawURLEncoding.DecodeString(receipt[i+1:])
			return b, m, err1 == nil && err2 == nil
		}
	}
	return nil, nil, false
}

// Read gives the bytes of a file that some case names; what was changed under
// its hash is not given out.
func (f *Files) Read(ctx context.Context, hash string) ([]byte, error) {
	b, err := f.keeper.Get(ctx, hash)
	if err != nil {
		return nil, fault.Wrap(err, "read file %s", hash)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fault.Wrap(errors.New("changed since it was kept"), "read file %s", hash)
	}
	return b, nil
}

// Release says that a case no longer names a file: the sweeper asks all cases
// about it again.
func (f *Files) Release(ctx context.Context, hash string) error {
	_, err := f.records.Change(ctx, hash, func(r *record) error {
		r.Kept, r.Touched = false, f.now().UTC()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fault.Wrap(err, "release file %s", hash)
}

// Check tells what is wrong with a kept file: "" when it is as it was.
func (f *Files) Check(ctx context.Context, hash string) (string, error) {
	b, err := f.keeper.Get(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return "is missing", nil
	}
	if err != nil {
		return "", err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return "was changed after it was kept", nil
	}
	return "", nil
}

// budget is how much strangers may bring in an hour.
type budget struct {
	sync.Mutex
	since time.Time
	used  int64
}

func (b *budget) take(n int64, now time.Time) bool {
	b.Lock()
	defer b.Unlock()
	if now.Sub(b.since) >= time.Hour || now.Before(b.since) {
		b.since, b.used = now, 0
	}
	if b.used+n > namelessMax {
		return false
	}
	b.used += n
	return true
}
