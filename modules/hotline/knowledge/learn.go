package knowledge

import (
	"context"
	"errors"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Answered is an enquiry and what was said to it.
type Answered struct {
	No       string
	Article  Ref // the article that was read out, "" for none
	Category string
	Unit     string // that answers for such matters, "" when nobody knows
	Answer   string
}

// Learn lets an answered enquiry propose an update of its article, or begin one
// (R64). What the article says already is a use and no news.
func (m *Knowledge) Learn(ctx context.Context, n lifecycle.News, x Answered) error {
	if x.Answer == "" {
		return nil
	}
	in := &Enquiry{Order: n.Case, No: x.No, Category: x.Category, Owner: x.Unit}
	if x.Article != "" {
		a, err := m.Engine.Cases().Get(ctx, string(x.Article))
		switch {
		case err == nil && (a.State == retired || a.says(x.Answer)):
			return nil
		case err == nil:
			return m.propose(ctx, n, string(x.Article), in)
		case !errors.Is(err, store.ErrNotFound):
			return fault.Wrap(err, "read article %s", x.Article)
		}
	}
	return m.begin(ctx, n, in)
}

func (m *Knowledge) propose(ctx context.Context, n lifecycle.News, article string, in *Enquiry) error {
	return m.After(ctx, n, article, "propose_update", &Enquiry{Order: in.Order, No: in.No})
}

// begin opens an article for the category, or joins the one that another
// enquiry has begun and nobody has written yet.
func (m *Knowledge) begin(ctx context.Context, n lifecycle.News, in *Enquiry) error {
	if _, ok := portal.CategoryOf(in.Category); !ok {
		return nil
	}
	if !m.IsUnit(in.Owner) {
		in.Owner = ""
	}
	in.Title = web.Simplified.T("article.learned_title", "category", "t:category."+in.Category)
	for range 3 {
		as, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "learned", Op: store.Eq, Value: in.Category + "/" + in.Owner}}, Sort: "id", Limit: 1})
		if err != nil {
			return fault.Wrap(err, "find an article begun for %s", in.Category)
		}
		if len(as) > 0 {
			return m.propose(ctx, n, as[0].ID, in)
		}
		_, err = m.Engine.Open(ctx, lifecycle.System, "learn", in, lifecycle.Opts{Key: n.Key()})
		if fault.Is(err, fault.Conflict) && fault.As(err).Code == "article.unique_learned" {
			continue // another enquiry was faster
		}
		return err
	}
	return fault.New(fault.Conflict, "article.unique_learned")
}
