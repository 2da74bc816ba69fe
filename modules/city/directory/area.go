// Package directory knows the city: its places and its departments.
//
// Words: an area is a city, a district, a street or a community; each but the
// city lies in one of the level above. A department belongs to a city, a
// district or a street and sits at a place. A city bureau reaches communities
// only through its channel, a district department (R12).
//
// The life of both is short: an administrator founds them, amends them and
// closes them for good. What is closed keeps its name and its place in the
// tree, because old cases still speak of it; it is only no longer offered.
//
// Everything is also kept in memory, because every decision of the gate asks
// for places and every page for names.
package directory

import (
	"regexp"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Levels of places, the city first.
const (
	City      = "city"
	District  = "district"
	Street    = "street"
	Community = "community"
)

var levels = []string{City, District, Street, Community}

// above gives the level that a place of this level lies in, "" for a city.
func above(level string) string {
	if i := slices.Index(levels, level); i > 0 {
		return levels[i-1]
	}
	return ""
}

// Script is a name in the three scripts; only the first must be there.
type Script struct {
	Hans string `json:"name_hans" form:"text,required,max=60"`
	Hant string `json:"name_hant,omitempty" form:"text,max=60"`
	En   string `json:"name_en,omitempty" form:"text,max=80"`
}

// In gives the name in a language, in simplified script where it has no other.
func (s Script) In(l web.Lang) string {
	switch {
	case l == web.English && s.En != "":
		return s.En
	case l == web.Traditional && s.Hant != "":
		return s.Hant
	}
	return s.Hans
}

func (s Script) name(href string) portal.Name {
	return portal.Name{Hans: s.Hans, Hant: s.Hant, En: s.En, Href: href}
}

// Area is a place: a city, a district, a street or a community.
type Area struct {
	lifecycle.Case
	AreaForm
}

// AreaForm founds an area.
type AreaForm struct {
	Code   string `json:"code" form:"text,required,max=40"`
	Level  string `json:"level" form:"choice,required,of=city district street community"`
	Parent string `json:"parent,omitempty" form:"choice,from=areas"`
	AreaDetails
}

// AreaDetails are what may be amended: all but an area's code and where it lies.
type AreaDetails struct {
	Script
	Households int64       `json:"households" form:"number,max=10000000"`
	Residents  int64       `json:"residents" form:"number,max=100000000"`
	Members    int64       `json:"members,omitempty" form:"number,max=1000"` // of the committee, who do its work
	Phone      string      `json:"phone,omitempty" form:"text,max=40"`       // of the office or the committee
	Hours      string      `json:"hours,omitempty" form:"text,max=80"`       // when its window is open
	TermUntil  schema.Date `json:"term_until,omitempty" form:"date"`
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// GoodCode tells whether a place or a department may be called so.
func GoodCode(code string) bool { return slug.MatchString(code) }

func checkCode(f *fault.Error, noun, code string, taken bool) {
	switch {
	case !GoodCode(code):
		f.Wrong("code", "fault."+noun+".bad_code")
	case taken:
		f.Kind, f.Code, f.Remedy = fault.Conflict, noun+".unique_id", noun+".unique_id.remedy"
		f.Wrong("code", "fault."+noun+".unique_id")
	}
}

func (d *Directory) foundArea(a *Area, in *AreaForm, _ *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	_, taken := d.mem.area(in.Code)
	checkCode(f, "area", in.Code, taken)
	switch want := above(in.Level); {
	case want == "" && in.Parent != "":
		f.Wrong("parent", "fault.area.city_has_none")
	case want != "":
		if p, ok := d.mem.area(in.Parent); !ok || p.Level != want || p.State != Open {
			f.Wrong("parent", "fault.area.bad_parent", "level", "t:level."+want)
		}
	}
	a.AreaForm = *in
	return f.Err()
}

func amendArea(a *Area, in *AreaDetails, _ *lifecycle.Step) error {
	a.AreaDetails = *in
	return nil
}
