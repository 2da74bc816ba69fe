// Package schema reads a Go struct as the description of an input: the same
// struct is the JSON body, the HTML form and the OpenAPI schema of an act.
//
// A field's `form` tag names its kind and its limits:
//
//	Title string   `json:"title" form:"text,required,max=80"`
//	Total Fen      `json:"total" form:"money,min=1"`
//	Kinds []string `json:"kinds" form:"choices,required,of=organisation task"`
//	Where []string `json:"communities" form:"choices,required,from=communities"`
//	Rows  []Step   `json:"steps" form:"rows"`
//	Files []File   `json:"files" form:"files,max=3"`
//
// A long form is read in parts: part=money begins one.
//
// Labels are translation keys: the form's name, a dot and the field's name;
// with ".hint" behind it the hint, with the option's value behind it the option.
package schema

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Kind is how a field is asked and checked.
type Kind string

const (
	Text     Kind = "text"     // string, one line
	LongText Kind = "longtext" // string, several lines
	Number   Kind = "number"   // int64
	Money    Kind = "money"    // Fen; a form takes yuan, JSON takes fen
	Day      Kind = "date"     // Date
	Choice   Kind = "choice"   // string, one of the options
	Choices  Kind = "choices"  // []string, any of the options
	Check    Kind = "check"    // bool
	Secret   Kind = "secret"   // string, never shown again
	Rows     Kind = "rows"     // []struct, one level deep
	Files    Kind = "files"    // []File; an input names each by its receipt
)

// Fen is an amount of money in fen, a hundredth of a yuan.
type Fen int64

// File is a file that an act takes: what it is, not its bytes. Those lie under
// their hash (package files). An input carries a receipt instead, which the desk
// redeems; a file that is told by its hash alone is nobody's to give.
type File struct {
	Hash    string `json:"hash"` // SHA-256 of its bytes, hex
	Name    string `json:"name"` // cleaned, its ending after its content
	Type    string `json:"type"` // media type, found out from its content
	Size    int64  `json:"size"` // bytes
	Receipt string `json:"-"`
}

// MaxFiles is how many files a field takes that names no number.
const MaxFiles = 6

// Date is a day in the city's time zone, "2006-01-02", or "" for none.
type Date string

// Field describes one field of an input.
type Field struct {
	Name     string // as in JSON
	Label    string // translation key
	Kind     Kind
	Required bool
	Today    bool     // a day that is today unless said otherwise
	Min, Max int64    // of a number or money; Max of a text in characters; 0 = the kind's default
	Options  []string // closed set of values
	From     string   // where the options come from when they are data: communities, departments, items, …
	Fields   []Field  // of a row
	Part     string   // translation key of the part of a long form that begins with this field
	index    []int
}

// Type describes an input struct.
type Type struct {
	Name   string
	Fields []Field
	goType reflect.Type
}

var types sync.Map // reflect.Type + name -> *Type

// Of describes the struct In as the form called name. A wrong tag is a
// programming mistake and panics, at start, where tables are built.
func Of[In any](name string) *Type {
	rt := reflect.TypeFor[In]()
	key := name + " " + rt.String()
	if t, ok := types.Load(key); ok {
		return t.(*Type)
	}
	t := &Type{Name: name, Fields: fields(name, rt), goType: rt}
	types.Store(key, t)
	return t
}

// New makes an empty input.
func (t *Type) New() any { return reflect.New(t.goType).Interface() }

// Field finds a field by name.
func (t *Type) Field(name string) (Field, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

func fields(form string, rt reflect.Type) []Field {
	var out []Field
	for _, sf := range reflect.VisibleFields(rt) { // an embedded struct lends its fields
		tag, ok := sf.Tag.Lookup("form")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "" {
			panic("schema: " + form + ": " + sf.Name + " has no json name")
		}
		f := Field{Name: name, Label: form + "." + name, index: sf.Index}
		parts := strings.Split(tag, ",")
		f.Kind = Kind(parts[0])
		for _, p := range parts[1:] {
			k, v, _ := strings.Cut(p, "=")
			switch k {
			case "required":
				f.Required = true
			case "today":
				f.Today = true
			case "min":
				f.Min = number(form, v)
			case "max":
				f.Max = number(form, v)
			case "of":
				f.Options = strings.Fields(v)
			case "from":
				f.From = v
			case "part":
				f.Part = form + ".part_" + v
			case "label":
				f.Label = v
			default:
				panic("schema: " + form + "." + name + ": unknown word " + p)
			}
		}
		if f.Kind == Rows {
			f.Fields = fields(f.Label, sf.Type.Elem())
		}
		check(form, f, sf.Type)
		out = append(out, f)
	}
	return out
}

func number(form, v string) int64 {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		panic("schema: " + form + ": " + v + " is not a number")
	}
	return n
}

func check(form string, f Field, t reflect.Type) {
	want := map[Kind]string{Text: "string", LongText: "string", Secret: "string", Choice: "string", Number: "int64",
		Money: "schema.Fen", Day: "schema.Date", Choices: "[]string", Check: "bool", Files: "[]schema.File"}[f.Kind]
	if f.Kind == Rows {
		if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.Struct {
			panic(fmt.Sprintf("schema: %s.%s: rows need a slice of structs", form, f.Name))
		}
		return
	}
	id := t // a named string stands for an id: it is asked by choice alone
	if f.Kind == Choices && t.Kind() == reflect.Slice {
		id = t.Elem()
	}
	if (f.Kind == Choice || f.Kind == Choices && id != t) && id.Kind() == reflect.String {
		return
	}
	if want == "" || t.String() != want {
		panic(fmt.Sprintf("schema: %s.%s: %q needs %s, not %s", form, f.Name, f.Kind, want, t))
	}
}
