package jobs

import (
	"context"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// door is where the customer sees the job and decides, with the number and the
// PIN of the order.
func (m *Jobs) door() *portal.Door[Job] {
	return &portal.Door[Job]{Resource: m.Resource, Name: "visits", Acts: []string{"agree", "refuse_quote", "dispute", "revisit"},
		Find: func(ctx context.Context, in portal.Claim, address string) (*Job, error) {
			order, err := m.orders.Prove(ctx, in.No, in.PIN, address)
			if err != nil {
				return nil, err
			}
			js, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "order", Op: store.Eq, Value: order}}, Sort: "-id", Limit: 1})
			if err != nil {
				return nil, fault.Wrap(err, "find the job of order %s", order)
			}
			if len(js) == 0 {
				return nil, fault.New(fault.NotFound, "visit.none")
			}
			return js[0], nil
		},
		Page: func(ctx context.Context, v portal.Visitor, j *Job) (web.Page, error) {
			about, err := m.Draw(ctx, v, j, "words", "part", "visits")
			means := web.Panel(v.Lang, web.Info, "state.job."+j.State, web.Translated(v.Lang, "visits.means."+j.State))
			return web.Page{Title: v.Lang.T("visits.of", "no", j.OrderNo), Body: web.Join(means, about)}, err
		},
		Form: func(j *Job, act string, spec *web.FormSpec) bool {
			if act == "agree" { // to what stands above
				spec.Type, spec.Hidden["quote_no"] = nil, strconv.FormatInt(j.Quotes, 10)
			}
			return act == "agree"
		}}
}
