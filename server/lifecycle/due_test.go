package lifecycle_test

import (
	"context"
	"slices"
	"testing"

	"gatehouse/server/lifecycle"
)

// What waits for somebody comes before all that is done with, though neither
// has a date: lists of tasks would otherwise be looked for among old cases.
func TestWhatWaitsSortsBeforeWhatIsOver(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.Table.States[0].Assignees = []string{"office_staff"} // a draft waits, without a date
	h.must(office, h.filed("over").ID, "decide", &decideForm{Grant: "yes"})
	h.draft("waits")
	h.filed("dated")
	page, err := h.List(ctx, maker, lifecycle.Find{Sort: "due"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range page.Cases {
		got = append(got, p.Title)
	}
	if want := []string{"dated", "waits", "over"}; !slices.Equal(got, want) {
		t.Errorf("in the order %v, want %v", got, want)
	}
}
