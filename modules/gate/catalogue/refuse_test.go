package catalogue

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// Who succeeds an entry is another published one of the same list; an entry
// that is not published, or not there, cannot be cited.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	old := c.published(t, wording(Assistance, "XZ-93", "协助发放老年餐券"))
	other := c.published(t, wording(Statutory, "ZR-93", "组织居民公约的修订"))
	s := portaltest.Step("supersede", "conference")
	for _, next := range []string{"nothing", old.ID, other.ID} {
		portaltest.Wrong(t, c.supersede(old, &Succession{Successor: next, Document: "x"}, s), "successor:entry.no_successor")
	}
	draft := c.must(t, "office.a", "", "draft", wording(Assistance, "XZ-94", "还没有公布的事"))
	for _, id := range []string{"nothing", draft.ID} {
		_, _, _, err := c.Entry(ctx, id)
		portaltest.Wrong(t, err, "not_found")
	}
}
