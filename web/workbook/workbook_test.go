package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gatehouse/server/fault"
	"gatehouse/web"
)

var city = time.FixedZone("city", 8*3600)

// made makes a workbook by hand, as a stranger would.
func made(t testing.TB, fill func(x *excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	fill(x)
	b, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, x *excelize.File, cell string, v any) {
	t.Helper()
	if err := x.SetCellValue("Sheet1", cell, v); err != nil {
		t.Fatal(err)
	}
}

func gb(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A table reads the same from every file an office may have saved it in.
func TestSameTable(t *testing.T) {
	t.Parallel()
	const text = "日期,内容\n2026-03-09,\"路灯不亮，\"\"很黑\"\"\"\n\n2026-03-10,井盖坏了\n"
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(strings.ReplaceAll(text, ",", "\t")))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"utf-8": []byte(text), "utf-8 with its mark": []byte("\ufeff" + text), "gb18030": gb(t, text), "unicode text": wide,
		"windows lines": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "semicolons": []byte(strings.ReplaceAll(text, ",", ";")),
		"xlsx": made(t, func(x *excelize.File) {
			for cell, v := range map[string]any{"A1": "日期", "B1": " 内容 ", "A2": "2026-03-09", "B2": "路灯不亮，\"很黑\"", "A4": "2026-03-10", "B4": "井盖坏了"} {
				set(t, x, cell, v)
			}
		}),
	} {
		got, err := Read("sheet", b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if fmt.Sprint(got.Head) != "[日期 内容]" || len(got.Rows) != 2 || got.Rows[0].Cells[1] != "路灯不亮，\"很黑\"" || got.Rows[1].Cells[0] != "2026-03-10" || got.Rows[1].At != 4 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What is no table, or too much of one, is refused with a reason in every language.
func TestRefused(t *testing.T) {
	t.Parallel()
	lines := "a,b\n" + strings.Repeat("1,2\n", MostRows+1)
	for want, b := range map[string][]byte{
		"empty":            []byte(" \n"),
		"old_excel":        []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		"no_table":         []byte("\x00\x01\x02"),
		"encoding":         []byte("\xef\xbb\xbf\xff\xff,\n"),
		"broken":           []byte("PK\x03\x04 no archive"),
		"no_rows":          []byte("日期,内容\n\n"),
		"same_head":        []byte("日期,内容,日期\n1,2,3\n"),
		"too_many_rows":    []byte(lines),
		"too_many_lines":   []byte("a\n" + strings.Repeat("\"\"\n", mostLines) + "1\n"),
		"too_many_columns": []byte(strings.Repeat("c,", MostColumns) + "c\n1\n"),
		"beyond_head":      []byte("a,b\n1,2,3\n"),
		"bad_quote":        []byte("a,b\n1,\"2\n"),
		"long_head":        []byte(strings.Repeat("长", 101) + ",b\n1,2\n"),
		"too_large":        bomb(t),
	} {
		_, err := Read("sheet", b)
		e := fault.As(err)
		if err == nil || len(e.Fields) != 1 || e.Fields[0].Code != "workbook."+want || e.Fields[0].Name != "sheet" {
			t.Errorf("%s: %v", want, err)
			continue
		}
		for _, l := range web.Langs {
			if s := l.Args(e.Fields[0].Code, e.Fields[0].Args); strings.HasPrefix(s, "workbook.") || strings.Contains(s, "{") {
				t.Errorf("%s in %s: %s", want, l, s)
			}
		}
	}
}

// bomb is a small archive that unpacks to far more than it looks.
func bomb(t testing.TB) []byte {
	t.Helper()
	b := &bytes.Buffer{}
	z := zip.NewWriter(b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 120 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1<<20 {
		t.Fatalf("%d bytes are no bomb", b.Len())
	}
	return b.Bytes()
}

func TestFormulasAreMarked(t *testing.T) {
	t.Parallel()
	b := made(t, func(x *excelize.File) {
		for cell, v := range map[string]any{"A1": "内容", "B1": "电话", "A2": "=cmd|' /C calc'!A0", "B2": 13800138000, "A3": "x"} {
			set(t, x, cell, v)
		}
		if err := x.SetCellFormula("Sheet1", "B3", "HYPERLINK(\"http://example.org\")"); err != nil {
			t.Fatal(err)
		}
	})
	got, err := Read("sheet", b)
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Rows[0]; len(r.Formulas) != 0 || r.Cells[0] != "=cmd|' /C calc'!A0" || r.Cells[1] != "13800138000" {
		t.Errorf("a text that looks like a formula is a text: %+v", r)
	}
	if r := got.Rows[1]; len(r.Formulas) != 1 || r.Formulas[0] != 1 {
		t.Errorf("%+v", r)
	}
}

func TestHiddenSheetsAndCutCells(t *testing.T) {
	t.Parallel()
	b := made(t, func(x *excelize.File) {
		set(t, x, "A1", "hidden")
		set(t, x, "A2", "no")
		if _, err := x.NewSheet("登记"); err != nil {
			t.Fatal(err)
		}
		for cell, v := range map[string]string{"A1": "内容", "A2": strings.Repeat("长", MostText+5)} {
			if err := x.SetCellValue("登记", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		x.SetActiveSheet(1)
		if err := x.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})
	got, err := Read("sheet", b)
	if err != nil || got.Head[0] != "内容" || len([]rune(got.Rows[0].Cells[0])) != MostText || len(got.Rows[0].Cut) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	var mac = &Table{From04: true}
	var plain = &Table{}
	for s, want := range map[string]string{
		"2026-03-09": "2026-03-09 00:00", "2026/3/9": "2026-03-09 00:00", "2026.3.9 8:05": "2026-03-09 08:05", "2026年3月9日": "2026-03-09 00:00",
		"2026年3月9日14时5分": "2026-03-09 14:05", "2026年3月9日 下午2:05": "2026-03-09 14:05", "2026-03-09 14:05:30": "2026-03-09 14:05", "20260309": "2026-03-09 00:00",
		"2026-03-09T06:05:00Z": "2026-03-09 14:05", "46090": "2026-03-09 00:00", "46090.5": "2026-03-09 12:00", "2026-03-09 14：05": "2026-03-09 14:05",
		"": "", "昨天": "", "2026-13-01": "", "2026-02-30": "", "3月9日": "", "1820-01-01": "", "9": "", "99999999": "", "NaN": "", "1e9": "", "-46090": "",
	} {
		at, ok := plain.Moment(s, city)
		got := ""
		if ok {
			got = at.In(city).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if at, ok := mac.Moment("44628", city); !ok || at.Format(time.DateOnly) != "2026-03-09" {
		t.Errorf("from 1904: %v", at)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"1.3800138E+10": "13800138000", "1E+3": "1000", "1E5": "1E5", "3栋E+单元": "3栋E+单元", "1.5E+300": "1.5E+300", "13800138000": "13800138000"} {
		if got := whole(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]bool{"1.38E+10": true, "1.38e10": true, "13800138000": false, "3E": false} {
		if Rounded(in) != want {
			t.Errorf("%s", in)
		}
	}
}

func TestLetter(t *testing.T) {
	t.Parallel()
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := Letter(i); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
}

// What is written is read again, and nothing in it runs.
func TestWrite(t *testing.T) {
	t.Parallel()
	b, err := Write(Page{Name: "三率:通报/[3月]", Head: []string{"单位", "办结率"}, Rows: [][]any{{"=1+1", 98.5}, {"住建局", 7}}},
		Page{Name: "填写说明", Head: []string{"栏"}, Rows: [][]any{{"单位"}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read("sheet", b)
	if err != nil || got.Rows[0].Cells[0] != "=1+1" || got.Rows[0].Cells[1] != "98.5" || len(got.Rows[0].Formulas) != 0 {
		t.Errorf("%+v %v", got, err)
	}
	c := &bytes.Buffer{}
	if err := WriteCSV(c, []string{"a", "b"}, [][]any{{"=1+1", "x,y"}}); err != nil || c.String() != "\ufeffa,b\n'=1+1,\"x,y\"\n" {
		t.Errorf("%q %v", c.String(), err)
	}
}

// FuzzRead: whatever a stranger sends is read within the bounds or refused
// with a reason of ours.
func FuzzRead(f *testing.F) {
	f.Add([]byte("日期,内容\n2026-03-09,路灯不亮\n"))
	f.Add([]byte("\ufeffa;b\n1;\"2\n3\"\n"))
	f.Add(gb(f, "电话,内容\n1.38E+10,=1+1\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x001\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Add(made(f, func(x *excelize.File) {
		set(f, x, "A1", "日期")
		set(f, x, "A2", 46090.25)
		set(f, x, "B1", "内容")
		set(f, x, "B2", "井盖")
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Read("sheet", b)
		if err != nil {
			if e := fault.As(err); len(e.Fields) != 1 || !web.Known(e.Fields[0].Code) {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(got.Rows) == 0 || len(got.Rows) > MostRows || len(got.Head) > MostColumns {
			t.Fatalf("%d rows, %d columns", len(got.Rows), len(got.Head))
		}
		for _, r := range got.Rows {
			if len(r.Cells) != len(got.Head) || r.At < 2 || r.At > mostLines {
				t.Fatalf("%+v", r)
			}
			for _, c := range r.Cells {
				if strings.ContainsRune(c, 0) || len([]rune(c)) > MostText {
					t.Fatalf("cell %q", c)
				}
				got.Moment(c, city)
			}
		}
	})
}
