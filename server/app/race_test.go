package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"gatehouse/server/app/demo"
)

// call is one request of a race.
type call struct {
	login, path string
	in          any
	header      []string
}

// together sends calls at the same moment.
func (p *site) together(t testing.TB, calls ...call) []answer {
	t.Helper()
	out, start := make([]answer, len(calls)), make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range calls {
		token, body := p.token(t, c.login), must(json.Marshal(c.in))
		if c.in == nil {
			body = nil
		}
		wg.Go(func() {
			<-start
			out[i] = p.hit(t, "POST", "/api/v1/"+c.path, token, body, c.header...)
		})
	}
	close(start)
	wg.Wait()
	return out
}

// one wants exactly one call to have won and the others told why not, with one
// of these codes; it gives the winner.
func one(t testing.TB, as []answer, status int, codes ...string) answer {
	t.Helper()
	var won []answer
	for _, a := range as {
		switch {
		case a.status == 200 || a.status == 201:
			won = append(won, a)
		case a.status != status || !slices.Contains(codes, a.str("code")) || a.str("remedy") == "":
			t.Errorf("lost with %d %s", a.status, a.raw)
		}
	}
	if len(won) != 1 {
		t.Fatalf("%d of %d won", len(won), len(as))
	}
	return won[0]
}

// R17: two heads of the office decide at the same moment; one decision stands.
func TestRaceTwoDecide(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	p.done(t, "admin", "users", fields{"login": "office.second", "name": "第二主任", "password": demo.Password, "role": "office_head", "place": "jiangxin"})
	for range 20 {
		a := p.bring(t, "proposed")
		as := p.together(t, call{login: "office.second", path: a.path("approve"), in: fields{}}, call{login: "office", path: a.path("reject"), in: fields{"reason": "重复。"}})
		won := one(t, as, 409, "lifecycle.state", "lifecycle.stale")
		x := p.is(t, "office", a.path(), "state", won.str("state"))
		n := 0
		for _, e := range x.body["history"].([]any) {
			if act := e.(fields)["act"]; act == "approve" || act == "reject" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d decisions in the history", n)
		}
	}
}

// Who has seen an older form is told so, whoever was faster.
func TestRaceTwoSeeTheSame(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	for i := range 10 {
		a := p.bring(t, "draft")
		seen := p.is(t, "health", a.path(), "state", "draft").header.Get("ETag")
		edit := func(login, title string) call {
			in := p.form(fields{"title": title})
			delete(in, "department")
			return call{login: login, path: a.path("edit"), in: in, header: []string{"If-Match", seen}}
		}
		won := one(t, p.together(t, edit("health", "甲"), edit("health.clerk", "乙")), 409, "lifecycle.stale")
		if p.is(t, "health", a.path(), "title", won.str("title")); i == 0 && won.header.Get("ETag") == seen {
			t.Error("the revision stands still")
		}
	}
}

// One key, sixteen posts: one case, the same answer to all.
func TestRaceOneKey(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	for round := range 5 {
		_, before := p.digest(t)
		calls := make([]call, 16)
		for i := range calls {
			calls[i] = call{login: "health", path: "applications", in: p.form(), header: []string{"Idempotency-Key", fmt.Sprint("race ", round)}}
		}
		as := p.together(t, calls...)
		for _, a := range as {
			if a.status != 201 || a.str("id") != as[0].str("id") || a.str("no") != as[0].str("no") {
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
		if _, after := p.digest(t); after != before+1 {
			t.Errorf("%d cases more", after-before)
		}
		submit := application{id: as[0].str("id")}.path("submit")
		for i := range calls {
			calls[i] = call{login: "health", path: submit, header: []string{"Idempotency-Key", "race"}}
		}
		for _, a := range p.together(t, calls...) {
			if a.status != 200 || a.str("state") != "submitted" || len(a.body["history"].([]any)) != 2 {
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
	}
}

// Committees that act on one item at the same moment lose nothing of each other.
func TestRaceCommitteesTogether(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	where := []string{"hehua", "shuangqiao", "yinxing"}
	for range 5 {
		a := p.bring(t, "consulting", fields{"communities": where})
		var calls []call
		for _, c := range where {
			calls = append(calls, call{login: c, path: a.path("answer"), in: fields{"community": c, "opinion": "agree"}})
		}
		calls = append(calls, call{login: "finance", path: a.path("check_money"), in: fields{"funded": "yes"}})
		all(t, p.together(t, calls...))
		if x := p.is(t, "office", a.path(), "state", "review"); len(x.body["answers"].([]any)) != 3 {
			t.Errorf("%s", x.raw)
		}
		p.streetsConsent(t, a)
		p.done(t, "office2", a.path("propose"), fields{"recommend": "approve", "text": "x"})
		p.done(t, "office", a.path("approve"), fields{})
		item := p.item(t, a)
		p.onceEach(t, a, item)
		calls = nil
		for _, c := range where {
			calls = append(calls, call{login: c, path: "items/" + item + "/confirm", in: fields{"community": c, "powers_in": true}})
		}
		all(t, p.together(t, calls...))
		for _, part := range p.is(t, "", "items/"+item, "state", "active").body["parts"].([]any) {
			if m := part.(fields); m["confirmed"] != true || m["state"] != "active" {
				t.Errorf("lost: %v", m)
			}
		}
	}
}

// onceEach claims every community's instalment four times at once, and lets
// each be confirmed twice at once.
func (p *site) onceEach(t testing.TB, a application, item string) {
	t.Helper()
	var confirms []call
	for _, c := range a.where {
		claim := call{login: a.department, path: "payments", in: fields{"item": item, "community": c, "instalment": 1, "amount": 500000, "voucher": "JX1", "paid_on": p.dayIn(0)}}
		won := one(t, p.together(t, claim, claim, claim, claim), 409, "payment.unique_instalment")
		confirm := call{login: c, path: "payments/" + won.str("id") + "/confirm"}
		confirms = append(confirms, confirm, confirm)
	}
	as := p.together(t, confirms...)
	for i := 0; i < len(as); i += 2 {
		one(t, as[i:i+2], 409, "lifecycle.state", "lifecycle.stale")
	}
}

func all(t testing.TB, as []answer) {
	t.Helper()
	for _, a := range as {
		if a.status != 200 {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
}

// R9: one committee, one item, one round, one ballot.
func TestRaceOneBallot(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	var items []string
	for range 3 {
		_, item := p.working(t, fields{"communities": []string{"hehua", "yinxing"}})
		items = append(items, item)
	}
	p.late(41)
	r := p.round(t)
	for _, item := range items {
		cast := func(c, grade string) call {
			return call{login: c, path: "ballots", in: fields{"round": r, "item": item, "community": c, "effect": grade, "money": grade, "residents": grade}}
		}
		as := p.together(t, cast("hehua", "100"), cast("yinxing", "85"), cast("hehua", "0"), cast("hehua", "50"), cast("hehua", "70"))
		if as[1].status != 201 {
			t.Errorf("another committee's ballot: %d %s", as[1].status, as[1].raw)
		}
		for _, a := range append(as[:1:1], as[2:]...) { // too late by the gate, or by the index
			if a.status != 201 && a.str("code") != "policy.BLD3" && a.str("code") != "ballot.unique_once" {
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
		if bs := p.list(t, "hehua", "ballots?round="+r+"&item="+item+"&community=hehua"); len(bs) != 1 {
			t.Errorf("%d ballots", len(bs))
		}
	}
}

// A committee confirms while the office suspends: whoever comes first, the
// suspension stands.
func TestRaceConfirmationAgainstSuspension(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	for range 10 {
		a := p.bring(t, "approved")
		item := p.item(t, a)
		p.done(t, "hehua", "payments/"+p.claim(t, a, item, "hehua", 1)+"/confirm", "")
		as := p.together(t, call{login: "hehua", path: "items/" + item + "/confirm", in: fields{"community": "hehua", "powers_in": true}},
			call{login: "office", path: "items/" + item + "/suspend", in: fields{"community": "hehua", "reason": "核查。"}})
		if as[1].status != 200 || as[0].status != 200 && as[0].status != 409 {
			t.Errorf("%d %s, %d %s", as[0].status, as[0].raw, as[1].status, as[1].raw)
		}
		p.is(t, "", "items/"+item, "state", "suspended")
	}
}
