package knowledge

import (
	"context"
	"html/template"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Reason says why.
type Reason struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// Until is the day up to which an answer is good; none takes the usual time.
type Until struct {
	Until schema.Date `json:"until,omitempty" form:"date"`
}

// Enquiry is an order that was answered.
type Enquiry struct {
	Order    string `json:"order" form:"text,required,max=64"`
	No       string `json:"no" form:"text,required,max=40"`
	Title    string `json:"title,omitempty" form:"text,max=60"`
	Category string `json:"category,omitempty" form:"text,max=8"`
	Owner    string `json:"owner,omitempty" form:"text,max=64"`
}

func (m *Knowledge) kind() portal.Kind[Article] {
	alive := []string{draft, published, reviewDue}
	return portal.Kind[Article]{
		Table: lifecycle.Table[Article]{
			Noun: "article", Plural: "articles", Prefix: "ZS",
			Title: func(a *Article) string { return a.Title },
			Scope: scope,
			Facts: func(a *Article, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(len(a.Proposals) == 0, "nothing_proposed"), lifecycle.When(a.Answer == "", "unanswered")}, nil
			},
			AssignedTo: m.waits,
			States: []lifecycle.State{
				{Name: draft, Shelf: lifecycle.Filed, Tone: "neutral"},
				{Name: published, Shelf: lifecycle.Public, Tone: "good"},
				{Name: reviewDue, Shelf: lifecycle.Public, Tone: "warn"},
				{Name: retired, Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Article]{
				{Name: "draft", To: []string{draft}, Do: lifecycle.Fills("article", m.draft), Look: lifecycle.Primary},
				{Name: "learn", To: []string{draft}, Rule: "R64", Do: lifecycle.Fills("article", m.learn), Look: lifecycle.Hidden},
				{Name: "amend", From: []string{draft}, Do: lifecycle.Takes("article", m.draft)},
				{Name: "publish", From: []string{draft}, To: []string{published}, Do: lifecycle.Takes("article", publish), Look: lifecycle.Primary},
				{Name: "confirm", From: shown, To: []string{published}, Do: lifecycle.Takes("article", confirm), Look: lifecycle.Primary},
				{Name: "revise", From: shown, To: []string{published}, Rule: "R64", Do: lifecycle.Takes("article", m.revise)},
				{Name: "propose_update", From: alive, Rule: "R64", Do: lifecycle.Takes("article", proposeUpdate), Look: lifecycle.Hidden},
				{Name: "leave", From: alive, Rule: "R64", Do: lifecycle.Takes("article", leave)},
				{Name: "fall_due", From: []string{published}, To: []string{reviewDue}, On: "review", Look: lifecycle.Hidden},
				{Name: "retire", From: alive, To: []string{retired}, Do: lifecycle.Takes("article", leave), Stops: []string{"*"}, Look: lifecycle.Danger},
			},
			Fields:  []store.Field{{Name: "category"}, {Name: "owner"}, {Name: "learned"}},
			Indexes: []store.Index{{Name: "category", Fields: []string{"category", "state"}}, {Name: "owner", Fields: []string{"owner"}}, {Name: "learned", Fields: []string{"learned"}, Unique: true}},
			Extract: func(a *Article) map[string]any {
				x := map[string]any{"words": a.words(), "category": a.Category, "owner": a.Owner, "learned": nil}
				if a.Origin != "" && a.State == draft && a.Answer == "" {
					x["learned"] = a.Category + "/" + a.Owner // further enquiries of the kind join it
				}
				return x
			},
		},
		View: portal.View[Article]{
			Columns: "category owner",
			Sections: []portal.Section[Article]{
				{When: func(a *Article) bool { return a.State == reviewDue }, Warn: "stale"},
				{Title: "question", Text: "question"},
				{Title: "answer", Text: "answer"},
				{HTML: m.about},
				{HTML: func(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
					if !m.owns(v, a) {
						return "", nil
					}
					return m.proposed(ctx, v, a)
				}},
			},
			Labels: map[string]string{"checked_at": "article.checked"},
			Words: map[string]portal.Word[Article]{
				"owner": func(v portal.Visitor, a *Article) web.Value { return web.Words(m.unit(v.Lang, a.Owner)) },
			},
		},
		Unplaced: true,
		Columns: []portal.Column[Article]{{Key: "article.proposals", Num: true, Value: func(_ portal.Visitor, a *Article) web.Value {
			return web.Number(int64(len(a.Proposals)))
		}}},
		Filters: map[string]string{"category": "category", "owner": "owner"},
		Prefill: map[string]string{"amend": "", "revise": ""},
		Aside: map[string]func(context.Context, portal.Visitor, *Article) (template.HTML, error){
			"amend": m.proposed, "revise": m.proposed, "leave": m.proposed},
		Redact: func(v portal.Visitor, a *Article) {
			if !m.owns(v, a) {
				a.Proposals = nil
			}
		},
	}
}

func scope(a *Article) lifecycle.Scope {
	s := lifecycle.Scope{Places: []string{a.Place}}
	if a.OfUnit {
		s.Department = a.Owner
	}
	return s
}

// waits: a draft to be published, a review that is due and updates that are
// proposed wait for the owner.
func (m *Knowledge) waits(a *Article) []string {
	if a.State == retired || a.State == published && len(a.Proposals) == 0 {
		return nil
	}
	if a.OfUnit {
		return []string{"dept_head@" + a.Owner}
	}
	if a.Owner == "" {
		return m.Engine.Assignees("hotline_head", scope(a))
	}
	return []string{"street_cadre@" + a.Owner}
}

func (m *Knowledge) draft(a *Article, in *Content, s *lifecycle.Step) error {
	if err := m.check(in); err != nil {
		return err
	}
	a.Content = *in
	m.own(a)
	return nil
}

// own sets where the article's owner sits.
func (m *Knowledge) own(a *Article) {
	a.OfUnit, a.Place = m.Names.Known("department", a.Owner), m.District()
	if !a.OfUnit && a.Owner != "" {
		a.Place = a.Owner
	}
}

func (m *Knowledge) check(in *Content) error {
	f := fault.New(fault.Invalid, "invalid")
	if _, ok := portal.CategoryOf(in.Category); !ok {
		f.Wrong("category", "schema.not_an_option")
	}
	if !m.IsUnit(in.Owner) {
		f.Wrong("owner", "schema.not_an_option")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// learn begins an article with an enquiry for which there was none. What was
// said lies with the order.
func (m *Knowledge) learn(a *Article, in *Enquiry, s *lifecycle.Step) error {
	a.Title, a.Category, a.Origin = in.Title, in.Category, in.No
	if m.IsUnit(in.Owner) {
		a.Owner = in.Owner
	}
	m.own(a)
	return proposeUpdate(a, in, s)
}

func publish(a *Article, in *Until, s *lifecycle.Step) error {
	a.Proposals = nil
	return confirm(a, in, s)
}

// confirm says that the answer is right today, and for how long.
func confirm(a *Article, in *Until, s *lifecycle.Step) error {
	now := s.Now
	a.Checked = &now
	if in.Until == "" {
		s.Start("review", "", "hot.article_days", "d", s.Settings.Int("hot.article_days"))
		return nil
	}
	due := in.Until.Time(calendar.City).Add(24*time.Hour - time.Second)
	switch {
	case due.Before(now):
		return fault.InvalidField("until", "article.until_past")
	case due.After(now.AddDate(2, 0, 0)):
		return fault.InvalidField("until", "article.until_far")
	}
	s.Until("review", "", due)
	return nil
}

// revise takes the owner's new answer; with it the proposals are settled.
func (m *Knowledge) revise(a *Article, in *Content, s *lifecycle.Step) error {
	if err := m.draft(a, in, s); err != nil {
		return err
	}
	a.Proposals = nil
	return confirm(a, &Until{}, s)
}

func proposeUpdate(a *Article, in *Enquiry, s *lifecycle.Step) error {
	if !a.proposes(in.Order) && len(a.Proposals) < mostProposals {
		a.Proposals = append(a.Proposals, Proposal{Order: in.Order, No: in.No, At: s.Now})
	}
	return nil
}

// leave settles what is proposed without a change.
func leave(a *Article, in *Reason, s *lifecycle.Step) error {
	a.Proposals = nil
	s.Note(in.Reason)
	return nil
}
