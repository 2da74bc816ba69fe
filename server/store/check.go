package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// MaxDocument is the size in bytes that one document may have.
const MaxDocument = 1 << 20

// ident holds what both engines take as a name; "__" is kept for the adapters' own names.
var ident = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func checkName(what, name string) error {
	if !ident.MatchString(name) || len(name) > 48 || strings.HasPrefix(name, "sqlite") {
		return fmt.Errorf("store: %s name %q is not allowed", what, name)
	}
	return nil
}

// Check refuses a declaration that an adapter could not keep.
func (s Spec) Check() error {
	if err := checkName("collection", s.Name); err != nil {
		return err
	}
	seen, words := map[string]bool{"id": true}, false
	for _, f := range s.Fields {
		if err := checkName("field", f.Name); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		if seen[f.Name] || f.Kind < Text || f.Kind > Words || f.Kind == Words && words {
			return fmt.Errorf("store: %s: field %s is declared twice or has no usable kind", s.Name, f.Name)
		}
		seen[f.Name], words = true, words || f.Kind == Words
	}
	return s.checkIndexes()
}

func (s Spec) checkIndexes() error {
	seen := map[string]bool{}
	for _, ix := range s.Indexes {
		if err := checkName("index", ix.Name); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		// "id" and "changed" are the names of the adapters' own indexes.
		if seen[ix.Name] || ix.Name == "id" || ix.Name == "changed" || len(ix.Fields) == 0 {
			return fmt.Errorf("store: %s: index %s is declared twice, reserved or empty", s.Name, ix.Name)
		}
		seen[ix.Name] = true
		for _, name := range ix.Fields {
			f, ok := s.Field(strings.TrimPrefix(name, "-"))
			if !ok || f.Kind > Int {
				return fmt.Errorf("store: %s: index %s: no text or integer field %q", s.Name, ix.Name, name)
			}
		}
	}
	return nil
}

// Field finds a declared field.
func (s Spec) Field(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Values checks a row before it is written and gives its extracted values in
// the order of s.Fields: each nil, string, int64 or []string without repeats.
// Names of string and integer types are welcome; true counts as 1.
func (s Spec) Values(r Row) ([]any, error) {
	if err := checkID(r.ID); err != nil {
		return nil, fmt.Errorf("store: %s: %w", s.Name, err)
	}
	if err := checkDoc(r.Doc); err != nil {
		return nil, fmt.Errorf("store: %s %s: %w", s.Name, r.ID, err)
	}
	out, used := make([]any, len(s.Fields)), 0
	for i, f := range s.Fields {
		v, ok := r.X[f.Name]
		if ok {
			used++
		}
		p, err := plain(f.Kind, v)
		if err != nil {
			return nil, fmt.Errorf("store: %s %s: extracted %s: %w", s.Name, r.ID, f.Name, err)
		}
		out[i] = p
	}
	if used != len(r.X) {
		return nil, fmt.Errorf("store: %s %s: a value is extracted that no field declares", s.Name, r.ID)
	}
	return out, nil
}

func checkID(id string) error {
	if id == "" || len(id) > 512 || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return fmt.Errorf("id %q is not allowed", id)
	}
	return nil
}

// checkDoc wants one JSON object. U+0000 is welcome in its texts, but no
// engine that speaks BSON can keep it in a key.
func checkDoc(doc json.RawMessage) error {
	if len(doc) > MaxDocument {
		return fmt.Errorf("document of %d bytes is larger than %d", len(doc), MaxDocument)
	}
	if t := bytes.TrimLeft(doc, " \t\r\n"); len(t) == 0 || t[0] != '{' || !json.Valid(doc) {
		return fmt.Errorf("document is not a JSON object")
	}
	if !bytes.Contains(doc, []byte(`\u0000`)) {
		return nil
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return err
	}
	if zeroKey(v) {
		return fmt.Errorf("document has a key with U+0000")
	}
	return nil
}

func zeroKey(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if strings.ContainsRune(k, 0) || zeroKey(e) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if zeroKey(e) {
				return true
			}
		}
	}
	return false
}
