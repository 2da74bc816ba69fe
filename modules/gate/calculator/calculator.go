// Package calculator tells a department's clerk what work costs a community,
// before an application is filed: hours at the local rate, materials, printing
// and phone (fund.basis), and in which instalments the money should come.
//
// The rates are a table of fen an hour by city (rates.json, "*" for every city
// without one of its own). No fee scale was found in practice: the rate for all
// is our own default and is shown as such.
package calculator

import (
	_ "embed"
	"encoding/json"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

//go:embed rates.json
var ratesFile []byte

// rates gives fen an hour by city.
var rates = func() map[string]schema.Fen {
	m := map[string]schema.Fen{}
	if err := json.Unmarshal(ratesFile, &m); err != nil || m["*"] <= 0 {
		panic("calculator: rates.json is no table of rates")
	}
	return m
}()

// Work is what is to be reckoned; money in fen, per month and community.
type Work struct {
	Communities int64      `json:"communities" form:"number,required,min=1,max=1000"`
	Months      int64      `json:"months" form:"number,required,min=1,max=60"`
	Hours       int64      `json:"hours" form:"number,required,min=0,max=2000"`
	Materials   schema.Fen `json:"materials" form:"money,max=100000000"`
	Printing    schema.Fen `json:"printing" form:"money,max=100000000"`
	Phone       schema.Fen `json:"phone" form:"money,max=100000000"`
	Nature      string     `json:"nature" form:"choice,of=long temporary"`
}

// Cost is what it comes to, fen.
type Cost struct {
	Rate        schema.Fen   `json:"rate"` // an hour
	Default     bool         `json:"rate_is_default"`
	Parts       []Part       `json:"parts"` // a month in each community
	Month       schema.Fen   `json:"month"` // in each community
	Community   schema.Fen   `json:"community"`
	Total       schema.Fen   `json:"total"` // of all communities
	Instalments []Instalment `json:"instalments"`
}

// Part is one line of the basis.
type Part struct {
	Name   string     `json:"name"` // hours, materials, printing, phone
	Amount schema.Fen `json:"amount"`
}

// Instalment is what each community gets before some months begin.
type Instalment struct {
	FirstMonth int64      `json:"first_month"` // the first of the work is 1
	Months     int64      `json:"months"`
	Amount     schema.Fen `json:"amount"`
}

// periods are the months of an instalment (R34: long-term work is paid in advance).
var periods = map[string]int64{"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}

// Reckon works it out. The limits of Work keep every product far from overflow.
func Reckon(w Work, city string, set setting.Values) (Cost, error) {
	c := Cost{Rate: rates[city]}
	if c.Rate == 0 {
		c.Rate, c.Default = rates["*"], true
	}
	basis := set.Set("fund.basis")
	for _, p := range []Part{{"hours", schema.Fen(w.Hours) * c.Rate}, {"materials", w.Materials}, {"printing", w.Printing}, {"phone", w.Phone}} {
		if slices.Contains(basis, p.Name) {
			c.Parts, c.Month = append(c.Parts, p), c.Month+p.Amount
		}
	}
	if c.Month == 0 {
		return c, fault.InvalidField("hours", "calculator.nothing")
	}
	c.Community = c.Month * schema.Fen(w.Months)
	c.Total = c.Community * schema.Fen(w.Communities)
	step := w.Months // R35: temporary work is paid whole before it starts
	if w.Nature != "temporary" {
		step = periods[set.Text("fund.gate_long_period")]
	}
	for first := int64(1); first <= w.Months; first += step {
		n := min(step, w.Months-first+1)
		c.Instalments = append(c.Instalments, Instalment{FirstMonth: first, Months: n, Amount: c.Month * schema.Fen(n)})
	}
	return c, nil
}
