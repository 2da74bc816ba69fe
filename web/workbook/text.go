package workbook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gatehouse/server/fault"
)

// readText reads CSV: in UTF-8, with or without its mark, in the GB18030 of
// older offices, or in the UTF-16 that Excel calls Unicode text.
func readText(b []byte) (*Table, *fault.Error) {
	text, f := decode(b)
	if f != nil {
		return nil, f
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	out := builder{}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return &out.t, nil
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			return nil, wrong("bad_quote", "row", bad.StartLine)
		}
		if err != nil {
			return nil, wrong("broken")
		}
		at, _ := r.FieldPos(0)
		if f := out.line(at, cells); f != nil {
			return nil, f
		}
	}
}

func decode(b []byte) (string, *fault.Error) {
	var e encoding.Encoding = simplifiedchinese.GB18030
	switch rest, marked := bytes.CutPrefix(b, []byte("\xef\xbb\xbf")); {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.IndexByte(b, 0) >= 0:
		return "", wrong("no_table")
	case utf8.Valid(rest):
		return string(rest), nil
	case marked:
		return "", wrong("encoding")
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) || bytes.IndexByte(out, 0) >= 0 {
		return "", wrong("encoding")
	}
	return string(out), nil
}

// separator is the one of comma, semicolon and tab that the first line has most of.
func separator(text string) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best, most := ',', strings.Count(line, ",")
	for _, r := range ";\t" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
