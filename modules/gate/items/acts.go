package items

import (
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	dutyForm struct {
		Department  string      `json:"department" form:"choice,required,from=own_departments"`
		Entry       string      `json:"entry" form:"choice,required,from=catalogue_called"`
		Communities []string    `json:"communities" form:"choices,required,from=communities"`
		Asked       string      `json:"asked" form:"longtext,required,max=1000"`
		Start       schema.Date `json:"start" form:"date,required"`
		End         schema.Date `json:"end" form:"date,required"`
	}
	confirmForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		PowersIn  bool   `json:"powers_in" form:"check"`
		StaffIn   bool   `json:"staff_in" form:"check"`
	}
	staffForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		What      string `json:"what" form:"longtext,required,max=500"`
	}
	stopForm struct {
		Community string `json:"community" form:"choice,from=communities"` // empty: all of them
		Reason    string `json:"reason" form:"longtext,required,max=1000"`
	}
	renewalForm struct {
		End         schema.Date  `json:"end" form:"date,required"`
		Reason      string       `json:"reason" form:"longtext,required,max=1000"`
		Instalments []Instalment `json:"instalments" form:"rows,max=24"`
	}
	noteForm struct {
		Note string `json:"note" form:"longtext,max=1000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
)

// The inputs of the acts that the portal does by itself.
type (
	moneyNews struct {
		Community  string `json:"community" form:"text,required"`
		Instalment int64  `json:"instalment" form:"number,required,min=1"`
		State      string `json:"state" form:"choice,required,of=none claimed confirmed disputed"`
	}
	holdNews struct {
		Communities []string `json:"communities" form:"choices,from=communities"` // empty: all of them
		By          string   `json:"by" form:"text,required"`
		No          string   `json:"no" form:"text"`
	}
	needForm struct {
		Community string `json:"community" form:"text,required"`
		Note      string `json:"note" form:"text"`
	}
)

var (
	live  = []string{"pending", "active", "suspended", "rectifying", "expiring", "withdrawing"}
	every = append([]string{"withdrawn", "ended"}, live...)
)

type step = lifecycle.Step

func (m *Items) table() lifecycle.Table[Item] {
	return lifecycle.Table[Item]{
		Noun: "item", Plural: "items", Prefix: "SX",
		Title: func(it *Item) string { return it.Title },
		Scope: func(it *Item) lifecycle.Scope {
			return lifecycle.Scope{Department: it.Department, Places: it.Communities}
		},
		Facts: m.facts, AssignedTo: m.waits,
		States: []lifecycle.State{ // all of them public: what is let in is open government
			{Name: "pending", Shelf: lifecycle.Public, Tone: "warn"},
			{Name: "active", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "suspended", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "rectifying", Shelf: lifecycle.Public, Tone: "warn"},
			{Name: "expiring", Shelf: lifecycle.Public, Tone: "doing"},
			{Name: "withdrawing", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "withdrawn", Shelf: lifecycle.Public, Tone: "neutral"},
			{Name: "ended", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Item]{
			{Name: "call_duty", To: []string{"active"}, Rule: "R2", Do: lifecycle.Fills("item", m.callDuty), Emits: Opened},
			{Name: "open", To: []string{"pending"}, Rule: "R3", Look: lifecycle.Hidden, Do: lifecycle.Fills("item", open), Emits: Opened},
			{Name: "confirm", From: live, To: live, Rule: "R37", Look: lifecycle.Primary, Place: confirming, Do: lifecycle.Takes("item", confirm), Emits: Activated},
			{Name: "note_staff", From: live, Rule: "R23", Place: places[staffForm], Do: lifecycle.Takes("item", noteStaff)},
			{Name: "request_renewal", From: []string{"active", "expiring"}, Do: lifecycle.Takes("item", requestRenewal)},
			{Name: "renew", From: live, To: live, Look: lifecycle.Primary, Do: lifecycle.Takes("item", renew)},
			{Name: "refuse_renewal", From: live, Look: lifecycle.Danger, Do: lifecycle.Takes("item", refuseRenewal)},
			{Name: "suspend", From: live, To: live, Look: lifecycle.Danger, Do: lifecycle.Takes("item", suspend)},
			{Name: "resume", From: live, To: live, Do: lifecycle.Takes("item", resume)},

			{Name: "credit", From: every, Rule: "R37", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", credit)},
			{Name: "money_overdue", From: live, On: moneyDue, Rule: "R6", Look: lifecycle.Hidden, Do: lifecycle.Does(moneyOverdue(moneyDueNext))},
			{Name: "money_overdue_next", From: live, On: moneyDueNext, Rule: "R6", Look: lifecycle.Hidden, Do: lifecycle.Does(moneyOverdue(moneyDue))},
			{Name: "suspend_part", From: live, To: live, Rule: "R6", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", suspendPart)},
			{Name: "resume_part", From: live, To: live, Look: lifecycle.Hidden, Do: lifecycle.Takes("item", resumePart)},
			{Name: "rectify", From: live, To: live, Rule: "R10", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", rectify)},
			{Name: "restore", From: live, To: live, Look: lifecycle.Hidden, Do: lifecycle.Takes("item", restore)},
			{Name: "start_withdrawal", From: live, To: live, Rule: "R11", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", startWithdrawal)},
			{Name: "cancel_withdrawal", From: live, To: live, Look: lifecycle.Hidden, Do: lifecycle.Takes("item", cancelWithdrawal)},
			{Name: "finish_withdrawal", From: live, To: append([]string{"withdrawn"}, live...), Rule: "R11", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", finishWithdrawal), Emits: Withdrawn},
			{Name: "expire", From: live, To: live, On: "renewal_due", Look: lifecycle.Hidden, Do: lifecycle.Does(expire)},
			{Name: "end", From: live, To: []string{"ended"}, On: "term_end", Look: lifecycle.Hidden, Do: lifecycle.Does(end), Stops: []string{"*"}, Emits: Ended},
			{Name: "engage", From: every, Rule: "R6", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", engage)},
			{Name: "owe", From: every, Rule: "R37", Look: lifecycle.Hidden, Do: lifecycle.Takes("item", owe)},
		},
		Fields:  []store.Field{{Name: "application"}, {Name: "until"}},
		Indexes: []store.Index{{Name: "application", Fields: []string{"application"}, Unique: true}, {Name: "until", Fields: []string{"district", "until"}}},
		Extract: func(it *Item) map[string]any {
			x := map[string]any{"application": nil, "until": "9999"}
			if it.Application != "" {
				x["application"] = it.Application
			}
			if !it.End.IsZero() {
				x["until"] = store.Stamp(it.End)
			}
			return x
		},
	}
}
