package workbook

import (
	"bytes"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"gatehouse/server/fault"
)

// Bounds of a workbook's parts, unpacked. Reading builds far more of it in
// memory than the file has bytes.
const (
	mostUnzipped = 100 << 20
	mostPart     = 20 << 20 // of the sheets, and of the texts they share
)

// readExcel reads the first sheet that is shown.
func readExcel(b []byte) (t *Table, f *fault.Error) {
	defer func() { // the library must not stop the portal over a stranger's file
		if recover() != nil {
			t, f = nil, wrong("broken")
		}
	}()
	x, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped, RawCellValue: true})
	if err != nil {
		return nil, unreadable(err)
	}
	defer x.Close()
	sheets := sheetParts(x, "xl/worksheets/")
	if size(sheets) > mostPart || size(sheetParts(x, "xl/sharedStrings")) > mostPart {
		return nil, wrong("too_large")
	}
	name := shown(x)
	if name == "" {
		return nil, wrong("broken")
	}
	out := builder{}
	if p, err := x.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		out.t.From04 = *p.Date1904
	}
	if f := lines(x, name, &out); f != nil {
		return nil, f
	}
	if slices.ContainsFunc(sheets, func(b []byte) bool { return bytes.Contains(b, []byte("<f")) }) {
		markFormulas(x, name, &out.t)
	}
	return &out.t, nil
}

func unreadable(err error) *fault.Error {
	switch {
	case strings.Contains(err.Error(), "unzip size exceeds"):
		return wrong("too_large")
	case strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "encrypt"):
		return wrong("locked")
	}
	return wrong("broken")
}

// sheetParts are the unpacked parts whose names begin so.
func sheetParts(x *excelize.File, prefix string) (out [][]byte) {
	x.Pkg.Range(func(k, v any) bool {
		if b, ok := v.([]byte); ok && strings.HasPrefix(k.(string), prefix) {
			out = append(out, b)
		}
		return true
	})
	return out
}

func size(parts [][]byte) (n int) {
	for _, b := range parts {
		n += len(b)
	}
	return n
}

func shown(x *excelize.File) string {
	for _, name := range x.GetSheetList() {
		if visible, err := x.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	return ""
}

func lines(x *excelize.File, name string, out *builder) *fault.Error {
	rows, err := x.Rows(name)
	if err != nil {
		return wrong("broken")
	}
	defer rows.Close()
	for at := 1; rows.Next(); at++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return wrong("broken")
		}
		for i, c := range cells {
			cells[i] = whole(c)
		}
		if f := out.line(at, cells); f != nil {
			return f
		}
	}
	if rows.Error() != nil {
		return wrong("broken")
	}
	return nil
}

// markFormulas notes the cells that hold a formula: what stands in them was
// computed by somebody's program, at some time.
func markFormulas(x *excelize.File, name string, t *Table) {
	for i := range t.Rows {
		for c := range t.Head {
			cell, err := excelize.CoordinatesToCellName(c+1, t.Rows[i].At)
			if err != nil {
				return
			}
			if formula, err := x.GetCellFormula(name, cell); err == nil && formula != "" {
				t.Rows[i].Formulas = append(t.Rows[i].Formulas, c)
			}
		}
	}
}
