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
	Hans string `json:"name_hans"`
	Hant string `json:"name_hant,omitempty"`
	En   string `json:"name_en,omitempty"`
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
	Script
	Code       string      `json:"code"`
	Level      string      `json:"level"`
	Parent     string      `json:"parent,omitempty"`
	Households int64       `json:"households"`
	Residents  int64       `json:"residents"`
	Members    int64       `json:"members,omitempty"` // of the committee, who do its work
	Phone      string      `json:"phone,omitempty"`   // of the office or the committee
	Hours      string      `json:"hours,omitempty"`   // when its window is open
	TermUntil  schema.Date `json:"term_until,omitempty"`
}

// AreaForm founds an area.
type AreaForm struct {
	Code     string `json:"code" form:"text,required,max=40"`
	Level    string `json:"level" form:"choice,required,of=city district street community"`
	Parent   string `json:"parent" form:"choice,from=areas"`
	NameHans string `json:"name_hans" form:"text,required,max=60"`
	NameHant string `json:"name_hant" form:"text,max=60"`
	NameEn   string `json:"name_en" form:"text,max=80"`

	Households int64       `json:"households" form:"number,max=10000000"`
	Residents  int64       `json:"residents" form:"number,max=100000000"`
	Members    int64       `json:"members" form:"number,max=1000"`
	Phone      string      `json:"phone" form:"text,max=40"`
	Hours      string      `json:"hours" form:"text,max=80"`
	TermUntil  schema.Date `json:"term_until" form:"date"`
}

// AreaChange amends an area: all but its code and where it lies.
type AreaChange struct {
	NameHans   string      `json:"name_hans" form:"text,required,max=60"`
	NameHant   string      `json:"name_hant" form:"text,max=60"`
	NameEn     string      `json:"name_en" form:"text,max=80"`
	Households int64       `json:"households" form:"number,max=10000000"`
	Residents  int64       `json:"residents" form:"number,max=100000000"`
	Members    int64       `json:"members" form:"number,max=1000"`
	Phone      string      `json:"phone" form:"text,max=40"`
	Hours      string      `json:"hours" form:"text,max=80"`
	TermUntil  schema.Date `json:"term_until" form:"date"`
}

var slug = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

func checkCode(f *fault.Error, noun, code string, taken bool) {
	switch {
	case !slug.MatchString(code):
		f.Wrong("code", "fault."+noun+".bad_code")
	case taken:
		f.Kind, f.Code, f.Remedy = fault.Conflict, noun+".unique_id", noun+".unique_id.remedy"
		f.Wrong("code", "fault."+noun+".unique_id")
	}
}
