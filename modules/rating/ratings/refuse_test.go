package ratings

import (
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/setting"
)

// What rounds, ballots and completion notes refuse by themselves.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	s := portaltest.Step("act", "office.a")
	wrong := func(err error, want string) { t.Helper(); portaltest.Wrong(t, err, want) }
	r := &Round{Items: []Item{{Item: "survey"}}}
	wrong(inspect(r, &inspectForm{Item: "survey", Text: "x"}, s), "item:schema.not_an_option") // there is no gap
	wrong(f.Ratings.object(r, &objectForm{Item: "nothing", Text: "x"}, s), "item:schema.not_an_option")
	wrong(answer(r, &answerForm{Item: "survey", Answer: "to nothing"}, s), "item:schema.not_an_option")
	r.Objections = []Objection{{Item: "survey", Answer: "answered"}}
	wrong(answer(r, &answerForm{Item: "survey", Answer: "again"}, s), "round.already_answered")
	wrong(f.Ratings.cast(&Ballot{}, &castForm{Round: "nowhere"}, s), "round:schema.not_an_option")
	wrong(f.Ratings.note(&Completion{}, &noteForm{Round: "nowhere"}, s), "round:schema.not_an_option")
	planned := f.planned()
	wrong(f.Ratings.cast(&Ballot{}, &castForm{Round: planned.ID}, s), "round:schema.not_an_option")
	wrong(f.Ratings.note(&Completion{}, &noteForm{Round: planned.ID}, s), "round:schema.not_an_option")
	wrong(correct(&Completion{Facts: Facts{Agreed: 5}}, &correctForm{Counted: 6}, s), "counted:fault.completion.more_than_agreed")
	silent := &Round{Items: []Item{{Item: "survey", Communities: []string{"hehua"}, Households: 100}}}
	silent.Settings = setting.Values{"eval.raters": "committee"}
	if asks(silent.Settings) {
		t.Fatal("the residents are asked after all")
	}
	wrong(f.Ratings.issue(silent, &issueForm{Community: "hehua", Codes: 10}, s), "round.residents_do_not_rate")
}
