package ratings

import (
	"context"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/limit"
	"gatehouse/server/store"
	"gatehouse/web"
)

var city = calendar.City

// Asks is what ratings need of other modules, in plain types.
type Asks struct {
	// Rated lists the items that were at work in a district in a period.
	Rated func(ctx context.Context, district string, from, to time.Time) ([]Rated, error)
	// MoneyOverdue tells whether money for an item is late in any community (R45).
	MoneyOverdue func(ctx context.Context, item string) (bool, error)
	// Orders counts the hotline's orders that an item caused in a period, and
	// those whose callers were not helped or dissatisfied.
	Orders func(ctx context.Context, item string, from, to time.Time) (n, unhappy int, err error)
	// Households counts those that live in a community.
	Households func(community string) int64
}

// Rated is an item that a round rates.
type Rated struct {
	ID, Title, Department string
	Communities           []string
}

// Ratings is the module.
type Ratings struct {
	Asks
	Rounds  *portal.Resource[Round]
	Ballots *portal.Resource[Ballot]
	// Completions are what departments note, in facts alone (R46).
	Completions *portal.Resource[Completion]
	doors       *store.Collection[door]
	boxes       *store.Collection[box]
	guesses     *limit.Limiter // of codes that were never handed out
}

// New opens the desks of rounds and ballots.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Ratings, error) {
	m := &Ratings{Asks: asks, guesses: limit.New(guessRule, h.Clock)}
	var err error
	if m.doors, err = openDoors(ctx, h.Store); err != nil {
		return nil, fault.Wrap(err, "open the doors of rounds")
	}
	if m.boxes, err = openBoxes(ctx, h.Store); err != nil {
		return nil, fault.Wrap(err, "open the ballot boxes")
	}
	if m.Rounds, err = portal.NewResource(ctx, h, m.rounds()); err != nil {
		return nil, fault.Wrap(err, "open the rounds")
	}
	if m.Ballots, err = portal.NewResource(ctx, h, m.ballots()); err != nil {
		return nil, fault.Wrap(err, "open the ballots")
	}
	if m.Completions, err = portal.NewResource(ctx, h, m.completions()); err != nil {
		return nil, fault.Wrap(err, "open the completion notes")
	}
	m.Rounds.Unplaced = true
	m.dress()
	m.dressCompletions()
	h.Offer("rounds_noted", m.notedRoundOptions)
	h.Offer("noted_items", m.notedItems)
	h.Offer("own_districts", m.ownDistricts)
	h.Offer("grades", m.currentGrades)
	h.Offer("rounds_open", m.openRounds)
	h.Offer("rated_items", m.ratedItems)
	h.Offer("asked_communities", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil }) // the round knows
	h.Menu(portal.MenuEntry{Href: "/rounds", LabelKey: "rounds.title", Order: 60})
	h.Bus.OnName("round.closed", m.onClosed)
	h.Bus.OnName("ballot.cast", m.onBallot)
	h.Bus.OnName("ballot.amended", m.onBallot)
	return m, nil
}

func (m *Ratings) dress() {
	r, b := m.Rounds, m.Ballots
	r.Columns, r.Detail, r.Redact, r.Lead = m.columns(), m.detail, m.redact, m.lead
	r.HiddenChanges = []string{"results"} // of too few committees they are for nobody (R48)
	r.Initial = map[string]func(context.Context, portal.Visitor, *Round) web.Values{"plan": m.startPlan, "edit": m.startEdit, "issue": m.startIssue}
	r.Choices = map[string]func(context.Context, portal.Visitor, *Round) ([]web.Option, error){
		"object.item": m.objectItems, "answer.item": m.answerItems, "inspect.item": m.gapItems, "issue.community": m.askedCommunities,
	}
	b.Columns, b.Detail = m.ballotColumns(), m.ballotDetail
	b.Filters = map[string]string{"round": "round", "item": "item", "community": "community"}
	b.Initial = map[string]func(context.Context, portal.Visitor, *Ballot) web.Values{"amend": m.startAmend}
	b.Choices = map[string]func(context.Context, portal.Visitor, *Ballot) ([]web.Option, error){"amend.effect": m.ballotGrades}
}

// onClosed computes a round as soon as it has closed.
func (m *Ratings) onClosed(ctx context.Context, ev lifecycle.News) error {
	_, err := m.Rounds.Engine.Act(ctx, lifecycle.System, ev.Case, "compute", nil, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // the office was faster
		return nil
	}
	return err
}

// onBallot notes that a community is done, and counts again when a ballot came
// through the door at the last moment and was saved after the counting.
func (m *Ratings) onBallot(ctx context.Context, ev lifecycle.News) error {
	b, err := m.Ballots.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read ballot %s", ev.Case)
	}
	r, err := m.Rounds.Engine.Cases().Get(ctx, b.Round)
	if err != nil {
		return fault.Wrap(err, "read round %s", b.Round)
	}
	var act string
	var in any
	switch r.State {
	case "open":
		n, err := m.count(ctx, store.Cond{Field: "round", Op: store.Eq, Value: r.ID}, store.Cond{Field: "community", Op: store.Eq, Value: b.Community})
		if err != nil || n < len(r.itemsIn(b.Community)) {
			return err
		}
		act, in = "finish", &finishForm{Community: b.Community}
	case "closed":
		act = "compute"
	case "computed", "preview":
		act = "recompute"
	default:
		return nil
	}
	_, err = m.Rounds.Engine.Act(ctx, lifecycle.System, r.ID, act, in, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // the round has moved on: look again
		return m.onBallot(ctx, ev)
	}
	return err
}
