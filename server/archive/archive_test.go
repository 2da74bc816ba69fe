package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gatehouse/server/files"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

type note struct {
	store.Meta
	Text string `json:"text"`
}

// somewhere opens an empty place that keeps notes and files.
func somewhere(t testing.TB, collections ...string) Place {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p := Place{Rows: store.NewCatalog(db), Files: files.NewMemory()}
	for _, name := range append(collections, filesIn) {
		_, err := store.Open(t.Context(), p.Rows, store.Spec{Name: name, Fields: []store.Field{{Name: "text"}}}, func(n *note) map[string]any { return map[string]any{"text": n.Text} })
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// filled is a place with more notes than a batch and two files, one of them
// recorded and never kept.
func filled(t testing.TB) Place {
	p := somewhere(t, "notes", "others")
	var rows []store.Row
	for i := range batch + 7 {
		rows = append(rows, store.Row{ID: fmt.Sprintf("n%05d", i), Revision: int64(i%3 + 1), Doc: fmt.Appendf(nil, `{"text":"第%d条 <&> $numberInt","id":"n%05d"}`, i, i)})
	}
	body := []byte("photo")
	for _, err := range []error{
		p.Rows.Fill(t.Context(), "notes", rows),
		p.Rows.Fill(t.Context(), filesIn, []store.Row{{ID: name(body), Revision: 1, Doc: []byte(`{}`)}, {ID: name([]byte("swept")), Revision: 2, Doc: []byte(`{}`)}}),
		p.Files.Put(t.Context(), name(body), body),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func written(t testing.TB, p Place) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(context.Background(), p, "test", &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchiveAndBack(t *testing.T) {
	t.Parallel()
	from, to := filled(t), somewhere(t, "notes", "others")
	b := written(t, from)
	m, err := Check(bytes.NewReader(b))
	if err != nil || m.Rows() != batch+7+2 || m.Files != 1 || m.Bytes != 5 || m.Version != "test" {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := Restore(t.Context(), bytes.NewReader(b), to); err != nil {
		t.Fatal(err)
	}
	want, _ := Count(t.Context(), from)
	got, err := Count(t.Context(), to)
	if err != nil || fmt.Sprint(want) != fmt.Sprint(got) {
		t.Errorf("went %v came %v %v", want, got, err)
	}
	if f, err := to.Files.Get(t.Context(), name([]byte("photo"))); err != nil || string(f) != "photo" {
		t.Errorf("the photo came as %q %v", f, err)
	}
}

func TestMoveBetweenPlaces(t *testing.T) {
	t.Parallel()
	from, to := filled(t), somewhere(t, "notes", "others", "newer")
	begun := []store.Row{{ID: "first", Revision: 1, Doc: []byte(`{}`)}}
	if err := to.Rows.Fill(t.Context(), "newer", begun); err != nil {
		t.Fatal(err)
	}
	m, err := Move(t.Context(), from, to)
	if err != nil || m.Collections["notes"].Rows != batch+7 || m.Files != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	if now, _ := Count(t.Context(), to); now["newer"].Rows != 0 {
		t.Error("what a new portal begins with was kept")
	}
	if _, err := Move(t.Context(), from, somewhere(t, "notes")); err == nil {
		t.Error("moved where nobody keeps the others")
	}
	if _, err := Move(t.Context(), from, to); err == nil {
		t.Error("moved on top of another portal")
	}
}

// A cut, a flipped bit or a foreign entry is noticed before anything is written.
func TestWrongArchives(t *testing.T) {
	t.Parallel()
	b := written(t, filled(t))
	for n := 0; n < len(b); n += len(b)/50 + 1 {
		if _, err := Check(bytes.NewReader(b[:n])); err == nil {
			t.Errorf("cut at %d of %d it passes", n, len(b))
		}
	}
	for name, change := range map[string]func(h *tar.Header, body []byte) []byte{
		"a row": func(h *tar.Header, x []byte) []byte { return bytes.Replace(x, []byte("第3条"), []byte("第4条"), 1) },
		"a revision": func(h *tar.Header, x []byte) []byte {
			return bytes.Replace(x, []byte(`"revision":1`), []byte(`"revision":2`), 1)
		},
		"no revision": func(h *tar.Header, x []byte) []byte {
			return bytes.Replace(x, []byte(`"revision":1`), []byte(`"revision":0`), 1)
		},
		"a file": func(h *tar.Header, x []byte) []byte { return bytes.Replace(x, []byte("photo"), []byte("phot0"), 1) },
		"a file's name": func(h *tar.Header, x []byte) []byte {
			h.Name = strings.Replace(h.Name, "files/", "rows/x/", 1)
			return x
		},
		"an entry": func(h *tar.Header, x []byte) []byte {
			h.Name = strings.Replace(h.Name, "rows/", "../rows/", 1)
			return x
		},
	} {
		if _, err := Check(bytes.NewReader(remade(t, b, change))); err == nil {
			t.Errorf("with %s changed it passes", name)
		}
	}
	same := func(h *tar.Header, x []byte) []byte { return x }
	if _, err := Check(bytes.NewReader(remade(t, b, same))); err != nil {
		t.Errorf("remade as it was: %v", err)
	}
}

// remade packs an archive again with its entries changed.
func remade(t *testing.T, b []byte, change func(*tar.Header, []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	in, zip := tar.NewReader(z), gzip.NewWriter(&out)
	w := tar.NewWriter(zip)
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(in)
		body = change(h, body)
		if err := put(w, h.Name, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHalfCopies(t *testing.T) {
	t.Parallel()
	p := somewhere(t, "notes")
	if err := Whole(t.Context(), p.Rows.Driver); err != nil {
		t.Fatal(err)
	}
	done, err := Begin(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := Whole(t.Context(), p.Rows.Driver); !errors.Is(err, ErrHalf) {
		t.Errorf("half a copy: %v", err)
	}
	if strange, err := Strangers(t.Context(), p); err != nil || len(strange) > 0 {
		t.Errorf("strange: %v %v", strange, err)
	}
	if err := done(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Whole(t.Context(), p.Rows.Driver); err != nil {
		t.Errorf("a whole copy: %v", err)
	}
}

// FuzzCheck: whatever a file holds, reading it ends and writes nothing.
func FuzzCheck(f *testing.F) {
	p := somewhere(f, "notes")
	b := written(f, p)
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = Check(bytes.NewReader(b)) })
}
