package ratings

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

func (f *fixture) noteOf(by string, in *noteForm) (*Completion, error) {
	return f.Completions.Engine.Open(f.ctx, portaltest.As(by), "note", in, lifecycle.Opts{})
}

func TestR46DepartmentsNoteFactsOnly(t *testing.T) {
	f := open(t)
	r := f.opened()
	in := func(item, community string, agreed, done int64, reason string) *noteForm {
		return &noteForm{Round: r.ID, Item: item, Community: community, Facts: Facts{Agreed: agreed, Done: done, Reason: reason}}
	}
	t.Run("no field can hold a grade, a rank or an opinion", func(t *testing.T) {
		for _, a := range f.Completions.Engine.Table.Acts {
			if a.Do.Input == nil {
				continue
			}
			for _, x := range a.Do.Input.Fields {
				closed := x.Kind == schema.Choice && (len(x.Options) > 0 || x.From != "")
				if x.Kind != schema.Number && x.Kind != schema.Day && !closed {
					t.Errorf("%s asks for %s, a %s", a.Name, x.Name, x.Kind)
				}
			}
		}
		app := f.App()
		for _, extra := range []string{"score", "grade", "rank", "text", "veto"} {
			body := `{"round":"` + r.ID + `","item":"survey","community":"hehua","agreed":4,"done":4,"` + extra + `":"1"}`
			if code, answer := f.Ask(app, "clerk.fire", "/api/v1/completions", body); code != 422 || !strings.Contains(answer, extra) {
				t.Errorf("%s: %d %s", extra, code, answer)
			}
		}
	})
	t.Run("by the department that runs the work, where it works, once", func(t *testing.T) {
		for _, who := range []string{"clerk.health", "head.hehua", "office.a", "street.liuxi", ""} {
			if _, err := f.noteOf(who, in("survey", "hehua", 4, 4, "")); err == nil {
				t.Errorf("%q has noted", who)
			}
		}
		_, err := f.noteOf("clerk.health", in("clinic", "guangming", 4, 4, ""))
		portaltest.Refused(t, err, "CND1")
		if _, err := f.noteOf("clerk.health", in("clinic", "hehua", 4, 4, "")); err != nil {
			t.Fatal(err)
		}
		_, err = f.noteOf("clerk.health", in("clinic", "hehua", 4, 3, "dates"))
		portaltest.Refused(t, err, "completion.unique_once")
	})
	t.Run("counts that cannot be", func(t *testing.T) {
		_, err := f.noteOf("clerk.fire", in("survey", "hehua", 4, 5, ""))
		if fieldCode(err) != "fault.completion.more_than_agreed" {
			t.Error(err)
		}
		if _, err = f.noteOf("clerk.fire", in("survey", "hehua", 4, 3, "")); fieldCode(err) != "fault.completion.reason_missing" {
			t.Error(err)
		}
	})
	t.Run("the committee has the last count, and no result changes", func(t *testing.T) {
		for _, c := range []string{"hehua", "guangming", "yugang"} {
			f.vote(r, "survey", c, "85", "85", "85")
		}
		c, err := f.noteOf("clerk.fire", in("survey", "hehua", 10, 0, "unfinished"))
		if err != nil {
			t.Fatal(err)
		}
		act := func(who, name string, in any) error {
			_, err := f.Completions.Engine.Act(f.ctx, portaltest.As(who), c.ID, name, in, lifecycle.Opts{})
			return err
		}
		for _, who := range []string{"head.fire", "head.guangming", "office.a"} {
			if act(who, "correct", &correctForm{Counted: 9}) == nil {
				t.Errorf("%s corrects", who)
			}
		}
		if err := act("head.hehua", "correct", &correctForm{Counted: 9}); err != nil {
			t.Fatal(err)
		}
		x := f.closed(r).Results[0]
		if x.Effect != 850 || x.Total != 850 || !slices.Equal(x.Triggers, nil) {
			t.Errorf("a note has changed the result: %+v", x)
		}
	})
	t.Run("not once the results are final", func(t *testing.T) {
		f.settled(f.do(f.fresh(r), "office.a", "preview", nil))
		_, err := f.noteOf("clerk.fire", in("survey", "guangming", 1, 1, ""))
		portaltest.Refused(t, err, "CND2")
	})
	t.Run("who reads it", func(t *testing.T) {
		for who, n := range map[string]int{"clerk.fire": 1, "clerk.health": 1, "head.hehua": 2, "head.guangming": 0, "office.a": 2, "auditor": 2, "": 0} {
			p, err := f.Completions.Engine.List(f.ctx, portaltest.As(who), lifecycle.Find{})
			if err != nil || len(p.Cases) != n {
				t.Errorf("%q sees %d of %d, %v", who, len(p.Cases), n, err)
			}
		}
		code, body := f.Ask(f.App(), "clerk.fire", "/completions", "")
		if code != 200 || !strings.Contains(body, "0 / 10") {
			t.Errorf("the list: %d", code)
		}
	})
}
