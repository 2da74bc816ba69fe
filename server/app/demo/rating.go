package demo

import (
	"fmt"

	"gatehouse/server/lifecycle"
)

// grades are what committees give an item: effect, money, residents; a
// community may differ from the others.
type grades [3]string

// scores of the last round, by item: what each committee says in turn.
var lastRound = map[string][]grades{
	"elderly":   {{"85", "85", "70"}, {"70", "85", "85"}, {"85", "70", "85"}},
	"fire":      {{"100", "85", "85"}, {"85", "100", "85"}, {"85", "85", "85"}},
	"job fair":  {{"100", "100", "85"}, {"85", "100", "85"}, {"100", "85", "85"}},
	"aids":      {{"85", "85", "85"}, {"85", "70", "85"}, {"85", "85", "85"}},
	"science":   {{"50", "70", "50"}, {"50", "50", "50"}, {"0", "70", "50"}},
	"legal":     {{"100", "85", "85"}, {"85", "85", "100"}, {"85", "100", "85"}},
	"rubbish":   {{"70", "85", "70"}, {"70", "70", "50"}, {"70", "70", "70"}},
	"lift":      {{"85", "70", "85"}, {"70", "70", "85"}},
	"otherwise": {{"85", "85", "85"}, {"85", "70", "85"}},
}

// where each rated item works, in the order of the demo's communities.
var rated = []struct {
	key   string
	where []string
}{
	{"elderly", all()}, {"fire", []string{"hehua", "shuangqiao", "guangming"}}, {"job fair", []string{"zhongxin", "xincheng", "laochang"}},
	{"aids", []string{"laochang", "tielu", "shuangqiao"}}, {"science", []string{"hehua", "zhongxin", "songtao"}},
	{"legal", []string{"hehua", "guangming", "xincheng"}}, {"rubbish", []string{"zhongxin", "yugang", "songtao"}},
}

// half names a half-year round by a day in it.
func (s *story) half(n int) string {
	d := s.work(n, 9)
	which := "上半年"
	if d.Month() > 6 {
		which = "下半年"
	}
	return fmt.Sprintf("%d年%s社区评议", d.Year(), which)
}

// rounds: one that was published, and one that is open.
func (s *story) rounds() {
	s.on(-98, func() {
		s.open("round 1", "office1", "rounds", "plan", fields{"district": district, "title": s.half(-120), "from": s.date(-205), "to": s.date(-99), "closes": s.date(-88)})
	})
	s.on(-97, func() { s.do("round 1", "office", "rounds", "open", nil) })
	for _, r := range rated {
		s.on(-94, func() { s.vote("round 1", r.key, r.where) })
	}
	s.on(-87, func() { s.do("round 1", "office1", "rounds", "preview", nil) })
	s.on(-79, func() { s.do("round 1", "office", "rounds", "settle", nil) })
	s.on(-78, func() { s.do("round 1", "office", "rounds", "publish", nil) })

	s.on(-10, func() {
		s.open("round 2", "office1", "rounds", "plan", fields{"district": district, "title": s.half(0), "from": s.date(-95), "to": s.date(-1), "closes": s.date(8)})
	})
	s.on(-9, func() { s.do("round 2", "office", "rounds", "open", nil) })
	s.on(-3, func() {
		s.vote("round 2", "elderly", all()[:6])
		s.vote("round 2", "fire", []string{"hehua", "shuangqiao"})
		s.vote("round 2", "legal", []string{"hehua", "guangming", "xincheng"})
		s.vote("round 2", "rubbish", []string{"zhongxin", "yugang"})
		s.vote("round 2", "aids", []string{"tielu", "shuangqiao"})
		s.vote("round 2", "lift", []string{"guangming", "zhongxin"})
	})
	s.households("round 1", "guangming", 100, -96, -93, "fire", "legal")
	s.households("round 2", "guangming", 24, -8, -2, "elderly", "fire", "legal")
	s.completed("round 2")
}

// households: the committee deals out its slips; nine of ten answer, and like
// the legal advice less than their committee does.
func (s *story) households(round, community string, codes int, dealt, heard int, items ...string) {
	s.on(dealt, func() {
		s.do(round, community, "rounds", "issue", fields{"community": community, "codes": codes})
	})
	s.on(heard, func() {
		if s.err != nil {
			return
		}
		all, err := s.Codes(s.ctx, s.ids[round])
		if err != nil {
			s.err = err
			return
		}
		for n, code := range all {
			if n%10 == 9 { // has not answered
				continue
			}
			said := map[string]string{}
			for _, key := range items {
				said[s.ids["item of "+key]] = []string{"85", "100", "70", "85"}[n%4]
				if key == "legal" {
					said[s.ids["item of "+key]] = []string{"50", "70", "85", "70"}[n%4]
				}
			}
			by, channel := lifecycle.Actor{}, "qr"
			if n%3 > 0 {
				by.ID, _ = s.Person(community)
				channel = []string{"phone", "paper"}[n%2]
			}
			if s.err = s.Vote(s.ctx, by, code, channel, said); s.err != nil {
				return
			}
		}
	})
}

// completed: departments note what they did, and a committee counts otherwise.
func (s *story) completed(round string) {
	note := func(name, by, item, community string, agreed, done int, reason string) {
		s.open(name, by, "completions", "note", fields{"round": s.ids[round], "item": s.ids["item of "+item], "community": community, "agreed": agreed, "done": done, "reason": reason})
	}
	s.on(-2, func() {
		note("completion 1", "fire.clerk", "fire", "hehua", 12, 12, "")
		note("completion 2", "fire.clerk", "fire", "guangming", 12, 11, "weather")
		note("completion 3", "fire.clerk", "fire", "shuangqiao", 12, 9, "unfinished")
	})
	s.on(-1, func() {
		s.do("completion 1", "hehua", "completions", "confirm", nil)
		s.do("completion 2", "guangming", "completions", "correct", fields{"counted": 8})
	})
}

// vote casts each committee's ballot.
func (s *story) vote(round, item string, where []string) {
	table := lastRound[item]
	if table == nil {
		table = lastRound["otherwise"]
	}
	for i, c := range where {
		g := table[i%len(table)]
		s.open("ballot "+round+item+c, c, "ballots", "cast", fields{"round": s.ids[round], "item": s.ids["item of "+item], "community": c,
			"effect": g[0], "money": g[1], "residents": g[2]})
	}
}

// forcedOut: what did not change after a rectification order leaves.
func (s *story) forcedOut(w work) {
	const name = "withdrawal science"
	s.on(-50, func() {
		if s.err == nil { // the portal proposed it when the order failed
			s.ids[name], s.err = s.Withdrawal(s.ctx, s.ids[w.item()])
		}
	})
	s.on(-49, func() { s.do(name, "office1", "withdrawals", "notify", nil) })
	s.on(-46, func() {
		s.do(name, "science", "withdrawals", "state", fields{"statement": "人手不足，请再给一个季度。"})
	})
	s.on(-40, func() {
		s.do(name, "conference", "withdrawals", "decide", fields{"minutes": "江准联纪要9号", "decision": "评议不合格，整改期满没有明显变化。"})
	})
	s.on(-38, func() { s.do(name, "office1", "withdrawals", "start_exit", nil) })
	s.on(-31, func() { s.do("plaque science", "hehua", "plaques", "remove", nil) })
	s.on(-30, func() {
		for _, c := range []string{"plaques", "ledgers", "staff", "equipment"} {
			for _, community := range w.where {
				s.do(name, community, "withdrawals", "tick", fields{"entry": c, "community": community, "note": "已交接"})
			}
		}
	})
	s.on(-26, func() {
		for _, c := range []string{"money", "data"} {
			s.do(name, "office2", "withdrawals", "tick", fields{"entry": c, "note": "已结清"})
		}
	})
	s.on(-21, func() { s.do(name, "office", "withdrawals", "complete", nil) })
}
