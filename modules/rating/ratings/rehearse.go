package ratings

import (
	"context"
	"maps"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// Rehearsed is a published result that would come to other grounds.
type Rehearsed struct {
	Round, RoundNo, Title string
	Before, After         []string // grounds for rectification: effect, money, residents, total
	Warned, Warns         bool     // is warned, would be warned
}

// mostRounds bounds a rehearsal.
const mostRounds = 20

// Rehearse counts the newest published result of every item again with another
// value of one setting and gives those that come to other grounds or another
// warning; looked counts the results. Answers that were too few stay too few:
// a trial must not tell what one committee said (R48).
func (m *Ratings) Rehearse(ctx context.Context, key, value string) (out []Rehearsed, looked int, err error) {
	rs, err := m.Rounds.Engine.Cases().Find(ctx, store.Query{Sort: "-closes", Limit: mostRounds, Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "published"}}})
	if err != nil {
		return nil, 0, fault.Wrap(err, "read the published rounds")
	}
	seen := map[string]bool{}
	for _, r := range rs {
		values := maps.Clone(r.Settings)
		if values == nil {
			values = setting.Values{}
		}
		values[key] = value
		for _, x := range r.Results {
			if seen[x.Item] {
				continue
			}
			seen[x.Item] = true
			looked++
			y := x.again(termsOf(values))
			if !slices.Equal(x.Triggers, y.Triggers) || x.Warning != y.Warning {
				i, _ := r.item(x.Item)
				out = append(out, Rehearsed{r.ID, r.No, i.Title, x.Triggers, y.Triggers, x.Warning, y.Warning})
			}
		}
	}
	return out, looked, nil
}

// again counts a result anew from its own dimensions.
func (r Result) again(t terms) Result {
	r.Enough = r.Enough && r.N >= t.min
	return t.conclude(r)
}
