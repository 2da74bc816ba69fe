// Package workbook reads the tables that offices keep and writes the ones they
// file: Excel workbooks (.xlsx) and CSV.
//
// Words: a table has one head, the names of its columns, and rows below it; a
// row knows at which line of the file it stands, so that a person finds it
// again. Every cell is text: a number as it was typed without any formatting,
// a date of a workbook as its serial number, which Day and Moment read.
//
// What is read is a stranger's: a file is refused as a whole, with the reason,
// when it is no table, too long, too wide, or much larger than it looks. A
// formula is never computed; the row says in which cells one stands.
package workbook

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gatehouse/server/fault"
)

// Bounds of a table.
const (
	MostRows    = 5000     // below the head
	MostColumns = 60       // that have a name
	MostText    = 4000     // characters of a cell that are kept; the row says which were cut
	mostBytes   = 16 << 20 // of all cells together
	mostLines   = 50_000   // of the file, empty ones counted
)

// Table is what was read of a file.
type Table struct {
	Head   []string `json:"head"`
	Rows   []Row    `json:"rows"`
	From04 bool     `json:"from_1904,omitempty"` // its dates count from 1904, as on old Macs
}

// Row is one row below the head; Cells are as many as the head has names.
type Row struct {
	At       int      `json:"at"` // line of the file, from 1
	Cells    []string `json:"cells"`
	Formulas []int    `json:"formulas,omitempty"` // columns where a formula stood, from 0
	Cut      []int    `json:"cut,omitempty"`      // columns where more stood than MostText, from 0
}

// Read reads a workbook or a CSV by what it is, whatever its name says. field
// is what a fault names.
func Read(field string, b []byte) (*Table, error) {
	var t *Table
	var f *fault.Error
	switch {
	case len(bytes.TrimSpace(b)) == 0:
		f = wrong("empty")
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		t, f = readExcel(b)
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")):
		f = wrong("old_excel")
	default:
		t, f = readText(b)
	}
	if f == nil {
		f = t.check()
	}
	if f != nil {
		x := f.Fields[0]
		x.Name = field
		f.Fields[0] = x
		return nil, f
	}
	return t, nil
}

func wrong(code string, args ...any) *fault.Error {
	return fault.InvalidField("file", "workbook."+code, args...)
}

// builder gathers rows and keeps the bounds while it does.
type builder struct {
	t     Table
	bytes int
}

// line takes one line of the file: the first that is not empty is the head.
func (b *builder) line(at int, cells []string) *fault.Error {
	cells = tidy(cells)
	switch {
	case at > mostLines:
		return wrong("too_many_lines", "max", mostLines)
	case len(cells) == 0:
		return nil
	case b.t.Head == nil:
		return b.head(cells)
	case len(b.t.Rows) == MostRows:
		return wrong("too_many_rows", "max", MostRows)
	}
	r := Row{At: at, Cells: make([]string, len(b.t.Head))}
	for i, c := range cells {
		if i >= len(b.t.Head) {
			return wrong("beyond_head", "row", at, "column", Letter(i))
		}
		if utf8.RuneCountInString(c) > MostText {
			c, r.Cut = string([]rune(c)[:MostText]), append(r.Cut, i)
		}
		b.bytes += len(c)
		r.Cells[i] = c
	}
	if b.bytes > mostBytes {
		return wrong("too_large")
	}
	b.t.Rows = append(b.t.Rows, r)
	return nil
}

func (b *builder) head(cells []string) *fault.Error {
	if len(cells) > MostColumns {
		return wrong("too_many_columns", "max", MostColumns)
	}
	for i, c := range cells {
		if c == "" {
			cells[i] = Letter(i) // data may stand below it
		}
		if utf8.RuneCountInString(c) > 100 {
			return wrong("long_head", "column", Letter(i))
		}
	}
	b.t.Head = cells
	return nil
}

// tidy takes the space around cells and the empty cells at the end of a line
// away, and what no person typed: NUL and other control characters, marks that
// turn the direction of writing.
func tidy(cells []string) []string {
	out := make([]string, len(cells))
	last := 0
	for i, c := range cells {
		out[i] = strings.TrimSpace(strings.Map(typed, strings.ToValidUTF8(c, "")))
		if out[i] != "" {
			last = i + 1
		}
	}
	return out[:last]
}

func typed(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < 0x20, r == 0x7f, r == '\ufeff', r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return -1
	case r == '\u00a0', r == '\u3000':
		return ' '
	}
	return r
}

// check finds what is wrong with the table as a whole.
func (t *Table) check() *fault.Error {
	seen := map[string]int{}
	for i, h := range t.Head {
		key := strings.ToLower(h)
		if first, twice := seen[key]; twice {
			return wrong("same_head", "name", h, "first", Letter(first), "second", Letter(i))
		}
		seen[key] = i
	}
	if len(t.Rows) == 0 {
		return wrong("no_rows")
	}
	return nil
}

// Letter names a column as Excel does: A, B, …, AA.
func Letter(i int) string {
	if i < 0 {
		return strconv.Itoa(i)
	}
	out := ""
	for i++; i > 0; i = (i - 1) / 26 {
		out = string(rune('A'+(i-1)%26)) + out
	}
	return out
}
