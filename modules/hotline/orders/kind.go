package orders

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

var (
	// withUnit are the states in which the unit's clock runs.
	withUnit = []string{"dispatched", "signed", "contacted", "handling"}
	// running are those in which an order may pass its limit.
	running = append([]string{"return_asked", "ruling"}, withUnit...)
	// unsettled are those in which the caller still waits for an answer.
	unsettled = append([]string{"new", "triaged", "replied", "callback", "evaluated", "merged"}, running...)
	// ended are those in which nobody waits for anything.
	ended = []string{"answered", "closed", "not_accepted", "transferred"}
	// judged are those in which a unit's order may count in its rates.
	judged = append([]string{"replied", "callback", "evaluated", "closed"}, running...)
)

func (m *Orders) kind() portal.Kind[Order] {
	return portal.Kind[Order]{
		Table:    m.table(),
		View:     m.view(),
		Unplaced: true,
		Opens:    m.opens,
		Opened:   m.opened,
		Lead:     m.lead,
		Redact:   m.redact,
		Above:    m.above,
		Filters: map[string]string{"category": "category", "community": "community", "channel": "channel", "queue": "queue", "unit": "unit", "item": "item",
			"due_month": "due_month", "receipt": "receipt"},
		Prefill: map[string]string{"triage": "type category class community item"},
		Initial: map[string]func(context.Context, portal.Visitor, *Order) web.Values{"dispatch": m.suggested},
		Aside: map[string]func(context.Context, portal.Visitor, *Order) (template.HTML, error){
			"dispatch": m.limitHint, "triage": m.similar},
		Choices: map[string]func(context.Context, portal.Visitor, *Order) ([]web.Option, error){
			"triage.item": m.itemsHere, "answer.article": m.articlesFor},
	}
}

func (m *Orders) table() lifecycle.Table[Order] {
	return lifecycle.Table[Order]{
		Noun: "order", Plural: "orders", Prefix: "GD",
		Title: (*Order).summary,
		Scope: m.scope, Facts: m.facts, AssignedTo: m.assignees,
		// Until it is dispatched an order is the centre's.
		States: []lifecycle.State{
			{Name: "new", Shelf: lifecycle.Draft, Tone: "warn"},
			{Name: "answered", Shelf: lifecycle.Draft, Tone: "good"},
			{Name: "triaged", Shelf: lifecycle.Draft, Tone: "warn"},
			{Name: "dispatched", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "signed", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "contacted", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "handling", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "return_asked", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "ruling", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "replied", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "callback", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "evaluated", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "not_accepted", Shelf: lifecycle.Draft, Tone: "neutral"},
			{Name: "transferred", Shelf: lifecycle.Draft, Tone: "neutral"},
			{Name: "merged", Shelf: lifecycle.Draft, Tone: "neutral"},
		},
		Personal: personal, AnonymiseOn: (*Order).anonymisesOn,
		Acts:    m.acts(),
		Fields:  fields,
		Indexes: indexes,
		Extract: m.extract,
	}
}

func (m *Orders) acts() []lifecycle.Act[Order] {
	var out []lifecycle.Act[Order]
	for _, part := range [][]lifecycle.Act[Order]{m.opening(), m.ofCentre(), m.ofUnit(), m.ofCaller(), m.ofPortal()} {
		out = append(out, part...)
	}
	return out
}

// opening acts: the ways in (R51), and what is transferred on the spot (R134).
func (m *Orders) opening() []lifecycle.Act[Order] {
	to := []string{"new"}
	return []lifecycle.Act[Order]{
		{Name: "file", To: to, Rule: "R51", Do: lifecycle.Fills("order", m.file)},
		{Name: "take", To: to, Rule: "R51", Look: lifecycle.Primary, Do: lifecycle.Fills("order", m.file)},
		{Name: "file_for", To: to, Rule: "R51", Look: lifecycle.Primary, Do: lifecycle.Fills("order", m.fileFor),
			Place: func(o *Order, s *lifecycle.Step) []string { return []string{o.Community} }},
		{Name: "receive", To: to, Rule: "R73", Look: lifecycle.Hidden, Do: lifecycle.Fills("order", m.file)},
		{Name: "import", To: []string{"closed"}, Rule: "R52", Look: lifecycle.Hidden, Do: lifecycle.Fills("order", m.importPast)},
		{Name: "pass_on", To: []string{"transferred"}, Rule: "R134", Look: lifecycle.Danger, Do: lifecycle.Fills("order", m.passOn)},
	}
}

// ofCentre are the acts of operators, dispatchers, callback staff, the head
// and the review panel.
func (m *Orders) ofCentre() []lifecycle.Act[Order] {
	early := []string{"new", "triaged"}
	return []lifecycle.Act[Order]{
		{Name: "answer", From: early, To: []string{"answered"}, Rule: "R64", Do: lifecycle.Takes("order", m.answer), Stops: []string{"*"}, Emits: Answered},
		{Name: "triage", From: early, To: []string{"triaged"}, Rule: "R54", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.triage)},
		{Name: "dispatch", From: []string{"triaged"}, To: []string{"dispatched"}, Rule: "R55", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.dispatchTo), Stops: []string{"triage"}},
		{Name: "decline", From: early, To: []string{"not_accepted"}, Rule: "R54", Do: lifecycle.Takes("order", m.decline), Stops: []string{"*"}, Emits: Declined},
		{Name: "transfer", From: early, To: []string{"transferred"}, Rule: "R134", Look: lifecycle.Danger, Do: lifecycle.Takes("order", m.transfer), Stops: []string{"*"}},
		{Name: "merge", From: early, To: []string{"merged"}, Rule: "R54", Do: lifecycle.Takes("order", m.merge), Stops: []string{"*"}, Emits: Merged},
		{Name: "split", From: []string{"merged"}, To: []string{"triaged"}, Rule: "R54", Do: lifecycle.Does(split)},
		{Name: "retype", From: unsettled, Rule: "R54", Do: lifecycle.Takes("order", m.retype)},

		{Name: "redispatch", From: []string{"return_asked"}, To: []string{"dispatched"}, Rule: "R56", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.redispatch)},
		{Name: "refuse_return", From: []string{"return_asked"}, To: []string{"dispatched", "signed"}, Rule: "R56", Do: lifecycle.Takes("order", m.refuseReturn)},
		{Name: "rule", From: []string{"ruling"}, To: []string{"dispatched"}, Rule: "R57", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.rule), Emits: Ruled},
		{Name: "grant_extension", From: withUnit, Rule: "R61", Do: lifecycle.Takes("order", m.grant)},
		{Name: "refuse_extension", From: withUnit, Rule: "R61", Do: lifecycle.Takes("order", m.refuse)},
		{Name: "supervise", From: running, Rule: "R62", Do: lifecycle.Takes("order", supervise)},
		{Name: "accept_reply", From: []string{"replied"}, To: []string{"callback"}, Rule: "R54", Look: lifecycle.Primary, Do: lifecycle.Does(accept),
			Stops: []string{"*"}, Timers: []lifecycle.Timer{{Name: "callback", Setting: "hot.callback_wd", Unit: "wd", Rule: "R63"}}, Emits: Reviewed},
		{Name: "send_back", From: []string{"replied"}, To: []string{"handling"}, Rule: "R54", Look: lifecycle.Danger, Do: lifecycle.Takes("order", sendBack)},

		{Name: "evaluate", From: []string{"callback"}, To: []string{"closed", "evaluated", "handling", "triaged"}, Rule: "R63", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.evaluate), Emits: Closed},
		{Name: "not_reached", From: []string{"callback"}, To: []string{"callback", "closed"}, Rule: "R63", Do: lifecycle.Does(notReached)},
		{Name: "second_call", From: []string{"evaluated"}, To: []string{"closed", "handling", "triaged"}, Rule: "R63", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.secondCall), Emits: Closed},
		{Name: "flag_policy", From: append([]string{"answered"}, unsettled...), Do: lifecycle.Takes("order", flag)},
		{Name: "settle_escalation", From: unsettled, Rule: "R54", Do: lifecycle.Takes("order", settle)},
		{Name: "exclude", From: judged, Do: lifecycle.Takes("order", decided("excluded"))},
		{Name: "keep_counted", From: judged, Do: lifecycle.Takes("order", decided("counted"))},
		{Name: "forget", From: ended, Look: lifecycle.Danger, Do: lifecycle.Takes("order", forget), Emits: Forgotten},
		{Name: "fade", From: ended, Look: lifecycle.Danger, Do: lifecycle.Does(m.anonymise)},
		{Name: "reveal", From: append([]string{"answered", "closed"}, unsettled...), Rule: "R54", Do: lifecycle.Takes("order", reveal)},
	}
}

// ofUnit are the acts of the department or street that handles an order.
func (m *Orders) ofUnit() []lifecycle.Act[Order] {
	return []lifecycle.Act[Order]{
		{Name: "sign", From: []string{"dispatched"}, To: []string{"signed"}, Rule: "R55", Look: lifecycle.Primary, Do: lifecycle.Does(sign), Stops: []string{"sign"}},
		{Name: "contact", From: []string{"signed"}, To: []string{"contacted"}, Rule: "R54", Look: lifecycle.Primary, Do: lifecycle.Takes("order", contact), Stops: []string{"contact", "return"}},
		{Name: "begin", From: []string{"contacted"}, To: []string{"handling"}, Rule: "R54", Do: lifecycle.Takes("order", begin)},
		{Name: "return", From: []string{"dispatched", "signed"}, To: []string{"return_asked", "ruling"}, Rule: "R56", Look: lifecycle.Danger, Do: lifecycle.Takes("order", m.giveBack), Stops: []string{"return"}},
		{Name: "extend", From: []string{"signed", "contacted", "handling"}, Rule: "R61", Do: lifecycle.Takes("order", extend)},
		{Name: "pause", From: []string{"signed", "contacted", "handling"}, Rule: "R54", Do: lifecycle.Takes("order", pause)},
		{Name: "resume", From: []string{"signed", "contacted", "handling"}, Rule: "R54", Do: lifecycle.Does(resume)},
		{Name: "explain", From: withUnit, Rule: "R62", Do: lifecycle.Takes("order", explain), Stops: []string{"criticise"}},
		{Name: "reply", From: []string{"contacted", "handling"}, To: []string{"replied"}, Rule: "R54", Look: lifecycle.Primary, Do: lifecycle.Takes("order", m.reply), Stops: []string{"sign", "contact", "return"}},
		{Name: "ask_exclusion", From: judged, Do: lifecycle.Takes("order", askExclusion)},
	}
}

// ofCaller are the acts of whoever has the order's number and PIN.
func (m *Orders) ofCaller() []lifecycle.Act[Order] {
	return []lifecycle.Act[Order]{
		{Name: "rate", From: []string{"callback", "closed"}, To: []string{"closed", "handling", "triaged"}, Rule: "R63", Do: lifecycle.Takes("order", m.rate), Emits: Closed},
		{Name: "not_solved", From: []string{"callback", "evaluated", "closed", "answered"}, To: []string{"handling", "triaged"}, Rule: "R63", Do: lifecycle.Takes("order", m.notSolved), Emits: Redone},
		{Name: "escalate", From: unsettled, Rule: "R54", Do: lifecycle.Takes("order", escalate)},
		{Name: "add", From: append([]string{"answered", "closed"}, unsettled...), Rule: "R51", Do: lifecycle.Takes("order", add)},
	}
}

// ofPortal is what the portal does by itself, and for other modules.
func (m *Orders) ofPortal() []lifecycle.Act[Order] {
	silent := lifecycle.Hidden
	return []lifecycle.Act[Order]{
		{Name: "own", From: []string{"dispatched", "signed"}, On: "return", Rule: "R56", Look: silent},
		{Name: "overdue", From: running, On: "handle", Rule: "R62", Look: silent, Do: lifecycle.Does(overdue)},
		{Name: "remind", From: running, On: "remind", Daytime: true, Rule: "R62", Look: silent, Do: lifecycle.Does(remind)},
		{Name: "supervise_late", From: running, On: "supervise", Daytime: true, Rule: "R62", Look: silent, Do: lifecycle.Does(superviseLate)},
		{Name: "criticise", From: running, On: "criticise", Daytime: true, Rule: "R62", Look: silent, Do: lifecycle.Does(criticise)},
		{Name: "follow", From: []string{"merged"}, To: []string{"callback"}, Rule: "R54", Look: silent, Do: lifecycle.Takes("order", m.follow),
			Timers: []lifecycle.Timer{{Name: "callback", Setting: "hot.callback_wd", Unit: "wd", Rule: "R63"}}},
		{Name: "engage", From: []string{"new", "triaged", "handling"}, To: []string{"handling"}, Rule: "R54", Look: silent, Do: lifecycle.Takes("order", m.engage), Stops: []string{"*"}},
		{Name: "disengage", From: []string{"handling"}, To: []string{"triaged"}, Rule: "R54", Look: silent, Do: lifecycle.Takes("order", disengage)},
		{Name: "job_done", From: []string{"handling"}, To: []string{"callback"}, Rule: "R54", Look: silent, Do: lifecycle.Takes("order", m.jobDone), Stops: []string{"*"},
			Timers: []lifecycle.Timer{{Name: "callback", Setting: "hot.callback_wd", Unit: "wd", Rule: "R63"}}, Emits: Reviewed},
	}
}

// fields are what orders are found and counted by.
var fields = []store.Field{{Name: "channel"}, {Name: "category"}, {Name: "stream"}, {Name: "community"}, {Name: "caller"}, {Name: "twin"}, {Name: "item"},
	{Name: "main"}, {Name: "unit"}, {Name: "opened"}, {Name: "touched"}, {Name: "day"}, {Name: "year"}, {Name: "due_month"}, {Name: "queue"}, {Name: "source"}, {Name: "unhappy"}, {Name: "receipt"}}

var indexes = []store.Index{
	{Name: "twin", Fields: []string{"twin"}, Unique: true},
	{Name: "caller", Fields: []string{"caller", "day"}},
	{Name: "item", Fields: []string{"item"}},
	{Name: "main", Fields: []string{"main"}},
	{Name: "opened", Fields: []string{"opened"}},
	{Name: "touched", Fields: []string{"touched"}},
	{Name: "day", Fields: []string{"day", "stream"}},
	{Name: "year", Fields: []string{"year", "stream"}},
	{Name: "year_category", Fields: []string{"year", "category"}},
	{Name: "receipt", Fields: []string{"receipt"}},
	{Name: "due_month", Fields: []string{"due_month"}},
	{Name: "near", Fields: []string{"category", "community", "day"}},
}

// extract gives what an order is found by. Places are searched too: the words
// field holds number, words and place.
func (m *Orders) extract(o *Order) map[string]any {
	x := map[string]any{"words": o.No + " " + o.Words + " " + o.Place, "opened": store.Stamp(o.OpenedAt), "touched": store.Stamp(o.ChangedAt),
		"day": string(schema.DateOf(o.OpenedAt, zone)), "year": o.OpenedAt.In(zone).Format("2006"), "channel": o.Channel, "queue": o.queue(), "unhappy": nil}
	if o.unhappy() {
		x["unhappy"] = "yes"
	}
	for field, v := range map[string]string{"category": o.Category, "stream": o.Stream, "community": o.Community, "caller": o.Caller, "twin": o.Twin,
		"item": string(o.Item), "main": o.Main, "unit": o.Unit, "due_month": o.DueMonth, "source": o.Source, "receipt": o.PublicReceipt()} {
		x[field] = nil
		if v != "" {
			x[field] = v
		}
	}
	return x
}

// unhappy tells whether its caller says that it was not solved, or badly done.
func (o *Order) unhappy() bool { return o.Solved == "not" || o.Graded && o.Grade <= bad }

// queue is which of the centre's queues an order falls into: administrative
// and social requests are two streams (R69), a declared disaster makes them one
// (R73).
func (o *Order) queue() string {
	switch {
	case o.Disaster:
		return "disaster"
	case o.Stream == "social":
		return "social"
	}
	return "administrative"
}
