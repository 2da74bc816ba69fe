package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/server/fault"
)

// Limits of a field that names none.
const (
	MaxText     = 200
	MaxLongText = 4000
	MaxRows     = 60
	MaxChoices  = 400
	MaxMoney    = 1_000_000_000_000 // ten thousand million yuan, in fen
)

// JSON reads a JSON object strictly: unknown names, wrong types and values out
// of bounds are named, all at once. An empty body is an empty object.
func (t *Type) JSON(body []byte) (any, error) {
	in := t.New()
	f := fault.New(fault.Invalid, "invalid")
	if len(bytes.TrimSpace(body)) > 0 {
		if !utf8.Valid(body) {
			return nil, fault.New(fault.Invalid, "bad_utf8")
		}
		fromJSON(f, "", t.Fields, reflect.ValueOf(in).Elem(), body)
	} else {
		t.validate(f, "", t.Fields, reflect.ValueOf(in).Elem())
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return in, nil
}

// Form reads an HTML form: names are dotted paths, money is in yuan, empty
// row groups are left out.
func (t *Type) Form(values map[string][]string) (any, error) {
	in := t.New()
	f := fault.New(fault.Invalid, "invalid")
	t.fromForm(f, "", t.Fields, reflect.ValueOf(in).Elem(), values)
	if len(f.Fields) > 0 {
		return nil, f
	}
	return in, nil
}

func fromJSON(f *fault.Error, path string, fields []Field, v reflect.Value, body []byte) {
	m, err := object(body)
	if err != nil {
		f.Wrong(strings.TrimSuffix(path, "."), "schema.wrong_type", "want", "t:schema.object")
		return
	}
	for name := range m {
		if !slices.ContainsFunc(fields, func(d Field) bool { return d.Name == name }) {
			f.Wrong(path+name, "schema.unknown_field")
		}
	}
	for _, d := range fields {
		raw, there := m[d.Name]
		fv := v.FieldByIndex(d.index)
		if there && string(raw) != "null" {
			if d.Kind == Rows {
				rowsFromJSON(f, path+d.Name, d, fv, raw)
				continue
			}
			if d.Kind == Files {
				filesFromJSON(f, path+d.Name, d, fv, raw)
				continue
			}
			if err := json.Unmarshal(raw, fv.Addr().Interface()); err != nil {
				f.Wrong(path+d.Name, "schema.wrong_type", "want", "t:schema.kind_"+string(d.Kind))
				continue
			}
		}
		validate(f, path+d.Name, d, fv)
	}
	slices.SortStableFunc(f.Fields, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
}

// object refuses a name that stands twice: two readers could disagree on which counts.
func object(body []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	m := map[string]json.RawMessage{}
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := k.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, errors.New("name twice")
		}
		m[name] = raw
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return m, nil
}

func rowsFromJSON(f *fault.Error, path string, d Field, fv reflect.Value, raw []byte) {
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		f.Wrong(path, "schema.wrong_type", "want", "t:schema.kind_rows")
		return
	}
	if len(rows) > MaxRows {
		f.Wrong(path, "schema.too_many", "max", MaxRows)
		return
	}
	for i, r := range rows {
		row := reflect.New(fv.Type().Elem()).Elem()
		fromJSON(f, fmt.Sprintf("%s.%d.", path, i), d.Fields, row, r)
		fv.Set(reflect.Append(fv, row))
	}
	validate(f, path, d, fv)
}

func filesFromJSON(f *fault.Error, name string, d Field, fv reflect.Value, raw []byte) {
	var receipts []string
	if json.Unmarshal(raw, &receipts) != nil {
		f.Wrong(name, "schema.wrong_type", "want", "t:schema.kind_files")
		return
	}
	setFiles(fv, receipts)
	validate(f, name, d, fv)
}

// texts and setTexts read and write a list of strings of any named type.
func texts(fv reflect.Value) []string {
	if fv.IsNil() {
		return nil
	}
	out := make([]string, fv.Len())
	for i := range out {
		out[i] = fv.Index(i).String()
	}
	return out
}

func setTexts(fv reflect.Value, vs []string) {
	if len(vs) == 0 {
		return
	}
	out := reflect.MakeSlice(fv.Type(), len(vs), len(vs))
	for i, s := range vs {
		out.Index(i).SetString(s)
	}
	fv.Set(out)
}

func setFiles(fv reflect.Value, receipts []string) {
	var out []File
	for _, r := range receipts {
		if r != "" {
			out = append(out, File{Receipt: r})
		}
	}
	if len(out) > 0 {
		fv.Set(reflect.ValueOf(out))
	}
}

// Redeem replaces the files of an input, whose fields carry receipts, by what f
// makes of them. The name of the field goes with each. The list is a new one:
// whoever handed the input in may hold the old one for others too.
func (t *Type) Redeem(in any, f func(name string, one File) (File, error)) error {
	v := reflect.ValueOf(in).Elem()
	for _, d := range t.Fields {
		if d.Kind != Files {
			continue
		}
		field := v.FieldByIndex(d.index)
		list := slices.Clone(field.Interface().([]File))
		for i := range list {
			var err error
			if list[i], err = f(d.Name, list[i]); err != nil {
				return err
			}
		}
		field.Set(reflect.ValueOf(list))
	}
	return nil
}

// Most is how many files a field takes.
func (d Field) Most() int64 {
	if d.Max > 0 {
		return d.Max
	}
	return MaxFiles
}

// HasFiles tells whether the input takes files.
func (t *Type) HasFiles() bool {
	return t != nil && slices.ContainsFunc(t.Fields, func(d Field) bool { return d.Kind == Files })
}

// FilesIn finds every file in a struct of any shape, in the order of its fields.
func FilesIn(x any) []File {
	var out []File
	seek(reflect.ValueOf(x), &out)
	return out
}

var fileType = reflect.TypeFor[File]()

func seek(v reflect.Value, out *[]File) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			seek(v.Elem(), out)
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k != reflect.Struct && k != reflect.Pointer && k != reflect.Interface {
			return
		}
		for i := range v.Len() {
			seek(v.Index(i), out)
		}
	case reflect.Struct:
		if v.Type() == fileType {
			*out = append(*out, v.Interface().(File))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				seek(v.Field(i), out)
			}
		}
	}
}

func (t *Type) fromForm(f *fault.Error, path string, fields []Field, v reflect.Value, values map[string][]string) {
	for _, d := range fields {
		name, fv := path+d.Name, v.FieldByIndex(d.index)
		if d.Kind == Rows {
			t.rowsFromForm(f, name, d, fv, values)
			continue
		}
		if !set(f, name, d, fv, values[name]) {
			continue
		}
		validate(f, name, d, fv)
	}
}

func (t *Type) rowsFromForm(f *fault.Error, path string, d Field, fv reflect.Value, values map[string][]string) {
	for i := range MaxRows {
		prefix := fmt.Sprintf("%s.%d.", path, i)
		filled := false
		for k, vs := range values {
			if strings.HasPrefix(k, prefix) && strings.TrimSpace(strings.Join(vs, "")) != "" {
				filled = true
			}
		}
		if !filled {
			continue
		}
		row := reflect.New(fv.Type().Elem()).Elem()
		t.fromForm(f, prefix, d.Fields, row, values)
		fv.Set(reflect.Append(fv, row))
	}
	validate(f, path, d, fv)
}

// set puts a typed text into a field; false when it could not be read and the
// fault already says so.
func set(f *fault.Error, name string, d Field, fv reflect.Value, vs []string) bool {
	one := ""
	if len(vs) > 0 {
		one = vs[len(vs)-1]
	}
	switch d.Kind {
	case Text, LongText, Choice, Secret, Day:
		if d.Kind != Secret {
			one = strings.TrimSpace(strings.ReplaceAll(one, "\r\n", "\n"))
		}
		fv.SetString(one)
	case Check:
		fv.SetBool(one != "" && one != "false" && one != "0")
	case Number:
		if one = strings.TrimSpace(one); one == "" {
			return !missing(f, name, d)
		}
		n, err := strconv.ParseInt(one, 10, 64)
		if err != nil {
			f.Wrong(name, "schema.not_a_number")
			return false
		}
		fv.SetInt(n)
	case Money:
		if one = strings.TrimSpace(one); one == "" {
			return !missing(f, name, d)
		}
		n, err := ParseYuan(one)
		if err != nil {
			f.Wrong(name, "schema.bad_money")
			return false
		}
		fv.SetInt(int64(n))
	case Choices:
		var out []string
		for _, s := range vs {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
		setTexts(fv, out)
	case Files:
		setFiles(fv, vs)
	}
	return true
}

func missing(f *fault.Error, name string, d Field) bool {
	if d.Required {
		f.Wrong(name, "schema.required")
	}
	return d.Required
}

func (t *Type) validate(f *fault.Error, path string, fields []Field, v reflect.Value) {
	for _, d := range fields {
		validate(f, path+d.Name, d, v.FieldByIndex(d.index))
	}
}

// validate checks one value against the limits of its field.
func validate(f *fault.Error, name string, d Field, fv reflect.Value) {
	if fv.IsZero() && d.Kind != Number && d.Kind != Money {
		missing(f, name, d)
		return
	}
	switch d.Kind {
	case Text, LongText, Secret, Choice:
		validateText(f, name, d, fv.String())
	case Day:
		if t, err := time.Parse(time.DateOnly, fv.String()); err != nil || t.Year() < 1900 || t.Year() > 2200 {
			f.Wrong(name, "schema.bad_date")
		}
	case Number, Money:
		validateNumber(f, name, d, fv.Int())
	case Choices:
		list := texts(fv)
		if len(list) > MaxChoices {
			f.Wrong(name, "schema.too_many", "max", MaxChoices)
			return
		}
		for i, s := range list {
			if len(d.Options) > 0 && !slices.Contains(d.Options, s) || !clean(s, false) || slices.Contains(list[:i], s) {
				f.Wrong(name, "schema.not_an_option")
				return
			}
		}
	case Rows:
		if d.Max > 0 && int64(fv.Len()) > d.Max {
			f.Wrong(name, "schema.too_many", "max", d.Max)
		}
	case Files:
		if most := d.Most(); int64(fv.Len()) > most {
			f.Wrong(name, "schema.too_many", "max", most)
		}
	}
}

func validateText(f *fault.Error, name string, d Field, s string) {
	limit := d.Max
	if limit == 0 {
		limit = MaxText
		if d.Kind == LongText {
			limit = MaxLongText
		}
	}
	switch {
	case int64(utf8.RuneCountInString(s)) > limit:
		f.Wrong(name, "schema.too_long", "max", limit)
	case !clean(s, d.Kind == LongText):
		f.Wrong(name, "schema.bad_text")
	case d.Required && strings.TrimSpace(s) == "":
		f.Wrong(name, "schema.required")
	case len(d.Options) > 0 && !slices.Contains(d.Options, s):
		f.Wrong(name, "schema.not_an_option")
	}
}

func validateNumber(f *fault.Error, name string, d Field, n int64) {
	top := d.Max
	if top == 0 {
		top = math.MaxInt32
		if d.Kind == Money {
			top = MaxMoney
		}
	}
	switch {
	case n == 0 && d.Required && d.Min > 0:
		f.Wrong(name, "schema.required")
	case n < 0:
		f.Wrong(name, "schema.negative")
	case n < d.Min && (n != 0 || d.Required):
		f.Wrong(name, "schema.too_small", "min", d.Min)
	case n > top:
		f.Wrong(name, "schema.too_big", "max", top)
	}
}

// clean refuses what a text must not hold: invalid UTF-8, control characters
// and the marks that turn the direction of reading around.
func clean(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return false
		}
	}
	return true
}

// ParseYuan reads an amount in yuan, "1,234.5" or "¥1234.50", as fen.
func ParseYuan(s string) (Fen, error) {
	s = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", " ", "", "元", "").Replace(s)
	yuan, cents, dot := strings.Cut(s, ".")
	if dot && (len(cents) == 0 || len(cents) > 2) {
		return 0, errors.New("at most two digits after the point")
	}
	n, err := strconv.ParseInt(yuan+(cents + "00")[:2], 10, 64)
	if err != nil || yuan == "" {
		return 0, errors.New("not an amount")
	}
	return Fen(n), nil
}

// FormYuan writes an amount as a form field holds it: "1234.50".
func FormYuan(f Fen) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/100, f%100)
}

// Time gives the first moment of the day in a time zone; zero for "".
func (d Date) Time(in *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), in)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// DateOf gives the day of a moment in a time zone.
func DateOf(t time.Time, in *time.Location) Date { return Date(t.In(in).Format(time.DateOnly)) }

// Values turns an input back into what a form shows.
func (t *Type) Values(in any) map[string][]string {
	out := map[string][]string{}
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Type() != t.goType {
		return out
	}
	values(out, "", t.Fields, v.Elem())
	return out
}

// Typed gives the values that a form holds for rows.
func (d Field) Typed(rows reflect.Value) map[string][]string {
	out := map[string][]string{}
	for i := range rows.Len() {
		values(out, fmt.Sprintf("%s.%d.", d.Name, i), d.Fields, rows.Index(i))
	}
	return out
}

func values(out map[string][]string, path string, fields []Field, v reflect.Value) {
	for _, d := range fields {
		fv, name := v.FieldByIndex(d.index), path+d.Name
		switch d.Kind {
		case Money:
			if n := fv.Int(); n != 0 {
				out[name] = []string{FormYuan(Fen(n))}
			}
		case Number:
			if n := fv.Int(); n != 0 {
				out[name] = []string{strconv.FormatInt(n, 10)}
			}
		case Check:
			if fv.Bool() {
				out[name] = []string{"true"}
			}
		case Choices:
			out[name] = texts(fv)
		case Rows:
			for i := range fv.Len() {
				values(out, fmt.Sprintf("%s.%d.", name, i), d.Fields, fv.Index(i))
			}
		case Secret, Files:
		default:
			if s := fv.String(); s != "" {
				out[name] = []string{s}
			}
		}
	}
}
