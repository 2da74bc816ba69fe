package calculator

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/portaltest"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

func TestReckon(t *testing.T) {
	t.Parallel()
	set := setting.Defaults()
	c, err := Reckon(Work{Communities: 3, Months: 8, Hours: 12, Materials: 10000, Printing: 2000, Phone: 500}, "anywhere", set)
	if err != nil || c.Month != 12*4500+12500 || c.Total != c.Month*24 || !c.Default {
		t.Fatalf("%+v %v", c, err)
	}
	if n := c.Instalments; len(n) != 3 || n[1].FirstMonth != 4 || n[2].Months != 2 {
		t.Errorf("R34 quarterly in advance: %+v", n)
	}
	c, _ = Reckon(Work{Communities: 1, Months: 2, Hours: 1, Nature: "temporary"}, "anywhere", set)
	if len(c.Instalments) != 1 || c.Instalments[0].Amount != 9000 {
		t.Errorf("R35 whole before the start: %+v", c.Instalments)
	}
	set["fund.basis"] = "hours"
	if c, _ = Reckon(Work{Communities: 1, Months: 1, Hours: 1, Materials: 7}, "anywhere", set); c.Month != 4500 {
		t.Errorf("fund.basis names hours alone: %+v", c)
	}
	if _, err := Reckon(Work{Communities: 1, Months: 1, Materials: 7}, "anywhere", set); err == nil {
		t.Error("nothing was reckoned")
	}
}

// The instalments are the whole and no more, whatever the period.
func TestInstalmentsSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := setting.Defaults()
		set["fund.gate_long_period"] = rapid.SampledFrom([]string{"monthly", "quarterly", "half_yearly", "yearly"}).Draw(t, "period")
		w := Work{Communities: rapid.Int64Range(1, 1000).Draw(t, "communities"), Months: rapid.Int64Range(1, 60).Draw(t, "months"), Hours: rapid.Int64Range(1, 2000).Draw(t, "hours"),
			Materials: 100000000, Printing: 100000000, Phone: 100000000, Nature: rapid.SampledFrom([]string{"", "long", "temporary"}).Draw(t, "nature")}
		c, err := Reckon(w, "x", set)
		if err != nil {
			t.Fatal(err)
		}
		sum, months := schema.Fen(0), int64(0)
		for _, i := range c.Instalments {
			sum, months = sum+i.Amount, months+i.Months
		}
		if sum != c.Community || months != w.Months || c.Total/schema.Fen(w.Communities) != c.Community {
			t.Fatalf("%+v", c)
		}
	})
}

func TestPage(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	New(h.Portal)
	app := h.App()
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{"/calculator", 200, "每社区每月工时"},
		{"/calculator?communities=3&months=12&hours=10&materials=20.50", 200, "470.50"},
		{"/calculator?communities=3&months=12&hours=10", 200, "默认值"},
		{"/calculator?communities=0&months=12&hours=10", 422, "几个社区"},
		{"/calculator?communities=x", 422, "几个月"},
		{"/api/v1/calculator?communities=3&months=12&hours=10&materials=2050", 200, `"month":47050`},
		{"/api/v1/calculator?communities=3&months=12&hours=ten", 422, "hours"},
		{"/api/v1/calculator?communities=3&months=12&hours=0", 422, "calculator.nothing"},
		{"/api/v1/calculator?communities=3&months=12&hours=1&moon=1", 422, "moon"},
		{"/api/v1/calculator?communities=-3&months=12&hours=1", 422, "communities"},
	} {
		if code, body := h.Ask(app, "clerk.fire", c.path, ""); code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %d and %q", c.path, code, c.code, c.want)
		}
	}
}
