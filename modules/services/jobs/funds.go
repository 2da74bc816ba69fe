package jobs

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Fund pays for services of those who cannot (R38).
type Fund struct {
	lifecycle.Case
	Purse
	District string     `json:"district"`
	Given    []Gift     `json:"given"`
	Held     []string   `json:"held,omitempty"` // numbers of the jobs it is kept for
	Jobs     []string   `json:"jobs,omitempty"` // numbers of those it has paid for
	Spent    schema.Fen `json:"spent"`
}

// Purse is what a fund is for.
type Purse struct {
	Name    string     `json:"name" form:"text,required,max=60"`
	Who     string     `json:"who" form:"longtext,required,max=500"` // whom it is for, and how that is checked
	Classes []string   `json:"classes" form:"choices,required,from=service_classes" show:"category"`
	Quota   int64      `json:"quota" form:"number,required,min=1,max=10000"` // jobs
	Cap     schema.Fen `json:"cap" form:"money,required,min=1"`              // of one job
}

// Gift is money that came into a fund.
type Gift struct {
	From    string     `json:"from" form:"choice,required,of=surplus government donation"`
	Who     string     `json:"who" form:"text,required,max=60"`
	Amount  schema.Fen `json:"amount" form:"money,required,min=1"`
	Voucher string     `json:"voucher" form:"text,required,max=40"`
	Quarter string     `json:"quarter,omitempty"`
}

// left is the money that is neither spent nor kept for a job under way.
func (f *Fund) left() schema.Fen {
	var in schema.Fen
	for _, g := range f.Given {
		in += g.Amount
	}
	return in - f.Spent - schema.Fen(len(f.Held))*f.Cap
}

// room refuses what the fund has no place or no money for.
func (f *Fund) room() error {
	if int64(len(f.Held)+len(f.Jobs)) >= f.Quota || f.left() < f.Cap {
		return fault.New(fault.Conflict, "free_fund.used_up").OnRule("R38")
	}
	return nil
}

// knows tells whether a job has its place already, or had it.
func (f *Fund) knows(job string) bool {
	return slices.Contains(f.Held, job) || slices.Contains(f.Jobs, job)
}

func (f *Fund) drop(job string) {
	f.Held = slices.DeleteFunc(f.Held, func(no string) bool { return no == job })
}

// reserve keeps a place for a job, release gives it back, spend pays: each once.
func reserve(f *Fund, in *useForm, s *lifecycle.Step) error {
	s.Note(in.Job)
	if f.knows(in.Job) {
		return nil
	}
	if err := f.room(); err != nil {
		return err
	}
	f.Held = append(f.Held, in.Job)
	return nil
}

func release(f *Fund, in *useForm, s *lifecycle.Step) error {
	s.Note(in.Job)
	f.drop(in.Job)
	return nil
}

func spend(f *Fund, in *useForm, s *lifecycle.Step) error {
	s.Note(in.Job)
	if slices.Contains(f.Jobs, in.Job) {
		return nil
	}
	f.drop(in.Job)
	f.Spent += in.Amount
	f.Jobs = append(f.Jobs, in.Job)
	return nil
}

// useForm is what a job asks of a fund.
type useForm struct {
	Job    string     `json:"job" form:"text,required,max=40"` // its number
	Amount schema.Fen `json:"amount" form:"money"`
}

func (m *Jobs) funds() portal.Kind[Fund] {
	return portal.Kind[Fund]{
		Table: m.fundTable(),
		View: portal.View[Fund]{
			Columns: "used left", Rule: "R38",
			Sections: []portal.Section[Fund]{{Title: "part", Fields: "who classes quota cap spent left"}, {HTML: given}},
			Labels:   map[string]string{"used": "free_fund.jobs"},
			Words: map[string]portal.Word[Fund]{
				"used": func(_ portal.Visitor, f *Fund) web.Value {
					return web.Words(strconv.Itoa(len(f.Jobs)) + " / " + strconv.FormatInt(f.Quota, 10))
				},
				"spent": func(_ portal.Visitor, f *Fund) web.Value { return yuan(f.Spent) },
				"left":  func(_ portal.Visitor, f *Fund) web.Value { return yuan(f.left()) },
			},
		},
		Unplaced: true,
	}
}

// given are the gifts to a fund.
func given(_ context.Context, v portal.Visitor, f *Fund) (template.HTML, error) {
	t := web.Table{CaptionKey: "free_fund.given", Head: []web.Col{{Key: "free_fund.from"}, {Key: "free_fund.who_gave"}, {Key: "free_fund.voucher"}, {Key: "free_fund.amount", Num: true}}}
	for _, g := range f.Given {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Translated(v.Lang, "free_fund.from."+g.From)}, {HTML: web.Text(g.Who)}, {HTML: web.Text(g.Voucher)}, yuan(g.Amount).Cell()})
	}
	return web.Section(v.Lang, "free_fund.given", t.HTML(v.Lang)), nil
}

func (m *Jobs) fundTable() lifecycle.Table[Fund] {
	both := []string{"open", "closed"}
	return lifecycle.Table[Fund]{
		Noun: "free_fund", Plural: "free_funds", Prefix: "JF",
		Title: func(f *Fund) string { return f.Name },
		Scope: func(f *Fund) lifecycle.Scope { return lifecycle.Scope{Places: []string{f.District}} },
		States: []lifecycle.State{
			{Name: "open", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "closed", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Fund]{
			{Name: "set_up", To: []string{"open"}, Rule: "R38", Look: lifecycle.Primary, Do: lifecycle.Fills("free_fund", func(f *Fund, in *Purse, _ *lifecycle.Step) error {
				f.Purse, f.District = *in, m.District()
				return nil
			})},
			{Name: "give", From: []string{"open"}, Rule: "R38", Look: lifecycle.Primary, Do: lifecycle.Takes("free_fund", func(f *Fund, in *Gift, s *lifecycle.Step) error {
				in.Quarter = string(portal.QuarterOf(s.Now))
				f.Given = append(f.Given, *in)
				return nil
			})},
			{Name: "reserve", From: []string{"open"}, Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Takes("free_fund", reserve)},
			{Name: "release", From: both, Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Takes("free_fund", release)},
			{Name: "spend", From: both, Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Takes("free_fund", spend)},
			{Name: "close", From: []string{"open"}, To: []string{"closed"}, Rule: "R38"},
		},
	}
}
