package knowledge

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// Found is an article as operators and residents find it.
type Found struct {
	ID       string    `json:"id"`
	No       string    `json:"no"`
	Title    string    `json:"title"`
	Question string    `json:"question"`
	Answer   string    `json:"answer"`
	Category string    `json:"category"`
	Owner    string    `json:"owner"`
	Stale    bool      `json:"review_due"` // its review date has passed
	Checked  time.Time `json:"checked_at"` // when its owner last said that it is right
}

func found(a *Article) Found {
	f := Found{ID: a.ID, No: a.No, Title: a.Title, Question: a.Question, Answer: a.Answer, Category: a.Category, Owner: a.Owner, Stale: a.State == reviewDue}
	if a.Checked != nil {
		f.Checked = *a.Checked
	}
	return f
}

// Bounds of a search.
const (
	mostFound  = 50
	mostPairs  = 12 // of a sentence, that are looked for when it stands nowhere as a whole
	candidates = 200
)

// Search finds published articles by words in Chinese or any language, in a
// category or, for "", in all; the best first. An article that holds the words
// as they are comes before those that hold parts of them, so that a whole
// spoken question finds something too.
func (m *Knowledge) Search(ctx context.Context, words, category string, limit int) ([]Found, error) {
	limit = min(max(limit, 1), mostFound)
	where := []store.Cond{{Field: "state", Op: store.In, Value: shown}}
	if category != "" {
		where = append(where, store.Cond{Field: "category", Op: store.Eq, Value: category})
	}
	runs := store.Runs(words)
	if strings.TrimSpace(words) != "" && len(runs) == 0 {
		return []Found{}, nil // marks alone ask for nothing
	}
	as, err := m.matching(ctx, where, runs)
	if err != nil {
		return nil, err
	}
	rank(as, runs)
	out := make([]Found, 0, limit)
	for _, a := range as[:min(len(as), limit)] {
		out = append(out, found(a))
	}
	return out, nil
}

func (m *Knowledge) matching(ctx context.Context, where []store.Cond, runs []string) ([]*Article, error) {
	q := store.Query{Where: where, Sort: "-id", Limit: candidates}
	if len(runs) > 0 {
		q.Where = append(slices.Clone(where), store.Cond{Field: "words", Op: store.Matches, Value: strings.Join(runs, " ")})
	}
	as, err := m.Engine.Cases().Find(ctx, q)
	if err != nil || len(as) > 0 || len(runs) == 0 {
		return as, fault.Wrap(err, "search articles")
	}
	q.Where = where
	for _, p := range pairs(runs) {
		q.Any = append(q.Any, []store.Cond{{Field: "words", Op: store.Matches, Value: p}})
	}
	as, err = m.Engine.Cases().Find(ctx, q)
	return as, fault.Wrap(err, "search articles")
}

// pairs cuts what was asked into its pairs of characters; words in letters stay whole.
func pairs(runs []string) (out []string) {
	for _, run := range runs {
		ps := []string{run}
		if strings.IndexFunc(run, func(r rune) bool { return r > 0x2e80 }) >= 0 {
			ps = store.Pairs(run)
		}
		for _, p := range ps {
			if !slices.Contains(out, p) && len(out) < mostPairs {
				out = append(out, p)
			}
		}
	}
	return out
}

// rank puts the best first: what is in the title weighs most, then what is in
// the question; an article whose review is due comes after one that is not.
func rank(as []*Article, runs []string) {
	ps := pairs(runs)
	score := map[string]int{}
	for _, a := range as {
		title, question, all := strings.ToLower(a.Title), strings.ToLower(a.Question), strings.ToLower(a.words())
		for _, p := range ps {
			for _, x := range []struct {
				text   string
				weight int
			}{{title, 6}, {question, 3}, {all, 2}} {
				if strings.Contains(x.text, p) {
					score[a.ID] += x.weight
				}
			}
		}
		if a.State == reviewDue {
			score[a.ID]--
		}
	}
	slices.SortStableFunc(as, func(a, b *Article) int { return cmp.Compare(score[b.ID], score[a.ID]) })
}

// use counts how often an article has answered somebody. It lies beside the
// article: a count is no change of what it says.
type use struct {
	store.Meta
	N    int64     `json:"n"`
	Last time.Time `json:"last"`
}

// Used notes that an article has answered somebody.
func (m *Knowledge) Used(ctx context.Context, id string) error {
	if _, err := m.Engine.Cases().Get(ctx, id); errors.Is(err, store.ErrNotFound) {
		return fault.Missing("article")
	}
	now := m.Engine.Now()
	for range 3 {
		_, err := m.uses.Change(ctx, id, func(u *use) error { u.N, u.Last = u.N+1, now; return nil })
		if !errors.Is(err, store.ErrNotFound) {
			return fault.Wrap(err, "count the use of article %s", id)
		}
		err = m.uses.Insert(ctx, &use{Meta: store.Meta{ID: id}, N: 1, Last: now})
		if taken := (*store.UniqueError)(nil); !errors.As(err, &taken) {
			return fault.Wrap(err, "count the use of article %s", id)
		}
	}
	return nil
}

func (m *Knowledge) usedSoFar(ctx context.Context, id string) (use, error) {
	u, err := m.uses.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return use{}, nil
	}
	if err != nil {
		return use{}, fault.Wrap(err, "read the use of article %s", id)
	}
	return *u, nil
}
