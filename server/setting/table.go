package setting

import (
	"strconv"
	"strings"
)

// table is what the gate needs, in the order of the domain findings. Where
// they name no range, the range here is our own.
var table = []Setting{
	one("gate.body", "P:X1", "office", "office conference leading_group"),
	one("gate.chain", "P:X1", "leading_group", "conference leading_group"),
	set("gate.classA", "D", "organisation plaque appraisal wide", 0,
		"organisation task appraisal plaque ledger survey wide"),
	num("adm.classA_communities", Count, "D", 3, 1, 50), // "wide" is more than these

	num("adm.lead_wd", Workdays, "P:X1", 30, 10, 60), // R15
	num("adm.complete_wd", Workdays, "B", 5, 2, 10),
	num("adm.decide_wd", Workdays, "P:X1", 15, 5, 30), // R16
	num("adm.consult_wd", Workdays, "D", 5, 3, 10),
	num("adm.lapse_days", Days, "D", 30, 10, 60),
	one("adm.deemed", "D", "never", "never refused"), // silence is never approval, R16
	num("adm.escalate1_pct", Percent, "D", 100, 50, 100),
	num("adm.escalate2_pct", Percent, "D", 133, 101, 300),
	num("adm.survey_households", Count, "D", 50, 1, 5000), // a survey of some scale is more than these, R3
	num("adm.survey_pct", Percent, "D", 10, 1, 100),
	num("adm.survey_communities", Count, "D", 1, 1, 50),
	num("adm.term_long_months", Months, "D", 12, 1, 36),
	num("adm.term_temporary_days", Days, "D", 90, 1, 180),
	num("adm.term_pilot_months", Months, "D", 6, 1, 36),
	num("adm.renew_wd", Workdays, "D", 30, 10, 60),
	num("adm.renew_min_score", Count, "D", 70, 60, 80),
	one("adm.batch", "D", "yearly", "yearly quarterly rolling"),
	one("adm.batch_temporary", "D", "rolling", "yearly quarterly rolling"),
	one("adm.street_consent", "P:X15", "required", "required not_needed"), // R30
	{Key: "adm.launch", Unit: Day, Default: "none", Basis: "P:X5"},        // R26: the day from which work needs admission
	num("adm.transition_days", Days, "D", 90, 30, 180),                    // R26

	num("emg.file_wd", Workdays, "D", 3, 1, 10), // R1
	num("emg.max_days", Days, "D", 30, 7, 90),

	one("refuse.effect", "S", "at_once", "at_once"), // R6 leaves no choice
	num("refuse.rule_wd", Workdays, "D", 5, 2, 15),

	num("bypass.verify_wd", Workdays, "D", 5, 3, 15),
	set("bypass.ladder", "P:X7", "letter circular summons", 1, "letter circular summons"), // R28
	one("bypass.public", "D", "internal", "internal public"),
	num("bypass.comply_wd", Workdays, "D", 5, 3, 20), // of each step of the ladder, R28

	num("note.answer_wd", Workdays, "D", 10, 3, 30), // R13
	num("agree.sign_wd", Workdays, "D", 20, 5, 60),  // R32

	num("fund.gate_temporary_pct", Percent, "D", 100, 0, 100), // R35, paid before start
	num("fund.gate_long_pct", Percent, "D", 100, 0, 100),      // R34, of each instalment in advance
	one("fund.gate_long_period", "D", "quarterly", "monthly quarterly half_yearly yearly"),
	num("fund.grace_wd", Workdays, "D", 10, 0, 30),
	set("fund.basis", "D", "hours materials printing phone", 1, "hours materials printing phone"),
	num("fund.grassroots_min", Percent, "S", 60, 50, 100), // R36

	num("load.cap_hours", Hours, "D", 40, 8, 160), // a committee worker's month
	num("load.max_items", Count, "D", 60, 10, 200),
	num("load.max_inspections", Count, "D", 4, 0, 60), // a month
	num("load.max_meetings", Count, "D", 6, 0, 60),    // a month
	num("load.max_groups", Count, "D", 8, 0, 100),
	num("load.max_ledgers", Count, "D", 20, 0, 200),
	num("load.max_plaques", Count, "D", 12, 0, 60),

	one("eval.freq", "D", "half_yearly", "quarterly half_yearly yearly"),
	one("eval.at_end", "D", "yes", "yes no"), // of a temporary item
	num("eval.weight_effect", Percent, "D", 40, 0, 100),
	num("eval.weight_money", Percent, "D", 20, 0, 100),
	num("eval.weight_residents", Percent, "D", 40, 0, 100),
	one("eval.money_gate", "D", "yes", "yes no"), // R45
	set("eval.scale", "D", "100 85 70 50 0", 3, ""),
	set("eval.raters", "S", "committee representatives residents", 1, "committee representatives residents"),
	one("eval.orders", "D", "counted", "counted shown"), // unhappy callers of orders that an item caused
	num("eval.min_committees", Count, "D", 3, 1, 10),    // R47, R48
	num("eval.min_residents", Count, "D", 15, 5, 500),
	num("eval.min_residents_pct", Percent, "D", 1, 0, 20),
	num("eval.object_wd", Workdays, "D", 5, 3, 15),  // R48
	num("eval.gap", Count, "D", 20, 5, 50),          // points between committees and residents that call for an inspection
	one("eval.trigger_mode", "D", "any", "any all"), // R10
	num("eval.trigger_total", Count, "D", 60, 0, 100),
	num("eval.trigger_residents", Count, "D", 60, 0, 100),
	num("eval.warn_total", Count, "D", 75, 0, 100),

	num("rect.days", Days, "D", 30, 10, 90), // R10
	num("rect.extend_max", Count, "D", 1, 0, 2),
	num("rect.extend_days", Days, "D", 15, 5, 45),
	num("rect.verify_wd", Workdays, "D", 10, 3, 30),
	num("rect.clear_gain", Count, "D", 10, 1, 40), // R11

	{Key: "work.hours", Unit: Opening, Default: "08:30-17:30", Basis: "D"}, // of a working day, for clocks that count working hours

	num("hot.pickup_pct", Percent, "P:H12", 90, 80, 95), // R68, of the calls, within
	num("hot.pickup_s", Count, "P:H12", 15, 15, 30),     // these seconds
	num("hot.call_phone_h", Hours, "D", 2, 1, 24),       // until a caller's number is erased from a call

	one("hot.model", "P:H5,H6,H2", "beijing", "beijing workdays thirteen"), // R58, R59, R60
	num("hot.emergency_h", Hours, "P:H5", 2, 1, 24),                        // R58
	num("hot.utility_h", Hours, "P:H5", 24, 4, 72),
	num("hot.ordinary_days", Days, "P:H5", 7, 1, 15),
	num("hot.complex_days", Days, "P:H5", 15, 5, 60),
	num("hot.consult_wd", Workdays, "P:H6", 2, 1, 5), // R59
	num("hot.request_wd", Workdays, "P:H6", 5, 2, 15),
	num("hot.sign_wd", Workdays, "P:H6", 1, 1, 3),
	num("hot.prompt_wd", Workdays, "P:H2", 3, 1, 10), // R60
	num("hot.other_wd", Workdays, "P:H2", 13, 5, 30),
	num("hot.lamp_pct", Percent, "P:H6", 80, 50, 95),         // R59: of the time, then the lamp is yellow
	one("hot.clock", "P:H4", "dispatch", "dispatch sign"),    // R55
	num("hot.triage_min", Minutes, "D", 60, 5, 480),          // for the centre to sort and dispatch
	num("hot.sign_wh", Hours, "D", 2, 1, 8),                  // R55
	num("hot.sign_emergency_min", Minutes, "D", 30, 10, 240), // to sign for an order that cannot wait
	num("hot.contact_h", Hours, "D", 24, 1, 72),              // until the caller has heard from the unit
	num("hot.contact_emergency_min", Minutes, "D", 60, 15, 240),
	num("hot.return_wh", Hours, "D", 4, 1, 16),          // R56
	num("hot.return_decide_wh", Hours, "D", 4, 1, 16),   // for the dispatcher or the head to decide
	num("hot.extend_max", Count, "P:H2", 1, 1, 2),       // R61
	num("hot.supervise_wd", Workdays, "D", 2, 1, 4),     // after the reminder
	num("hot.criticise_wd", Workdays, "P:H2", 5, 2, 10), // R62
	num("hot.callback_wd", Workdays, "P:H2", 1, 1, 5),   // R63
	num("hot.callback_tries", Count, "D", 3, 1, 5),
	num("hot.callback_gap_min", Minutes, "D", 120, 30, 1440),
	num("hot.second_pct", Percent, "D", 5, 0, 50), // of the answers are asked once more, by somebody else
	num("hot.redo_max", Count, "D", 2, 1, 3),      // R63
	num("hot.reopen_days", Days, "D", 30, 7, 180), // in which a caller may say that it was not solved
	num("hot.caller_day", Count, "D", 20, 5, 100), // orders of one caller a day, without an operator

	num("privacy.contact_days", Days, "D", 180, 30, 365), // a caller's phone is kept after the order ended
	num("privacy.order_years", Count, "D", 3, 1, 10),     // the caller's words and pictures are kept after the last act
	num("privacy.user_years", Count, "D", 3, 1, 10),      // the name of somebody who left is kept

	one("acc.second", "D", "optional", "optional required"), // a second factor at sign-in

	num("file.max_mb", Count, "D", 10, 1, 20), // of one file
	num("file.case_mb", Count, "D", 60, 5, 500),

	num("hot.w_response", Percent, "P:H7", 30, 0, 100), // R67: weights of the score
	num("hot.w_solve", Percent, "P:H7", 35, 0, 100),
	num("hot.w_satisfy", Percent, "P:H7", 35, 0, 100),
	num("hot.floor_reply_pct", Percent, "P:H8", 92, 80, 98), // R66
	num("hot.floor_satisfy_pct", Percent, "P:H8", 85, 60, 98),
	num("hot.rank_min_n", Count, "D", 20, 5, 200), // orders of a month before a unit is ranked or named
	num("hot.improve_wd", Workdays, "D", 10, 3, 30),

	num("ven.warn", Count, "D", 80, 60, 95), // R71: a score below is warned
	num("ven.suspend", Count, "D", 60, 40, 80),
	num("ven.suspend_months", Months, "D", 3, 1, 12),
	num("ven.delist_months", Months, "D", 24, 6, 60),
	num("ven.delist", Count, "D", 40, 0, 60),         // below it delisting is proposed
	num("ven.restart", Count, "D", 70, 60, 100),      // the score after a suspension that the score had made
	num("ven.double_points", Count, "D", 20, 5, 100), // for charging over twice the quote
	num("ven.papers_days", Days, "D", 30, 7, 90),     // before its papers end a vendor is reminded
	num("ven.answer_min", Minutes, "D", 60, 10, 480), // R70: until a job goes to the next vendor
	num("ven.quote_min", Minutes, "D", 480, 30, 2880),
	num("ven.agree_wd", Workdays, "D", 3, 1, 10), // until a job whose quote nobody answers goes back to the centre
	num("ven.work_wd", Workdays, "D", 10, 2, 30), // from agreed to done; after it the centre is told
	num("ven.quiet_days", Days, "D", 7, 1, 30),   // after a visit under warranty, until the job is closed

	num("hot.test_days", Days, "D", 90, 30, 365),     // of old orders a dispatch rule is tried on
	num("hot.article_days", Days, "D", 180, 30, 365), // until a knowledge article is due for review

	num("wd.statement_wd", Workdays, "D", 5, 3, 20), // R49
	num("wd.exit_wd", Workdays, "D", 15, 5, 60),
	num("wd.cooling_months", Months, "D", 12, 3, 36),          // R50
	one("wd.decider", "S", "conference", "office conference"), // P:X4 too; the office issues either way

	num("plaque.outside", Count, "S", 2, 2, 4), // R39; up to 4 by R41
	num("plaque.inside", Count, "S", 0, 0, 4),
	num("plaque.window", Count, "S", 1, 1, 4), // R40
}

func num(key, unit, basis string, value, low, high int) Setting {
	return Setting{Key: key, Unit: unit, Default: strconv.Itoa(value), Min: low, Max: high, Basis: basis}
}

func one(key, basis, value, options string) Setting {
	return Setting{Key: key, Unit: Text, Default: value, Options: strings.Fields(options), Basis: basis}
}

// set is several of the options, at least low; without options a scale of at
// most 10 grades.
func set(key, basis, value string, low int, options string) Setting {
	s := Setting{Key: key, Unit: Set, Default: value, Min: low, Max: 10, Options: strings.Fields(options), Basis: basis}
	if n := len(s.Options); n > 0 {
		s.Max = n
	}
	return s
}
