package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"gatehouse/server/store"
)

// An archive is a gzipped tar: rows/<collection>/<n> with a row on each line,
// files/<hash>, and manifest.json as its last entry.
const (
	rowsDir      = "rows/"
	filesDir     = "files/"
	manifestName = "manifest.json"

	entryLimit = 64 << 20 // bytes; more than a batch of rows and than any attached file
)

// line is a row as it stands in an archive.
type line struct {
	ID       string          `json:"id"`
	Revision int64           `json:"revision"`
	Doc      json.RawMessage `json:"doc"`
}

// Write copies a place into an archive. The place must stand still meanwhile.
func Write(ctx context.Context, from Place, version string, to io.Writer) (Manifest, error) {
	m := Manifest{Made: time.Now().UTC(), Version: version, Collections: map[string]Tally{}}
	z := gzip.NewWriter(to)
	t := tar.NewWriter(z)
	for _, name := range from.Rows.Names() {
		n := 0
		tally, err := send(ctx, from, name, func(rs []store.Row) error {
			n++
			return put(t, fmt.Sprintf("%s%s/%06d", rowsDir, name, n), lines(rs))
		})
		if err != nil {
			return m, err
		}
		m.Collections[name] = tally
	}
	err := eachFile(ctx, from, func(hash string, b []byte) error {
		m.Files, m.Bytes = m.Files+1, m.Bytes+int64(len(b))
		return put(t, filesDir+hash, b)
	})
	if err != nil {
		return m, err
	}
	b, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return m, err
	}
	return m, errors.Join(put(t, manifestName, b), t.Close(), z.Close())
}

func lines(rs []store.Row) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range rs {
		// What was read from a store always encodes, and a buffer takes all.
		_ = enc.Encode(line{r.ID, r.Revision, r.Doc})
	}
	return b.Bytes()
}

func put(t *tar.Writer, name string, b []byte) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := t.Write(b)
	return err
}

// reader takes what an archive holds, in its order.
type reader struct {
	rows func(collection string, rs []store.Row) error
	file func(hash string, b []byte) error
}

// errCut says that an archive ends before its manifest.
var errCut = errors.New("archive: it was cut short, or is none")

// read goes through an archive and gives its manifest.
func read(from io.Reader, r reader) (m Manifest, err error) {
	z, err := gzip.NewReader(from)
	if err != nil {
		return m, errCut
	}
	t := tar.NewReader(z)
	for whole := false; ; {
		h, err := t.Next()
		switch {
		case err == io.EOF && whole:
			return m, nil
		case err != nil:
			return m, errCut
		case whole || h.Size > entryLimit:
			return m, fmt.Errorf("archive: entry %q does not belong there", h.Name)
		}
		b, err := io.ReadAll(io.LimitReader(t, entryLimit))
		if err != nil {
			return m, errCut
		}
		switch dir, last := path.Split(h.Name); {
		case h.Name == manifestName:
			whole, err = true, json.Unmarshal(b, &m)
		case dir == filesDir && last == name(b):
			err = r.file(last, b)
		case strings.HasPrefix(dir, rowsDir):
			err = r.take(strings.TrimSuffix(strings.TrimPrefix(dir, rowsDir), "/"), b)
		default:
			err = fmt.Errorf("archive: entry %q is not what its name says", h.Name)
		}
		if err != nil {
			return m, err
		}
	}
}

func (r reader) take(collection string, b []byte) error {
	var rs []store.Row
	dec := json.NewDecoder(bytes.NewReader(b))
	for {
		var l line
		err := dec.Decode(&l)
		if err == io.EOF {
			return r.rows(collection, rs)
		}
		if err != nil || l.ID == "" || l.Revision < 1 {
			return fmt.Errorf("archive: a row of %s cannot be read", collection)
		}
		rs = append(rs, store.Row{ID: l.ID, Revision: l.Revision, Doc: l.Doc})
	}
}

// Check goes through a whole archive and compares it with its manifest,
// writing nothing.
func Check(from io.Reader) (Manifest, error) {
	counts, files, size := map[string]*counter{}, 0, int64(0)
	m, err := read(from, reader{
		rows: func(collection string, rs []store.Row) error {
			c := counts[collection]
			if c == nil {
				c = newCounter()
				counts[collection] = c
			}
			for _, r := range rs {
				if err := c.add(r); err != nil {
					return err
				}
			}
			return nil
		},
		file: func(_ string, b []byte) error { files, size = files+1, size+int64(len(b)); return nil },
	})
	if err != nil {
		return m, err
	}
	for name, want := range m.Collections {
		got := newCounter()
		if c := counts[name]; c != nil {
			got = c
		}
		if got.tally() != want {
			return m, fmt.Errorf("archive: %s is not as the manifest says", name)
		}
		delete(counts, name)
	}
	if len(counts) > 0 || files != m.Files || size != m.Bytes {
		return m, errors.New("archive: it holds what the manifest does not")
	}
	return m, nil
}

// Restore puts a checked archive into an empty place and compares the tallies.
func Restore(ctx context.Context, from io.Reader, to Place) (Manifest, error) {
	if err := Empty(ctx, to); err != nil {
		return Manifest{}, err
	}
	m, err := read(from, reader{
		rows: func(collection string, rs []store.Row) error {
			if err := knows([]string{collection}, to); err != nil {
				return err
			}
			return to.Rows.Fill(ctx, collection, rs)
		},
		file: func(hash string, b []byte) error { return to.Files.Put(ctx, hash, b) },
	})
	if err != nil {
		return m, err
	}
	return m, same(ctx, m, to)
}
