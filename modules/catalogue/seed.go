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
	for _, w := range seedLines() {
		w.ValidFrom = schema.Date(fmt.Sprintf("%04d-01-01", year))
		if err := c.seed(ctx, draftBy, publishBy, w, year, document); err != nil {
			return fmt.Errorf("seed entry %s: %w", w.Code, err)
		}
	}
	return nil
}

func (c *Catalogue) seed(ctx context.Context, draftBy, publishBy lifecycle.Actor, w Wording, year int, document string) error {
	o := lifecycle.Opts{Key: "seed:" + w.Code}
	e, err := c.Desk.Engine.Open(ctx, draftBy, "draft", &w, o)
	if taken(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.State == "draft" {
		if e, err = c.Desk.Engine.Act(ctx, draftBy, e.ID, "open_comment", &Comment{}, o); err != nil {
			return err
		}
	}
	if e.State == "comment" {
		_, err = c.Desk.Engine.Act(ctx, publishBy, e.ID, "publish", &Approval{Document: document, Year: int64(year)}, o)
	}
	return err
}

// taken tells whether an earlier seeding used the key with other words: the
// portal was updated since, and the city's own lists go on.
func taken(err error) bool {
	return fault.Is(err, fault.Conflict) && fault.As(err).Code == "lifecycle.key_reused"
}
