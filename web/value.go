package web

import (
	"html/template"
	"strconv"
	"time"

	"gatehouse/server/schema"
)

// Value is one thing worded for readers: as text, as a link or a mark where it
// is one, and as what it is (a number, a day) for a spreadsheet.
type Value struct {
	Text  string
	HTML  template.HTML // shown in place of the text, which stands in sentences and tables that leave
	Href  string
	Plain any // int64, float64 (yuan) or time.Time; nil: the text
}

// Empty tells whether it says nothing.
func (v Value) Empty() bool { return v.Text == "" && v.HTML == "" }

// Show is the value on a page.
func (v Value) Show() template.HTML {
	switch {
	case v.HTML != "":
		return v.HTML
	case v.Href != "" && v.Text != "":
		return Link(v.Href, v.Text)
	}
	return Text(v.Text)
}

// Cell is the value in a table.
func (v Value) Cell() Cell {
	if v.HTML != "" {
		return Cell{HTML: v.HTML, Plain: v.plain()}
	}
	return Cell{HTML: Text(v.Text), Href: v.Href, Plain: v.plain()}
}

func (v Value) plain() any {
	if v.Plain != nil {
		return v.Plain
	}
	return v.Text
}

// Words is a value of text.
func Words(s string) Value { return Value{Text: s} }

// Linked is a text that leads somewhere.
func Linked(href, s string) Value { return Value{Text: s, Href: href} }

// Number is a whole number; none is "".
func Number(n int64) Value {
	if n == 0 {
		return Value{}
	}
	return Value{Text: strconv.FormatInt(n, 10), Plain: n}
}

// Amount is an amount of money; none is "".
func Amount(f schema.Fen) Value {
	if f == 0 {
		return Value{}
	}
	return Value{Text: Yuan(f), Plain: float64(f) / 100}
}

// OnDay is a day; none is "".
func OnDay(l Lang, d schema.Date) Value {
	if d == "" {
		return Value{}
	}
	return Value{Text: l.Day(d), Plain: d.Time(zone)}
}

// On is the day of a moment; none is "".
func On(l Lang, t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{Text: l.Date(t), Plain: t.In(zone)}
}
