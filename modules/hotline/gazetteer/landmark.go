// Package gazetteer keeps the landmarks (地名库) by which people say where
// something is: a market, a school, the stone bridge. A caller says "by the
// lotus market"; the operator types hhsc, picks the landmark, and the order has
// its community and its place.
//
// Words: a landmark has a name, other names people use, the community it lies
// in and the place as it is written into an order. Its initials are the first
// letters of its name in pinyin; nobody types them in, they are computed.
//
// The life of a landmark: it is listed, amended when something about it
// changes, retired when it is gone, and listed again when that was a mistake.
package gazetteer

import (
	"strconv"
	"strings"
	"unicode"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Landmark is one landmark.
type Landmark struct {
	lifecycle.Case
	Content
	Lat    int64 `json:"lat,omitempty"`  // micro-degrees north
	Long   int64 `json:"long,omitempty"` // micro-degrees east
	Placed bool  `json:"placed"`         // Lat and Long are known
}

// Content is what the hotline writes about a landmark.
type Content struct {
	Name      string `json:"name" form:"text,required,max=40"`
	Aliases   string `json:"aliases" form:"text,max=200"` // other names, apart by spaces or commas
	Community string `json:"community" form:"choice,required,from=communities"`
	Place     string `json:"place" form:"text,required,max=80"` // as it is written into an order
	Position  string `json:"position" form:"text,max=40"`       // latitude and longitude in degrees
}

// others are the other names one by one.
func (c Content) others() []string {
	return strings.FieldsFunc(c.Aliases, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,、；;", r) })
}

// initials are the first letters of the name in pinyin, by its usual reading.
func (m *Landmark) initials() string { return initials(fold(m.Name))[0] }

// fewestLetters a name must have, so that it can be found in what people say.
const fewestLetters = 2

// take checks what was typed and puts it into the landmark.
func (m *Landmark) take(in *Content) error {
	bad := fault.New(fault.Invalid, "invalid")
	if short(in.Name) {
		bad.Wrong("name", "landmark.too_short", "name", in.Name)
	}
	for _, n := range in.others() {
		if short(n) {
			bad.Wrong("aliases", "landmark.too_short", "name", n)
		}
	}
	lat, long, ok := position(in.Position)
	if !ok && in.Position != "" {
		bad.Wrong("position", "landmark.bad_position")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	m.Content, m.Lat, m.Long, m.Placed = *in, lat, long, ok
	return nil
}

func short(name string) bool { return len([]rune(fold(name))) < fewestLetters }

// position reads "31.230416, 121.473701" into micro-degrees.
func position(s string) (lat, long int64, ok bool) {
	north, east, ok := strings.Cut(strings.NewReplacer("，", ",", " ", "").Replace(s), ",")
	if !ok {
		return 0, 0, false
	}
	lat, okLat := micro(north, 90)
	long, okLong := micro(east, 180)
	return lat, long, okLat && okLong
}

func micro(s string, most float64) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= -most && f <= most) {
		return 0, false
	}
	if f < 0 {
		return int64(f*1e6 - 0.5), true
	}
	return int64(f*1e6 + 0.5), true
}
