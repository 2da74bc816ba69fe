package lifecycle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"gatehouse/server/store"
)

// outside are the fields that a case's digest leaves out: the chain itself and
// what is rewritten without an act.
var outside = []string{"revision", "history", "outbox", "salt"}

// quiet are fields the history need not repeat as changes.
var quiet = []string{"id", "no", "state", "opened_at", "opened_by", "changed_at", "deadlines", "settings", "open_key", "faded_at"}

type fieldsOf map[string]json.RawMessage

// snapshot reads the digest-relevant fields of an encoded case.
func snapshot(doc []byte) (fieldsOf, error) {
	var m fieldsOf
	if err := json.Unmarshal(doc, &m); err != nil {
		return nil, err
	}
	for _, k := range outside {
		delete(m, k)
	}
	return m, nil
}

// digest does not depend on the order of keys, so both store engines give the same.
func (f fieldsOf) digest() (string, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	return canonicalHash(b)
}

func canonicalHash(doc []byte) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

func changes(before, after fieldsOf) []Change {
	var out []Change
	for k, v := range after {
		if !slices.Contains(quiet, k) && !bytes.Equal(before[k], v) {
			out = append(out, Change{Field: k, Old: before[k], New: v})
		}
	}
	for k, v := range before {
		if _, there := after[k]; !there && !slices.Contains(quiet, k) {
			out = append(out, Change{Field: k, Old: v})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return bytes.Compare([]byte(a.Field), []byte(b.Field)) })
	return out
}

// seal links the entry to the one before and to the case as it now is.
func (e *Entry) seal(prev string, after fieldsOf) error {
	var err error
	e.Sum, err = after.digest()
	if err != nil {
		return err
	}
	e.Prev = prev
	e.Hash, err = e.digest()
	return err
}

func (e Entry) digest() (string, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	return rawDigest(b)
}

// rawDigest is the digest of an entry as it is stored, whatever stands in it.
func rawDigest(entry []byte) (string, error) {
	var m fieldsOf
	if err := json.Unmarshal(entry, &m); err != nil {
		return "", err
	}
	m["hash"] = json.RawMessage(`""`)
	if err := unveiled(m); err != nil {
		return "", err
	}
	return m.digest()
}

// Break is the first broken link of a case.
type Break struct {
	Collection, ID, No string
	Seq                int
	Why                string
}

func (b Break) String() string {
	return fmt.Sprintf("%s %s (%s): entry %d: %s", b.Collection, b.No, b.ID, b.Seq, b.Why)
}

// Check walks the chain of one stored case; nil when it holds.
func Check(coll string, r store.Row) (*Break, error) {
	var c struct {
		ID      string            `json:"id"`
		No      string            `json:"no"`
		History []json.RawMessage `json:"history"`
	}
	if err := json.Unmarshal(r.Doc, &c); err != nil {
		return nil, fmt.Errorf("lifecycle: read %s %s: %w", coll, r.ID, err)
	}
	bad := func(seq int, why string) (*Break, error) {
		return &Break{Collection: coll, ID: r.ID, No: c.No, Seq: seq, Why: why}, nil
	}
	if len(c.History) == 0 {
		return bad(0, "the history is gone")
	}
	if c.ID != r.ID {
		return bad(1, "was opened under the id "+c.ID)
	}
	var e Entry
	prev := ""
	for i, raw := range c.History {
		e = Entry{}
		if err := json.Unmarshal(raw, &e); err != nil {
			return bad(i+1, "cannot be read")
		}
		if e.Seq != i+1 {
			return bad(i+1, fmt.Sprintf("numbered %d", e.Seq))
		}
		if e.Prev != prev {
			return bad(e.Seq, "does not follow the entry before")
		}
		if h, err := rawDigest(raw); err != nil || h != e.Hash {
			return bad(e.Seq, "was changed after it was written")
		}
		prev = e.Hash
	}
	var whole Case
	if err := json.Unmarshal(r.Doc, &whole); err != nil {
		return bad(0, "cannot be read")
	}
	if seq, why := whole.faded(); why != "" {
		return bad(seq, why)
	}
	m, err := snapshot(r.Doc)
	if err != nil {
		return nil, err
	}
	sum, err := m.veil(whole.Salt, bound(whole.History)).digest()
	if err != nil {
		return nil, err
	}
	if sum != e.Sum {
		return bad(e.Seq, "the case was changed outside the portal's acts")
	}
	return nil, nil
}

// Verify walks every case of a collection and gives their number and the
// first broken link, nil when all hold.
func Verify(ctx context.Context, d store.Driver, coll string) (n int, first *Break, err error) {
	err = each(ctx, d, coll, func(r store.Row) (bool, error) {
		n++
		var err error
		first, err = Check(coll, r)
		return first == nil, err
	})
	return n, first, err
}

// each reads a collection page by page, until f has seen enough.
func each(ctx context.Context, d store.Driver, coll string, f func(store.Row) (more bool, err error)) error {
	q := store.Query{Sort: "id", Limit: store.MaxLimit}
	for {
		rows, err := d.Find(ctx, coll, q)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if more, err := f(r); err != nil || !more {
				return err
			}
		}
		if len(rows) < q.Limit {
			return nil
		}
		q.After = &store.Cursor{ID: rows[len(rows)-1].ID}
	}
}
