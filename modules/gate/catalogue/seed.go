package catalogue

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

//go:embed data/entries.psv
var entriesFile string

// seedLines reads the embedded lists; a wrong line stops the program at its first use.
var seedLines = sync.OnceValue(func() []Wording {
	var out []Wording
	for i, line := range strings.Split(entriesFile, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "|")
		if len(f) != 10 {
			panic(fmt.Sprintf("catalogue: entries.psv line %d: %d columns, want 10", i+1, len(f)))
		}
		for k := range f {
			f[k] = strings.TrimSpace(f[k])
		}
		out = append(out, Wording{List: f[0], Code: f[1], Title: f[2], TitleHant: f[3], TitleEn: f[4], Basis: f[5], Unverified: true,
			Keywords: f[6], Months: strings.Fields(f[7]), Role: f[8], Category: f[9]})
	}
	return out
})

// Seed gives a new city its first lists by the real acts: draftBy (office
// staff) drafts them and opens them to comment, publishBy (the conference)
// publishes them into the edition of a year with the number of the founding
// document. It may be repeated: what an earlier run did is left alone.
func (c *Catalogue) Seed(ctx context.Context, draftBy, publishBy lifecycle.Actor, year int, document string) error {
	if err := c.load(ctx, draftBy, year); err != nil {
		return err
	}
	return c.publishLoaded(ctx, publishBy, Approval{Document: document, Year: int64(year)})
}

// load drafts the embedded lists, valid from the first day of a year, and opens
// them to comment.
func (c *Catalogue) load(ctx context.Context, by lifecycle.Actor, year int) error {
	for _, w := range seedLines() {
		w.ValidFrom = schema.Date(fmt.Sprintf("%04d-01-01", year))
		o := lifecycle.Opts{Key: seedKey(w.Code)}
		e, err := c.Resource.Engine.Open(ctx, by, "draft", &w, o)
		if taken(err) {
			continue
		}
		if err == nil && e.State == "draft" {
			_, err = c.Resource.Engine.Act(ctx, by, e.ID, "open_comment", &Comment{}, o)
		}
		if err != nil {
			return fmt.Errorf("load entry %s: %w", w.Code, err)
		}
	}
	return nil
}

// publishLoaded puts what was loaded, and only that, into force.
func (c *Catalogue) publishLoaded(ctx context.Context, by lifecycle.Actor, in Approval) error {
	es, err := c.loaded(ctx)
	if err != nil {
		return err
	}
	for _, e := range es {
		if _, err := c.Resource.Engine.Act(ctx, by, e.ID, "publish", &in, lifecycle.Opts{Key: seedKey(e.Code)}); err != nil {
			return fmt.Errorf("publish entry %s: %w", e.Code, err)
		}
	}
	return nil
}

// loaded gives the entries of the embedded lists that wait for their publication.
func (c *Catalogue) loaded(ctx context.Context) ([]*Entry, error) {
	var codes []string
	for _, w := range seedLines() {
		codes = append(codes, w.Code)
	}
	es, err := c.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "comment"}, {Field: "code", Op: store.In, Value: codes}},
		Sort: "id", Limit: len(codes)})
	return es, fault.Wrap(err, "read the loaded entries")
}

func seedKey(code string) string { return "seed:" + code }

// taken tells whether an earlier seeding used the key with other words: the
// portal was updated since, and the city's own lists go on.
func taken(err error) bool {
	return fault.Is(err, fault.Conflict) && fault.As(err).Code == "lifecycle.key_reused"
}
