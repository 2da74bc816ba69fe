package app

import (
	"context"
	"time"

	"gatehouse/modules/city/digests"
	"gatehouse/modules/city/directory"
	"gatehouse/modules/city/exports"
	"gatehouse/modules/city/front"
	"gatehouse/modules/city/people"
	"gatehouse/modules/city/settings"
	"gatehouse/modules/gate/admission"
	"gatehouse/modules/gate/agreements"
	"gatehouse/modules/gate/burden"
	"gatehouse/modules/gate/bypass"
	"gatehouse/modules/gate/calculator"
	"gatehouse/modules/gate/catalogue"
	"gatehouse/modules/gate/emergencies"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/gate/refusals"
	"gatehouse/modules/gate/transition"
	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/console"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/intake"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/open311"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/hotline/rates"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/contracts"
	"gatehouse/modules/money/funding"
	"gatehouse/modules/money/sheets"
	"gatehouse/modules/money/spending"
	"gatehouse/modules/portal"
	"gatehouse/modules/rating/ratings"
	"gatehouse/modules/rating/rectification"
	"gatehouse/modules/rating/withdrawal"
	"gatehouse/modules/services/jobs"
	"gatehouse/modules/services/vendors"
	"gatehouse/modules/street/certificates"
	"gatehouse/modules/street/ledgers"
	"gatehouse/modules/street/plaques"
	"gatehouse/modules/street/supervision"
	"gatehouse/modules/street/windows"
	"gatehouse/server/store"
)

// Modules is the product on one screen.
type Modules struct {
	Directory     *directory.Directory         // the city: places and departments
	People        *people.People               // who works here, and sign-in
	Catalogue     *catalogue.Catalogue         // the item lists and the checker
	Admission     *admission.Admission         // a department applies before work enters
	Items         *items.Items                 // what was let in, community by community
	Agreements    *agreements.Agreements       // standing assistance is agreed on each year
	Books         *books.Books                 // where every fen came from and went
	Funding       *funding.Funding             // money follows work: claimed is not received
	Sheets        *sheets.Sheets               // what is done is signed, and paid by the sheet
	Contracts     *contracts.Contracts         // services bought, agreed and accepted by each committee
	Spending      *spending.Spending           // what became of the money, and what goes back
	Emergencies   *emergencies.Emergencies     // help first, papers after the fact
	Refusals      *refusals.Refusals           // a committee lawfully says no
	Ratings       *ratings.Ratings             // committees rate every item
	Rectification *rectification.Rectification // put right by a deadline
	Withdrawals   *withdrawal.Withdrawals      // what does not change leaves
	Settings      *settings.Settings           // what the city decides for itself
	Windows       *windows.Windows             // what was let in serves residents there
	Plaques       *plaques.Plaques             // two outside, the others at their window
	Ledgers       *ledgers.Ledgers             // what communities fill in
	Certificates  *certificates.Certificates   // what is stamped and what is not
	Supervision   *supervision.Supervision     // property managers and intermediaries answer the committee
	Transition    *transition.Transition       // work that ran before: it applies or leaves
	Bypass        *bypass.Bypass               // forced work is reported, and what follows
	Gazetteer     *gazetteer.Gazetteer         // landmarks: by what people call a place
	Dispatch      *dispatch.Dispatch           // which unit handles what, where
	Knowledge     *knowledge.Knowledge         // what the hotline answers
	Calls         *calls.Calls                 // who rings, and how fast they are answered
	Orders        *orders.Orders               // the hotline: every request followed to the end
	Intake        *intake.Intake               // past orders, from the tables kept so far
	Console       *console.Console             // the operators' desk, worked from the keyboard
	Vendors       *vendors.Vendors             // firms that serve residents, their standards and scores
	Digests       *digests.Digests             // each day in one text that can be published
	Jobs          *jobs.Jobs                   // a vendor at the door: in turn, quoted, proven
	Rates         *rates.Rates                 // how the units do, month by month
	Exports       *exports.Exports             // lists that left as tables, on record
	Open311       *open311.Open311             // other programs read and file
	all           []portal.Module
}

// open opens every module. What one asks of another goes through a small
// function here; those that are called later may name modules opened later.
func open(ctx context.Context, h *portal.Portal) (*Modules, error) {
	m := &Modules{}
	var err error
	if m.Directory, err = directory.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Settings, err = settings.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Exports, err = exports.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Digests, err = digests.New(ctx, h); err != nil {
		return nil, err
	}
	if m.People, err = people.New(ctx, h, m.Directory); err != nil {
		return nil, err
	}
	if m.Catalogue, err = catalogue.New(ctx, h, catalogue.Asks{District: m.Directory.Districts, Alike: m.alike}); err != nil {
		return nil, err
	}
	if m.Admission, err = admission.New(ctx, h, m.forAdmission()); err != nil {
		return nil, err
	}
	if m.Items, err = items.New(ctx, h, m.forItems()); err != nil {
		return nil, err
	}
	if m.Windows, err = windows.New(ctx, h, m.Items); err != nil {
		return nil, err
	}
	if m.Ledgers, err = ledgers.New(ctx, h, m.Items); err != nil {
		return nil, err
	}
	if m.Plaques, err = plaques.New(ctx, h, m.Items, m.Windows); err != nil {
		return nil, err
	}
	if m.Certificates, err = certificates.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Agreements, err = agreements.New(ctx, h, agreements.Asks{Entry: m.Catalogue.Entry, Listed: m.Catalogue.Listed, Street: m.Directory.Street, Duty: m.Items.Duty, Standing: m.Items.Standing}); err != nil {
		return nil, err
	}
	if m.Books, err = books.New(ctx, h, m.Items); err != nil {
		return nil, err
	}
	if m.Funding, err = funding.New(ctx, h, m.Items, m.Books); err != nil {
		return nil, err
	}
	if m.Sheets, err = sheets.New(ctx, h, m.Items, m.Books); err != nil {
		return nil, err
	}
	if m.Contracts, err = contracts.New(ctx, h, m.Items); err != nil {
		return nil, err
	}
	if m.Spending, err = spending.New(ctx, h, m.Items, m.Books); err != nil {
		return nil, err
	}
	if m.Emergencies, err = emergencies.New(ctx, h, m.Admission); err != nil {
		return nil, err
	}
	if m.Refusals, err = refusals.New(ctx, h, m.forRefusals()); err != nil {
		return nil, err
	}
	if m.Transition, err = transition.New(ctx, h, transition.Asks{Verdict: m.Catalogue.Verdict, Filed: m.filed, Communities: m.Directory.Communities, District: m.Directory.Districts}); err != nil {
		return nil, err
	}
	if m.Ratings, err = ratings.New(ctx, h, m.forRatings()); err != nil {
		return nil, err
	}
	if m.Rectification, err = rectification.New(ctx, h, m.forRectification()); err != nil {
		return nil, err
	}
	if m.Withdrawals, err = withdrawal.New(ctx, h, withdrawal.Asks{Brief: m.Items.Brief, Kinds: m.kinds, Order: m.Rectification.Order, Refunded: m.Spending.Refunded, Owed: m.Spending.Owed,
		Hanging: func(ctx context.Context, item string, communities []string) (int, error) {
			return m.Plaques.HangingOf(ctx, item, communities)
		}}); err != nil {
		return nil, err
	}
	m.Spending.Listen(m.Withdrawals.About)
	m.Settings.Rehearsal.Fill(m.rehearsed)
	if m.Supervision, err = supervision.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Bypass, err = bypass.New(ctx, h, bypass.Asks{Refusal: m.refused}); err != nil {
		return nil, err
	}
	if m.Gazetteer, err = gazetteer.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Dispatch, err = dispatch.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Knowledge, err = knowledge.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Calls, err = calls.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Orders, err = orders.New(ctx, h, m.Dispatch, m.Knowledge, m.Emergencies, m.Items); err != nil {
		return nil, err
	}
	if m.Intake, err = intake.New(ctx, h, m.Orders); err != nil {
		return nil, err
	}
	if m.Console, err = console.New(ctx, h, m.Orders, m.Knowledge, m.Dispatch, m.Gazetteer, m.Calls); err != nil {
		return nil, err
	}
	if m.Vendors, err = vendors.New(ctx, h); err != nil {
		return nil, err
	}
	if m.Jobs, err = jobs.New(ctx, h, m.Orders, m.Vendors); err != nil {
		return nil, err
	}
	if m.Rates, err = rates.New(ctx, h, m.Orders); err != nil {
		return nil, err
	}
	if m.Open311, err = open311.New(ctx, h, m.Orders, m.Gazetteer); err != nil {
		return nil, err
	}
	calculator.New(h)
	m.all = []portal.Module{m.Bypass.Module(), m.Catalogue.Module(), m.Items.Module(), m.Withdrawals.Module(), m.Ratings.Module(),
		burden.New(h, m.forBurden()).Module()}
	front.New(h, m.Directory, m.People, m.Catalogue)
	return m, nil
}

func (m *Modules) level(department string) string {
	x, _ := m.Directory.Department(department)
	return x.Level
}

func (m *Modules) forBurden() burden.Asks {
	return burden.Asks{AtLaunch: m.atLaunch, Communities: m.Directory.Communities, District: m.Directory.Districts, Members: m.Directory.Members,
		Carried: func(community string, at time.Time) (out []burden.Part) {
			m.Items.CarriedBy(community, at, func(id, no, title, department string, load portal.Load) {
				out = append(out, burden.Part{ID: id, No: no, Title: title, Department: department, Load: load})
			})
			return out
		},
		Kept: func(ctx context.Context) (ledgers, plaques map[string]int64, err error) {
			if ledgers, err = m.Ledgers.InUse(ctx); err == nil {
				plaques, err = m.Plaques.Hanging(ctx)
			}
			return ledgers, plaques, err
		}}
}

// atLaunch compares what ran in a community on launch day with what of it still does.
func (m *Modules) atLaunch(ctx context.Context, community string) (items, now int, hours, hoursNow int64, err error) {
	before, still, err := m.Transition.Then(ctx, community)
	return before.Items, still.Items, before.Hours, still.Hours, err
}

func (m *Modules) forAdmission() admission.Asks {
	return admission.Asks{Verdict: m.Catalogue.Verdict, District: m.Directory.Districts,
		Load: func(community string, at time.Time) (portal.Load, int64) {
			return m.Items.Carried(community, at), m.Directory.Members(community)
		},
		Overlaps: func(communities, kinds []string, residents int64, from, until time.Time, application string) (out []admission.Overlap) {
			for _, o := range m.Items.Overlaps(communities, kinds, residents, from, until, application) {
				out = append(out, admission.Overlap(o))
			}
			return out
		},
		Barred: func(ctx context.Context, department string, kinds []string, at time.Time) bool {
			return m.Withdrawals.Barred(ctx, department, kinds, at)
		},
		Department: func(id string) (string, string, bool) {
			x, ok := m.Directory.Department(id)
			return x.Level, x.Channel, ok
		}}
}

// alike finds items that stand in communities and applications by a title.
func (m *Modules) alike(ctx context.Context, v portal.Visitor, title string) ([]portal.Found, error) {
	standing, err := m.Items.Resource.Named(ctx, v, title, []string{"pending", "active", "suspended", "rectifying", "expiring", "withdrawing"}, 5)
	if err != nil {
		return nil, err
	}
	asked, err := m.Admission.Resource.Named(ctx, v, title, []string{"draft", "submitted", "returned", "consulting", "review", "proposed"}, 5)
	return append(standing, asked...), err
}

func (m *Modules) forItems() items.Asks {
	return items.Asks{
		Grant:      m.grant,
		CityBureau: func(department string) bool { return m.level(department) == "city" },
		Before: func(ctx context.Context, community, department string, kinds []string) (items.Before, bool, error) {
			x, ok, err := m.Transition.Stands(ctx, community, department, kinds)
			return items.Before(x), ok, err
		},
		Entry: func(ctx context.Context, id string, at time.Time) items.Entry {
			title, department := m.Catalogue.Callable(ctx, id)
			if title == "" {
				return items.Entry{}
			}
			return items.Entry{ID: id, Title: title, Department: department}
		},
		Beyond: m.Catalogue.Beyond,
		Agreed: func(ctx context.Context, entries, communities []string, at time.Time) ([]items.Agreed, error) {
			as, err := m.Agreements.Agreed(ctx, entries, communities, at)
			out := make([]items.Agreed, len(as))
			for i, a := range as {
				out[i] = items.Agreed(a)
			}
			return out, err
		},
		Score: func(ctx context.Context, item string) (int, bool) {
			tenths, _, _, ok := m.Ratings.Score(ctx, item)
			return tenths / 10, ok
		},
		Voices: func(ctx context.Context, item string) (items.Voices, bool) {
			v, ok := m.Ratings.Voices(ctx, item)
			return items.Voices(v), ok
		},
		Orders: func(ctx context.Context, item string) (n, unhappy int, err error) {
			return m.Orders.Caused(ctx, item, time.Time{}, time.Time{})
		},
		Rectification: func(ctx context.Context, id string) (string, []string, string, error) {
			return m.Rectification.About(ctx, id)
		},
		Withdrawal: func(ctx context.Context, id string) (string, []string, string, error) {
			return m.Withdrawals.About(ctx, id)
		},
		Refusal: func(ctx context.Context, id string) (string, []string, string, error) {
			return m.Refusals.About(ctx, id)
		},
	}
}

// grant hands what admission has decided to the items.
func (m *Modules) grant(ctx context.Context, application string) (items.Grant, bool, error) {
	g, ok, err := m.Admission.Grant(ctx, application)
	out := items.Grant{Application: g.Application, ApplicationNo: g.No, Title: g.Title, Department: g.Department, Origin: g.Origin, Kinds: g.Kinds,
		Nature: g.Nature, Side: g.Side, Communities: g.Communities, Start: g.Start, End: g.End, Conditions: g.Conditions, Plaque: g.Plaque,
		Powers: g.Powers, Staff: g.Staff, Delivery: g.Delivery, Hours: g.Hours, Inspections: g.Inspections, Meetings: g.Meetings, Groups: g.Groups, Residents: g.Residents, OnRequest: g.OnRequest}
	for _, i := range g.Instalments {
		out.Instalments = append(out.Instalments, items.Instalment(i))
	}
	return out, ok, err
}

func (m *Modules) forRefusals() refusals.Asks {
	return refusals.Asks{Level: m.level, Communities: m.Directory.Communities, Verdict: m.Catalogue.Verdict, Brief: m.Items.Brief, Part: m.Items.Part, Staff: m.Items.Staff,
		Emergency: func(_ context.Context, community, department string, at time.Time) (string, bool) {
			return m.Emergencies.Covers(community, department, at)
		}, Items: m.Items.At,
		Before: func(ctx context.Context, community, department string, kinds []string) (string, string, bool, error) {
			x, ok, err := m.Transition.Stands(ctx, community, department, kinds)
			return x.No, x.State, ok, err
		}}
}

func (m *Modules) forRatings() ratings.Asks {
	return ratings.Asks{MoneyOverdue: m.Items.Overdue,
		Orders: func(ctx context.Context, item string, from, to time.Time) (n, unhappy int, err error) {
			return m.Orders.Caused(ctx, item, from, to)
		}, Households: m.Directory.Households,
		Rated: func(ctx context.Context, district string, from, to time.Time) ([]ratings.Rated, error) {
			its, err := m.Items.Rated(ctx, district, from, to)
			out := make([]ratings.Rated, len(its))
			for i, it := range its {
				out[i] = ratings.Rated(it)
			}
			return out, err
		}}
}

func (m *Modules) rehearsed(ctx context.Context, key, value string) ([]settings.Rated, int, error) {
	rs, looked, err := m.Ratings.Rehearse(ctx, key, value)
	out := make([]settings.Rated, len(rs))
	for i, r := range rs {
		out[i] = settings.Rated(r)
	}
	return out, looked, err
}

// refused tells what a refusal was about, and who refused.
func (m *Modules) refused(ctx context.Context, id string) (bypass.Demand, error) {
	r, err := m.Refusals.Resource.Engine.Cases().Get(ctx, id)
	if err != nil {
		return bypass.Demand{}, err
	}
	e, _ := r.Last("issue", "issue_street")
	return bypass.Demand{No: r.No, Department: r.Department, Community: r.Community, Title: r.Title, Way: r.Way, Evidence: r.Evidence,
		DemandedOn: string(r.DemandedOn), ByStreet: r.ByStreet, By: e.By, For: e.For}, nil
}

func (m *Modules) forRectification() rectification.Asks {
	return rectification.Asks{Brief: m.Items.Brief, MoneyOverdue: m.Items.Overdue, Triggers: m.Ratings.Triggers, RoundOf: m.Ratings.RoundOf,
		Items: func(ctx context.Context, district string, from, to time.Time) (ids, titles []string, err error) {
			its, err := m.Items.Rated(ctx, district, from, to)
			for _, it := range its {
				ids, titles = append(ids, it.ID), append(titles, it.Title)
			}
			return ids, titles, err
		}}
}

// filed tells by what application a department asks, found by its number.
func (m *Modules) filed(ctx context.Context, no string) (id, department, state string, communities []string, err error) {
	as, err := m.Admission.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}, Sort: "id", Limit: 1})
	if err != nil || len(as) == 0 {
		return "", "", "", nil, err
	}
	return as[0].ID, as[0].Department, as[0].State, as[0].Communities, nil
}

func (m *Modules) kinds(ctx context.Context, item string) ([]string, error) {
	it, err := m.Items.Resource.Engine.Cases().Get(ctx, item)
	if err != nil {
		return nil, err
	}
	return it.Kinds, nil
}
