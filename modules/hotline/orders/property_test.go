package orders

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whatever anybody tries in whatever order, only the caller and those who call
// back say that an order is solved; words and type of a complaint stay the
// caller's; and every history holds (R54, R63).
func TestR63WhoSaysSolved(t *testing.T) {
	t.Parallel()
	f := open(t)
	r := rand.New(rand.NewPCG(11, 54))
	units := []string{"fire", "health", "liuxi"}
	unit := func() string { return units[r.IntN(len(units))] }
	solved := func() string { return []string{"solved", "partly", "not"}[r.IntN(3)] }
	grade := func() string { return []string{"100", "60", "0"}[r.IntN(3)] }
	tries := map[string]func() any{
		"triage": func() any {
			return &triageForm{Category: "101", Type: []string{"complaint", "help"}[r.IntN(2)], Community: "hehua"}
		},
		"dispatch": func() any { return &unitForm{Unit: unit(), Basis: "清单"} },
		"retype":   func() any { return &retypeForm{Type: "help", How: "x"} }, "redispatch": func() any { return &unitForm{Unit: unit(), Basis: "x"} }, "refuse_return": func() any { return &groundForm{Ground: "x"} },
		"rule": func() any { return &rulingForm{Unit: unit(), Ground: "x"} }, "accept_reply": func() any { return nil }, "send_back": func() any { return &sayForm{Text: "x"} },
		"evaluate": func() any { return &voiceForm{Solved: solved(), Grade: grade(), Cause: "handling", Comment: "x"} }, "not_reached": func() any { return nil },
		"sign": func() any { return nil }, "contact": func() any { return &contactForm{How: "phone"} }, "begin": func() any { return &planForm{Plan: "x"} },
		"return": func() any { return &returnForm{Reason: "wrong_place", Document: "x"} }, "reply": func() any { return &replyForm{Text: "x", Result: "done"} }, "extend": func() any { return &extendForm{N: 1, Reason: "x", Ground: "x"} },
		"rate": func() any { return &rateForm{Solved: solved(), Grade: grade()} }, "not_solved": func() any { return &sayForm{Text: "x"} }, "escalate": func() any { return &sayForm{Text: "x"} },
	}
	names := make([]string, 0, len(tries))
	for n := range tries {
		names = append(names, n)
	}
	slices.Sort(names)
	people := []string{"op", "disp", "chief", "call", "call2", "panel", "both", "clerk.fire", "clerk.health", "street.liuxi", "head.hehua", "office.a", "admin", "auditor", ""}
	sayers := map[string][]string{"evaluate": {"call", "call2", "both"}, "second_call": {"call", "call2", "both"}, "rate": {""}, "not_solved": {""}}
	done, closed := 0, 0
	for range 20 {
		o := f.file("", "web")
		for range 250 {
			before, who := f.now(o.ID), people[r.IntN(len(people))]
			fit := slices.DeleteFunc(slices.Clone(names), func(n string) bool {
				row, _ := f.m.Resource.Engine.Table.Act(n)
				return !slices.Contains(row.From, before.State)
			})
			if len(fit) == 0 {
				break
			}
			name := fit[r.IntN(len(fit))]
			var err error
			if who == "" && r.IntN(2) == 0 {
				_, err = f.own(o, name, tries[name]())
			} else {
				_, err = f.act(o, who, name, tries[name]())
			}
			after := f.now(o.ID)
			if err != nil {
				if after.Revision != before.Revision {
					t.Fatalf("%q %s was refused and changed the order: %v", who, name, err)
				}
				continue
			}
			done++
			if (after.Solved != before.Solved || after.Graded != before.Graded) && after.Solved != "" {
				if may := sayers[name]; !slices.Contains(may, who) && name != "not_reached" {
					t.Fatalf("%q made it %q by %s", who, after.Solved, name)
				}
				if who == "both" && before.Unit == "fire" {
					t.Fatalf("somebody of the unit said %q", after.Solved)
				}
			}
			if after.Words != before.Words {
				t.Fatalf("%s changed the caller's words", name)
			}
			if before.Type == "complaint" && after.Type != "complaint" {
				t.Fatalf("%q made a complaint a %s without the caller's yes", who, after.Type)
			}
			f.Pass(time.Minute)
		}
		if f.now(o.ID).State == "closed" {
			closed++
		}
		f.Pass(25 * time.Hour) // the same words are another request
	}
	if done < 100 || closed == 0 {
		t.Errorf("only %d acts were done: nothing was tried", done)
	}
	t.Logf("%d acts done, %d orders closed", done, closed)
}
