package certificates

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

//go:embed data/certificates.psv
var kindsFile string

// kinds reads the embedded list; a wrong line stops the program at its first use.
var kinds = sync.OnceValue(func() []Wording {
	var out []Wording
	for i, line := range strings.Split(kindsFile, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "|")
		if len(f) != 12 {
			panic(fmt.Sprintf("certificates: line %d: %d columns, want 12", i+1, len(f)))
		}
		for k := range f {
			f[k] = strings.TrimSpace(f[k])
		}
		out = append(out, Wording{List: f[0], Code: f[1], Name: f[2], NameHant: f[3], NameEn: f[4], Issuer: f[5], IssuerHant: f[6], IssuerEn: f[7],
			Bring: f[8], BringHant: f[9], BringEn: f[10], Basis: f[11], Unverified: true})
	}
	return out
})

// Seed gives a new city its first list by the real acts: draftBy (office staff)
// drafts each kind, publishBy (another of them) puts it in force. It may be
// repeated: what an earlier run did is left alone.
func (m *Certificates) Seed(ctx context.Context, draftBy, publishBy lifecycle.Actor) error {
	for _, w := range kinds() {
		o := lifecycle.Opts{Key: "seed:" + w.Code}
		c, err := m.Engine.Open(ctx, draftBy, "draft", &w, o)
		if fault.Is(err, fault.Conflict) && fault.As(err).Code == "lifecycle.key_reused" { // seeded by an earlier edition
			continue
		}
		if err == nil && c.State == "draft" {
			_, err = m.Engine.Act(ctx, publishBy, c.ID, "publish", nil, o)
		}
		if err != nil {
			return fmt.Errorf("seed certificate %s: %w", w.Code, err)
		}
	}
	return nil
}
