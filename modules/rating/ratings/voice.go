package ratings

import (
	"context"
	"strconv"

	"gatehouse/server/fault"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// Voice is what the households say of an item themselves.
type Voice struct {
	N        int            `json:"n"`                  // households that graded it
	Min      int            `json:"min"`                // how many it takes (R47)
	Enough   bool           `json:"enough"`             // N reaches Min
	Calls    int            `json:"calls,omitempty"`    // unhappy callers about it in the period, each with the lowest grade
	Score    int            `json:"score"`              // basis points, 0 to 10000, halves up; 0 while too few
	Channels map[string]int `json:"channels,omitempty"` // channel -> households; none while too few
}

// voices counts the boxes of a round: item -> grade by channel. It reads one
// small document for every five hundred households.
func (m *Ratings) voices(ctx context.Context, round string) (map[string]map[string]map[string]int, error) {
	out := map[string]map[string]map[string]int{}
	err := m.boxes.Each(ctx, []store.Cond{{Field: "round", Op: store.Eq, Value: round}}, func(b *box) error {
		for item, by := range b.Counts {
			if out[item] == nil {
				out[item] = map[string]map[string]int{}
			}
			for channel, grades := range by {
				if out[item][channel] == nil {
					out[item][channel] = map[string]int{}
				}
				for g, n := range grades {
					out[item][channel][g] += n
				}
			}
		}
		return nil
	})
	return out, fault.Wrap(err, "count the boxes of round %s", round)
}

// Heard counts the households that graded an item in a round.
func (m *Ratings) Heard(ctx context.Context, round, item string) (int, error) {
	by, err := m.voices(ctx, round)
	return voice(by[item], 1, 0, 0).N, err
}

// Fill makes the boxes of a round in which n households have graded every item,
// for measuring: it goes past the codes and the gate.
func Fill(ctx context.Context, m *Ratings, round string, items []string, n int) error {
	scale := setting.Defaults().Set("eval.scale")
	for done := 0; done < n; done += mostCodes {
		b, err := m.newBox(ctx, round, "bench", mostCodes)
		if err != nil {
			return err
		}
		_, err = m.boxes.Change(ctx, b.ID, func(b *box) error {
			for k := range min(mostCodes, n-done) {
				grades := map[string]string{}
				for i, item := range items {
					grades[item] = scale[(k+i)%len(scale)]
				}
				b.put(k, channels[k%len(channels)], grades)
			}
			return nil
		})
		if err != nil {
			return fault.Wrap(err, "fill box %s", b.ID)
		}
	}
	return nil
}

// voice sums up an item's households: Σ grade ÷ (n × 100). An unhappy caller of
// an order that the item caused counts as one more, of the lowest grade, but
// never towards the minimum (R47). Below the minimum the number alone is told.
func voice(by map[string]map[string]int, least, unhappy, lowest int) Voice {
	v := Voice{Min: least, Channels: map[string]int{}}
	sum := 0
	for channel, grades := range by {
		for g, n := range grades {
			points, _ := strconv.Atoi(g)
			sum += points * n
			v.N += n
			v.Channels[channel] += n
		}
	}
	if v.Enough = v.N >= least; !v.Enough {
		v.Channels = nil
		return v
	}
	v.Calls = unhappy
	n := v.N + v.Calls
	v.Score = (200*(sum+lowest*v.Calls) + n) / (2 * n)
	return v
}

// unhappy counts the callers that an item's score has to answer for, and the
// lowest grade of the scale.
func (m *Ratings) unhappy(ctx context.Context, v setting.Values, r *Round, item string) (callers, lowest int, err error) {
	if m.Orders == nil || v.Text("eval.orders") != "counted" {
		return 0, 0, nil
	}
	for i, g := range v.Set("eval.scale") {
		if n, _ := strconv.Atoi(g); i == 0 || n < lowest {
			lowest = n
		}
	}
	_, callers, err = m.Orders(ctx, item, endOf(r.From).AddDate(0, 0, -1), endOf(r.To))
	return callers, lowest, err
}

// least is how many households must answer for an item: a number, and a share
// of those that live where it works (R47).
func least(v setting.Values, households int64) int {
	share := (households*int64(v.Int("eval.min_residents_pct")) + 99) / 100
	return max(v.Int("eval.min_residents"), int(share))
}

// asks tells whether the city lets households rate.
func asks(v setting.Values) bool {
	for _, who := range v.Set("eval.raters") {
		if who == "residents" {
			return true
		}
	}
	return false
}
