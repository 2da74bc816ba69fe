package jobs

import (
	"slices"
	"time"

	"gatehouse/modules"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Job is one vendor's work for one order.
type Job struct {
	lifecycle.Case
	Order     string `json:"order"`
	OrderNo   string `json:"order_no"`
	Category  string `json:"category"`
	Community string `json:"community"`
	District  string `json:"district"`
	Place     string `json:"place"`
	Words     string `json:"words"`
	Vendor    string `json:"vendor"` // whose turn it is
	Turn      []Try  `json:"turn"`   // all who may be asked, in their order

	Quote   schema.Fen `json:"quote"`            // fen; 0 where a rule is quoted
	Rule    string     `json:"rule,omitempty"`   // how the price is made up
	When    string     `json:"when,omitempty"`   // the appointment, in words
	Agreed  string     `json:"agreed,omitempty"` // by whom the price was agreed
	Report  string     `json:"report,omitempty"`
	Charged schema.Fen `json:"charged"`
	Extra   string     `json:"extra,omitempty"` // why more was charged than quoted

	Before   []schema.File `json:"before,omitempty"`
	After    []schema.File `json:"after,omitempty"`
	Warranty *time.Time    `json:"warranty_until,omitempty"`
	Again    int64         `json:"again,omitempty"` // visits under warranty
	Dispute  string        `json:"dispute,omitempty"`
	Outcome  string        `json:"outcome,omitempty"`

	Fund    string     `json:"fund,omitempty"`    // that pays for it
	Checked string     `json:"checked,omitempty"` // how somebody who is not the vendor has checked that it may
	DoneAt  *time.Time `json:"done_at,omitempty"`
}

// Try is a vendor that may be asked, and what it said.
type Try struct {
	Vendor string     `json:"vendor"`
	Why    string     `json:"why"`            // wish, near, turn
	Last   *time.Time `json:"last,omitempty"` // its job before this
	Asked  *time.Time `json:"asked,omitempty"`
	Said   string     `json:"said,omitempty"` // accepted, declined, silent, refused: by the customer
}

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
		After   []schema.File `json:"after,omitempty" form:"files,max=3"`
	}
	freeForm struct {
		Fund    string `json:"fund" form:"choice,required,from=free_funds"`
		Checked string `json:"checked" form:"longtext,required,max=300"`
	}
	useForm struct {
		Job    string     `json:"job" form:"text,required,max=40"`
		Amount schema.Fen `json:"amount" form:"money"`
	}
)

// live are the states in which the vendor works on it.
var live = []string{"offered", "accepted", "quoted", "agreed"}

func (m *Jobs) table() lifecycle.Table[Job] {
	next := []string{"offered", "unmatched"}
	return lifecycle.Table[Job]{
		Noun: "job", Plural: "jobs", Prefix: "FW",
		Title: func(j *Job) string { return j.OrderNo + " " + first(j.Words) },
		Scope: func(j *Job) lifecycle.Scope {
			return lifecycle.Scope{Department: j.Vendor, Places: []string{j.District}}
		},
		Facts: func(j *Job, s *lifecycle.Step) []string {
			return []string{lifecycle.When(j.Warranty != nil && s.Now.After(*j.Warranty), "warranty_over"), lifecycle.When(proven(s.Ctx) == j.Order, "proven"), lifecycle.When(j.Fund != "", "free")}
		},
		Waits: m.waits,
		States: []lifecycle.State{
			{Name: "offered", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "accepted", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "quoted", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "agreed", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "done", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "disputed", Shelf: lifecycle.Filed, Tone: "bad", Turn: []string{"vendor_manager"}},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "unmatched", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Job]{
			{Name: "match", To: []string{"offered"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Takes("job", m.match), Tells: "matched"},
			{Name: "accept", From: []string{"offered"}, To: []string{"accepted"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Does(accept), Stops: []string{"answer"}},
			{Name: "decline", From: []string{"offered", "accepted"}, To: next, Rule: "R70", Do: lifecycle.Takes("job", m.decline), Stops: []string{"answer"}},
			{Name: "pass", From: []string{"offered"}, To: next, On: "answer", Rule: "R70", Look: lifecycle.Hidden, Do: lifecycle.Does(func(j *Job, s *lifecycle.Step) error { return m.pass(j, s, "silent") })},
			{Name: "quote", From: []string{"accepted", "quoted"}, To: []string{"quoted"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Takes("job", quote)},
			{Name: "agree", From: []string{"quoted"}, To: []string{"agreed"}, Rule: "R70", Look: lifecycle.Hidden, Do: lifecycle.Does(agree)},
			{Name: "agree_for", From: []string{"quoted"}, To: []string{"agreed"}, Rule: "R70", Do: lifecycle.Takes("job", agreeFor)},
			{Name: "refuse_quote", From: []string{"quoted"}, To: next, Rule: "R70", Do: lifecycle.Takes("job", m.refuse)},
			{Name: "reschedule", From: []string{"quoted", "agreed"}, Rule: "R70", Do: lifecycle.Takes("job", func(j *Job, in *whenForm, s *lifecycle.Step) error {
				j.When = in.When
				s.Note(in.When)
				return nil
			})},
			{Name: "free", From: []string{"offered", "accepted", "quoted"}, Rule: "R38", Do: lifecycle.Takes("job", m.free), Tells: "freed"},
			{Name: "unfree", From: append([]string{"done"}, live...), Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Does(func(j *Job, _ *lifecycle.Step) error {
				j.Fund, j.Checked = "", ""
				return nil
			})},
			{Name: "finish", From: []string{"agreed"}, To: []string{"done"}, Rule: "R70", Look: lifecycle.Primary, Do: lifecycle.Takes("job", m.finish), Tells: "done"},
			{Name: "close", From: []string{"done"}, To: []string{"closed"}, Rule: "R70", Look: lifecycle.Hidden, Tells: "closed"},
			{Name: "dispute", From: []string{"done", "closed"}, To: []string{"disputed"}, Rule: "R71", Do: lifecycle.Takes("job", func(j *Job, in *whyForm, _ *lifecycle.Step) error {
				j.Dispute = in.Why
				return nil
			}), Tells: "disputed"},
			{Name: "settle", From: []string{"disputed"}, To: []string{"closed"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("job", func(j *Job, in *whyForm, _ *lifecycle.Step) error {
				j.Outcome = in.Why
				return nil
			})},
			{Name: "revisit", From: []string{"done", "closed"}, To: []string{"agreed"}, Rule: "R70", Do: lifecycle.Takes("job", revisit)},
			{Name: "reveal", From: []string{"accepted", "quoted", "agreed"}, Rule: "R70"},
		},
		Fields:  []store.Field{{Name: "order"}, {Name: "vendor"}, {Name: "quarter"}, {Name: "kind"}, {Name: "charged", Kind: store.Int}},
		Indexes: []store.Index{{Name: "order", Fields: []string{"order"}}, {Name: "vendor", Fields: []string{"vendor"}}, {Name: "quarter", Fields: []string{"quarter", "kind"}}},
		Extract: func(j *Job) map[string]any {
			x := map[string]any{"order": j.Order, "vendor": j.Vendor, "quarter": nil, "kind": nil, "charged": int64(j.Charged), "words": j.No + " " + j.OrderNo + " " + j.Words}
			if j.DoneAt != nil {
				x["quarter"], x["kind"] = string(modules.QuarterOf(*j.DoneAt)), "paid"
				if j.Fund != "" {
					x["kind"] = "free"
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

func (m *Jobs) waits(j *Job) []string {
	if slices.Contains([]string{"offered", "accepted", "agreed"}, j.State) {
		return m.Desk.Engine.Turn("vendor", m.Desk.Engine.Table.Scope(j))
	}
	return nil
}

// match begins a job for a social request, and asks the first vendor in turn.
func (m *Jobs) match(j *Job, in *matchForm, s *lifecycle.Step) error {
	o, err := m.asks.Order(s.Ctx, in.Order)
	if fault.Is(err, fault.NotFound) || err == nil && (o.Stream != modules.Social || o.State != "triaged") {
		return fault.InvalidField("order", "schema.not_an_option")
	}
	if err != nil {
		return err
	}
	j.Order, j.OrderNo, j.Category, j.Community, j.Place, j.Words, j.District = o.ID, o.No, o.Category, o.Community, o.Place, o.Words, m.district()
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

func accept(j *Job, _ *lifecycle.Step) error {
	j.try().Said = "accepted"
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

// pass asks the next vendor in turn; when nobody is left the order goes back.
func (m *Jobs) pass(j *Job, s *lifecycle.Step, said string) error {
	j.try().Said = said
	j.Quote, j.Rule, j.When, j.Agreed = 0, "", "", ""
	for i := range j.Turn {
		if j.Turn[i].Asked == nil {
			j.Turn[i].Asked, j.Vendor = &s.Now, j.Turn[i].Vendor
			s.Go("offered")
			ask(s)
			s.Tell("matched")
			return nil
		}
	}
	s.Go("unmatched")
	s.Tell("unmatched")
	return nil
}

// quote says the price before anything is done (R70): a sum, or by which rule it
// is made up.
func quote(j *Job, in *quoteForm, _ *lifecycle.Step) error {
	if in.Quote <= 0 && in.Rule == "" && j.Fund == "" {
		return fault.InvalidField("quote", "job.no_price")
	}
	j.Quote, j.Rule, j.When = in.Quote, in.Rule, in.When
	return nil
}

func agree(j *Job, _ *lifecycle.Step) error {
	j.Agreed = "customer"
	return nil
}

func agreeFor(j *Job, in *agreeForm, _ *lifecycle.Step) error {
	j.Agreed = in.How
	return nil
}

// free lets a fund pay (R38).
func (m *Jobs) free(j *Job, in *freeForm, s *lifecycle.Step) error {
	f, err := m.Funds.Engine.Cases().Get(s.Ctx, in.Fund)
	if err != nil || f.State != "open" || !slices.Contains(f.Classes, j.Category) {
		return fault.InvalidField("fund", "schema.not_an_option")
	}
	if f.Reserved >= f.Quota || f.left() < f.Cap {
		return fault.New(fault.Conflict, "free_fund.used_up").OnRule("R38")
	}
	j.Fund, j.Checked = in.Fund, in.Checked
	return nil
}

// finish says what was done and charged. More than was quoted needs a reason,
// and is never silently more than twice as much (ven.hard).
func (m *Jobs) finish(j *Job, in *doneForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	if len(in.After) == 0 {
		f.Wrong("after", "job.no_proof")
	}
	switch {
	case in.Charged < 0:
		f.Wrong("charged", "schema.too_small", "min", 0)
	case j.Again > 0 && in.Charged > 0:
		f.Wrong("charged", "job.warranty_free")
	case j.Quote > 0 && in.Charged > j.Quote && in.Extra == "":
		f.Wrong("extra", "job.more_than_quoted")
	}
	if len(f.Fields) > 0 {
		return f.OnRule("R70")
	}
	_, days, _, err := m.asks.Standard(s.Ctx, j.Category)
	if err != nil {
		return err
	}
	j.Report, j.Extra, j.Before, j.After = in.Report, in.Extra, in.Before, in.After
	if j.Again == 0 {
		until := s.Now.AddDate(0, 0, int(days))
		j.Charged, j.Warranty, j.DoneAt = in.Charged, &until, &s.Now
	}
	return nil
}

func revisit(j *Job, in *whyForm, s *lifecycle.Step) error {
	j.Again++
	s.Note(in.Why)
	return nil
}

// Fund pays for services of those who cannot (R38).
type Fund struct {
	lifecycle.Case
	Purse
	District string     `json:"district"`
	Given    []Gift     `json:"given"`
	Reserved int64      `json:"reserved"` // jobs
	Spent    schema.Fen `json:"spent"`
	Jobs     []string   `json:"jobs,omitempty"` // numbers of those it has paid for
}

// Purse is what a fund is for.
type Purse struct {
	Name    string     `json:"name" form:"text,required,max=60"`
	Who     string     `json:"who" form:"longtext,required,max=500"` // whom it is for, and how that is checked
	Classes []string   `json:"classes" form:"choices,required,from=service_classes"`
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
	return in - f.Spent - schema.Fen(f.Reserved-int64(len(f.Jobs)))*f.Cap
}

func (m *Jobs) funds() lifecycle.Table[Fund] {
	return lifecycle.Table[Fund]{
		Noun: "free_fund", Plural: "free_funds", Prefix: "JF",
		Title: func(f *Fund) string { return f.Name },
		Scope: func(f *Fund) lifecycle.Scope { return lifecycle.Scope{Places: []string{f.District}} },
		States: []lifecycle.State{
			{Name: "open", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "closed", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Fund]{
			{Name: "set_up", To: []string{"open"}, Rule: "R38", Look: lifecycle.Primary, Do: lifecycle.Takes("free_fund", func(f *Fund, in *Purse, _ *lifecycle.Step) error {
				f.Purse, f.District = *in, m.district()
				return nil
			})},
			{Name: "give", From: []string{"open"}, Rule: "R38", Look: lifecycle.Primary, Do: lifecycle.Takes("free_fund", func(f *Fund, in *Gift, s *lifecycle.Step) error {
				in.Quarter = string(modules.QuarterOf(s.Now))
				f.Given = append(f.Given, *in)
				return nil
			})},
			{Name: "reserve", From: []string{"open"}, Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Takes("free_fund", func(f *Fund, in *useForm, s *lifecycle.Step) error {
				if f.Reserved >= f.Quota || f.left() < f.Cap {
					return fault.New(fault.Conflict, "free_fund.used_up").OnRule("R38")
				}
				f.Reserved++
				s.Note(in.Job)
				return nil
			})},
			{Name: "spend", From: []string{"open", "closed"}, Rule: "R38", Look: lifecycle.Hidden, Do: lifecycle.Takes("free_fund", func(f *Fund, in *useForm, s *lifecycle.Step) error {
				f.Spent += min(in.Amount, f.Cap)
				f.Jobs = append(f.Jobs, in.Job)
				return nil
			})},
			{Name: "close", From: []string{"open"}, To: []string{"closed"}, Rule: "R38"},
		},
	}
}
