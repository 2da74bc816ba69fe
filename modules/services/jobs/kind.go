package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/modules/services/vendors"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of the acts.
type (
	matchForm struct {
		Order string `json:"order" form:"choice,required,from=orders_for_vendors"`
		Wish  string `json:"wish" form:"choice,from=vendors"`
	}
	whyForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
	quoteForm struct {
		Quote schema.Fen `json:"quote" form:"money"`
		Rule  string     `json:"rule" form:"longtext,max=500"`
		When  string     `json:"when" form:"text,required,max=80"`
	}
	agreeForm struct {
		How string `json:"how" form:"choice,required,of=phone in_person"`
	}
	whenForm struct {
		When string `json:"when" form:"text,required,max=80"`
	}
	doneForm struct {
		Report  string        `json:"report" form:"longtext,required,max=1000"`
		Charged schema.Fen    `json:"charged" form:"money"`
		Extra   string        `json:"extra" form:"longtext,max=500"`
		Before  []schema.File `json:"before,omitempty" form:"files,max=3"`
		After   []schema.File `json:"after,omitempty" form:"files,required,max=3"`
	}
	freeForm struct {
		Fund    portal.Ref[Fund] `json:"fund" form:"choice,required,from=free_funds"`
		Checked string           `json:"checked" form:"longtext,required,max=300"`
	}
	yesForm struct {
		Quote int64 `json:"quote_no" form:"number,required,min=1"` // the quote that the customer has read
	}
)

// anonymise leaves who came when for how much, and drops what was said and seen.
func anonymise(j *Job, _ *lifecycle.Step) error {
	j.Place, j.Words, j.When, j.Report, j.Extra, j.Dispute = "", "", "", "", "", ""
	j.Before, j.After, j.Visits = nil, nil, nil
	return nil
}

// live are the states in which the vendor works on it.
var live = []string{"offered", "accepted", "quoted", "agreed"}

func (m *Jobs) kind() portal.Kind[Job] {
	return portal.Kind[Job]{
		Table: m.table(),
		View: portal.View[Job]{
			Columns: "vendor category when price", Rule: "R70",
			Sections: []portal.Section[Job]{
				{Title: "words", Text: "words"},
				{Title: "part", Fields: "receipt order_no category vendor community place when quote cap own_share rule report charged extra dispute outcome checked warranty_until"},
				{Title: "visits", Rows: "visits", Fields: "at why done_at report"},
				{HTML: m.inTurn},
			},
			Labels: map[string]string{"receipt": "surplus.receipt", "order_no": "job.order", "warranty_until": "job.warranty",
				"at": "job.visit_asked", "why": "job.visit_why", "done_at": "job.visit_done"},
			Words: map[string]portal.Word[Job]{"receipt": receipt, "price": price, "own_share": ownShare, "charged": charged},
		},
		Unplaced: true,
		Filters:  map[string]string{"vendor": "vendor", "order": "order", "quarter": "quarter", "kind": "kind"},
		Initial: map[string]func(context.Context, portal.Visitor, *Job) web.Values{"finish": func(_ context.Context, _ portal.Visitor, j *Job) web.Values {
			return web.Values{"charged": {schema.FormYuan(j.Quote)}}
		}},
		Shown: map[string]func(*fiber.Ctx, *Job) error{"reveal": m.revealed},
	}
}

func (m *Jobs) table() lifecycle.Table[Job] {
	next := []string{"offered", "unmatched"}
	given := append([]string{"disputed"}, next...)
	return lifecycle.Table[Job]{
		Noun: "job", Plural: "jobs", Prefix: "FW",
		Title:    func(j *Job) string { return j.OrderNo + " " + first(j.Words) },
		Personal: []string{"place", "words", "when", "report", "extra", "before", "after", "visits", "dispute"},
		AnonymiseOn: func(j *Job) time.Time {
			if j.State != "closed" && j.State != "unmatched" {
				return time.Time{}
			}
			return j.ChangedAt.AddDate(j.Settings.Int("privacy.order_years"), 0, 0)
		},
		Scope: func(j *Job) lifecycle.Scope {
			return lifecycle.Scope{Department: j.Vendor, Places: []string{j.District}}
		},
		Facts: func(j *Job, s *lifecycle.Step) ([]string, error) {
			return []string{lifecycle.When(j.Warranty != nil && s.Now.After(*j.Warranty), "warranty_over"), lifecycle.When(portal.Proven(s.Ctx, j.ID), "proven"), lifecycle.When(j.Fund != "", "free")}, nil
		},
		AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "offered", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "accepted", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "quoted", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "agreed", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "done", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "disputed", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "unmatched", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Job]{
			{Name: "match", To: []string{"offered"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Fills("job", m.match), Emits: JobMatched},
			{Name: "accept", From: []string{"offered"}, To: []string{"accepted"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Does(accept)},
			{Name: "decline", From: []string{"offered", "accepted"}, To: next, Rule: "R70", Do: lifecycle.Takes("job", m.decline), Stops: []string{"answer"}},
			{Name: "pass", From: []string{"offered", "accepted"}, To: next, On: "answer", Rule: "R70", Look: lifecycle.Hidden, Do: lifecycle.Does(m.passes("silent"))},
			{Name: "withdraw", From: live, To: given, Rule: "R70", Do: lifecycle.Takes("job", m.withdraw), Stops: []string{"*"}},
			{Name: "drop", From: live, To: given, Rule: "R71", Look: lifecycle.Hidden, Do: lifecycle.Does(m.passes("gone")), Stops: []string{"*"}},
			{Name: "quote", From: []string{"accepted", "quoted"}, To: []string{"quoted"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Takes("job", quote), Stops: []string{"answer"}},
			{Name: "agree", From: []string{"quoted"}, To: []string{"agreed"}, Rule: "R70", Look: lifecycle.Hidden, Do: lifecycle.Takes("job", agree), Stops: []string{"agree"}},
			{Name: "agree_for", From: []string{"quoted"}, To: []string{"agreed"}, Rule: "R70", Do: lifecycle.Takes("job", agreeFor), Stops: []string{"agree"}},
			{Name: "refuse_quote", From: []string{"quoted"}, To: next, Rule: "R70", Do: lifecycle.Takes("job", m.refuse), Stops: []string{"agree"}},
			{Name: "unanswered", From: []string{"quoted"}, To: []string{"unmatched"}, On: "agree", Rule: "R70", Look: lifecycle.Hidden, Emits: JobUnmatched},
			{Name: "cancel", From: live, To: []string{"unmatched"}, Rule: "R54", Look: lifecycle.Hidden, Stops: []string{"*"}, Emits: JobUnmatched},
			{Name: "reschedule", From: []string{"quoted", "agreed"}, Rule: "R70", Do: lifecycle.Takes("job", func(j *Job, in *whenForm, s *lifecycle.Step) error {
				j.When = in.When
				s.Note(in.When)
				return nil
			})},
			{Name: "late", From: []string{"agreed"}, On: "doing", Rule: "R70", Look: lifecycle.Hidden, Do: lifecycle.Does(func(j *Job, _ *lifecycle.Step) error {
				j.Late = true
				return nil
			})},
			{Name: "free", From: []string{"offered", "accepted", "quoted"}, Rule: "R38", Do: lifecycle.Takes("job", m.free), Emits: JobFreed},
			{Name: "unfree", From: append([]string{"done"}, live...), Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Does(func(j *Job, _ *lifecycle.Step) error {
				j.Fund, j.Checked, j.Cap = "", "", 0
				return nil
			})},
			{Name: "finish", From: []string{"agreed"}, To: []string{"done"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Takes("job", m.finish), Stops: []string{"doing"}, Emits: JobDone},
			{Name: "close", From: []string{"done"}, To: []string{"closed"}, On: "quiet", Rule: "R70", Look: lifecycle.Hidden, Stops: []string{"*"}, Emits: JobClosed},
			{Name: "dispute", From: []string{"done", "closed"}, To: []string{"disputed"}, Rule: "R71", Do: lifecycle.Takes("job", func(j *Job, in *whyForm, _ *lifecycle.Step) error {
				j.Dispute = in.Why
				return nil
			}), Stops: []string{"*"}},
			{Name: "settle", From: []string{"disputed"}, To: []string{"closed"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("job", func(j *Job, in *whyForm, _ *lifecycle.Step) error {
				j.Outcome = in.Why
				return nil
			}), Emits: JobClosed},
			{Name: "revisit", From: []string{"done", "closed"}, To: []string{"agreed"}, Rule: "R70", Do: lifecycle.Takes("job", revisit), Stops: []string{"*"}},
			{Name: "fade", From: []string{"closed", "unmatched"}, Look: lifecycle.Hidden, Do: lifecycle.Does(anonymise)},
			{Name: "reveal", From: []string{"accepted", "quoted", "agreed"}, Rule: "R70"},
		},
		Fields:  []store.Field{{Name: "order"}, {Name: "vendor"}, {Name: "quarter"}, {Name: "kind"}, {Name: "live"}, {Name: "charged", Kind: store.Int}, {Name: "receipt"}},
		Indexes: []store.Index{{Name: "order", Fields: []string{"order"}}, {Name: "vendor", Fields: []string{"vendor"}}, {Name: "quarter", Fields: []string{"quarter", "kind"}}, {Name: "receipt", Fields: []string{"receipt"}}, {Name: "order_live", Fields: []string{"live"}, Unique: true}},
		Extract: func(j *Job) map[string]any {
			x := map[string]any{"order": j.Order, "vendor": j.Vendor, "quarter": nil, "kind": nil, "live": nil, "charged": int64(j.Charged), "receipt": j.PublicReceipt(), "words": j.No + " " + j.OrderNo + " " + j.Words}
			if slices.Contains(live, j.State) && len(j.Visits) == 0 { // an order has one job at a time
				x["live"] = j.Order
			}
			if j.DoneAt != nil {
				x["quarter"], x["kind"] = string(portal.QuarterOf(*j.DoneAt)), "paid"
				if j.Fund != "" {
					fund, _ := j.paid(j.Charged)
					x["kind"], x["charged"] = "free", int64(fund)
				}
			}
			return x
		},
	}
}

func first(words string) string {
	if rs := []rune(words); len(rs) > 24 {
		return string(rs[:24]) + "…"
	}
	return words
}

// waits: a job waits for its vendor; one that is late, or disputed, for the centre.
func (m *Jobs) waits(j *Job) []string {
	turn := func(role string) []string { return m.Engine.Assignees(role, m.Engine.Table.Scope(j)) }
	switch j.State {
	case "offered", "accepted":
		return turn("vendor")
	case "agreed":
		if j.Late {
			return append(turn("dispatcher"), turn("vendor")...)
		}
		return turn("vendor")
	case "disputed":
		return turn("vendor_manager")
	}
	return nil
}

// match begins a job for a social request, and asks the first vendor in turn.
func (m *Jobs) match(j *Job, in *matchForm, s *lifecycle.Step) error {
	o, err := m.orders.Brief(s.Ctx, in.Order)
	if fault.Is(err, fault.NotFound) || err == nil && (o.Stream != portal.Social || o.State != "triaged") {
		return fault.InvalidField("order", "schema.not_an_option")
	}
	if err != nil {
		return err
	}
	j.Order, j.OrderNo, j.Category, j.Community, j.Place, j.Words, j.District = o.ID, o.No, o.Category, o.Community, o.Place, o.Words, m.District()
	if j.Turn, err = m.turn(s.Ctx, o.Category, o.Community, in.Wish, int64(s.Settings.Int("ven.warn"))); err != nil {
		return err
	}
	if len(j.Turn) == 0 {
		return fault.New(fault.Conflict, "job.nobody").OnRule("R70")
	}
	j.Turn[0].Asked, j.Vendor = &s.Now, j.Turn[0].Vendor
	ask(s)
	return nil
}

// ask gives the vendor its time to answer.
func ask(s *lifecycle.Step) {
	s.Start("answer", "R70", "ven.answer_min", "min", s.Settings.Int("ven.answer_min"))
}

// try is the vendor that is asked now.
func (j *Job) try() *Try {
	for i := range j.Turn {
		if j.Turn[i].Vendor == j.Vendor {
			return &j.Turn[i]
		}
	}
	return &Try{}
}

func accept(j *Job, s *lifecycle.Step) error {
	j.try().Said = "accepted"
	s.Start("answer", "R70", "ven.quote_min", "min", s.Settings.Int("ven.quote_min"))
	return nil
}

func (m *Jobs) decline(j *Job, in *whyForm, s *lifecycle.Step) error {
	s.Note(in.Why)
	return m.pass(j, s, "declined")
}

func (m *Jobs) refuse(j *Job, in *whyForm, s *lifecycle.Step) error {
	s.Note(in.Why)
	return m.pass(j, s, "refused")
}

// withdraw takes the job back from a vendor that does not come.
func (m *Jobs) withdraw(j *Job, in *whyForm, s *lifecycle.Step) error {
	s.Note(in.Why)
	return m.pass(j, s, "withdrawn")
}

func (m *Jobs) passes(said string) func(*Job, *lifecycle.Step) error {
	return func(j *Job, s *lifecycle.Step) error { return m.pass(j, s, said) }
}

// pass asks the next vendor in turn that still may be asked; when nobody is left
// the order goes back. A warranty is one vendor's own: nobody else owes it, so
// the manager has to settle it.
func (m *Jobs) pass(j *Job, s *lifecycle.Step, said string) error {
	j.try().Said = said
	if n := len(j.Visits); n > 0 {
		j.Dispute = j.Visits[n-1].Why
		s.Go("disputed")
		s.Silent()
		return nil
	}
	cs, err := m.vendors.Candidates(s.Ctx, j.Category, j.Community)
	if err != nil {
		return err
	}
	j.Vendor, j.Quote, j.Rule, j.When, j.Agreed, j.Late = "", 0, "", "", "", false
	for i := range j.Turn {
		try := &j.Turn[i]
		switch {
		case try.Asked != nil:
		case !slices.ContainsFunc(cs, func(c vendors.Candidate) bool { return c.ID == try.Vendor }):
			try.Said = "gone"
		default:
			try.Asked, j.Vendor = &s.Now, try.Vendor
			s.Go("offered")
			ask(s)
			JobMatched.Instead(s)
			return nil
		}
	}
	s.Go("unmatched")
	JobUnmatched.Instead(s)
	return nil
}

// quote says the price before anything is done (R70): a sum, or by which rule it
// is made up.
func quote(j *Job, in *quoteForm, s *lifecycle.Step) error {
	if in.Quote <= 0 && in.Rule == "" && j.Fund == "" {
		return fault.InvalidField("quote", "job.no_price")
	}
	j.Quote, j.Rule, j.When = in.Quote, in.Rule, in.When
	j.Quotes++
	s.Start("agree", "R70", "ven.agree_wd", "wd", s.Settings.Int("ven.agree_wd"))
	return nil
}

// agree takes the customer's yes to the quote they have read, not to another
// that came meanwhile.
func agree(j *Job, in *yesForm, s *lifecycle.Step) error {
	if in.Quote != j.Quotes {
		return fault.New(fault.Conflict, "job.quoted_anew").OnRule("R70")
	}
	return agreed(j, "customer", s)
}

func agreeFor(j *Job, in *agreeForm, s *lifecycle.Step) error { return agreed(j, in.How, s) }

func agreed(j *Job, how string, s *lifecycle.Step) error {
	j.Agreed = how
	work(s)
	return nil
}

// work gives the vendor its time to do it.
func work(s *lifecycle.Step) {
	s.Start("doing", "R70", "ven.work_wd", "wd", s.Settings.Int("ven.work_wd"))
}

// free lets a fund pay (R38).
func (m *Jobs) free(j *Job, in *freeForm, s *lifecycle.Step) error {
	f, err := m.Funds.Engine.Cases().Get(s.Ctx, string(in.Fund))
	if err != nil || f.State != "open" || !slices.Contains(f.Classes, j.Category) {
		return fault.InvalidField("fund", "schema.not_an_option")
	}
	if j.Fund != "" {
		return fault.New(fault.Conflict, "job.free_already").OnRule("R38")
	}
	if err := f.room(); err != nil {
		return err
	}
	j.Fund, j.Checked, j.Cap = in.Fund, in.Checked, f.Cap
	return nil
}

// finish says what was done and charged, with pictures of it. More than was
// quoted needs a reason; a visit under warranty is free of charge.
func (m *Jobs) finish(j *Job, in *doneForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	if len(in.After) == 0 {
		f.Wrong("after", "job.no_proof")
	}
	for name, files := range map[string][]schema.File{"before": in.Before, "after": in.After} {
		if slices.ContainsFunc(files, func(x schema.File) bool { return !portal.Picture(x) }) {
			f.Wrong(name, "job.no_picture")
		}
	}
	again := len(j.Visits) > 0
	switch {
	case in.Charged < 0:
		f.Wrong("charged", "schema.too_small", "min", 0)
	case again && in.Charged > 0:
		f.Wrong("charged", "job.warranty_free")
	case j.Quote > 0 && in.Charged > j.Quote && in.Extra == "":
		f.Wrong("extra", "job.more_than_quoted")
	}
	if len(f.Fields) > 0 {
		return f.OnRule("R70")
	}
	j.Late = false
	if again {
		v := &j.Visits[len(j.Visits)-1]
		v.DoneAt, v.Report, v.Before, v.After = &s.Now, in.Report, in.Before, in.After
		s.Start("quiet", "R70", "ven.quiet_days", "d", s.Settings.Int("ven.quiet_days"))
		s.Silent() // the order is at the call-back, or over
		return nil
	}
	until := s.Now
	switch std, err := m.vendors.StandardOf(s.Ctx, j.Category); {
	case err != nil:
		return err
	case std != nil:
		until = s.Now.AddDate(0, 0, int(std.Warranty))
	}
	j.Report, j.Extra, j.Before, j.After, j.Charged, j.Warranty, j.DoneAt = in.Report, in.Extra, in.Before, in.After, in.Charged, &until, &s.Now
	return nil
}

func revisit(j *Job, in *whyForm, s *lifecycle.Step) error {
	j.Visits = append(j.Visits, Visit{At: s.Now, Why: in.Why})
	work(s)
	return nil
}
