package refusals

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Count is how often a department was refused in a year; what was taken back
// does not count.
type Count struct {
	Department                          string
	Refused, Upheld, Overturned, Bypass int64
}

// Counts gives the departments refused in a year, the most often refused first.
func (m *Refusals) Counts(ctx context.Context, year int) ([]Count, error) {
	by := map[string]*Count{}
	for _, part := range []struct {
		cond store.Cond
		of   func(*Count) *int64
	}{
		{store.Cond{Field: "state", Op: store.Ne, Value: "withdrawn"}, func(c *Count) *int64 { return &c.Refused }},
		{store.Cond{Field: "state", Op: store.Eq, Value: "upheld"}, func(c *Count) *int64 { return &c.Upheld }},
		{store.Cond{Field: "state", Op: store.Eq, Value: "overturned"}, func(c *Count) *int64 { return &c.Overturned }},
		{store.Cond{Field: "bypass", Op: store.Eq, Value: "yes"}, func(c *Count) *int64 { return &c.Bypass }},
	} {
		where := []store.Cond{{Field: "year", Op: store.Eq, Value: strconv.Itoa(year)}, part.cond}
		groups, err := m.Resource.Engine.Cases().GroupBy(ctx, where, "department", "")
		if err != nil {
			return nil, fault.Wrap(err, "count refusals of %d", year)
		}
		for _, g := range groups {
			id, _ := g.Key.(string)
			if by[id] == nil {
				by[id] = &Count{Department: id}
			}
			*part.of(by[id]) = g.N
		}
	}
	out := make([]Count, 0, len(by))
	for _, c := range by {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Count) int {
		if a.Refused != b.Refused {
			return int(b.Refused - a.Refused)
		}
		return strings.Compare(a.Department, b.Department)
	})
	return out, nil
}

// above shows this year's counts to everybody who is signed in: departments
// and communities are to see who presses work on whom.
func (m *Refusals) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	if !v.SignedIn() {
		return "", nil
	}
	cs, err := m.Counts(ctx, m.Resource.Engine.Now().In(calendar.City).Year())
	if err != nil || len(cs) == 0 {
		return "", err
	}
	l := v.Lang
	t := web.Table{CaptionKey: "refusal.counts", Head: []web.Col{{Key: "case.department"}, {Key: "refusal.count_all", Num: true},
		{Key: "refusal.count_bypass", Num: true}, {Key: "state.refusal.upheld", Num: true}, {Key: "state.refusal.overturned", Num: true}}}
	for _, c := range cs {
		row := []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Department(l, c.Department)), Href: "/refusals?department=" + c.Department}}
		for _, n := range []int64{c.Refused, c.Bypass, c.Upheld, c.Overturned} {
			row = append(row, web.Cell{HTML: portal.Text(l, strconv.FormatInt(n, 10))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t.HTML(l), nil
}
