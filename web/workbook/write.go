package workbook

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Page is one sheet to be written. Cells are strings, integers, floats (with two
// decimals, as money is) or moments (as the clock shows them); a string stays a
// string, whatever it begins with.
type Page struct {
	Name   string // of the sheet
	Head   []string
	Widths []float64 // of the columns in characters; missing ones take a usual width
	Rows   [][]any
}

const usualWidth = 16

// Write writes a workbook: the head in bold and always in view, a filter on it.
func Write(pages ...Page) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	bold, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}}})
	if err != nil {
		return nil, err
	}
	styles, err := newStyles(x)
	if err != nil {
		return nil, err
	}
	for i, p := range pages {
		name := sheetName(p.Name)
		if i == 0 {
			err = x.SetSheetName("Sheet1", name)
		} else {
			_, err = x.NewSheet(name)
		}
		if err == nil {
			err = p.write(x, name, bold, styles)
		}
		if err != nil {
			return nil, err
		}
	}
	b := &bytes.Buffer{}
	err = x.Write(b)
	return b.Bytes(), err
}

// sheetName is a name that Excel takes: without its marks, 31 characters at most.
func sheetName(s string) string {
	s = strings.NewReplacer("[", "(", "]", ")", ":", "：", "*", "×", "?", "？", "/", "-", `\`, "-", "'", "’").Replace(s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	return s
}

func (p Page) write(x *excelize.File, name string, bold int, styles styles) error {
	w, err := x.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i := range p.Head {
		width := float64(usualWidth)
		if i < len(p.Widths) && p.Widths[i] > 0 {
			width = p.Widths[i]
		}
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(p.Head))
	for i, h := range p.Head {
		head[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, r := range p.Rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err == nil {
			err = w.SetRow(at, styles.row(r))
		}
		if err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(p.Head) == 0 || len(p.Rows) == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(p.Head), len(p.Rows)+1)
	if err != nil {
		return err
	}
	return x.AutoFilter(name, "A1:"+last, nil)
}

// styles are how numbers and moments are shown.
type styles struct{ money, day, moment int }

func newStyles(x *excelize.File) (s styles, err error) {
	for at, format := range map[*int]string{&s.money: "#,##0.00", &s.day: "yyyy-mm-dd", &s.moment: "yyyy-mm-dd hh:mm"} {
		if *at, err = x.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s styles) row(r []any) []any {
	out := make([]any, len(r))
	for i, c := range r {
		switch c := c.(type) {
		case float64:
			out[i] = excelize.Cell{StyleID: s.money, Value: c}
		case time.Time:
			style := s.moment
			if isDay(c) {
				style = s.day
			}
			out[i] = excelize.Cell{StyleID: style, Value: wall(c)}
		default:
			out[i] = c
		}
	}
	return out
}

// wall is the moment that a clock there shows: a sheet knows no zones.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func isDay(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 }

// plain writes a cell for CSV; only a text could be taken for a formula.
func plain(c any) string {
	switch c := c.(type) {
	case string:
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			return "'" + c
		}
		return c
	case float64:
		return strconv.FormatFloat(c, 'f', 2, 64)
	case time.Time:
		if isDay(c) {
			return c.Format(time.DateOnly)
		}
		return c.Format("2006-01-02 15:04")
	}
	return fmt.Sprint(c)
}

// WriteCSV writes CSV as Excel opens it in Chinese: with the mark of UTF-8, and
// with an apostrophe before what would be taken for a formula.
func WriteCSV(w io.Writer, head []string, rows [][]any) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write(head); err != nil {
		return err
	}
	for _, r := range rows {
		out := make([]string, len(r))
		for i, x := range r {
			out[i] = plain(x)
		}
		if err := c.Write(out); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
