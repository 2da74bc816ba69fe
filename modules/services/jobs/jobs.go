// Package jobs brings a vendor to a resident's door (派工单, R70): in a fair
// order that is shown, at a price that is said before, with proof of the work;
// and free of charge where a fund pays (免费服务, R38).
//
// Words: a job serves one order of the hotline. A try is a vendor that was
// asked. A free fund pays for services of those who cannot, out of what paid
// services leave and others give.
//
// The life of a job: offered to the first vendor in turn → accepted → quoted →
// agreed by the customer → done, with photos and what was charged → closed when
// the caller has been called back. Who declines, stays silent or leaves passes
// it on to the next, and so does the centre when a vendor does not come; when
// nobody is left the order goes back to the centre. A customer may dispute what
// was done, and call the vendor again within the warranty.
package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Candidate is a vendor that may take a job.
type Candidate struct {
	ID, Name string
	Score    int64
	Serves   bool
}

// Order is what a job needs to know of the hotline's order.
type Order struct {
	ID, No, Category, Community, Place, Words, State, Stream, Job string
}

// Asks is what jobs need of other modules, in plain types.
type Asks struct {
	District func() []string
	// Order tells of an order; not found when there is none. Waiting are the
	// social requests that wait for a vendor. Prove finds the order of whoever
	// holds its number and PIN.
	Order   func(ctx context.Context, id string) (Order, error)
	Waiting func(ctx context.Context) ([]Order, error)
	Prove   func(ctx context.Context, no, pin, address string) (id string, err error)
	// Contact gives the caller's phone and name, "" when none was left.
	Contact func(ctx context.Context, order string) (phone, name string, err error)
	// Engage, Disengage and Done tell the order what became of it.
	Engage    func(ctx context.Context, order, job, vendor string) error
	Disengage func(ctx context.Context, order, job string) error
	Done      func(ctx context.Context, order, job, text string) error
	// Candidates are the vendors of a class, Standard its warranty in days.
	Candidates func(ctx context.Context, class, community string) ([]Candidate, error)
	Standard   func(ctx context.Context, class string) (no string, warrantyDays int64, ok bool, err error)
}

// Jobs is the module.
type Jobs struct {
	Resource *portal.Resource[Job]
	Funds    *portal.Resource[Fund]
	h        *portal.Portal
	asks     Asks
}

// New opens the desks of jobs and free funds.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Jobs, error) {
	m := &Jobs{h: h, asks: asks}
	var err error
	if m.Resource, err = portal.NewResource(ctx, h, m.table()); err != nil {
		return nil, err
	}
	if m.Funds, err = portal.NewResource(ctx, h, m.funds()); err != nil {
		return nil, err
	}
	m.dress()
	h.Offer("orders_for_vendors", m.waiting)
	h.Offer("free_funds", m.openFunds)
	h.Offer("job_vendors", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	h.Bus.OnName("job.matched", m.engage)
	h.Bus.OnName("job.unmatched", m.giveBack)
	h.Bus.OnName("job.done", m.report)
	h.Bus.OnName("job.freed", m.reserve)
	h.Bus.OnName("job.closed", m.settle)
	h.Bus.OnName("order.closed", m.calledBack)
	h.Bus.OnName("vendor.stopped", m.dropped("offered", "accepted", "quoted")) // what was agreed it may still do
	h.Bus.OnName("vendor.left", m.dropped(live...))
	h.Bus.OnName("vendor.delisted", m.dropped(live...))
	for _, e := range []portal.MenuEntry{{Href: "/jobs", LabelKey: "jobs.title", Order: 15}, {Href: "/free_funds", LabelKey: "free_funds.title", Order: 73}} {
		e.Show = func(v portal.Visitor) bool {
			return h.Holds(v.Actor, "vendor", "vendor_manager", "dispatcher", "operator", "auditor")
		}
		h.Menu(e)
	}
	h.Menu(portal.MenuEntry{Href: "/surplus", LabelKey: "surplus.title", Order: 74})
	return m, nil
}

// Module gives what the house serves beside the desks.
func (m *Jobs) Module() portal.Module {
	return portal.Module{Name: "jobs", Routes: func(r fiber.Router) {
		r.Get("/visits", m.visitForm)
		r.Post("/visits", m.visit)
		r.Post("/visits/:act", m.visitAct)
		r.Get("/surplus", m.surplus)
		r.Get("/api/v1/surplus", m.surplus)
		r.Get("/surplus/jobs", m.countedPage)
		r.Get("/api/v1/surplus/jobs", m.countedPage)
		r.Post("/jobs/:id/reveal", m.revealed)
	}}
}

// waiting offers the social requests that wait for a vendor.
func (m *Jobs) waiting(ctx context.Context, v portal.Visitor) (out []web.Option, err error) {
	os, err := m.asks.Waiting(ctx)
	for _, o := range os {
		out = append(out, web.Option{Value: o.ID, Text: o.No + " " + v.Lang.T("category."+o.Category) + " · " + m.h.Names.Place(v.Lang, o.Community)})
	}
	return out, err
}

func (m *Jobs) district() string {
	if ds := m.asks.District(); len(ds) > 0 {
		return ds[0]
	}
	return ""
}

// turn gives the vendors in the order in which they are asked, and why: the
// customer's wish, then who serves the community with a good score, then who
// has waited longest for a job.
func (m *Jobs) turn(ctx context.Context, class, community, wish string, good int64) ([]Try, error) {
	cs, err := m.asks.Candidates(ctx, class, community)
	if err != nil {
		return nil, err
	}
	type ranked struct {
		Try
		group int
		last  time.Time
	}
	var all []ranked
	for _, c := range cs {
		r := ranked{Try: Try{Vendor: c.ID, Why: "turn"}, group: 2}
		switch {
		case c.ID == wish:
			r.group, r.Why = 0, "wish"
		case c.Serves && c.Score >= good:
			r.group, r.Why = 1, "near"
		}
		js, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: c.ID}}, Sort: "-id", Limit: 1})
		if err != nil {
			return nil, fault.Wrap(err, "find the last job of %s", c.ID)
		}
		if len(js) > 0 {
			r.last = js[0].OpenedAt
			at := js[0].OpenedAt
			r.Last = &at
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.group, b.group), a.last.Compare(b.last)) })
	out := make([]Try, len(all))
	for i, r := range all {
		out[i] = r.Try
	}
	return out, nil
}

// The events of a job reach its order.
func (m *Jobs) job(ctx context.Context, ev lifecycle.News) (*Job, error) {
	j, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	return j, fault.Wrap(err, "read job %s", ev.Case)
}

func gone(err error) error {
	if fault.Is(err, fault.Conflict) { // the order went on by itself
		return nil
	}
	return err
}

// engage tells the order who comes. An order that has gone another way
// meanwhile has no use for the job.
func (m *Jobs) engage(ctx context.Context, ev lifecycle.News) error {
	j, err := m.job(ctx, ev)
	if err != nil || j.Vendor == "" {
		return err
	}
	if err = m.asks.Engage(ctx, j.Order, j.ID, j.Vendor); !fault.Is(err, fault.Conflict) {
		return err
	}
	_, err = m.Resource.Engine.Act(ctx, lifecycle.System, j.ID, "cancel", nil, lifecycle.Opts{Key: "event:" + ev.ID})
	return gone(err)
}

// giveBack gives the order back to the centre, and its place to the fund.
func (m *Jobs) giveBack(ctx context.Context, ev lifecycle.News) error {
	j, err := m.job(ctx, ev)
	if err != nil {
		return err
	}
	if err := m.ofFund(ctx, j, "release", ev); err != nil {
		return err
	}
	return gone(m.asks.Disengage(ctx, j.Order, j.ID))
}

// report brings the order to the call-back.
func (m *Jobs) report(ctx context.Context, ev lifecycle.News) error {
	j, err := m.job(ctx, ev)
	if err != nil {
		return err
	}
	return gone(m.asks.Done(ctx, j.Order, j.ID, j.Report))
}

// dropped passes on the jobs of a vendor that may not do them any more.
func (m *Jobs) dropped(states ...string) func(context.Context, lifecycle.News) error {
	return func(ctx context.Context, ev lifecycle.News) error {
		for {
			js, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: ev.Case}, {Field: "state", Op: store.In, Value: states}}, Sort: "id", Limit: 100})
			if err != nil || len(js) == 0 {
				return fault.Wrap(err, "find the jobs of vendor %s", ev.Case)
			}
			for _, j := range js {
				if _, err := m.Resource.Engine.Act(ctx, lifecycle.System, j.ID, "drop", nil, lifecycle.Opts{Key: "event:" + ev.ID}); gone(err) != nil {
					return err
				}
			}
		}
	}
}

// calledBack closes the job of an order whose caller has been asked.
func (m *Jobs) calledBack(ctx context.Context, ev lifecycle.News) error {
	js, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "order", Op: store.Eq, Value: ev.Case}, {Field: "state", Op: store.Eq, Value: "done"}}, Sort: "-id", Limit: 1})
	if err != nil || len(js) == 0 {
		return fault.Wrap(err, "find the job of order %s", ev.Case)
	}
	_, err = m.Resource.Engine.Act(ctx, lifecycle.System, js[0].ID, "close", nil, lifecycle.Opts{Key: "event:" + ev.ID})
	return gone(err)
}

// ofFund does an act of the fund that pays for a job.
func (m *Jobs) ofFund(ctx context.Context, j *Job, act string, ev lifecycle.News) error {
	if j.Fund == "" {
		return nil
	}
	pays, _ := j.paid(j.Charged)
	_, err := m.Funds.Engine.Act(ctx, lifecycle.System, j.Fund, act, &useForm{Job: j.No, Amount: pays}, lifecycle.Opts{Key: "event:" + ev.ID})
	return err
}

func (m *Jobs) reserve(ctx context.Context, ev lifecycle.News) error {
	j, err := m.job(ctx, ev)
	if err != nil {
		return err
	}
	err = m.ofFund(ctx, j, "reserve", ev)
	if fault.Is(err, fault.Conflict) { // the last place went to another: the job is a paid one
		_, err = m.Resource.Engine.Act(ctx, lifecycle.System, j.ID, "unfree", nil, lifecycle.Opts{Key: "event:" + ev.ID})
		return gone(err)
	}
	return err
}

// settle lets the fund pay, once: a job that was disputed closes again.
func (m *Jobs) settle(ctx context.Context, ev lifecycle.News) error {
	j, err := m.job(ctx, ev)
	if err != nil {
		return err
	}
	return m.ofFund(ctx, j, "spend", ev)
}

// Double tells whether a job charged over twice what it had quoted, and whose it was.
func (m *Jobs) Double(ctx context.Context, id string) (vendor, no string, double bool, err error) {
	j, err := m.Resource.Engine.Cases().Get(ctx, id)
	if err != nil {
		return "", "", false, fault.Wrap(err, "read job %s", id)
	}
	return j.Vendor, j.No, j.Quote > 0 && j.Charged > 2*j.Quote, nil
}
