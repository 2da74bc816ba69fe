package portal_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// window is a small kind of case under a noun that has words and policy lines.
type window struct {
	lifecycle.Case
	Community string      `json:"community" form:"choice,required,from=communities"`
	Name      string      `json:"name" form:"text,required,max=40"`
	Hours     int64       `json:"hours_a_week" form:"number,max=80"`
	Since     schema.Date `json:"since,omitempty" form:"date,today"`
	Visits    []visit     `json:"visits,omitempty"`
	Follows   lostRef     `json:"follows,omitempty"`
}

type visit struct {
	On    schema.Date `json:"on"`
	Price schema.Fen  `json:"price"`
}

// lostRef refers to a kind of case of which there is no resource.
type lostRef = portal.Ref[struct{ lifecycle.Case }]

type opening struct {
	Community string      `json:"community" form:"choice,required,from=communities"`
	Name      string      `json:"name" form:"text,required,max=40"`
	Since     schema.Date `json:"since" form:"date,today"`
}

func kind() portal.Kind[window] {
	return portal.Kind[window]{
		Table: lifecycle.Table[window]{
			Noun: "window", Plural: "windows", Prefix: "CK",
			Title:  func(w *window) string { return w.Name },
			Scope:  func(w *window) lifecycle.Scope { return lifecycle.Scope{Places: []string{w.Community}} },
			States: []lifecycle.State{{Name: "proposed", Shelf: lifecycle.Filed, Assignees: []string{"committee_head"}}, {Name: "open", Shelf: lifecycle.Public}},
			Acts: []lifecycle.Act[window]{
				{Name: "propose", To: []string{"proposed"}, Do: lifecycle.Fills("window", func(w *window, in *opening, _ *lifecycle.Step) error {
					w.Community, w.Name, w.Since = in.Community, in.Name, in.Since
					return nil
				})},
				{Name: "open", From: []string{"proposed"}, To: []string{"open"}},
				{Name: "change", From: []string{"proposed", "open"}, Do: lifecycle.Takes("window", func(w *window, in *opening, _ *lifecycle.Step) error { w.Name = in.Name; return nil })},
			},
			Fields:  []store.Field{{Name: "community"}},
			Extract: func(w *window) map[string]any { return map[string]any{"community": w.Community} },
		},
		View: portal.View[window]{
			Columns:  "community hours_a_week",
			Sections: []portal.Section[window]{{Fields: "name since"}, {Title: "title", Rows: "visits", Fields: "on price"}},
			Words:    map[string]portal.Word[window]{"opens": func(v portal.Visitor, w *window) web.Value { return web.Number(w.Hours) }},
			Aside:    map[string]string{"open change": "name opens"},
		},
		Filters: map[string]string{"community": "community"},
		Prefill: map[string]string{"change": "name"},
	}
}

// build declares the kind, and checks the portal as server/app does at start.
func build(t *testing.T, k portal.Kind[window]) (*portaltest.Portal, *portal.Resource[window], error) {
	t.Helper()
	h := portaltest.New(t)
	d, err := portal.Declare(context.Background(), h.Portal, k)
	if err == nil {
		err = h.Check()
	}
	return h, d, err
}

// A name that means nothing stops the start, whatever kind of name it is. An
// event and a lower module's method are Go names: misspelt they do not compile.
func TestMisspellingsStopTheStart(t *testing.T) {
	t.Parallel()
	type k = portal.Kind[window]
	for want, spoil := range map[string]func(*k){
		`there is no field "comunity"`:                     func(k *k) { k.View.Columns = "comunity" },
		`there is no field "nmae"`:                         func(k *k) { k.View.Sections[0].Fields = "nmae" },
		`"vists" is no list of rows`:                       func(k *k) { k.View.Sections[1].Rows = "vists" },
		`a row of visits has no field "prise"`:             func(k *k) { k.View.Sections[1].Fields = "prise" },
		`there is no field "words"`:                        func(k *k) { k.View.Sections[0].Text = "words" },
		`"opne" is no act`:                                 func(k *k) { k.View.Aside = map[string]string{"opne": "name"} },
		`there is no field "nam"`:                          func(k *k) { k.View.Aside = map[string]string{"open": "nam"} },
		`comes after "opne", which is no act`:              func(k *k) { k.View.Letters = map[string]portal.LetterOf[window]{"title": {After: "opne"}} },
		`the letter slip has no title`:                     func(k *k) { k.View.Letters = map[string]portal.LetterOf[window]{"slip": {After: "open"}} },
		`there is no field "whom"`:                         func(k *k) { k.View.Letters = map[string]portal.LetterOf[window]{"name": {After: "open", To: "whom"}} },
		`the filter street: no field "street" is declared`: func(k *k) { k.Filters["street"] = "street" },
		`sorted by "houres"`:                               func(k *k) { k.Sort = "-houres" },
		`hidden changes: there is no field "nmae"`:         func(k *k) { k.HiddenChanges = []string{"nmae"} },
		`prefill: "chnage" is no act`:                      func(k *k) { k.Prefill = map[string]string{"chnage": ""} },
		`the form of change has no field "nmae"`:           func(k *k) { k.Prefill = map[string]string{"change": "nmae"} },
		`initial values: "propos" is no act`: func(k *k) {
			k.Initial = map[string]func(context.Context, portal.Visitor, *window) web.Values{"propos": nil}
		},
		`shown: "propos" is no act`: func(k *k) { k.Shown = map[string]func(*fiber.Ctx, *window) error{"propos": nil} },
		`the form of propose has no field "comunity"`: func(k *k) {
			k.Narrow = map[string]func(context.Context, portal.Visitor, web.Values) ([]web.Option, error){"propose.comunity": nil}
		},
		`"opne" is no act with a form`: func(k *k) {
			k.Choices = map[string]func(context.Context, portal.Visitor, *window) ([]web.Option, error){"opne.name": nil}
		},
		`the field change.name takes no options from data`: func(k *k) {
			k.Choices = map[string]func(context.Context, portal.Visitor, *window) ([]web.Option, error){"change.name": nil}
		},
		`propose.community are narrowed by what is never there`: func(k *k) {
			k.Choices = map[string]func(context.Context, portal.Visitor, *window) ([]web.Option, error){"propose.community": nil}
		},
		`change.community are narrowed by what is never there`: func(k *k) {
			k.Narrow = map[string]func(context.Context, portal.Visitor, web.Values) ([]web.Option, error){"change.community": nil}
		},
		`"chek" is no act`:                     func(k *k) { k.Checks = map[string]map[string]web.Check{"chek": {"name": {}}} },
		`there are no words for the act opens`: func(k *k) { k.Table.Acts[1].Name, k.View.Aside = "opens", nil },
		`propose.name: nobody offers the options "nowhere"`: func(k *k) {
			k.Table.Acts[0].Do = lifecycle.Fills("window", func(*window, *nowhere, *lifecycle.Step) error { return nil })
		},
		`the letter "open" bears the name of an act`: func(k *k) {
			k.Letters = map[string]func(context.Context, portal.Visitor, *window) (*portal.Letter, error){"open": nil}
		},
		"state opened is unknown": func(k *k) { k.Table.Acts[1].To = []string{"opened"} },
	} {
		good := kind()
		spoil(&good)
		if _, _, err := build(t, good); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

type nowhere struct {
	Name string `json:"name" form:"choice,from=nowhere"`
}

// A field that refers to a kind of case of which there are none stops the start,
// and so does a slot that nobody fills.
func TestNothingHangsInTheAir(t *testing.T) {
	t.Parallel()
	if _, _, err := build(t, kind()); err == nil || !strings.Contains(err.Error(), "window.follows refers to") {
		t.Errorf("a reference to nothing: %v", err)
	}
	h := portaltest.New(t)
	s := portal.NewSlot[func() int](h.Portal, "window.visitors")
	if err := h.Check(); err == nil || !strings.Contains(err.Error(), "nobody answers window.visitors") {
		t.Errorf("an empty slot: %v", err)
	}
	s.Fill(func() int { return 3 })
	if err := h.Check(); err != nil || s.Ask()() != 3 {
		t.Errorf("a filled slot: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a slot is filled twice")
		}
	}()
	s.Fill(nil)
}
