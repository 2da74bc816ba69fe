package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // reads sizes
	_ "image/png"  // reads sizes
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Why a file is not taken; the texts are translation keys.
var (
	errEmpty   = errors.New("file.empty")
	errKind    = errors.New("file.wrong_kind")
	errProgram = errors.New("file.program")
	errBroken  = errors.New("file.broken")
	errText    = errors.New("file.not_utf8")
)

// mostPixels bounds a picture; what opens it must not run out of memory.
const mostPixels = 60_000_000

// look finds out from its content what a file is, whatever its name says, and
// gives its bytes without what it should not tell.
func look(b []byte) (kind string, clean []byte, err error) {
	switch {
	case len(b) == 0:
		return "", nil, errEmpty
	case program(b):
		return "", nil, errProgram
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		clean, err = cleanJPEG(b)
		return JPEG, clean, sized(clean, err)
	case bytes.HasPrefix(b, []byte(pngMark)):
		clean, err = cleanPNG(b)
		return PNG, clean, sized(clean, err)
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		clean, err = cleanWebP(b)
		return WebP, clean, err
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return PDF, b, pdf(b)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		kind, err = office(b)
		return kind, b, err
	}
	clean, err = plainText(b)
	return Text, clean, err
}

// sized refuses a picture that cannot be read or is too large to be shown.
func sized(b []byte, err error) error {
	if err != nil {
		return err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > mostPixels/c.Height {
		return errBroken
	}
	return nil
}

// marks of programs: Windows, Linux, macOS, Java and Android, scripts, old
// Office files with macros, archives that are unpacked by a click.
var marks = []string{"MZ", "\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "dex\n",
	"#!", "\xd0\xcf\x11\xe0", "Rar!", "7z\xbc\xaf", "L\x00\x00\x00\x01\x14\x02\x00"}

func program(b []byte) bool {
	for _, m := range marks {
		if bytes.HasPrefix(b, []byte(m)) {
			return true
		}
	}
	return active(b)
}

// active tells whether a browser that looked for itself would take the content
// for a page or a drawing with scripts.
func active(b []byte) bool {
	head := strings.ToLower(string(b[:min(len(b), 4096)]))
	head = strings.TrimLeft(strings.TrimPrefix(head, "\ufeff"), " \t\r\n\f\v\x00")
	if !strings.HasPrefix(head, "<") {
		return false
	}
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php", "<iframe", "<img", "<a ", "<table", "<style", "<object", "<!--"} {
		if strings.Contains(head, tag) {
			return true
		}
	}
	return false
}

// pdf refuses what could do something by itself when it is opened.
func pdf(b []byte) error {
	if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) {
		return errBroken
	}
	for _, word := range []string{"/JavaScript", "/Launch", "/EmbeddedFile"} {
		if bytes.Contains(b, []byte(word)) {
			return errProgram
		}
	}
	return nil
}

// Bounds of an Office file's directory.
const (
	mostParts = 5000
	mostTypes = 1 << 20
)

// office reads the directory of an archive: only documents and tables without
// macros are taken, and nothing that merely hides in a zip.
func office(b []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) > mostParts {
		return "", errBroken
	}
	kind, types := "", ""
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case strings.Contains(name, "vbaproject") || strings.Contains(name, "activex") || strings.HasSuffix(name, ".exe") || strings.HasSuffix(name, ".bin") && strings.Contains(name, "embeddings"):
			return "", errProgram
		case name == "word/document.xml":
			kind = Docx
		case name == "xl/workbook.xml":
			kind = Xlsx
		case name == "[content_types].xml":
			if types, err = part(f); err != nil {
				return "", errBroken
			}
		}
	}
	switch {
	case kind == "" || types == "":
		return "", errKind
	case strings.Contains(strings.ToLower(types), "macroenabled"):
		return "", errProgram
	}
	return kind, nil
}

func part(f *zip.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, mostTypes))
	return string(b), err
}

// plainText takes UTF-8 without control characters. What is text in another
// encoding is told so: a table saved by an old program is the usual case.
func plainText(b []byte) ([]byte, error) {
	control := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0x7f {
			control++
		}
	}
	switch {
	case control > 0:
		return nil, errKind
	case !utf8.Valid(b):
		return nil, errText
	}
	for _, r := range string(b) {
		if unicode.Is(unicode.Bidi_Control, r) {
			return nil, errKind
		}
	}
	return b, nil
}
