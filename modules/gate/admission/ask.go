package admission

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// What modules above ask of admission. Nobody's sight is checked: whoever shows
// an answer to somebody asks the gate first.

// ByNumber finds an application by its number; not found when there is none.
func (m *Admission) ByNumber(ctx context.Context, no string) (*Application, error) {
	as, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}, Sort: "id", Limit: 1})
	switch {
	case err != nil:
		return nil, fault.Wrap(err, "find application %s", no)
	case len(as) == 0:
		return nil, fault.Missing("application")
	}
	return as[0], nil
}
