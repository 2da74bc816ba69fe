package web

import (
	"html/template"
	"slices"
	"strconv"
	"time"

	"gatehouse/server/calendar"
)

// Event is one entry of a thing's history. From and To are translation keys of
// states; the rest is shown as it is.
type Event struct {
	When      time.Time
	Who       string
	TitleText string
	Note      string
	From, To  string
	Details   template.HTML
}

// shownAtOnce is how much of a long history is shown without being asked for.
const shownAtOnce = 12

// Timeline shows a history, given oldest first, with the newest on top; what is
// long ago is folded away.
func Timeline(l Lang, now time.Time, es []Event) template.HTML {
	newest := slices.Clone(es)
	slices.Reverse(newest)
	if len(newest) <= shownAtOnce+3 {
		return events(l, now, newest)
	}
	return Join(events(l, now, newest[:shownAtOnce]), Details(l, "timeline.earlier", events(l, now, newest[shownAtOnce:])))
}

func events(l Lang, now time.Time, es []Event) template.HTML {
	h := NewH(l)
	if len(es) == 0 {
		h.Raw(`<p class="empty">`)
		h.T("timeline.empty")
		h.Raw(`</p>`)
		return h.HTML()
	}
	h.Raw(`<ol class="timeline">`)
	for _, e := range es {
		h.Raw(`<li><p class="when">`)
		h.Add(When(l, now, e.When))
		h.Raw(`</p><h3>`)
		h.Text(e.TitleText)
		h.Raw(`</h3>`)
		if e.Who != "" {
			h.Raw(`<p class="by">`)
			h.Text(e.Who)
			h.Raw(`</p>`)
		}
		if e.From != "" && e.To != "" && e.From != e.To {
			h.Raw(`<p class="change">`)
			h.T("timeline.change", "from", l.T(e.From), "to", l.T(e.To))
			h.Raw(`</p>`)
		}
		if e.Note != "" {
			h.Raw(`<p class="note">`)
			h.Text(e.Note)
			h.Raw(`</p>`)
		}
		if e.Details != "" {
			h.Add(Details(l, "timeline.more", e.Details))
		}
		h.Raw(`</li>`)
	}
	h.Raw(`</ol>`)
	return h.HTML()
}

// When shows a moment in full with how long ago it was behind it.
func When(l Lang, now, t time.Time) template.HTML {
	h := NewH(l)
	h.Raw(`<time`)
	h.attr("datetime", t.UTC().Format(time.RFC3339))
	h.Raw(`>`)
	h.Text(l.Time(t))
	h.Raw(`</time> <span class="ago">`)
	h.Text(l.Ago(now, t))
	h.Raw(`</span>`)
	return h.HTML()
}

// TaskRow is one thing that waits for somebody. Title, Sub and Due are shown
// as they are.
type TaskRow struct {
	Href, Title, Sub, Due string
	Tone                  Tone
	TagKey                string
}

// Tasks lists what waits, in the order given: the most pressing first.
func Tasks(l Lang, rows []TaskRow) template.HTML {
	h := NewH(l)
	if len(rows) == 0 {
		h.Raw(`<p class="empty">`)
		h.T("tasks.empty")
		h.Raw(`</p>`)
		return h.HTML()
	}
	h.Raw(`<ul class="tasks">`)
	for _, r := range rows {
		h.Raw(`<li class="task"><div class="task-what"><a href="`)
		h.Href(r.Href)
		h.Raw(`">`)
		h.Text(r.Title)
		h.Raw(`</a>`)
		if r.Sub != "" {
			h.Raw(`<span class="task-sub">`)
			h.Text(r.Sub)
			h.Raw(`</span>`)
		}
		h.Raw(`</div><div class="task-state">`)
		if r.Due != "" {
			h.Raw(`<span class="task-due">`)
			h.Text(r.Due)
			h.Raw(`</span>`)
		}
		if r.TagKey != "" {
			h.Add(Tag(l, r.Tone, r.TagKey))
		}
		h.Raw(`</div></li>`)
	}
	h.Raw(`</ul>`)
	return h.HTML()
}

// Left says in words how much of a deadline is left at now, in its own unit,
// and how pressing it is. The day of now itself is not counted.
func Left(l Lang, now time.Time, s calendar.Sum) (string, Tone) {
	if !s.PausedSince().IsZero() {
		return l.T("deadline.paused"), Info
	}
	if calendar.Clocked(s.Unit) {
		return clockLeft(l, now, s)
	}
	today, due := dayOf(now), dayOf(s.Due)
	if today == due {
		return l.T("deadline.today"), Warn
	}
	unit := "d"
	if s.Unit == "wd" {
		unit = "wd"
	}
	if today > due {
		// The days behind the due day are not in the sum, so they count as
		// calendar days.
		return l.T("deadline.over_d", "n", daysBetween(s.Due, now)), Bad
	}
	// Of a given day nothing was counted; and of a sum that only begins later the
	// days until then are not in it.
	if len(s.Days) == 0 || dayOf(s.From) > today {
		return l.T("deadline.d", "n", daysBetween(now, s.Due)), Info
	}
	n := 0
	for _, d := range s.Days {
		if d.Counts && d.Date > today {
			n++
		}
	}
	if n <= 2 {
		return l.T("deadline."+unit, "n", n), Warn
	}
	return l.T("deadline."+unit, "n", n), Info
}

// clockLeft is Left for hours and minutes: of working hours those that are
// still to be worked, of the others those of the clock.
func clockLeft(l Lang, now time.Time, s calendar.Sum) (string, Tone) {
	left := s.Due.Sub(now)
	if left < 0 {
		return l.T("deadline.over", "time", duration(l, -left)), Bad
	}
	if today := dayOf(now); s.Unit == "wh" && today != dayOf(s.Due) {
		n := 0
		for _, d := range s.Days {
			if d.Date > today {
				n += d.Minutes
			}
		}
		return l.T("deadline.working", "time", duration(l, time.Duration(n)*time.Minute), "day", l.dayShort(dayOf(s.Due))), Info
	}
	if left <= 2*time.Hour {
		return l.T("deadline.left", "time", duration(l, left)), Warn
	}
	return l.T("deadline.left", "time", duration(l, left)), Info
}

// duration says a time in its largest units: days and hours, or hours and minutes.
func duration(l Lang, d time.Duration) string {
	m := int(d / time.Minute)
	days, hours, minutes := m/(24*60), m/60%24, m%60
	switch {
	case days > 1:
		return l.T("time.days", "n", days)
	case days == 1:
		return l.T("time.hours", "n", 24+hours)
	case hours > 0 && minutes > 0:
		return l.T("time.hours_minutes", "h", hours, "m", minutes)
	case hours > 0:
		return l.T("time.hours", "n", hours)
	}
	return l.T("time.minutes", "n", minutes)
}

func dayOf(t time.Time) string { return t.In(zone).Format(time.DateOnly) }

func daysBetween(from, to time.Time) int {
	a, _ := time.Parse(time.DateOnly, dayOf(from))
	b, _ := time.Parse(time.DateOnly, dayOf(to))
	return int(b.Sub(a).Hours() / 24)
}

// Deadline shows what is due, how long is left, the date, and on request the
// whole sum: which days counted and which did not and why (R-numbers of the
// rule belong to name, which is a translation key).
func Deadline(l Lang, now time.Time, name string, s calendar.Sum) template.HTML {
	h := NewH(l)
	left, tone := Left(l, now, s)
	h.Raw(`<div class="deadline deadline-`)
	h.Text(tone.class())
	h.Raw(`"><p class="deadline-line"><span class="deadline-name">`)
	h.T(name)
	h.Raw(`</span> <b>`)
	h.Text(left)
	h.Raw(`</b> `)
	h.Add(dueTime(l, s))
	h.Raw(`</p>`)
	if len(s.Unpublished) > 0 {
		years := make([]string, len(s.Unpublished))
		for i, y := range s.Unpublished {
			years[i] = strconv.Itoa(y)
		}
		h.Raw(`<p class="hint">`)
		h.T("deadline.unpublished", "years", years)
		h.Raw(`</p>`)
	}
	if len(s.Days) > 0 {
		h.Add(Details(l, "deadline.how", sumTable(l, s)))
	}
	h.Raw(`</div>`)
	return h.HTML()
}

// dueTime is the day of a deadline, the hour too where a clock counts; of one
// that stands still since when.
func dueTime(l Lang, s calendar.Sum) template.HTML {
	h := NewH(l)
	at, text := s.Due, l.Date(s.Due)
	switch since := s.PausedSince(); {
	case !since.IsZero():
		at, text = since, l.T("deadline.since", "time", l.Time(since))
	case calendar.Clocked(s.Unit):
		text = l.Time(s.Due)
	}
	h.Raw(`<time`)
	h.attr("datetime", at.UTC().Format(time.RFC3339))
	h.Raw(`>`)
	h.Text(text)
	h.Raw(`</time>`)
	return h.HTML()
}

func sumTable(l Lang, s calendar.Sum) template.HTML {
	h := NewH(l)
	h.Raw(`<p>`)
	h.Text(counting(l, s))
	h.Raw(`</p><table class="sum"><thead><tr><th scope="col">`)
	h.T("deadline.day")
	h.Raw(`</th><th scope="col">`)
	h.T("deadline.number")
	h.Raw(`</th><th scope="col">`)
	h.T("deadline.why")
	h.Raw(`</th></tr></thead><tbody>`)
	n := 0
	for _, d := range s.Days {
		if d.Counts {
			n++
			h.Raw(`<tr><th scope="row">`)
		} else {
			h.Raw(`<tr class="skipped"><th scope="row">`)
		}
		h.Text(l.dayShort(d.Date))
		h.Raw(`</th><td>`)
		switch {
		case d.Minutes > 0:
			h.Text(duration(l, time.Duration(d.Minutes)*time.Minute))
		case d.Counts:
			h.Text(strconv.Itoa(n))
		default:
			h.T("deadline.skipped")
		}
		h.Raw(`</td><td>`)
		if d.Paused {
			h.T("deadline.stood_still")
		} else {
			h.T(or(d.Name, "calendar."+string(d.Kind)))
		}
		if d.Source != "" {
			h.Raw(` <span class="hint">`)
			h.Text(d.Source)
			h.Raw(`</span>`)
		}
		h.Raw("</td></tr>\n")
	}
	h.Raw(`</tbody></table>`)
	h.Add(pauses(l, s.Pauses))
	h.Raw(`<p class="hint">`)
	h.T("deadline.version", "version", s.Version)
	h.Raw(`</p>`)
	return h.HTML()
}

// counting says in a sentence how a sum was counted.
func counting(l Lang, s calendar.Sum) string {
	unit := "t:deadline.unit_" + s.Unit
	switch {
	case !s.PausedSince().IsZero():
		return l.T("deadline.from_paused", "from", l.Time(s.From), "n", s.N, "unit", unit)
	case calendar.Clocked(s.Unit):
		return l.T("deadline.from_clock", "from", l.Time(s.From), "n", s.N, "unit", unit, "due", l.Time(s.Due))
	}
	return l.T("deadline.from", "from", l.Date(s.From), "n", s.N, "unit", unit, "due", l.Date(s.Due))
}

// pauses lists when a clock stood still, and why.
func pauses(l Lang, ps []calendar.Pause) template.HTML {
	if len(ps) == 0 {
		return ""
	}
	h := NewH(l)
	h.Raw(`<p class="hint">`)
	h.T("deadline.pauses")
	h.Raw(`</p><ul class="hint">`)
	for _, p := range ps {
		to := l.T("deadline.now")
		if !p.To.IsZero() {
			to = l.Time(p.To)
		}
		why := p.Why
		if Known(why) {
			why = l.T(why)
		}
		h.Raw(`<li>`)
		h.T("deadline.pause", "from", l.Time(p.From), "to", to, "why", why)
		h.Raw(`</li>`)
	}
	h.Raw(`</ul>`)
	return h.HTML()
}
