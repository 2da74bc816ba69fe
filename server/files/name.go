package files

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The types that are taken, by what their content says, and the endings their
// names may keep; the first is given to a name with another.
var endings = map[string][]string{
	PDF: {"pdf"}, JPEG: {"jpg", "jpeg"}, PNG: {"png"}, WebP: {"webp"}, Text: {"txt", "csv", "md", "log", "tsv"},
	Docx: {"docx"}, Xlsx: {"xlsx"},
}

// Media types that are taken.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	Text = "text/plain; charset=utf-8"
	Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Accept is what a form tells the browser to offer; it decides nothing.
const Accept = ".pdf,.jpg,.jpeg,.png,.webp,.txt,.csv,.docx,.xlsx"

// longest is how many characters of a name are kept, without its ending.
const longest = 60

// Name cleans a file's name: no folders, nothing that a system or a reader
// could take for something else, and the ending of its type.
func Name(name, kind string) string {
	stem := Shown(name)
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(stem), "."))
	stem = strings.TrimSuffix(stem, path.Ext(stem))
	keep := endings[kind]
	if !slices.Contains(keep, ending) {
		ending = keep[0]
	}
	// photo.pdf.exe that is a photo: no ending but the last may lead astray.
	stem = strings.Trim(strings.ReplaceAll(stem, ".", "_"), " _")
	if stem == "" {
		stem = "file"
	}
	for utf8.RuneCountInString(stem) > longest {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	return stem + "." + ending
}

// Shown is a name as it may stand in a message.
func Shown(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`<>:"|?*`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	clean = strings.TrimSpace(clean)
	for len(clean) > 4*longest {
		_, n := utf8.DecodeLastRuneInString(clean)
		clean = clean[:len(clean)-n]
	}
	return clean
}
