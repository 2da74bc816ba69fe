package admission

import (
	"slices"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

// gaps lists what an application fails to state, as field names in the order
// of the form (R18, R19, R29). A community's own request may be short (R27).
func gaps(a *Application) []string {
	var out []string
	need := func(field string, has bool) {
		if !has {
			out = append(out, field)
		}
	}
	need("kinds", len(a.Kinds) > 0)
	need("nature", a.Nature != "")
	need("purpose", a.Purpose != "")
	need("communities", len(a.Communities) > 0)
	need("start", a.Start != "")
	need("end", a.End != "" || a.Nature == "long")
	need("steps", a.Steps != "")
	need("contact", a.Contact != "")
	if a.OnRequest {
		return out
	}
	need("side", a.Side != "")
	need("basis", a.Basis != "")
	need("why_not_self", a.WhyNotSelf != "")
	need("frequency", a.Frequency != "")
	need("powers", a.Powers != "")
	need("staff", !a.Transferred || a.Staff != "")
	need("fund_source", a.FundSource != "")
	need("instalments", len(a.Instalments) > 0)
	need("delivery", a.Delivery != "")
	need("acceptance", a.Acceptance != "")
	need("burden", a.Burden != "")
	need("urgent_reason", !a.Urgent || a.UrgentReason != "")
	need("data_keeper", a.DataFields == "" || a.DataKeeper != "")
	need("data_deleted", a.DataFields == "" || a.DataDeleted != "")
	return out
}

// essential are the gaps without which nobody could even read an application:
// they stop the signature. The others send it back (R19).
var essential = []string{"kinds", "nature", "purpose", "communities", "start", "steps", "contact"}

func unreadable(a *Application) []string {
	return slices.DeleteFunc(gaps(a), func(g string) bool { return !slices.Contains(essential, g) })
}

// noMoney: no funding line that says who pays how much when (R4).
func noMoney(a *Application) bool {
	return !a.OnRequest && (a.FundSource == "" || a.PerCommunity() <= 0)
}

// noPowers: no statement of the powers handed over (R4).
func noPowers(a *Application) bool { return !a.OnRequest && a.Powers == "" }

// noStaff: a function moves to the community, and nobody with it (R8).
func noStaff(a *Application) bool { return a.Transferred && a.Staff == "" }

// streets are the street offices of the communities applied for, as far as
// the city wants their consent (R30); what a community itself asks for needs none.
func (m *Admission) streets(a *Application) []string {
	if a.OnRequest || a.Settings.Text("adm.street_consent") == "not_needed" {
		return nil
	}
	var out []string
	for _, c := range a.Communities {
		if chain := m.Resource.Places.Chain(c); len(chain) > 1 && !slices.Contains(out, chain[1]) {
			out = append(out, chain[1])
		}
	}
	return out
}

// unheard are the street offices that have not answered.
func (m *Admission) unheard(a *Application) []string {
	return slices.DeleteFunc(m.streets(a), func(street string) bool {
		return slices.ContainsFunc(a.Streets, func(x Consent) bool { return x.Street == street })
	})
}

// withheld tells whether a street office that must consent has not: silence is
// no consent (R16).
func (m *Admission) withheld(a *Application) bool {
	return slices.ContainsFunc(m.streets(a), func(street string) bool {
		return !slices.ContainsFunc(a.Streets, func(x Consent) bool { return x.Street == street && x.Given })
	})
}

// late: the start is nearer than the lead time when it is first filed (R15);
// sending it back does not use up the department's time.
func late(a *Application, s *lifecycle.Step) bool {
	if _, filed := a.Last("submit"); filed || a.Urgent || a.OnRequest || a.Start == "" {
		return false
	}
	return s.Calendar.Workdays(s.Now, a.Start.Time(calendar.City)) < s.Settings.Int("adm.lead_wd")
}

// classA: the kinds and the width that the city reserves for the joint conference.
func classA(a *Application, v setting.Values) bool {
	reserved := v.Set("gate.classA")
	if slices.Contains(reserved, "wide") && len(a.Communities) > v.Int("adm.classA_communities") {
		return true
	}
	return slices.ContainsFunc(a.Kinds, func(k string) bool { return slices.Contains(reserved, k) })
}

// stop is the rule that ends an application by itself, "" for none.
func stop(a *Application) string {
	switch {
	case a.Overridden != "":
		return ""
	case a.Match.Verdict == "never":
		return a.Match.Rule // R21 or R142
	case a.RatesCommittee:
		return "R22"
	}
	return ""
}

func (m *Admission) facts(a *Application, s *lifecycle.Step) ([]string, error) {
	listed := a.Match
	if s.Act == "submit" { // what the lists say on the day it is signed
		listed = m.match(a, s.Now)
	}
	return []string{
		lifecycle.When(m.cityBureau(a.Department), "city_bureau"),
		lifecycle.When(len(unreadable(a)) > 0, "unreadable"),
		lifecycle.When(listed.Verdict == "must_assist", "statutory"),
		lifecycle.When(listed.Verdict == "routine", "routine"),
		lifecycle.When(late(a, s), "late"),
		lifecycle.When(noMoney(a), "no_money"),
		lifecycle.When(a.Finance != nil && !a.Finance.Funded, "money_not_found"),
		lifecycle.When(a.Finance == nil && !a.OnRequest, "money_unchecked"),
		lifecycle.When(noPowers(a), "no_powers"),
		lifecycle.When(noStaff(a), "no_staff"),
		lifecycle.When(m.withheld(a), "no_consent"),
		lifecycle.When(a.Burden == "" && !a.OnRequest, "no_burden"),
		lifecycle.When(a.BindsCommittee && a.TopApproval == "", "letter_unapproved"),
		lifecycle.When(stop(a) != "", "stopped"),
		lifecycle.When(a.Replaces == "" && s.Act == "approve" && m.tooMuch(a, s), "over_cap"),
		lifecycle.When(a.ClassA, "class_a"),
		lifecycle.When(a.Reconsidered, "reconsidered"),
		lifecycle.When(s.Did("draft", "edit", "submit"), "own_application"),
		lifecycle.When(s.Did("propose"), "own_report"),
		lifecycle.When(m.Barred != nil && s.Act == "submit" && m.Barred(s.Ctx, a.Department, a.Kinds, s.Now), "barred"),
	}, nil
}
