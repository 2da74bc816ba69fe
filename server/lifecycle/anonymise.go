package lifecycle

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// What is personal may go without breaking the chain: the hash of an entry is
// made of salted digests in place of personal values. When the time of a case
// is over, its act that anonymise takes the values and the salt away; the digests
// stay, and the chain holds as before. Without the salt nobody can find out by
// guessing what a digest stood for.

// salted is the digest that stands for a personal value in hashes.
func salted(salt string, v json.RawMessage) string {
	if len(v) == 0 {
		return ""
	}
	plain, err := canonicalHash(v)
	if err != nil {
		plain = string(v)
	}
	h := sha256.Sum256([]byte(salt + "\x00" + plain))
	return hex.EncodeToString(h[:])
}

// bind puts digests beside the personal values of an entry.
func (c *Case) bind(personal []string, cs []Change) {
	if c.Salt == "" {
		return
	}
	for i, x := range cs {
		if slices.Contains(personal, x.Field) {
			cs[i].Was, cs[i].Is = salted(c.Salt, x.Old), salted(c.Salt, x.New)
		}
	}
}

// bound are the fields whose values stand in hashes by digests only.
func bound(h []Entry) []string {
	var out []string
	for _, e := range h {
		for _, x := range e.Changes {
			if x.bound() && !slices.Contains(out, x.Field) {
				out = append(out, x.Field)
			}
		}
	}
	return out
}

func (x Change) bound() bool { return x.Was != "" || x.Is != "" }

// veil puts digests in place of personal fields, for the digest of a case.
func (f fieldsOf) veil(salt string, personal []string) fieldsOf {
	if salt == "" {
		return f
	}
	out := fieldsOf{}
	for k, v := range f {
		if slices.Contains(personal, k) {
			v = json.RawMessage(`"` + salted(salt, v) + `"`)
		}
		out[k] = v
	}
	return out
}

// unveiled gives an entry as it is hashed: of bound changes the digests, of
// files not whether their bytes are gone.
func unveiled(entry fieldsOf) error {
	if raw := entry["changes"]; bytes.Contains(raw, []byte(`"was"`)) || bytes.Contains(raw, []byte(`"is"`)) {
		var cs []fieldsOf
		if err := json.Unmarshal(raw, &cs); err != nil {
			return err
		}
		for _, x := range cs {
			if x["was"] != nil || x["is"] != nil {
				delete(x, "old")
				delete(x, "new")
			}
		}
		b, err := json.Marshal(cs)
		if err != nil {
			return err
		}
		entry["changes"] = b
	}
	if raw := entry["files"]; bytes.Contains(raw, []byte(`"gone"`)) {
		var ps []fieldsOf
		if err := json.Unmarshal(raw, &ps); err != nil {
			return err
		}
		for _, p := range ps {
			delete(p, "gone")
		}
		b, err := json.Marshal(ps)
		if err != nil {
			return err
		}
		entry["files"] = b
	}
	return nil
}

// cut takes the personal values out of a history and marks the files that they
// named. The case itself has been emptied by the act.
func (c *Case) cut() {
	var named [][]byte
	for i := range c.History {
		for j := range c.History[i].Changes {
			if x := &c.History[i].Changes[j]; x.bound() {
				named = append(named, x.Old, x.New)
				x.Old, x.New = nil, nil
			}
		}
	}
	for i := range c.History {
		for j := range c.History[i].Files {
			p := &c.History[i].Files[j]
			p.Gone = p.Gone || slices.ContainsFunc(named, func(v []byte) bool { return bytes.Contains(v, []byte(`"`+p.Hash+`"`)) })
		}
	}
}

// faded tells what is wrong with the personal values of a stored case: they
// must be what their digests say, or have gone by an act.
func (c *Case) faded() (seq int, why string) {
	did := slices.ContainsFunc(c.History, func(e Entry) bool { return e.Act == anonymise })
	for _, e := range c.History {
		for _, x := range e.Changes {
			switch {
			case !x.bound():
			case c.Salt == "" && (len(x.Old) > 0 || len(x.New) > 0 || !did):
				return e.Seq, "lost the salt of its personal values"
			case c.Salt != "" && (salted(c.Salt, x.Old) != x.Was || salted(c.Salt, x.New) != x.Is):
				return e.Seq, "was changed after it was written"
			}
		}
		for _, p := range e.Files {
			if p.Gone && !did {
				return e.Seq, fmt.Sprintf("says without an act that the file %q is gone", p.Name)
			}
		}
	}
	return 0, ""
}

// atRest tells that nobody may add to a case any more: what is personal has gone
// from it, and would stay where somebody brought more of it.
func (c *Case) atRest(by Actor) bool { return c.Anonymised != nil && by.ID != System.ID }

// anonymise is what the act is called that takes what is personal away.
const anonymise = "fade"

// body is the digest of an input as a history keeps it: with the salt, where
// the input may be personal.
func (c *Case) body(digest string) string {
	if c.Salt == "" {
		return digest
	}
	return salted(c.Salt, json.RawMessage(`"`+digest+`"`))
}

// salt makes a case's own, "" where nothing is personal.
func (t *Table[T]) salt() string {
	if len(t.Personal) == 0 {
		return ""
	}
	return rand.Text()
}

// checkFading wants the personal fields of a table to be fields, and an act
// that takes them away.
func (t *Table[T]) checkFading() error {
	_, has := t.Act(anonymise)
	if (len(t.Personal) > 0) != has || has != (t.AnonymiseOn != nil) {
		return fmt.Errorf("wants personal fields, a day on which they go and the act %q, or none of the three", anonymise)
	}
	names := jsonNames(reflect.TypeFor[T]())
	for _, p := range t.Personal {
		if !slices.Contains(names, p) || slices.Contains(quiet, p) {
			return fmt.Errorf("%q is no field that can go", p)
		}
	}
	return nil
}

// jsonNames are the names of a struct's own fields in JSON.
func jsonNames(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			out = append(out, jsonNames(f.Type)...)
			continue
		}
		out = append(out, name)
	}
	return out
}

// AnonymiseBy counts the cases whose personal part is due to go by then.
func (e *Engine[T]) AnonymiseBy(ctx context.Context, by time.Time) (int64, error) {
	if e.Table.AnonymiseOn == nil {
		return 0, nil
	}
	n, err := e.cases.Count(ctx, store.Query{Where: []store.Cond{{Field: anonymise, Op: store.Lt, Value: store.Stamp(by)}}})
	return n, fault.Wrap(err, "count what anonymise of %s", e.Table.Plural)
}

// AnonymiseDue lets what is personal go where its time is over, at most so many
// cases, and tells of how many. What somebody changes meanwhile goes another time.
func (e *Engine[T]) AnonymiseDue(ctx context.Context, most int) (done int, err error) {
	if e.Table.AnonymiseOn == nil {
		return 0, nil
	}
	where := []store.Cond{{Field: anonymise, Op: store.Lt, Value: store.Stamp(e.now())}}
	cs, err := e.cases.Find(ctx, store.Query{Where: where, Sort: anonymise, Limit: min(most, store.MaxLimit)})
	if err != nil {
		return 0, fault.Wrap(err, "find what anonymise of %s", e.Table.Plural)
	}
	for _, c := range cs {
		switch _, err := e.Act(ctx, System, life(c).ID, anonymise, nil, Opts{}); {
		case err == nil:
			done++
		case !fault.Is(err, fault.Conflict):
			return done, err
		}
	}
	return done, nil
}
