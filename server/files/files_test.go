package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/files/filestest"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

func TestPromise(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		filestest.Run(t, func(t *testing.T) files.Keeper { return folder(t, t.TempDir()) })
	})
	t.Run("memory", func(t *testing.T) { filestest.Run(t, func(t *testing.T) files.Keeper { return files.NewMemory() }) })
}

func folder(t *testing.T, at string) *files.Folder {
	t.Helper()
	f, err := files.NewFolder(at)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// clock is a time that the test moves.
type clock struct{ time.Time }

func house(t *testing.T, k files.Keeper) (*files.Files, *clock) {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := &clock{time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
	f, err := files.New(t.Context(), db, k, []byte("key"), func() time.Time { return c.Time })
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

const most = 10 << 20

func keep(t *testing.T, f *files.Files, name string, b []byte) schema.File {
	t.Helper()
	out, err := f.Keep(t.Context(), "lin", "files", name, b, most)
	if err != nil {
		t.Fatal(name, err)
	}
	return out
}

func jpegOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func officeOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	return b.Bytes()
}

const pdfText = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

func webpOf(chunks ...string) []byte {
	body := "WEBP" + strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func riff(name string, body string) string {
	s := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	if len(body)%2 == 1 {
		s += "\x00"
	}
	return s
}

func TestTypeByContent(t *testing.T) {
	f, _ := house(t, files.NewMemory())
	for _, c := range []struct {
		name, kind, as string
		b              []byte
	}{
		{"照片.jpg", files.JPEG, "照片.jpg", jpegOf(t)},
		{"photo.exe", files.JPEG, "photo.jpg", jpegOf(t)},
		{"../../etc/passwd", files.PNG, "passwd.png", pngOf(t)},
		{`C:\temp\a"b.png`, files.PNG, "ab.png", pngOf(t)},
		{"scan.pdf.exe", files.PDF, "scan_pdf.pdf", []byte(pdfText)},
		{"表.csv", files.Text, "表.csv", []byte("户号,姓名\n1,林\n")},
		{"\u202egpj.txt", files.Text, "gpj.txt", []byte("x")},
		{"", files.Text, "file.txt", []byte("x")},
		{"a.docx", files.Docx, "a.docx", officeOf(t, map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})},
		{"a.zip", files.Xlsx, "a.xlsx", officeOf(t, map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"})},
		{"a.webp", files.WebP, "a.webp", webpOf(riff("VP8L", "abcd"))},
	} {
		if got := keep(t, f, c.name, c.b); got.Type != c.kind || got.Name != c.as {
			t.Errorf("%q became %q, %s; want %q, %s", c.name, got.Name, got.Type, c.as, c.kind)
		}
	}
	long := keep(t, f, strings.Repeat("长", 300)+".csv", []byte("y"))
	if n := len([]rune(long.Name)); n != 64 {
		t.Errorf("a long name keeps %d characters", n)
	}
}

func TestRefused(t *testing.T) {
	f, _ := house(t, files.NewMemory())
	docx := map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}
	macro := map[string]string{"word/vbaProject.bin": "x", "[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}
	for _, c := range []struct {
		name, why string
		b         []byte
	}{
		{"empty.txt", "file.empty", nil},
		{"a.pdf", "file.program", []byte("MZ\x90\x00")},
		{"a.jpg", "file.program", []byte("\x7fELF\x02")},
		{"a.txt", "file.program", []byte("#!/bin/sh\nrm")},
		{"a.txt", "file.program", []byte(" \n<!DOCTYPE html><script>alert(1)</script>")},
		{"a.png", "file.program", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{"a.csv", "file.program", []byte("\ufeff<?xml version='1.0'?><svg/>")},
		{"a.pdf", "file.program", []byte("%PDF-1.4 /OpenAction<</S/JavaScript>>\n%%EOF")},
		{"a.docx", "file.program", officeOf(t, macro)},
		{"a.zip", "file.wrong_kind", officeOf(t, map[string]string{"a.txt": "x"})},
		{"a.gif", "file.wrong_kind", []byte("GIF89a\x01\x00")},
		{"a.pdf", "file.broken", []byte("%PDF-1.4 cut")},
		{"a.jpg", "file.broken", jpegOf(t)[:200]},
		{"a.png", "file.broken", pngOf(t)[:60]},
		{"a.docx", "file.broken", officeOf(t, docx)[:60]},
		{"a.csv", "file.not_utf8", []byte("\xbb\xa7\xba\xc5,1\n")},
		{"a.txt", "file.wrong_kind", []byte("a\u202eb")},
		{"a.txt", "file.too_large", bytes.Repeat([]byte("a"), most+1)},
	} {
		_, err := f.Keep(t.Context(), "lin", "files", c.name, c.b, most)
		if e := fault.As(err); err == nil || len(e.Fields) != 1 || e.Fields[0].Name != "files" || e.Fields[0].Code != c.why {
			t.Errorf("%s %.20q: %v, want %s", c.name, c.b, err, c.why)
		}
	}
}

// A photo as a phone takes it: where it was taken, and that it lies on its side.
func TestPlaceOfPhotoIsRemoved(t *testing.T) {
	f, _ := house(t, files.NewMemory())
	plain := jpegOf(t)
	exif := "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x02\x00" + "\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" + "\x25\x88\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00" + "\x00\x00\x00\x00GPS 31.2304N"
	seg := func(mark byte, body string) []byte {
		return append([]byte{0xff, mark, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	}
	b := slices.Concat(plain[:2], seg(0xe1, exif), seg(0xed, "Photoshop GPS"), seg(0xfe, "GPS comment"), plain[2:], []byte("PK\x03\x04 GPS behind the end"))
	got := keep(t, f, "a.jpg", b)
	kept, err := f.Read(t.Context(), got.Hash)
	if err != nil || bytes.Contains(kept, []byte("GPS")) || bytes.Contains(kept, []byte("31.2304")) {
		t.Fatalf("the place stayed, %v", err)
	}
	if !bytes.Contains(kept, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) {
		t.Error("which way up it is was lost")
	}
	if _, err := jpeg.Decode(bytes.NewReader(kept)); err != nil {
		t.Error(err)
	}

	p := pngOf(t)
	text := slices.Concat(p[:33], binary.BigEndian.AppendUint32(nil, 3), []byte("tEXtGPS\x00\x00\x00\x00"), p[33:], []byte("GPS"))
	kept, err = f.Read(t.Context(), keep(t, f, "a.png", text).Hash)
	if err != nil || !bytes.Equal(kept, p) {
		t.Errorf("a PNG keeps %d bytes of %d, %v", len(kept), len(p), err)
	}
	w := webpOf(riff("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00"), riff("VP8L", "abcd"), riff("EXIF", "GPS"))
	kept, err = f.Read(t.Context(), keep(t, f, "a.webp", w).Hash)
	if err != nil || bytes.Contains(kept, []byte("EXIF")) || kept[20] != 0 {
		t.Errorf("a WebP keeps %q, %v", kept, err)
	}
}

// Only whoever brought a file can name it, and only with its receipt.
func TestReceipts(t *testing.T) {
	f, c := house(t, files.NewMemory())
	got := keep(t, f, "a.txt", []byte("x"))
	if back, ok := f.Redeem("lin", got.Receipt); !ok || back.Hash != got.Hash {
		t.Error("a receipt is not taken")
	}
	if _, ok := f.Redeem("zhao", got.Receipt); ok {
		t.Error("somebody else's receipt is taken")
	}
	for _, bad := range []string{"", got.Hash, "a.b", got.Receipt + "A", "x" + got.Receipt} {
		if _, ok := f.Redeem("lin", bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	c.Time = c.Add(13 * time.Hour)
	if _, ok := f.Redeem("lin", got.Receipt); ok {
		t.Error("an old receipt is taken")
	}
}

func TestStrangersHaveABudget(t *testing.T) {
	f, c := house(t, files.NewMemory())
	b := bytes.Repeat([]byte("a"), most)
	var err error
	for range 21 {
		_, err = f.Keep(t.Context(), "", "files", "a.txt", b, most)
	}
	if err == nil || fault.As(err).Fields[0].Code != "file.too_busy" {
		t.Fatal(err)
	}
	keep(t, f, "a.txt", b)
	c.Time = c.Add(time.Hour)
	if _, err := f.Keep(t.Context(), "", "files", "a.txt", b, most); err != nil {
		t.Error(err)
	}
}

func TestSweep(t *testing.T) {
	at := t.TempDir()
	f, c := house(t, folder(t, at))
	named, orphan := keep(t, f, "a.txt", []byte("named")), keep(t, f, "b.txt", []byte("orphan"))
	asks := 0
	ask := func(ctx context.Context, hash string) (bool, error) { asks++; return hash == named.Hash, nil }
	sweep := func() int {
		t.Helper()
		n, err := f.Sweep(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	left := filepath.Join(at, "coming", "cut-short")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := c.Add(-48 * time.Hour)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	if n := sweep(); n != 0 {
		t.Errorf("swept %d files of today", n)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Error("what a crash left behind is still there")
	}
	c.Time = c.Add(25 * time.Hour)
	again := keep(t, f, "b.txt", []byte("orphan")) // brought once more: not an orphan yet
	if n := sweep(); n != 0 || asks != 1 {
		t.Errorf("swept %d, asked %d times", n, asks)
	}
	c.Time = c.Add(25 * time.Hour)
	if n := sweep(); n != 1 || asks != 2 {
		t.Errorf("swept %d, asked %d times", n, asks)
	}
	if why, err := f.Check(t.Context(), again.Hash); err != nil || why == "" || again.Hash != orphan.Hash {
		t.Error("the orphan is still there", err)
	}
	if why, err := f.Check(t.Context(), named.Hash); err != nil || why != "" {
		t.Error("the named file is gone", err)
	}
	keep(t, f, "b.txt", []byte("orphan")) // and may come back
}

func TestChangedFileIsNoticed(t *testing.T) {
	at := t.TempDir()
	f, _ := house(t, folder(t, at))
	got := keep(t, f, "a.txt", []byte("as it was"))
	path := filepath.Join(at, got.Hash[:2], got.Hash)
	if err := os.WriteFile(path, []byte("as it never was"), 0o600); err != nil {
		t.Fatal(err)
	}
	if why, _ := f.Check(t.Context(), got.Hash); why != "was changed after it was kept" {
		t.Error(why)
	}
	if _, err := f.Read(t.Context(), got.Hash); !fault.Is(err, fault.Internal) {
		t.Error("a changed file is given out", err)
	}
	os.Remove(path)
	if why, _ := f.Check(t.Context(), got.Hash); why != "is missing" {
		t.Error(why)
	}
	for _, bad := range []string{"", "../../etc/passwd", strings.Repeat("g", 64)} {
		if _, err := folder(t, at).Get(t.Context(), bad); err == nil || err == store.ErrNotFound {
			t.Errorf("%q is looked up: %v", bad, err)
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, s := range []string{"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM", "\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND\x00\x00\x00\x00", "RIFF\x10\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00", "PK\x03\x04", pdfText, "x"} {
		f.Add([]byte(s))
	}
	db, err := sqlite.Memory()
	if err != nil {
		f.Fatal(err)
	}
	defer db.Close()
	h, err := files.New(context.Background(), db, files.NewMemory(), []byte("key"), time.Now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := h.Keep(t.Context(), "lin", "files", "a", b, most)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		kept, err := h.Read(t.Context(), got.Hash)
		if err != nil {
			t.Fatal(err)
		}
		// What was cleaned is clean: it changes no more.
		if again, err := h.Keep(t.Context(), "lin", "files", "a", kept, most); err != nil || again.Hash != got.Hash {
			t.Fatalf("cleaning twice gives something else: %v", err)
		}
	})
}
