package jobs

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

type proof struct{}

// prove says in a request that its sender holds an order's number and PIN.
func prove(ctx context.Context, order string) context.Context {
	return context.WithValue(ctx, proof{}, order)
}

func proven(ctx context.Context) string {
	of, _ := ctx.Value(proof{}).(string)
	return of
}

// visitIn is what a customer holds.
type visitIn struct {
	No  string `json:"no" form:"text,required,max=40"`
	PIN string `json:"pin" form:"text,required,max=12"`
}

var visitType = schema.Of[visitIn]("track")

// visitForm answers GET /visits.
func (m *Jobs) visitForm(c *fiber.Ctx) error {
	return m.askPIN(c, fiber.StatusOK, web.Values{"no": {c.Query("no")}}, nil)
}

func (m *Jobs) askPIN(c *fiber.Ctx, status int, values web.Values, wrong *fault.Error) error {
	v := portal.Who(c)
	l := v.Lang
	spec := web.FormSpec{ID: "visit", Action: "/visits", Type: visitType, SubmitKey: "track.show", Values: values, CSRF: m.h.CSRF(v)}
	if wrong != nil {
		spec.Errors = wrong.Fields
	}
	return m.h.Show(c, status, web.Page{Title: l.T("visit.title"), Invalid: wrong != nil, Body: portal.In(l, func(h *web.H) {
		if wrong != nil && len(wrong.Fields) == 0 {
			h.Add(web.Refusal(l, wrong))
		}
		h.Raw(`<p class="intro">`)
		h.T("visit.lead")
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})})
}

// identify finds the job of the order that number and PIN stand for.
func (m *Jobs) identify(c *fiber.Ctx) (*Job, *visitIn, error) {
	x, err := visitType.Form(map[string][]string{"no": {c.FormValue("no")}, "pin": {c.FormValue("pin")}})
	if err != nil {
		return nil, nil, err
	}
	in := x.(*visitIn)
	order, err := m.asks.Prove(c.UserContext(), in.No, in.PIN, c.IP())
	if err != nil {
		return nil, in, err
	}
	js, err := m.Resource.Engine.Cases().Find(c.UserContext(), store.Query{Where: []store.Cond{{Field: "order", Op: store.Eq, Value: order}}, Sort: "-id", Limit: 1})
	if err != nil {
		return nil, in, fault.Wrap(err, "find the job of order %s", order)
	}
	if len(js) == 0 {
		return nil, in, fault.New(fault.NotFound, "visit.none")
	}
	return js[0], in, nil
}

// visit answers POST /visits: the job, and what the customer can do.
func (m *Jobs) visit(c *fiber.Ctx) error {
	j, in, err := m.identify(c)
	if err != nil {
		return m.once(c, in, err)
	}
	return m.showVisit(c, fiber.StatusOK, j, in, "", nil)
}

// once asks again for number and PIN.
func (m *Jobs) once(c *fiber.Ctx, in *visitIn, err error) error {
	e := fault.As(err)
	if e.Kind == fault.Internal {
		return err
	}
	values := web.Values{}
	if in != nil {
		values["no"] = []string{in.No}
	}
	return m.askPIN(c, portal.Status(e.Kind), values, e)
}

// visitAct answers POST /visits/ACT: what a customer decides, proven by number
// and PIN each time.
func (m *Jobs) visitAct(c *fiber.Ctx) error {
	act := c.Params("act")
	if !isOwn(act) {
		return fault.Missing("page")
	}
	j, in, err := m.identify(c)
	if err != nil {
		return m.once(c, in, err)
	}
	ctx := prove(c.UserContext(), j.Order)
	row, _ := m.Resource.Engine.Table.Act(act)
	var typed any
	if row.Do.Input != nil {
		if typed, err = row.Do.Input.Form(map[string][]string{"why": {c.FormValue("why")}, "quote_no": {c.FormValue("quote_no")}}); err != nil {
			return m.showVisit(c, fiber.StatusUnprocessableEntity, j, in, act, fault.As(err))
		}
	}
	after, err := m.Resource.Engine.Act(ctx, portal.Who(c).Actor, j.ID, act, typed, lifecycle.Opts{})
	if err != nil {
		e := fault.As(err)
		if e.Kind == fault.Internal {
			return err
		}
		if now, _, err := m.identify(c); err == nil { // it may have changed meanwhile
			j = now
		}
		return m.showVisit(c, portal.Status(e.Kind), j, in, act, e)
	}
	return m.showVisit(c, fiber.StatusOK, after, in, act, nil)
}

func (m *Jobs) showVisit(c *fiber.Ctx, status int, j *Job, in *visitIn, act string, wrong *fault.Error) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	v := portal.Who(c)
	l, ctx := v.Lang, prove(c.UserContext(), j.Order)
	p := web.Page{Title: l.T("visit.of", "no", j.OrderNo), Invalid: wrong != nil}
	if act != "" && wrong == nil {
		p.Notice = &web.Notice{Tone: web.Good, Text: l.T("visit.done_" + act)}
	}
	p.Body = portal.In(l, func(h *web.H) {
		if wrong != nil {
			h.Add(web.Refusal(l, wrong))
		}
		h.Add(web.Panel(l, web.Info, "state.job."+j.State, portal.Text(l, l.T("visit.means."+j.State))))
		h.Add(m.facts(l, j))
		for _, name := range ownActs {
			row, _ := m.Resource.Engine.Table.Act(name)
			if verdict := m.Resource.Engine.Verdict(ctx, v.Actor, j, name); !verdict.Allowed || !slices.Contains(row.From, j.State) {
				continue
			}
			spec := web.FormSpec{ID: "own-" + name, Action: "/visits/" + name, Type: row.Do.Input, SubmitKey: "visit.act_" + name, CSRF: m.h.CSRF(v), Hidden: map[string]string{"no": in.No, "pin": in.PIN}}
			if name == "agree" { // to what stands above
				spec.Type, spec.Hidden["quote_no"] = nil, strconv.FormatInt(j.Quotes, 10)
				h.Add(web.Section(l, "visit.act_agree", web.Form(l, spec)))
				continue
			}
			h.Add(web.Details(l, "visit.act_"+name, web.Form(l, spec)))
		}
	})
	return m.h.Show(c, status, p)
}
