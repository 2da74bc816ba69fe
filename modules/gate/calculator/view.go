package calculator

import (
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func form(l web.Lang, c *fiber.Ctx) template.HTML {
	var fs []web.FilterField
	for _, f := range asked.Fields {
		x := web.FilterField{Name: f.Name, LabelKey: f.Label, Value: c.Query(f.Name)}
		for _, o := range f.Options {
			x.Options = append(x.Options, web.Option{Value: o, Text: l.T(f.Label + "." + o)})
		}
		fs = append(fs, x)
	}
	return web.Filters(l, web.FilterSpec{Action: "/calculator", Fields: fs})
}

func wrong(l web.Lang, e *fault.Error) template.HTML {
	return web.Panel(l, web.Bad, "calculator.wrong", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, f := range e.Fields {
			h.Raw(`<li>`)
			h.T("calculator." + f.Name)
			h.Text(" · ")
			h.Text(l.Args(f.Code, f.Args))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	}))
}

func yuan(f schema.Fen) web.Cell { return web.Cell{HTML: web.Text(web.Yuan(f))} }

func show(l web.Lang, c Cost) template.HTML {
	parts := web.Table{CaptionKey: "calculator.month", Head: []web.Col{{Key: "calculator.part"}, {Key: "calculator.amount", Num: true}}}
	for _, p := range c.Parts {
		parts.Rows = append(parts.Rows, []web.Cell{{HTML: web.Text(l.T("setting.fund.basis." + p.Name))}, yuan(p.Amount)})
	}
	parts.Rows = append(parts.Rows, []web.Cell{{HTML: web.Text(l.T("spending.total"))}, yuan(c.Month)})
	plan := web.Table{CaptionKey: "calculator.plan", Head: []web.Col{{Key: "calculator.instalment"}, {Key: "calculator.covers"}, {Key: "calculator.amount", Num: true}}}
	for i, x := range c.Instalments {
		plan.Rows = append(plan.Rows, []web.Cell{{HTML: web.Text(strconv.Itoa(i + 1))}, {HTML: web.Text(l.T("calculator.months_from", "from", x.FirstMonth, "to", x.FirstMonth+x.Months-1))}, yuan(x.Amount)})
	}
	rate := "calculator.rate_local"
	if c.Default {
		rate = "calculator.rate_default"
	}
	return web.Join(web.Figures(l, []web.Figure{{Value: web.Yuan(c.Month), LabelKey: "calculator.each_month"}, {Value: web.Yuan(c.Community), LabelKey: "calculator.each"}, {Value: web.Yuan(c.Total), LabelKey: "calculator.total"}}),
		web.Paragraphs(l.T(rate, "rate", web.Yuan(c.Rate))), parts.HTML(l), plan.HTML(l), web.Paragraphs(l.T("calculator.how")))
}
