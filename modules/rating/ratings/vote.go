package ratings

import (
	"context"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// voteForm is a household's answer: a grade for each item it knows. There is no
// field for words, because words tell who wrote them.
type voteForm struct {
	Code    string      `json:"code" form:"text,required,max=64"`
	Channel string      `json:"channel" form:"choice,of=link qr phone paper"`
	Answers []answerRow `json:"answers" form:"rows"`
}

type answerRow struct {
	Item  string `json:"item" form:"text,required,max=80"`
	Grade string `json:"grade" form:"text,max=3"`
}

var voteType = schema.Of[voteForm]("vote")

// errSpent and errBoxShut come out of the one write that would have counted.
var (
	errSpent   = errors.New("ratings: the code is spent")
	errBoxShut = errors.New("ratings: the box is shut")
)

// paper is what a code opens: its box, its number, its round, the items that
// the household may grade.
type paper struct {
	box   *box
	n     int
	round *Round
	items []Item
}

// open finds what a code opens. Spent codes and closed rounds open nothing: the
// policy says why.
func (m *Ratings) openPaper(ctx context.Context, v portal.Visitor, code, channel string) (paper, error) {
	b, n, err := m.find(ctx, code)
	if err != nil {
		return paper{}, err
	}
	r, err := m.Rounds.Engine.Cases().Get(ctx, b.Round)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return paper{}, fault.Wrap(err, "read round %s", b.Round)
	}
	if err != nil || !slices.ContainsFunc(r.Sheets, func(x Sheet) bool { return x.Box == b.ID }) {
		return paper{}, unknownCode()
	}
	p := paper{box: b, n: n, round: r, items: r.itemsIn(b.Community)}
	return p, m.mayVote(v, b, channel, b.Shut || !r.takes(m.Rounds.Engine.Now()), b.spent(n))
}

// mayVote asks the gate: a household answers by link or QR code and needs no
// name; what came by phone or on paper is entered by staff of the place.
func (m *Ratings) mayVote(v portal.Visitor, b *box, channel string, closed, spent bool) error {
	act := "round.vote"
	if channel == "phone" || channel == "paper" {
		act = "round.enter"
	}
	var facts []string
	if closed {
		facts = append(facts, "closed")
	}
	if spent {
		facts = append(facts, "spent")
	}
	if e := m.Rounds.May(v, act, lifecycle.Scope{Places: []string{b.Community}}, facts...); e != nil {
		return e
	}
	return nil
}

// vote counts a household's answer.
func (m *Ratings) vote(ctx context.Context, v portal.Visitor, in *voteForm) (paper, error) {
	if in.Channel == "" {
		in.Channel = "link"
	}
	p, err := m.openPaper(ctx, v, in.Code, in.Channel)
	if err != nil {
		return p, err
	}
	grades, err := in.grades(p)
	if err != nil {
		return p, err
	}
	_, err = m.boxes.Change(ctx, p.box.ID, func(b *box) error {
		switch {
		case b.Shut:
			return errBoxShut
		case b.spent(p.n):
			return errSpent
		}
		b.put(p.n, in.Channel, grades)
		return nil
	})
	if errors.Is(err, errBoxShut) || errors.Is(err, errSpent) {
		return p, m.mayVote(v, p.box, in.Channel, errors.Is(err, errBoxShut), errors.Is(err, errSpent))
	}
	return p, fault.Wrap(err, "count a vote in box %s", p.box.ID)
}

// Vote answers for a household, item -> grade, as by does it.
func (m *Ratings) Vote(ctx context.Context, by lifecycle.Actor, code, channel string, grades map[string]string) error {
	in := &voteForm{Code: code, Channel: channel}
	for item, g := range grades {
		in.Answers = append(in.Answers, answerRow{Item: item, Grade: g})
	}
	_, err := m.vote(ctx, portal.Visitor{Actor: by}, in)
	return err
}

// grades reads the answers against the items of the household's community and
// the scale of the round.
func (in *voteForm) grades(p paper) (map[string]string, error) {
	scale, out := p.round.Settings.Set("eval.scale"), map[string]string{}
	for _, a := range in.Answers {
		switch {
		case a.Grade == "":
			continue
		case !slices.ContainsFunc(p.items, func(i Item) bool { return i.Item == a.Item }):
			return nil, fault.InvalidField("answers", "fault.vote.not_here").OnRule("R9")
		case !slices.Contains(scale, a.Grade):
			return nil, fault.InvalidField("answers", "fault.vote.no_grade")
		case out[a.Item] != "":
			return nil, fault.InvalidField("answers", "fault.vote.twice_in_one")
		}
		out[a.Item] = a.Grade
	}
	if len(out) == 0 {
		return nil, fault.InvalidField("answers", "fault.vote.nothing")
	}
	return out, nil
}

// Module gives the pages of households, and the sheets of their codes.
func (m *Ratings) Module() portal.Module {
	return portal.Module{Name: "ratings", Routes: func(r fiber.Router) {
		for _, at := range []string{"", "/api/v1"} {
			r.Get(at+"/rounds/:id/sheets/:box", m.sheetPage)
		}
		r.Get("/vote", m.noteNetwork, m.codePage)
		r.Get("/r/:code", m.noteNetwork, m.votePage)
		r.Post("/r/:code", m.noteNetwork, m.votePost)
		r.Post("/api/v1/votes", m.noteNetwork, m.voteAPI)
	}}
}

// Counted tells that a household's answer was taken.
type Counted struct {
	Round     string `json:"round"`
	Community string `json:"community"`
	Counted   bool   `json:"counted"`
}

// voteAPI answers POST /api/v1/votes.
func (m *Ratings) voteAPI(c *fiber.Ctx) error {
	in, err := voteType.JSON(c.Body())
	if err != nil {
		return err
	}
	p, err := m.vote(c.UserContext(), portal.Who(c), in.(*voteForm))
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(Counted{p.round.No, p.box.Community, true})
}

// VoteAPI describes the votes for the document of the API.
func VoteAPI() map[string]any { return voteType.OpenAPI() }
