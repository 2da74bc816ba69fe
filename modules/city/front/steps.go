package front

import (
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// firstSteps tells an administrator what a new portal still needs before the
// first department can apply; nothing when it has all of it.
func (f *Front) firstSteps(v portal.Visitor) htmlOf {
	if f.Steps == nil || !f.h.Holds(v.Actor, "admin") {
		return ""
	}
	steps := f.Steps()
	if !slices.ContainsFunc(steps, func(s Step) bool { return !s.Done }) {
		return ""
	}
	l := v.Lang
	return web.Section(l, "front.first_steps", portal.In(l, func(h *web.H) {
		h.Raw(`<ol class="how">`)
		for _, s := range steps {
			h.Raw(`<li>`)
			h.Add(web.Link(s.Href, l.T("front.step_"+s.Key)))
			h.Text(" ")
			if s.Done {
				h.Add(web.Tag(l, web.Good, "front.step_done"))
			} else {
				h.Add(web.Tag(l, web.Warn, "front.step_open"))
			}
			h.Raw(`<br>`)
			h.T("front.step_" + s.Key + "_text")
			h.Raw(`</li>`)
		}
		h.Raw(`</ol>`)
	}))
}
