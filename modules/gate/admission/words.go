package admission

import (
	"html/template"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func term(l web.Lang, a *Application) string {
	if a.Start == "" {
		return ""
	}
	if a.End == "" {
		return l.T("application.from", "start", l.Day(a.Start))
	}
	return l.T("application.from_to", "start", l.Day(a.Start), "end", l.Day(a.End))
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func transferred(a *Application) string {
	if a.Transferred {
		return "yes"
	}
	return ""
}

func entryLink(l web.Lang, d *Decision) template.HTML {
	if d.Entry == "" {
		return portal.Text(l, d.Reason)
	}
	return web.Link("/catalogue/"+d.Entry, d.Reason)
}

func lines(s string) []string {
	var out []string
	for _, x := range strings.Split(s, "\n") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}
