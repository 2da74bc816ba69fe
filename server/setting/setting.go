// Package setting holds the decisions a city may take for itself: how long the
// office may think, when a rating turns into a rectification order, how many
// plaques a door may carry.
//
// A Setting is one such decision with its default, its sensible range and its
// basis. Values are the choices in force; a case keeps a copy from the day it
// opened, so that a later change never moves its deadlines. Values are text:
// whole numbers in plain digits, one of the options, or a set of options with
// single spaces between.
package setting

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Units of settings. Numbers have one of the first seven.
const (
	Workdays = "wd"     // working days
	Days     = "d"      // calendar days
	Months   = "months" // calendar months
	Percent  = "%"
	Hours    = "h"
	Minutes  = "min"
	Count    = "n"
	Set      = "set"     // several options in the order that matters
	Text     = "text"    // exactly one option
	Day      = "day"     // a day as 2006-01-02, or "none"
	Opening  = "opening" // working hours as 08:30-17:30
)

// Setting is one decision of the city.
type Setting struct {
	Key     string   `json:"key"`
	Unit    string   `json:"unit"`
	Default string   `json:"default"`
	Min     int      `json:"min"` // of a number; of a set how many members it has
	Max     int      `json:"max"`
	Options []string `json:"options,omitempty"` // a set without options holds grades: 0 to 100, falling
	Basis   string   `json:"basis"`             // S the report, P:Xn practice found, D our own, B unconfirmed
}

// Number tells whether the value is a whole number.
func (s Setting) Number() bool { return !slices.Contains([]string{Set, Text, Day, Opening}, s.Unit) }

// All lists the settings in the order of the table in the domain findings.
func All() []Setting {
	all := slices.Clone(table)
	for i := range all {
		all[i].Options = slices.Clone(all[i].Options)
	}
	return all
}

// byKey finds settings; built once, never written again.
var byKey = func() map[string]Setting {
	m := make(map[string]Setting, len(table))
	for _, s := range table {
		if _, double := m[s.Key]; double {
			panic("setting: " + s.Key + " is listed twice")
		}
		m[s.Key] = s
	}
	return m
}()

// Values are chosen values by key; what is not there has its default.
type Values map[string]string

// Defaults gives every setting its default, as an own copy.
func Defaults() Values {
	v := make(Values, len(table))
	for _, s := range table {
		v[s.Key] = s.Default
	}
	return v
}

// Int gives a number in the setting's unit; the default when the value is
// missing or not one that Check allows. It panics on an unknown key and on a
// setting that is no number: mistakes of the programmer.
func (v Values) Int(key string) int {
	s := must(key)
	if !s.Number() {
		panic("setting: " + key + " is not a number")
	}
	n, err := strconv.Atoi(v.get(s))
	if err != nil {
		panic(fmt.Sprintf("setting: default of %s: %v", key, err))
	}
	return n
}

// Text gives the value as it is written; fallback and panic as for Int.
func (v Values) Text(key string) string { return v.get(must(key)) }

// Set gives the members of a set in their order; fallback and panic as for Int.
func (v Values) Set(key string) []string {
	s := must(key)
	if s.Unit != Set {
		panic("setting: " + key + " is not a set")
	}
	return strings.Fields(v.get(s))
}

func (v Values) get(s Setting) string {
	if value, ok := v[s.Key]; ok && s.wrong(value) == nil {
		return value
	}
	return s.Default
}

func must(key string) Setting {
	s, ok := byKey[key]
	if !ok {
		panic("setting: no setting " + key)
	}
	return s
}
