package knowledge

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Answered is an enquiry and what was said to it.
type Answered struct {
	No       string
	Article  string // id of the article that was read out, "" for none
	Category string
	Unit     string // that answers for such matters, "" when nobody knows
	Answer   string
}

// onAnswered lets an answered enquiry propose an update of its article, or
// begin one (R64). What the article says already is a use and no news.
func (m *Knowledge) onAnswered(ctx context.Context, ev lifecycle.News) error {
	if m.asks.Answered == nil {
		return nil
	}
	x, ok, err := m.asks.Answered(ctx, ev.Case)
	if err != nil || !ok || x.Answer == "" {
		return err
	}
	in := &Enquiry{Order: ev.Case, No: x.No, Category: x.Category, Owner: x.Unit}
	if x.Article != "" {
		a, err := m.Resource.Engine.Cases().Get(ctx, x.Article)
		if err == nil && (a.State == retired || a.says(x.Answer)) {
			return nil
		}
		if err == nil {
			return m.propose(ctx, ev, x.Article, in)
		}
	}
	return m.begin(ctx, ev, in)
}

func (m *Knowledge) propose(ctx context.Context, ev lifecycle.News, article string, in *Enquiry) error {
	_, err := m.Resource.Engine.Act(ctx, lifecycle.System, article, "propose_update", &Enquiry{Order: in.Order, No: in.No}, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // it was retired meanwhile
		return nil
	}
	return err
}

// begin opens an article for the category, or joins the one that another
// enquiry has begun and nobody has written yet.
func (m *Knowledge) begin(ctx context.Context, ev lifecycle.News, in *Enquiry) error {
	if _, ok := portal.CategoryOf(in.Category); !ok {
		return nil
	}
	if !m.isUnit(in.Owner) {
		in.Owner = ""
	}
	in.Title = web.Simplified.T("article.learned_title", "category", "t:category."+in.Category)
	for range 3 {
		as, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "learned", Op: store.Eq, Value: in.Category + "/" + in.Owner}}, Sort: "id", Limit: 1})
		if err != nil {
			return fault.Wrap(err, "find an article begun for %s", in.Category)
		}
		if len(as) > 0 {
			return m.propose(ctx, ev, as[0].ID, in)
		}
		_, err = m.Resource.Engine.Open(ctx, lifecycle.System, "learn", in, lifecycle.Opts{Key: "event:" + ev.ID})
		if fault.Is(err, fault.Conflict) && fault.As(err).Code == "article.unique_learned" {
			continue // another enquiry was faster
		}
		return err
	}
	return fault.New(fault.Conflict, "article.unique_learned")
}
