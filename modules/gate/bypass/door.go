package bypass

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Routes stand before the desk's own: reporting answers with a tracking code,
// which is all that somebody without a name can hold on to.
func (m *Bypass) Routes(r fiber.Router) {
	for _, at := range []string{"", "/api/v1"} {
		p := at + "/reports"
		r.Get(p, m.unplaced)
		r.Post(p, m.post)
		r.Post(p+"/new/file", m.post)
		r.Get(p+"/track", m.track)
	}
}

// unplaced: the department must not find out by narrowing its list where a
// report came from.
func (m *Bypass) unplaced(c *fiber.Ctx) error {
	a := portal.Who(c).Actor
	if c.Query("place") != "" && m.Holds(a, "dept_clerk") && !m.Holds(a, "office_staff", "auditor") {
		return fault.InvalidField("place", "schema.not_an_option")
	}
	return c.Next()
}

// File files a report. The same text of the same person, or of anybody without
// a name, is the same case.
func (m *Bypass) File(ctx context.Context, by lifecycle.Actor, in *Content) (*Report, string, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, "", fault.Wrap(err, "read report")
	}
	text := sha256.Sum256(b)
	r, err := m.Reports.Engine.Open(ctx, by, "file", in, lifecycle.Opts{Key: "text:" + hex.EncodeToString(text[:])})
	if err != nil {
		return nil, "", err
	}
	return r, m.code(r.ID), nil
}

// post files what comes in; what cannot be taken goes on to the desk, which
// shows the form again and says why.
func (m *Bypass) post(c *fiber.Ctx) error {
	row, _ := m.Reports.Engine.Table.Act("file")
	in, err := m.Read(c, row.Do.Input)
	if err != nil {
		return c.Next()
	}
	v := portal.Who(c)
	r, code, err := m.File(c.UserContext(), v.Actor, in.(*Content))
	switch {
	case fault.Is(err, fault.Internal):
		return err
	case err != nil:
		return c.Next()
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if portal.IsAPI(c) {
		return c.Status(fiber.StatusCreated).JSON(Received{r.No, r.State, code})
	}
	return m.Show(c, fiber.StatusCreated, web.Page{Title: v.Lang.T("report.filed"), Body: m.thanks(c.UserContext(), v, r, code)})
}

// thanks shows the tracking code, this once.
func (m *Bypass) thanks(ctx context.Context, v portal.Visitor, r *Report, code string) template.HTML {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("report.filed_text", "n", r.Settings.Int("bypass.verify_wd"))
		h.Raw(`</p>`)
		h.Add(web.Panel(l, web.Good, "report.code", portal.In(l, func(h *web.H) {
			h.Raw(`<p><strong>`)
			h.Text(code)
			h.Raw(`</strong></p><p>`)
			h.T("report.code_text")
			h.Raw(`</p>`)
		})))
		links := []web.ActionItem{{LabelKey: "report.track", Href: "/reports/track"}}
		if m.Reports.Engine.Sees(ctx, v.Actor, r) {
			links = append(links, web.ActionItem{LabelKey: "report.open_case", Href: m.Reports.Href(r)})
		}
		h.Add(web.Actions(l, links))
	})
}

// track tells how far a report is, and nothing else, to whoever has its code.
func (m *Bypass) track(c *fiber.Ctx) error {
	v, typed := portal.Who(c), c.Query("code")
	r, err := m.byCode(c.UserContext(), typed)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if portal.IsAPI(c) {
		if r == nil {
			return fault.New(fault.NotFound, "report.no_such_code")
		}
		return c.JSON(Tracked{r.State})
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("report.track_text")
		h.Raw(`</p>`)
		h.Add(web.Filters(l, web.FilterSpec{Action: "/reports/track", Fields: []web.FilterField{{Name: "code", LabelKey: "report.code", Value: typed}}}))
		switch {
		case r != nil:
			h.Add(web.Panel(l, web.Info, "state.report."+r.State, portal.Text(l, l.T("report.means."+r.State))))
		case typed != "":
			h.Add(web.Panel(l, web.Bad, "fault.report.no_such_code", portal.Text(l, l.T("fault.report.no_such_code.remedy"))))
		}
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("report.track"), Body: body})
}

func (m *Bypass) byCode(ctx context.Context, typed string) (*Report, error) {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(plain) != 12 {
		return nil, nil
	}
	q := store.Query{Where: []store.Cond{{Field: "track", Op: store.Eq, Value: digest(group(plain))}}, Sort: "id", Limit: 1}
	rs, err := m.Reports.Engine.Cases().Find(ctx, q)
	if err != nil || len(rs) == 0 {
		return nil, fault.Wrap(err, "find a report by its code")
	}
	return rs[0], nil
}

// letters of a code: none that looks like another.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

// code is a report's tracking code: sixty bits that only the portal can make.
func (m *Bypass) code(id string) string {
	mac := hmac.New(sha256.New, m.Signing)
	mac.Write([]byte("track\x00" + id))
	return group(letters.EncodeToString(mac.Sum(nil)[:10])[:12])
}

func group(s string) string { return s[:4] + "-" + s[4:8] + "-" + s[8:] }

// digest is what is kept of a code.
func digest(code string) string {
	h := sha256.Sum256([]byte(code))
	return hex.EncodeToString(h[:])
}

// sealed is the desk of reports to whoever checks the code of a letter: a
// report lies where its reporter is, which a letter does not tell either.
type sealed struct{ portal.AnyResource }

func (s sealed) Verify(ctx context.Context, v portal.Visitor, no, hash string) (portal.Proof, bool, error) {
	p, ok, err := s.AnyResource.Verify(ctx, v, no, hash)
	p.Places = nil
	return p, ok, err
}

// seal puts the sealed desk into the house in place of the open one.
func (m *Bypass) seal() {
	ds := m.Resources()
	for i := range ds {
		if ds[i].Plural() == m.Reports.Plural() {
			ds[i] = sealed{ds[i]}
		}
	}
}

// Received is what a reporter keeps.
type Received struct {
	No    string `json:"no"`
	State string `json:"state"`
	Code  string `json:"code"`
}

// Tracked is how far a report has come.
type Tracked struct {
	State string `json:"state"`
}
