package front

import (
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// step is one of the first steps of a new city.
type step struct {
	key, href string // words: front.step_<key>, front.step_<key>_text
	done      bool
}

// steps are what a new city needs before the first department can apply, in the
// order they are taken.
func (f *Front) steps() []step {
	return []step{
		{"areas", "/areas", len(f.portal.City.Communities(f.portal.City.Top())) > 0},
		{"departments", "/departments", f.directory.HasDepartments()},
		{"people", "/users", f.people.Held("office_staff", "office_head", "conference", "finance", "dept_clerk", "dept_head", "committee_head")},
		{"lists", "/catalogue", f.catalogue.InForce() > 0},
	}
}

// firstSteps tells an administrator how far a new portal has come; nothing when
// it has all it needs.
func (f *Front) firstSteps(v portal.Visitor) htmlOf {
	if !f.portal.Holds(v.Actor, "admin") {
		return ""
	}
	steps := f.steps()
	if !slices.ContainsFunc(steps, func(s step) bool { return !s.done }) {
		return ""
	}
	l := v.Lang
	return web.Section(l, "front.first_steps", portal.In(l, func(h *web.H) {
		h.Raw(`<ol class="how">`)
		for _, s := range steps {
			h.Raw(`<li>`)
			h.Add(web.Link(s.href, l.T("front.step_"+s.key)))
			h.Text(" ")
			if s.done {
				h.Add(web.Tag(l, web.Good, "front.step_done"))
			} else {
				h.Add(web.Tag(l, web.Warn, "front.step_open"))
			}
			h.Raw(`<br>`)
			h.T("front.step_" + s.key + "_text")
			h.Raw(`</li>`)
		}
		h.Raw(`</ol>`)
	}))
}
