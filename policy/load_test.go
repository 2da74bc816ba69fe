package policy

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

const okRoles = "role, everyone, any, all\nrole, signed_in, any, in\nrole, system, any, portal\nrole, clerk, department, c\nrole, head, department, h\ng, head, clerk\n"

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	many := strings.Builder{}
	for i := range 60 {
		fmt.Fprintf(&many, "fact, f%d, -\n", i)
	}
	for _, c := range []struct{ name, roles, module, want string }{
		{"unknown role", "", "p, A01, boss, orders.see, -, -, allow, R1", `orders.csv line 1: unknown role "boss"`},
		{"unknown given fact", "", "fact, paid, -\np, A01, clerk, orders.see, payed, -, allow, R1", `orders.csv line 2: unknown fact "payed"`},
		{"unknown unless fact", "", "p, A01, clerk, orders.see, -, paid, allow, R1", `orders.csv line 1: unknown fact "paid"`},
		{"a fact of another separator", "", "fact, a, -\nfact, b, -\np, A01, clerk, orders.see, a | b, -, allow, R1", `orders.csv line 3: unknown fact "a | b"`},
		{"fact of another module in roles.csv", "p, G1, everyone, *, paid, -, deny, R1", "fact, paid, -", `roles.csv line 7: unknown fact "paid"`},
		{"effect in capitals", "", "p, A01, clerk, orders.see, -, -, Deny, R1", `orders.csv line 1: effect "Deny" is neither allow nor deny`},
		{"too few columns", "", "p, A01, clerk, orders.see, -, -, allow", "orders.csv line 1: 7 columns, want 8"},
		{"too many columns", "", "p, A01, clerk, orders.see, -, -, allow, R1, R2", "orders.csv line 1: 9 columns, want 8"},
		{"an empty column", "", "p, A01, clerk, orders.see, , -, allow, R1", "orders.csv line 1: column 5 is empty"},
		{"id twice in one file", "", "p, A01, clerk, orders.see, -, -, allow, R1\np, A01, clerk, orders.go, -, -, allow, R1", "orders.csv line 2: id A01 is already in orders.csv line 1"},
		{"id twice in two files", "p, A01, everyone, *, suspended, -, deny, R1", "p, A01, clerk, orders.see, -, -, allow, R1", "roles.csv line 7: id A01 is already in orders.csv line 1"},
		{"id in small letters", "", "p, a01, clerk, orders.see, -, -, allow, R1", `orders.csv line 1: id "a01" has more than capitals and digits`},
		{"action of another module", "", "p, A01, clerk, money.see, -, -, allow, R1", "orders.csv line 1: money.see is not an action of this module"},
		{"action without verb", "", "p, A01, clerk, orders., -, -, allow, R1", "orders.csv line 1: orders. is not an action of this module"},
		{"unknown group", "", "p, A01, clerk, judge, -, -, allow, R1", `orders.csv line 1: unknown action "judge"`},
		{"group of another module's action", "", "g2, money.see, public", "orders.csv line 1: money.see is not an action of this module"},
		{"group twice", "", "g2, orders.see, public\ng2, orders.see, public", "orders.csv line 2: orders.see twice in public"},
		{"group like a built-in word", "", "g2, orders.see, any_change", `orders.csv line 1: group "any_change" is not a plain word`},
		{"fact twice", "", "fact, paid, -\nfact, paid, -", "orders.csv line 2: fact paid twice"},
		{"built-in fact declared", "", "fact, suspended, -", "orders.csv line 1: fact suspended twice"},
		{"fact not a word", "", "fact, Paid!, -", `orders.csv line 1: fact "Paid!" is not a plain word`},
		{"given and unless", "", "fact, paid, -\np, A01, clerk, orders.see, paid, paid, allow, R1", "orders.csv line 2: paid is both given and unless"},
		{"fact twice in a line", "", "fact, paid, -\np, A01, clerk, orders.see, paid + paid, -, allow, R1", "orders.csv line 2: fact paid twice"},
		{"too many facts", "", many.String(), "orders.csv line 60: more than 59 facts"},
		{"remark behind a line", "", "p, A01, clerk, orders.see, -, -, allow, R1 # see", "orders.csv line 1: a comment needs a line of its own"},
		{"unknown kind", "", "q, A01", `orders.csv line 1: unknown kind "q"`},
		{"role in a module", "", "role, boss, any, x", "orders.csv line 1: role does not belong in this file"},
		{"inclusion in a module", "", "g, head, clerk", "orders.csv line 1: g does not belong in this file"},
		{"fact in roles.csv", "fact, paid, -", "fact, x, -", "roles.csv line 7: fact does not belong in this file"},
		{"only remarks", "", "# nothing\n\n", "orders.csv: empty"},
		{"role twice", "role, clerk, any, x", "fact, x, -", "roles.csv line 7: role clerk twice"},
		{"unknown level", "role, boss, planet, x", "fact, x, -", `roles.csv line 7: unknown level "planet"`},
		{"inclusion of an unknown role", "g, head, boss", "fact, x, -", `roles.csv line 7: unknown role in "head" includes "boss"`},
		{"inclusion in a circle", "g, clerk, head", "fact, x, -", "roles.csv line 7: clerk and head include each other"},
		{"a long circle", "role, a, any, x\nrole, b, any, x\ng, a, b\ng, b, head\ng, clerk, a", "fact, x, -", "roles.csv line 11: clerk and a include each other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(map[string]string{"roles.csv": okRoles + c.roles, "orders.csv": c.module})
			if err == nil || err.Error() != "policy: "+c.want {
				t.Errorf("got  %v\nwant policy: %s", err, c.want)
			}
		})
	}
}

func TestLoadRefusesFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ drop, name, text, want string }{
		{"roles.csv", "orders.csv", "fact, x, -", "policy: roles.csv: not there"},
		{"", "roles.csv", "", "policy: roles.csv: empty"},
		{"", "roles.csv", "role, clerk, any, c", "policy: roles.csv: role everyone is not there"},
		{"", "Orders.csv", "fact, x, -", "policy: Orders.csv: not named after a module"},
		{"", "orders.txt", "fact, x, -", "policy: orders.txt: not named after a module"},
		{"", "model.conf", "nonsense", "policy: read model"},
	} {
		in := map[string]string{"roles.csv": okRoles, "things.csv": "p, A01, clerk, things.see, -, -, allow, R1"}
		delete(in, c.drop)
		in[c.name] = c.text
		if _, err := Load(in); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestLoadReads(t *testing.T) {
	t.Parallel()
	in := map[string]string{"roles.csv": okRoles + "p, G1, everyone, *, suspended, -, deny, R9",
		"orders.csv": "p, A02, head, orders.sign, paid, filed | late, allow, R4 R6\nfact, paid, money\nfact, late, -\nfact, filed, shelf"}
	s, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%v %v %+v", s.Actions(), s.Facts("orders.sign"), s.Lines("orders.sign"))
	want := "[orders.sign] [standing_in suspended draft filed public paid late] " +
		"[{ID:G1 Who:everyone Does:* Given:[suspended] Unless:[] Deny:true Basis:R9 File:roles.csv At:7 module: role:1 need:2 not:0} " +
		"{ID:A02 Who:head Does:orders.sign Given:[paid] Unless:[filed late] Deny:false Basis:R4 R6 File:orders.csv At:1 module:orders role:16 need:32 not:72}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	other := maps.Clone(in)
	other["orders.csv"] += "\n# a remark"
	if o, err := Load(other); err != nil || o.Hash() == s.Hash() {
		t.Errorf("hash %s of other text, %v", s.Hash(), err)
	}
	s.Lines("orders.sign")[1].Given[0] = "changed"
	if s.Lines("orders.sign")[1].Given[0] != "paid" {
		t.Error("a caller changed the rules")
	}
}

// A module's line never reaches another module, whatever word it uses.
func TestGroupsStayInTheirModule(t *testing.T) {
	t.Parallel()
	s, err := Load(map[string]string{"roles.csv": okRoles,
		"a.csv": "g2, a.see, judge\np, A1, everyone, judge, -, -, allow, R1\np, A2, clerk, *, -, -, allow, R1",
		"b.csv": "g2, b.see, judge\np, B1, head, b.see, -, -, allow, R1"})
	if err != nil {
		t.Fatal(err)
	}
	if ls := s.Lines("b.see"); len(ls) != 1 || ls[0].ID != "B1" {
		t.Errorf("b.see is decided by %v", ls)
	}
}

// The loader reads text from reviewers, but a crash would still be a crash at start.
func FuzzLoad(f *testing.F) {
	f.Add(okRoles, "fact, paid, -\np, A01, clerk, orders.see, paid, -, allow, R1")
	f.Add(okRoles+"g, clerk, head", "g2, orders.see, public")
	f.Add("role, a, any", ",,,\x00")
	f.Fuzz(func(t *testing.T, roles, module string) {
		s, err := Load(map[string]string{"roles.csv": roles, "orders.csv": module})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "policy: ") {
				t.Errorf("unnamed error %v", err)
			}
			return
		}
		for _, act := range s.Actions() {
			if !strings.HasPrefix(act, "orders.") {
				t.Errorf("action %q of another module", act)
			}
		}
	})
}
