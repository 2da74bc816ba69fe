package orders

import (
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/web"
)

// limit is how long a unit has, and where that is written.
type limit struct {
	rule, setting, unit string
	today               bool // until the end of the day on which it starts
}

// closing gives the limit of an order by the model that was in force when it
// was filed: by urgency (R58), by type (R59), or the same day, three and
// thirteen working days (R60).
func (o *Order) closing(v setting.Values) limit {
	inquiry := o.Type == "consult" || o.Type == "help"
	switch model := v.Text("hot.model"); {
	case model == "thirteen" && o.urgent():
		return limit{rule: "R60", today: true}
	case model == "thirteen" && inquiry:
		return limit{rule: "R60", setting: "hot.prompt_wd", unit: "wd"}
	case model == "thirteen":
		return limit{rule: "R60", setting: "hot.other_wd", unit: "wd"}
	case o.urgent():
		return limit{rule: "R58", setting: "hot.emergency_h", unit: "h"}
	case model == "workdays" && o.Type == "consult":
		return limit{rule: "R59", setting: "hot.consult_wd", unit: "wd"}
	case model == "workdays":
		return limit{rule: "R59", setting: "hot.request_wd", unit: "wd"}
	case o.Class == "utility":
		return limit{rule: "R58", setting: "hot.utility_h", unit: "h"}
	case o.Class == "complex":
		return limit{rule: "R58", setting: "hot.complex_days", unit: "d"}
	}
	return limit{rule: "R58", setting: "hot.ordinary_days", unit: "d"}
}

// signing gives the time to sign for an order.
func (o *Order) signing(v setting.Values) limit {
	switch {
	case o.urgent():
		return limit{rule: "R55", setting: "hot.sign_emergency_min", unit: "min"}
	case v.Text("hot.model") == "workdays":
		return limit{rule: "R59", setting: "hot.sign_wd", unit: "wd"}
	}
	return limit{rule: "R55", setting: "hot.sign_wh", unit: "wh"}
}

// contacting gives the time until the caller has heard from the unit.
func (o *Order) contacting() limit {
	if o.urgent() {
		return limit{rule: "R54", setting: "hot.contact_emergency_min", unit: "min"}
	}
	return limit{rule: "R54", setting: "hot.contact_h", unit: "h"}
}

// text words how long it is.
func (l limit) text(lang web.Lang, v setting.Values) string {
	if l.today {
		return lang.T("order.same_day")
	}
	return lang.T("order.n_"+l.unit, "n", v.Int(l.setting))
}

// start starts the clock of a limit.
func (l limit) start(name string, s *lifecycle.Step) {
	if l.today {
		s.Until(name, l.rule, endOfDay(s.Now))
		return
	}
	s.Start(name, l.rule, l.setting, l.unit, s.Settings.Int(l.setting))
}

// endOfDay is the last moment of a city day.
func endOfDay(t time.Time) time.Time {
	y, m, d := t.In(calendar.City).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, calendar.City).Add(-time.Microsecond).UTC()
}

// clocks are started when an order goes to a unit: a unit that did not have it
// before begins with whole limits, whatever others used up.
func (o *Order) clocks(s *lifecycle.Step) {
	o.signing(s.Settings).start("sign", s)
	o.contacting().start("contact", s)
	if !o.Ruled {
		s.Start("return", "R56", "hot.return_wh", "wh", s.Settings.Int("hot.return_wh"))
	}
	if s.Settings.Text("hot.clock") == "dispatch" {
		o.run(s)
	}
}

// run starts the time to close.
func (o *Order) run(s *lifecycle.Step) {
	o.closing(s.Settings).start("handle", s)
	o.Late, o.Reminded, o.Criticised = false, false, false
}

// kept tells whether a running deadline has not passed, or there is none.
func (o *Order) kept(name string, now time.Time) bool {
	d, ok := o.Open(name)
	return !ok || !now.After(d.Due)
}

// lamp is how near the limit an order is: green, yellow, red (R59).
func (o *Order) lamp(now time.Time) string {
	d, ok := o.Open("handle")
	switch {
	case !ok || d.Paused():
		return ""
	case now.After(d.Due):
		return "red"
	case now.Sub(d.From)*100 >= d.Due.Sub(d.From)*time.Duration(o.Settings.Int("hot.lamp_pct")):
		return "yellow"
	}
	return "green"
}
