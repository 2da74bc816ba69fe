package ratings

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/setting"
)

// sheet makes household codes for a community.
func (f *fixture) sheet(r *Round, community string, n int64) (*Round, []string) {
	f.t.Helper()
	r = f.do(r, "head."+community, "issue", &issueForm{Community: community, Codes: n})
	b, err := f.boxes.Get(f.ctx, r.Sheets[len(r.Sheets)-1].Box)
	if err != nil {
		f.t.Fatal(err)
	}
	codes := make([]string, n)
	for i := range codes {
		codes[i] = f.code(b, i)
	}
	return r, codes
}

func household(code, channel string, answers ...string) *voteForm {
	in := &voteForm{Code: code, Channel: channel}
	for i := 0; i < len(answers); i += 2 {
		in.Answers = append(in.Answers, answerRow{Item: answers[i], Grade: answers[i+1]})
	}
	return in
}

func (f *fixture) say(by string, in *voteForm) error {
	_, err := f.Ratings.vote(f.ctx, portal.Visitor{Actor: portaltest.As(by)}, in)
	return err
}

func fieldCode(err error) string {
	if e := fault.As(err); len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return ""
}

func TestR44HouseholdsAreHeardOnceWithoutAName(t *testing.T) {
	f := open(t)
	r, codes := f.sheet(f.opened(), "guangming", 20)
	if err := f.say("", household(codes[0], "qr", "survey", "85")); err != nil {
		t.Fatal(err)
	}
	t.Run("twice", func(t *testing.T) {
		err := f.say("", household(codes[0], "link", "survey", "0"))
		portaltest.Refused(t, err, "ROD8")
		if e := fault.As(err); e.Rule != "R44" {
			t.Errorf("rule %q", e.Rule)
		}
	})
	t.Run("garbage, guessed and wrong codes count nothing", func(t *testing.T) {
		last := codes[1][:15] + string('0'+(codes[1][15]-'0'+1)%10)
		for _, code := range []string{"", "x", strings.Repeat("9", 16), strings.Repeat("9", 15), codes[1] + "0", last, codes[1][:5] + "999" + codes[1][8:], strings.Repeat("一", 16), "' OR 1=1 --12345"} {
			if got := fieldCode(f.say("", household(code, "link", "survey", "0"))); got != "fault.vote.unknown_code" {
				t.Errorf("%q: %q", code, got)
			}
		}
	})
	t.Run("only what works in the household's own community", func(t *testing.T) {
		if got := fieldCode(f.say("", household(codes[1], "link", "clinic", "0"))); got != "fault.vote.not_here" {
			t.Error(got)
		}
		if got := fieldCode(f.say("", household(codes[1], "link", "survey", "99"))); got != "fault.vote.no_grade" {
			t.Error(got)
		}
		if got := fieldCode(f.say("", household(codes[1], "link", "survey", "0", "survey", "100"))); got != "fault.vote.twice_in_one" {
			t.Error(got)
		}
		if got := fieldCode(f.say("", household(codes[1], "link", "survey", ""))); got != "fault.vote.nothing" {
			t.Error(got)
		}
	})
	t.Run("what was refused spent nothing, and typing may be spaced and full-width", func(t *testing.T) {
		typed := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return r
		}, spaced(codes[1]))
		if err := f.say("", household(typed, "", "survey", "70")); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("phone and paper are entered by staff of the place", func(t *testing.T) {
		for _, who := range []string{"", "clerk.fire", "head.fire", "staff.hehua", "street.liuxi", "auditor"} {
			if err := f.say(who, household(codes[2], "phone", "survey", "0")); err == nil {
				t.Errorf("%q has entered an answer", who)
			}
		}
		for i, who := range []string{"staff.guangming", "street.beitang", "office.a"} {
			if err := f.say(who, household(codes[2+i], []string{"phone", "paper", "phone"}[i], "survey", "85")); err != nil {
				t.Error(who, err)
			}
		}
	})
	t.Run("R9 not after the close", func(t *testing.T) {
		r = f.closed(r)
		portaltest.Refused(t, f.say("", household(codes[9], "link", "survey", "0")), "ROD7")
		portaltest.Refused(t, f.say("staff.guangming", household(codes[9], "paper", "survey", "0")), "ROD7")
	})
	if v := r.Results[0].Voice; v == nil || v.N != 5 || v.Enough || v.Score != 0 || v.Channels != nil {
		t.Errorf("R47 five of a thousand: %+v", v)
	}
	if clinic, _ := r.result("clinic"); clinic.Voice != nil {
		t.Error("nobody was asked about the clinic")
	}
}

// Nothing that is kept tells who answered what: no hour, no name, no code.
func TestR48NothingLeadsBackToAHousehold(t *testing.T) {
	f := open(t)
	r, codes := f.sheet(f.opened(), "guangming", 3)
	before := len(r.History)
	for i, g := range []string{"100", "0", "50"} {
		if err := f.say("staff.guangming", household(codes[i], "paper", "survey", g)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.boxes.Get(f.ctx, r.Sheets[0].Box)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"id":%q,"revision":4,"Round":%q,"Community":"guangming","Codes":3,"Spent":"Bw==","Counts":{"survey":{"paper":{"0":1,"100":1,"50":1}}},"Households":{"paper":3},"Shut":false}`, b.ID, r.ID)
	if string(doc) != want {
		t.Errorf("kept: %s\nwant: %s", doc, want)
	}
	for _, code := range codes {
		if strings.Contains(string(doc), code[8:]) {
			t.Error("a code is kept")
		}
	}
	if n := len(f.fresh(r).History); n != before {
		t.Error("an answer stands in the history")
	}
}

// One code, twenty phones: one answer. Twenty codes at once: all of them.
func TestR44OneCodeAtOnce(t *testing.T) {
	f := open(t)
	r, codes := f.sheet(f.opened(), "guangming", 20)
	var mu sync.Mutex
	counted := 0
	rush := func(code func(i int) string) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				err := f.say("", household(code(i), "link", "survey", "85"))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					counted++
				} else if fault.As(err).Line != "ROD8" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	rush(func(int) string { return codes[0] })
	if counted != 1 {
		t.Fatalf("one code counted %d times", counted)
	}
	rush(func(i int) string { return codes[i] })
	if v := f.closed(r).Results[0].Voice; counted != 20 || v.N != 20 {
		t.Errorf("%d answered, %d counted", counted, v.N)
	}
}

// Whoever was told that the answer counts is counted, whoever was refused is not.
func TestR9HouseholdsAgainstClosing(t *testing.T) {
	for range 5 {
		f := open(t)
		r, codes := f.sheet(f.opened(), "guangming", 20)
		var wg sync.WaitGroup
		var mu sync.Mutex
		told := 0
		for _, code := range codes {
			wg.Go(func() {
				err := f.say("", household(code, "link", "survey", "70"))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					told++
				} else if fault.As(err).Line != "ROD7" {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			if err := f.try(r, "office.a", "close", nil); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		f.Bus.Once(f.ctx)
		if v := f.fresh(r).Results[0].Voice; v.N != told {
			t.Fatalf("%d were told so, %d counted", told, v.N)
		}
	}
}

func TestR44WhoHandsOutCodes(t *testing.T) {
	f := open(t)
	r := f.opened()
	form := func(c string, n int64) *issueForm { return &issueForm{Community: c, Codes: n} }
	for _, who := range []string{"head.fire", "clerk.fire", "staff.guangming", "head.guangming", "street.liuxi", "auditor"} {
		if f.try(r, who, "issue", form("hehua", 1)) == nil {
			t.Errorf("%s hands out codes of Hehua", who)
		}
	}
	f.do(r, "head.hehua", "issue", form("hehua", 500))
	r = f.do(r, "office.a", "issue", form("hehua", 499))
	if got := fieldCode(f.try(r, "head.hehua", "issue", form("hehua", 2))); got != "fault.round.more_codes_than_households" {
		t.Error("more codes than households:", got)
	}
	if got := fieldCode(f.try(r, "office.a", "issue", form("tielu", 1))); got != "schema.not_an_option" {
		t.Error("nothing is rated in Tielu:", got)
	}
}

func said10(n, good int) *Voice {
	v := voice(map[string]map[string]int{"qr": {"100": good}, "phone": {"0": n - good}}, 10, 0, 0)
	return &v
}

// An order that an item caused counts in its rating: each unhappy caller as one
// more household of the lowest grade, and never towards the minimum (R47).
func TestUnhappyCallersCount(t *testing.T) {
	t.Parallel()
	by := map[string]map[string]int{"qr": {"100": 9, "70": 3}}
	if v := voice(by, 12, 3, 0); !v.Enough || v.N != 12 || v.Calls != 3 || v.Score != 7400 {
		t.Errorf("%+v", v)
	}
	if v := voice(by, 13, 3, 0); v.Enough || v.Score != 0 {
		t.Errorf("callers make up for households that did not answer: %+v", v)
	}
	f := open(t)
	f.Orders = func(_ context.Context, item string, from, to time.Time) (int, int, error) { return 5, 2, nil }
	for how, want := range map[string]int{"counted": 2, "shown": 0} {
		v := setting.Defaults()
		v["eval.orders"] = how
		if n, lowest, err := f.unhappy(t.Context(), v, &Round{}, "i"); n != want || lowest != 0 || err != nil {
			t.Error(how, n, lowest, err)
		}
	}
}

func TestR47TooFewHouseholdsOrderNothing(t *testing.T) {
	t.Parallel()
	good := []Grades{{100, 100, 100}, {100, 100, 100}, {100, 100, 100}}
	terms := termsOf(setting.Defaults())
	for _, c := range []struct {
		name     string
		voice    *Voice
		triggers string
		total    int
		gap      bool
	}{
		{"nobody was asked: the committees speak", nil, "[]", 1000, false},
		{"nine of ten", said10(9, 0), "[]", 1000, false},
		{"ten, all dissatisfied", said10(10, 0), "[residents]", 600, true},
		{"ten, six of them satisfied", said10(10, 6), "[]", 840, true},
		{"a gap of twenty points", said10(10, 8), "[]", 920, true},
		{"a gap below", said10(11, 9), "[]", 927, false},
	} {
		r := tally("x", good, c.voice, false, terms)
		if fmt.Sprint(r.Triggers) != c.triggers || r.Total != c.total || r.Gap != c.gap {
			t.Errorf("%s: %+v", c.name, r)
		}
		if y := r.again(terms); fmt.Sprint(y) != fmt.Sprint(r) {
			t.Errorf("%s: counted again it is %+v", c.name, y)
		}
	}
	few := tally("x", []Grades{{0, 0, 0}}, nil, false, terms)
	if len(few.Triggers) > 0 {
		t.Error("one committee")
	}
	bad := make([]Grades, 3)
	if r := tally("x", bad, said10(9, 0), false, terms); strings.Contains(fmt.Sprint(r.Triggers), "residents") {
		t.Error("dissatisfaction of too few is a ground:", r.Triggers)
	}
	if n := least(setting.Defaults(), 18_310); n != 184 {
		t.Error("1% of 18,310 households:", n)
	}
	if n := least(setting.Defaults(), 980); n != 15 {
		t.Error("fifteen at least:", n)
	}
}

// The two scores far apart: an inspection waits for the office by itself.
func TestR47GapOpensAnInspection(t *testing.T) {
	f := open(t)
	r, codes := f.sheet(f.opened(), "guangming", 40)
	for _, c := range []string{"hehua", "guangming", "yugang"} {
		f.vote(r, "survey", c, "100", "100", "100")
	}
	for i, code := range codes {
		if err := f.say("", household(code, []string{"link", "qr"}[i%2], "survey", "50")); err != nil {
			t.Fatal(err)
		}
	}
	r = f.shown(r)
	x := r.Results[0]
	if !x.Gap || !x.Voice.Enough || x.Voice.Score != 5000 || x.Voice.Channels["qr"] != 20 || fmt.Sprint(x.Triggers) != "[residents]" {
		t.Fatalf("%+v %+v", x, x.Voice)
	}
	tasks := func() int {
		cs, err := f.Rounds.Engine.Tasks(f.ctx, portaltest.As("office.a"), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(cs)
	}
	app := f.App()
	for _, who := range []string{"office.a", "clerk.fire"} {
		if _, body := f.Ask(app, who, "/rounds/"+r.ID, ""); !strings.Contains(body, "与居民差距大") || !strings.Contains(body, "50.00%（40 户）") {
			t.Errorf("%s does not see the two scores", who)
		}
	}
	r = f.do(f.settled(r), "office.head", "publish", nil)
	if v, ok := f.Voices(f.ctx, "survey"); !ok || v.Committees != "100.0" || v.Households != "50.00" || !v.Gap {
		t.Errorf("the item's page: %+v", v)
	}
	if tasks() != 1 {
		t.Error("the inspection waits for nobody")
	}
	portaltest.Refused(t, f.try(r, "head.fire", "inspect", &inspectForm{Item: "survey", Text: "x"}), "RO24")
	f.do(r, "office.a", "inspect", &inspectForm{Item: "survey", Text: "夜间入户，居委会不知情。"})
	if tasks() != 0 {
		t.Error("the inspection waits still")
	}
	portaltest.Refused(t, f.try(r, "office.a", "inspect", &inspectForm{Item: "survey", Text: "x"}), "ROD6")
	if _, body := f.Ask(app, "", "/rounds/"+r.ID, ""); !strings.Contains(body, "夜间入户") {
		t.Error("what was found is not published")
	}
}

func TestR44PagesOfHouseholds(t *testing.T) {
	f := open(t)
	r, codes := f.sheet(f.opened(), "hehua", 4)
	app := f.App(f.Module())
	sheet := "/rounds/" + r.ID + "/sheets/" + r.Sheets[0].Box
	if code, body := f.Ask(app, "head.hehua", sheet, ""); code != 200 || strings.Count(body, `class="qr"`) != 4 || !strings.Contains(body, spaced(codes[3])) {
		t.Errorf("the sheet: %d", code)
	}
	for _, who := range []string{"head.guangming", "head.fire", "street.liuxi", "auditor"} {
		if code, body := f.Ask(app, who, sheet, ""); code != 404 || strings.Contains(body, spaced(codes[0])) {
			t.Errorf("%s gets the codes: %d", who, code)
		}
	}
	for _, who := range []string{"head.fire", "clerk.health", ""} {
		if _, body := f.Ask(app, who, "/api/v1/rounds/"+r.ID, ""); strings.Contains(body, r.Sheets[0].Box+`"`) {
			t.Errorf("%q learns the number of a box", who)
		}
	}
	code, body := f.Ask(app, "", "/r/"+codes[0], "")
	if code != 200 || strings.Count(body, `<fieldset`) != 2 || strings.Contains(body, "代录") {
		t.Errorf("the paper: %d %s", code, body)
	}
	if code, body := f.Ask(app, "", "/r/"+codes[0], "channel=qr"); code != 422 || !strings.Contains(body, "请至少评一项") {
		t.Errorf("an empty paper: %d", code)
	}
	post := "channel=qr&answers.0.item=survey&answers.0.grade=85&answers.1.item=clinic&answers.1.grade="
	if code, body := f.Ask(app, "", "/r/"+codes[0], post); code != 303 {
		t.Errorf("an answer: %d %s", code, body)
	}
	if code, body := f.Ask(app, "", "/r/"+codes[0], post); code != 403 || !strings.Contains(body, "每户只能评一次") {
		t.Errorf("a replay: %d", code)
	}
	if code, body := f.Ask(app, "", "/vote?code=123", ""); code != 422 || !strings.Contains(body, "找不到这个评议码") {
		t.Errorf("garbage: %d", code)
	}
	if code, body := f.Ask(app, "", "/api/v1/votes", `{"code":"`+codes[1]+`","channel":"link","answers":[{"item":"clinic","grade":"100"}]}`); code != 201 {
		t.Errorf("by program: %d %s", code, body)
	}
	if code, body := f.Ask(app, "", "/api/v1/votes", `{"code":"`+codes[1]+`","answers":[{"item":"clinic","grade":"100"}]}`); code != 403 || !strings.Contains(body, `"rule":"R44"`) || !strings.Contains(body, `"remedy"`) {
		t.Errorf("twice by program: %d %s", code, body)
	}
	if code, body := f.Ask(app, "staff.hehua", "/r/"+codes[2], ""); code != 200 || !strings.Contains(body, "怎么收到的") {
		t.Errorf("staff enter what came by phone: %d", code)
	}
	f.closed(r)
	if code, _ := f.Ask(app, "head.hehua", sheet, ""); code != 409 {
		t.Errorf("a sheet of a closed round: %d", code)
	}
	if code, body := f.Ask(app, "", "/r/"+codes[3], ""); code != 403 || !strings.Contains(body, "截止") {
		t.Errorf("after the close: %d", code)
	}
	t.Run("a household learns that it counted, and nobody what it said", func(t *testing.T) {
		code, body := f.Ask(app, "", "/r/"+codes[0], "")
		_, main, _ := strings.Cut(body, "<main") // before it stand names of scripts, any digits
		main, _, _ = strings.Cut(main, "</main>")
		if code != 200 || !strings.Contains(main, "已计入") || strings.Contains(main, "85") {
			t.Errorf("its own code: %d", code)
		}
		if _, body := f.Ask(app, "", "/r/"+codes[3], ""); strings.Contains(body, "已计入") {
			t.Error("who never answered counts")
		}
	})
}

// TestGuessedCodes: codes that were never handed out slow their network down
// and are then refused for a while; a right code from there is counted after a
// short wait, and another network notices nothing.
func TestGuessedCodes(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, codes := f.sheet(f.opened(), "hehua", 20)
	app := f.App(f.Module())
	for range guessRule.N {
		if code, body := f.Ask(app, "", "/vote?code=1234567812345678", ""); code != 422 {
			t.Fatal(code, body)
		}
	}
	from := time.Now()
	if code, body := f.Ask(app, "", "/vote?code="+codes[0], ""); code != 303 {
		t.Error("a right code is refused:", code, body)
	}
	if took := time.Since(from); took < guessRule.Per/time.Duration(guessRule.N)/2 || took > guessPatience {
		t.Error("a try after the flood took", took)
	}
	from = time.Now()
	if _, _, err := f.find(context.WithValue(t.Context(), networkKey{}, "203.0.113.9"), codes[1]); err != nil || time.Since(from) > time.Second {
		t.Error("another network:", err)
	}
	refused := 0
	for range 40 {
		c, cancel := context.WithCancel(context.WithValue(t.Context(), networkKey{}, "192.0.2.4"))
		cancel()
		if _, _, err := f.find(c, "1234567812345678"); fault.As(err).Code == "too_many_requests" {
			refused++
		}
	}
	if refused != 20 {
		t.Error(refused, "of 40 guesses at once were not made")
	}
}
