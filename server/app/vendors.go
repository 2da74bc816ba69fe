package app

import (
	"context"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/modules/services/jobs"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// offerEmployers lets people hold posts at vendors too.
func (m *Modules) offerEmployers(h *portal.Portal) {
	h.AddEmployer(portal.Employer{
		Of: func(id string) (portal.Department, bool) {
			place, ok := m.Vendors.Seat(context.Background(), id)
			return portal.Department{Level: "district", Place: place}, ok
		},
		Options: func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
			all, err := h.Options(ctx, v, "vendors")
			if err != nil {
				return nil, err
			}
			for i := range all["vendors"] {
				all["vendors"][i].Group = v.Lang.T("vendors.title")
			}
			return all["vendors"], nil
		}})
}

// charged asks the jobs, which open after the vendors.
func (m *Modules) charged(ctx context.Context, job string) (vendor, no string, double bool, err error) {
	return m.Jobs.Double(ctx, job)
}

// forJobs lets vendors' jobs serve orders.
func (m *Modules) forJobs() jobs.Asks {
	show := func(b orders.Brief) jobs.Order {
		return jobs.Order{ID: b.ID, No: b.No, Category: b.Category, Community: b.Community, Place: b.Place, Words: b.Words, State: b.State, Stream: b.Stream, Job: b.Job}
	}
	return jobs.Asks{District: m.Directory.Districts,
		Order: func(ctx context.Context, id string) (jobs.Order, error) {
			b, err := m.Orders.Brief(ctx, id)
			return show(b), err
		},
		Waiting: func(ctx context.Context) ([]jobs.Order, error) {
			p, err := m.Orders.Resource.Engine.List(ctx, lifecycle.System, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "triaged"}, {Field: "stream", Op: store.Eq, Value: portal.Social}}, Sort: "due", Limit: 100})
			var out []jobs.Order
			for _, o := range p.Cases {
				out = append(out, jobs.Order{ID: o.ID, No: o.No, Category: o.Category, Community: o.Community})
			}
			return out, err
		},
		Prove: m.Orders.Prove, Contact: m.Orders.Contact, Engage: m.Orders.Engage, Disengage: m.Orders.Disengage, Done: m.Orders.JobDone,
		Candidates: func(ctx context.Context, class, community string) ([]jobs.Candidate, error) {
			cs, err := m.Vendors.Candidates(ctx, class, community)
			out := make([]jobs.Candidate, len(cs))
			for i, c := range cs {
				out[i] = jobs.Candidate(c)
			}
			return out, err
		},
		Standard: m.Vendors.Standard}
}
