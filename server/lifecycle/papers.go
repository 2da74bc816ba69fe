package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// papers are the files that an act brings. A file that nobody has redeemed is
// our mistake; more than a case may hold is the user's.
func papers[T any](l *Case, s *Step, row *Act[T], in any) ([]Paper, error) {
	if !row.Do.Input.HasFiles() || in == nil {
		return nil, nil
	}
	var out []Paper
	total, field := int64(0), ""
	for _, e := range l.History {
		for _, p := range e.Files {
			total += p.Size
		}
	}
	err := row.Do.Input.Redeem(in, func(name string, f schema.File) (schema.File, error) {
		if f.Hash == "" {
			return f, fault.Wrap(errors.New("a receipt that was not redeemed"), "take a file of %s", s.Act)
		}
		if !slices.ContainsFunc(out, func(p Paper) bool { return p.Hash == f.Hash }) {
			out = append(out, Paper{Hash: f.Hash, Name: f.Name, Type: f.Type, Size: f.Size})
			total += f.Size
		}
		field = name
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	if most := s.Settings.Int("file.case_mb"); len(out) > 0 && total > int64(most)<<20 {
		return nil, fault.InvalidField(field, "file.case_full", "max", most)
	}
	return out, nil
}

// hashes are the files of a whole history, for the index by which they are found.
func (c *Case) hashes() []string {
	var out []string
	for _, e := range c.History {
		for _, p := range e.Files {
			if !p.Gone && !slices.Contains(out, p.Hash) {
				out = append(out, p.Hash)
			}
		}
	}
	return out
}

// Names tells whether any case of the table names the file.
func (e *Engine[T]) Names(ctx context.Context, hash string) (bool, error) {
	n, err := e.cases.Count(ctx, store.Query{Where: []store.Cond{{Field: "files", Op: store.Has, Value: []string{hash}}}})
	return n > 0, fault.Wrap(err, "look for file %s in %s", hash, e.Table.Plural)
}

// VerifyFiles asks check about every file that the histories of a collection
// name; check says what is wrong with it, "" for nothing. It gives their number
// and the first that is not as it was, nil when all are.
func VerifyFiles(ctx context.Context, d store.Driver, coll string, check func(context.Context, string) (string, error)) (n int, first *Break, err error) {
	err = each(ctx, d, coll, func(r store.Row) (bool, error) {
		var c Case
		if err := json.Unmarshal(r.Doc, &c); err != nil {
			return false, fmt.Errorf("lifecycle: read %s %s: %w", coll, r.ID, err)
		}
		for _, e := range c.History {
			for _, p := range e.Files {
				if p.Gone {
					continue
				}
				n++
				why, err := check(ctx, p.Hash)
				if err != nil {
					return false, err
				}
				if why != "" {
					first = &Break{Collection: coll, ID: r.ID, No: c.No, Seq: e.Seq, Why: fmt.Sprintf("the file %q (%s) %s", p.Name, p.Hash, why)}
					return false, nil
				}
			}
		}
		return true, nil
	})
	return n, first, err
}
