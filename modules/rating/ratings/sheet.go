package ratings

import (
	"context"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Sheet is a batch of household codes of one community, printed to be cut up
// and dealt out: one slip for each household.
type Sheet struct {
	Box       string `json:"box"` // number of its ballot box
	Community string `json:"community"`
	Codes     int    `json:"codes"`
}

type issueForm struct {
	Community string `json:"community" form:"choice,required,from=asked_communities"`
	Codes     int64  `json:"codes" form:"number,required,min=1,max=500"`
}

// issuing: a committee hands out codes in its own community.
func issuing(r *Round, s *lifecycle.Step) []string {
	if in := lifecycle.In[issueForm](s); in != nil {
		return []string{in.Community}
	}
	return r.communities()
}

// issued counts a community's codes.
func (r *Round) issued(community string) int {
	n := 0
	for _, x := range r.Sheets {
		if x.Community == community {
			n += x.Codes
		}
	}
	return n
}

// issue makes a sheet. No more codes are made than households live there, so
// that nobody can answer in the name of households that are not.
func (m *Ratings) issue(r *Round, in *issueForm, s *lifecycle.Step) error {
	if !asks(r.Settings) {
		return fault.New(fault.Conflict, "round.residents_do_not_rate").OnRule("R44")
	}
	if len(r.itemsIn(in.Community)) == 0 {
		return fault.InvalidField("community", "schema.not_an_option")
	}
	if left := int(m.Households(in.Community)) - r.issued(in.Community); int(in.Codes) > left {
		return fault.InvalidField("codes", "fault.round.more_codes_than_households", "left", max(left, 0)).OnRule("R44")
	}
	b, err := m.newBox(s.Ctx, r.ID, in.Community, int(in.Codes))
	if err != nil {
		return err
	}
	r.Sheets = append(r.Sheets, Sheet{Box: b.ID, Community: b.Community, Codes: b.Codes})
	return nil
}

// askedCommunities are those of a round's communities whose codes the visitor
// may make.
func (m *Ratings) askedCommunities(_ context.Context, v portal.Visitor, r *Round) ([]web.Option, error) {
	var out []web.Option
	for _, c := range r.communities() {
		if m.mayIssue(v, c) {
			out = append(out, web.Option{Value: c, Text: m.Rounds.Names.Place(v.Lang, c)})
		}
	}
	return out, nil
}

func (m *Ratings) mayIssue(v portal.Visitor, community string) bool {
	return m.Rounds.May(v, "round.issue", lifecycle.Scope{Places: []string{community}}) == nil
}

// startIssue proposes a code for every household that has none.
func (m *Ratings) startIssue(ctx context.Context, v portal.Visitor, r *Round) web.Values {
	out := web.Values{}
	if os, _ := m.askedCommunities(ctx, v, r); len(os) == 1 {
		out["community"] = []string{os[0].Value}
		if left := int(m.Households(os[0].Value)) - r.issued(os[0].Value); left > 0 {
			out["codes"] = []string{portal.Count(int64(min(left, mostCodes)))}
		}
	}
	return out
}

// Codes are the household codes of a sheet, for programs.
type Codes struct {
	Round     string   `json:"round"`
	Community string   `json:"community"`
	Codes     []string `json:"codes"`
	Link      string   `json:"link"`
}

// sheetPage answers GET /rounds/:id/sheets/:box: the slips, to those who may
// hand them out, while the round is open.
func (m *Ratings) sheetPage(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	r, err := m.Rounds.Engine.Get(ctx, v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Sheets, func(x Sheet) bool { return x.Box == c.Params("box") })
	if i < 0 || !m.mayIssue(v, r.Sheets[i].Community) {
		return fault.Missing("sheet")
	}
	if !r.takes(m.Rounds.Engine.Now()) {
		return fault.New(fault.Conflict, "round.sheet_closed").OnRule("R9")
	}
	b, err := m.boxes.Get(ctx, r.Sheets[i].Box)
	if err != nil {
		return fault.Wrap(err, "read box %s", r.Sheets[i].Box)
	}
	codes := m.codes(b)
	if portal.IsAPI(c) {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.JSON(Codes{r.No, b.Community, codes, m.Rounds.Public + "/r/{code}"})
	}
	title := v.Lang.T("round.sheet_of", "community", m.Rounds.Names.Place(v.Lang, b.Community), "title", r.Title)
	return m.Rounds.Show(c, fiber.StatusOK, web.Page{Title: title, Print: true, Body: slips(v.Lang, title, m.Rounds.Public, codes, r)})
}

func (m *Ratings) codes(b *box) []string {
	codes := make([]string, b.Codes)
	for n := range codes {
		codes[n] = m.code(b, n)
	}
	return codes
}

// Codes gives the household codes of a round's sheets, in their order. It has
// not passed the gate: it is for whoever lives a city's past in a program.
func (m *Ratings) Codes(ctx context.Context, round string) ([]string, error) {
	r, err := m.Rounds.Engine.Cases().Get(ctx, round)
	if err != nil {
		return nil, fault.Wrap(err, "read round %s", round)
	}
	var out []string
	for _, x := range r.Sheets {
		b, err := m.boxes.Get(ctx, x.Box)
		if err != nil {
			return nil, fault.Wrap(err, "read box %s", x.Box)
		}
		out = append(out, m.codes(b)...)
	}
	return out, nil
}

func slips(l web.Lang, title, base string, codes []string, r *Round) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<article class="slips"><h1>`)
		h.Text(title)
		h.Raw(`</h1><p class="slips-how">`)
		h.T("round.sheet_how", "until", l.Day(r.Closes))
		h.Raw(`</p><ul class="slips-list">`)
		for _, code := range codes {
			h.Raw(`<li class="slip"><div>`)
			h.Add(web.QR(l, base+"/r/"+code+"?via=qr"))
			h.Raw(`</div><div><p class="slip-title">`)
			h.Text(r.Title)
			h.Raw(`</p><p class="slip-code">`)
			h.Text(spaced(code))
			h.Raw(`</p><p>`)
			h.T("round.slip", "address", base+"/vote", "until", l.Day(r.Closes))
			h.Raw(`</p></div></li>`)
		}
		h.Raw(`</ul></article>`)
	})
}
