package jobs

import (
	"context"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/services/vendors"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// What others may hear of.
var (
	JobClosed    = lifecycle.NewEvent[Job, struct{}]("job.closed", nil)
	JobDone      = lifecycle.NewEvent[Job, struct{}]("job.done", nil)
	JobFreed     = lifecycle.NewEvent[Job, struct{}]("job.freed", nil)
	JobMatched   = lifecycle.NewEvent[Job, struct{}]("job.matched", nil)
	JobUnmatched = lifecycle.NewEvent[Job, struct{}]("job.unmatched", nil)
)

// listen: what happens to a job reaches its order, its fund and its vendor, and
// what happens to those reaches the job. Each step takes the job as it is now,
// so that late news tells nobody what is over.
func (m *Jobs) listen() {
	own := func(e *lifecycle.Event[Job, struct{}], do func(context.Context, lifecycle.News, *Job) error) {
		e.On(m.Bus, func(ctx context.Context, n lifecycle.News, _ struct{}) error {
			j, err := m.Engine.Cases().Get(ctx, n.Case)
			if err != nil {
				return fault.Wrap(err, "read job %s", n.Case)
			}
			return do(ctx, n, j)
		})
	}
	own(JobMatched, m.engage)
	own(JobUnmatched, m.giveBack)
	own(JobDone, m.report)
	own(JobFreed, m.reserve)
	own(JobClosed, m.settle)
	orders.Closed.On(m.Bus, func(ctx context.Context, n lifecycle.News, _ struct{}) error { return m.calledBack(ctx, n) })
	drop := func(e *lifecycle.Event[vendors.Vendor, struct{}], states ...string) {
		e.On(m.Bus, func(ctx context.Context, n lifecycle.News, _ struct{}) error {
			return m.Each(ctx, n, []store.Cond{{Field: "vendor", Op: store.Eq, Value: n.Case}, {Field: "state", Op: store.In, Value: states}}, "drop", nil)
		})
	}
	drop(vendors.VendorStopped, "offered", "accepted", "quoted") // what was agreed it may still do
	drop(vendors.VendorLeft, live...)
	drop(vendors.VendorDelisted, live...)
}

func gone(err error) error {
	if fault.Is(err, fault.Conflict) { // the order went on by itself
		return nil
	}
	return err
}

// engage tells the order who comes. An order that has gone another way
// meanwhile has no use for the job.
func (m *Jobs) engage(ctx context.Context, n lifecycle.News, j *Job) error {
	if j.Vendor == "" {
		return nil
	}
	if err := m.orders.Engage(ctx, j.Order, j.ID, j.Vendor); !fault.Is(err, fault.Conflict) {
		return err
	}
	return m.After(ctx, n, j.ID, "cancel", nil)
}

// giveBack gives the order back to the centre, and its place to the fund.
func (m *Jobs) giveBack(ctx context.Context, n lifecycle.News, j *Job) error {
	if err := m.ofFund(ctx, j, "release", n); err != nil {
		return err
	}
	return gone(m.orders.Disengage(ctx, j.Order, j.ID))
}

// report brings the order to the call-back, and charges a vendor that took over
// twice what it had quoted.
func (m *Jobs) report(ctx context.Context, n lifecycle.News, j *Job) error {
	if err := m.orders.JobDone(ctx, j.Order, j.ID, j.Report); gone(err) != nil {
		return err
	}
	if j.Quote == 0 || j.Charged <= 2*j.Quote {
		return nil
	}
	return m.vendors.Charge(ctx, n, j.Vendor, j.No)
}

// calledBack closes the job of an order whose caller has been asked.
func (m *Jobs) calledBack(ctx context.Context, n lifecycle.News) error {
	return m.Each(ctx, n, []store.Cond{{Field: "order", Op: store.Eq, Value: n.Case}, {Field: "state", Op: store.Eq, Value: "done"}}, "close", nil)
}

// ofFund does an act of the fund that pays for a job.
func (m *Jobs) ofFund(ctx context.Context, j *Job, act string, n lifecycle.News) error {
	if j.Fund == "" {
		return nil
	}
	pays, _ := j.paid(j.Charged)
	_, err := m.Funds.Engine.Act(ctx, lifecycle.System, string(j.Fund), act, &useForm{Job: j.No, Amount: pays}, lifecycle.Opts{Key: n.Key()})
	return err
}

func (m *Jobs) reserve(ctx context.Context, n lifecycle.News, j *Job) error {
	err := m.ofFund(ctx, j, "reserve", n)
	if fault.Is(err, fault.Conflict) { // the last place went to another: the job is a paid one
		return m.After(ctx, n, j.ID, "unfree", nil)
	}
	return err
}

// settle lets the fund pay, once: a job that was disputed closes again.
func (m *Jobs) settle(ctx context.Context, n lifecycle.News, j *Job) error {
	return m.ofFund(ctx, j, "spend", n)
}
