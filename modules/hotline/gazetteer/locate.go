package gazetteer

import (
	"context"
	"math"
	"strings"

	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// longestText is how many letters of a text are searched for a landmark.
const longestText = 200

// Locate finds the community that a text speaks of: by the longest name of a
// landmark that stands in it, else by a community's own name. A name that
// stands for spots in two communities says nothing.
func (g *Gazetteer) Locate(text string) (community string, ok bool) {
	rs := []rune(fold(text))
	if len(rs) > longestText {
		rs = rs[:longestText]
	}
	if found, ok := g.index.named(rs); ok {
		return found.Community, true
	}
	for _, d := range g.City.Districts() {
		for _, id := range g.City.Communities(d) {
			for _, l := range web.Langs {
				if n := fold(g.Names.Place(l, id)); len([]rune(n)) > fewestLetters && strings.Contains(string(rs), n) {
					return id, true
				}
			}
		}
	}
	return "", false
}

// named finds the longest name in a text.
func (x *index) named(rs []rune) (Found, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for n := min(x.wide, len(rs)); n >= fewestLetters; n-- {
		for i := 0; i+n <= len(rs); i++ {
			if found, ok := x.agreed(x.names[string(rs[i:i+n])]); ok {
				return found, true
			}
		}
	}
	return Found{}, false
}

// agreed gives the first of some cards when all lie in one community.
func (x *index) agreed(ns []int32) (first Found, ok bool) {
	for _, n := range ns {
		c := x.cards[n]
		switch {
		case c == nil:
		case !ok:
			first, ok = c.Found, true
		case c.Community != first.Community:
			return Found{}, false
		}
	}
	return first, ok
}

// cell is a square of a hundredth of a degree, about a kilometre.
type cell struct{ lat, long int64 }

const (
	cellSize = 10_000 // micro-degrees
	reach    = 3000.0 // metres: a landmark farther away says nothing about a spot
	degree   = 111_195.0
)

func cellOf(lat, long int64) cell {
	return cell{int64(math.Floor(float64(lat) / cellSize)), int64(math.Floor(float64(long) / cellSize))}
}

// Near gives the community of the landmark next to a spot, in micro-degrees;
// none when there is none within three kilometres.
func (g *Gazetteer) Near(lat, long int64) (community string, ok bool) {
	found, ok := g.index.near(lat, long)
	return found.Community, ok
}

func (x *index) near(lat, long int64) (best Found, ok bool) {
	shrink := math.Max(math.Cos(float64(lat)/1e6*math.Pi/180), 0.05) // degrees of longitude are shorter here
	perCell := degree * cellSize / 1e6
	ups, asides := int64(math.Ceil(reach/perCell)), int64(math.Ceil(reach/perCell/shrink))
	least, at := reach, cellOf(lat, long)
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := at.lat - ups; i <= at.lat+ups; i++ {
		for j := at.long - asides; j <= at.long+asides; j++ {
			for _, n := range x.cells[cell{i, j}] {
				c := x.cards[n]
				if c == nil {
					continue
				}
				north, east := float64(c.Lat-lat)/1e6*degree, float64(c.Long-long)/1e6*degree*shrink
				if d := math.Hypot(north, east); d <= least {
					least, best, ok = d, c.Found, true
				}
			}
		}
	}
	return best, ok
}

// Spot is where a landmark is.
type Spot struct {
	Community, Place string
	Lat, Long        int64 // micro-degrees; 0 when not known
}

// ByNo gives a listed landmark by its number.
func (g *Gazetteer) ByNo(ctx context.Context, no string) (Spot, bool, error) {
	ms, err := g.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}, {Field: "state", Op: store.Eq, Value: "listed"}}, Sort: "id", Limit: 1})
	if err != nil || len(ms) == 0 {
		return Spot{}, false, fault.Wrap(err, "find landmark %s", no)
	}
	return Spot{ms[0].Community, ms[0].Place, ms[0].Lat, ms[0].Long}, true, nil
}
