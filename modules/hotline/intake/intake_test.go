package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/hotlinetest"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

type fixture struct {
	*hotlinetest.Hotline
	*Intake
	t     testing.TB
	ctx   context.Context
	taken map[string]orders.Past // by key
	cut   bool                   // the next import is cut short half way
}

func open(t testing.TB) *fixture {
	t.Helper()
	h := hotlinetest.New(t)
	h.Names.Put("place", "hehua", portal.Name{Hans: "荷花社区", Hant: "荷花社區", En: "Hehua"})
	h.Names.Put("place", "liuxi", portal.Name{Hans: "柳溪街道"})
	h.Names.Put("department", "fire", portal.Name{Hans: "区消防救援局", En: "Fire Rescue Bureau"})
	f := &fixture{Hotline: h, Intake: portaltest.Must(New(context.Background(), h.Portal.Portal, h.Orders)), t: t, ctx: context.Background(), taken: map[string]orders.Past{}}
	f.imports = func(ctx context.Context, past []orders.Past) (int, error) {
		if f.cut {
			past = past[:len(past)/2]
		}
		for _, p := range past {
			f.taken[p.Key] = p
		}
		made, err := h.Orders.Import(ctx, past)
		if f.cut {
			f.cut, err = false, errors.New("the power failed")
		}
		return made, err
	}
	return f
}

const head = "工单编号,来电时间,诉求内容,诉求类型,诉求类别,社区,地址,承办单位,办结时间,办理结果,是否解决,满意度,联系电话\n"

const good = head +
	"A1,2026-03-01 08:30,三号楼路灯不亮,求助,路灯,荷花,荷花里3号楼,消防救援局,2026/3/2,已换灯泡,是,满意,138 0013 8000\n" +
	"A2,46082.5,楼道堆物,投诉,,荷花社区居委会,,柳溪街道办,,,,,\n" +
	"A3,2026年3月3日14时5分,电梯困人十分钟,,401,,,,2026-03-03,,未联系上,,\n"

func (f *fixture) bring(by, text string) (*Batch, error) {
	return f.Bring(f.ctx, portaltest.As(by), "三月.csv", []byte(text))
}

func (f *fixture) act(b *Batch, by, act string, in any) (*Batch, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), b.ID, act, in, lifecycle.Opts{})
}

func (f *fixture) must(b *Batch, err error) *Batch {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

// dryRun brings a table and checks it with the columns as they were guessed.
func (f *fixture) dryRun(text string) *Batch {
	f.t.Helper()
	b := f.must(f.bring("dispatcher", text))
	in := b.Mapping
	return f.must(f.act(b, "dispatcher", "map", &in))
}

func (f *fixture) again(b *Batch) *Batch {
	f.t.Helper()
	return f.must(f.Resource.Engine.Cases().Get(f.ctx, b.ID))
}

// A table goes the whole way, and going it twice makes nothing twice.
func TestImport(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.dryRun(good)
	if b.Report.Good != 3 || b.Report.Bad != 0 || len(f.taken) != 0 || b.State != checked {
		r, _ := f.Intake.again(f.ctx, b)
		t.Fatalf("%+v %+v", b.Report, r.wrong)
	}
	_, err := f.act(b, "dispatcher", "confirm", nil)
	if err == nil {
		t.Error("a dispatcher confirmed an import")
	}
	b = f.again(f.must(f.act(b, "chief", "confirm", nil)))
	if b.State != imported || b.Made != 3 || len(f.taken) != 3 {
		t.Fatalf("%s %d", b.State, b.Made)
	}
	if _, err := f.tables.read(f.ctx, b.Table); err == nil {
		t.Error("the table lies there still")
	}
	byNo := map[string]orders.Past{}
	for _, p := range f.taken {
		byNo[p.Source] = p
	}
	at := func(s string) time.Time { x, _ := time.ParseInLocation("2006-01-02 15:04", s, calendar.City); return x }
	if p := byNo["A1"]; !p.Opened.Equal(at("2026-03-01 08:30")) || !p.Closed.Equal(at("2026-03-02 00:00")) || p.Category != "101" || p.Community != "hehua" || p.Unit != "fire" ||
		p.Solved != "solved" || p.Grade != 80 || !p.Graded || p.Phone != "13800138000" || p.Type != "help" || p.Result != "已换灯泡" || p.Place != "荷花里3号楼" {
		t.Errorf("%+v", p)
	}
	if p := byNo["A2"]; !p.Opened.Equal(at("2026-03-01 12:00")) || p.Type != "complaint" || p.Community != "hehua" || p.Unit != "liuxi" || !p.Closed.IsZero() || p.Graded || p.Category != elsewhere {
		t.Errorf("%+v", p)
	}
	if p := byNo["A3"]; !p.Opened.Equal(at("2026-03-03 14:05")) || !p.Closed.Equal(p.Opened) || p.Category != "401" || p.Type != "help" || p.Solved != "unreached" {
		t.Errorf("%+v", p)
	}
	for _, e := range b.History {
		for _, c := range e.Changes {
			if strings.Contains(string(c.New), "13800138000") || strings.Contains(string(c.New), "路灯不亮") {
				t.Error("the history holds what a caller said, or a number")
			}
		}
	}
	twice := f.dryRun(good)
	if twice.Report.Good != 0 || twice.Report.Again != 3 {
		t.Errorf("%+v", twice.Report)
	}
	_, err = f.act(twice, "chief", "confirm", nil)
	portaltest.Refused(t, err, "DBD1")
	more := f.dryRun(good + "A4,2026-03-04,新的一行,,,,,,,,,,\n")
	more = f.again(f.must(f.act(more, "chief", "confirm", nil)))
	if more.Made != 1 || more.Again != 3 || len(f.taken) != 4 {
		t.Errorf("made %d, again %d", more.Made, more.Again)
	}
}

// An import that is cut short goes on by itself, and makes nothing twice.
func TestCutShort(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.dryRun(good)
	f.cut = true
	b = f.again(f.must(f.act(b, "chief", "confirm", nil)))
	if b.State != importing || len(f.taken) != 1 {
		t.Fatalf("%s %d", b.State, len(f.taken))
	}
	f.Pass(time.Minute)
	b = f.again(b)
	if b.State != imported || b.Made != 2 || b.Again != 1 || len(f.taken) != 3 {
		t.Errorf("%s made %d, again %d", b.State, b.Made, b.Again)
	}
}

// A table nobody has confirmed is gone after a day.
func TestLapse(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.dryRun(good)
	f.Pass(keep + time.Hour)
	b = f.again(b)
	if _, err := f.tables.read(f.ctx, b.Table); b.State != dropped || err == nil {
		t.Errorf("%s %v", b.State, err)
	}
	d := f.must(f.act(f.dryRun(good), "dispatcher", "drop", &Reason{Reason: "传错了。"}))
	if _, err := f.tables.read(f.ctx, d.Table); d.State != dropped || err == nil {
		t.Errorf("%s %v", d.State, err)
	}
	x, err := workbook.Read("file", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	key, err := f.tables.keep(f.ctx, "dispatcher", "x", x, f.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Resource.Engine.Open(f.ctx, portaltest.As("chief"), "bring", &Bringing{Table: key}, lifecycle.Opts{})
	portaltest.Refused(t, err, "batch.table_gone")
	f.Pass(3 * keep)
	if err := f.LoadAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.tables.head(f.ctx, key); err == nil {
		t.Error("a table without a batch stays for ever")
	}
}

// Each wrong cell is named: where it is, what it says, what to do.
func TestWrongCells(t *testing.T) {
	t.Parallel()
	f := open(t)
	row := func(cells map[string]string) string {
		all := map[string]string{"来电时间": "2026-03-01", "诉求内容": "路灯不亮"}
		for k, v := range cells {
			all[k] = v
		}
		var out []string
		for _, h := range strings.Split(strings.TrimSpace(head), ",") {
			out = append(out, `"`+all[h]+`"`)
		}
		return strings.Join(out, ",") + "\n"
	}
	cases := []struct{ column, value, code string }{
		{"来电时间", "", "intake.empty"}, {"来电时间", "前天", "intake.bad_day"}, {"来电时间", "2027-01-01", "intake.future"}, {"办结时间", "2026-02-28", "intake.closed_before"}, {"办结时间", "2030-01-01", "intake.future"},
		{"诉求内容", "", "intake.empty"}, {"诉求内容", strings.Repeat("长", 4001), "intake.too_long"}, {"诉求类型", "唠叨", "intake.bad_type"}, {"诉求类别", "天气", "intake.no_category"},
		{"社区", "月亮社区", "intake.no_community"}, {"承办单位", "宇宙局", "intake.no_unit"}, {"办理结果", strings.Repeat("长", 2001), "intake.too_long"}, {"是否解决", "也许", "intake.bad_solved"},
		{"满意度", "还行吧", "intake.bad_grade"}, {"联系电话", "1.38E+10", "intake.rounded"}, {"联系电话", "没有", "intake.bad_phone"}, {"联系电话", "12", "intake.bad_phone"},
	}
	text := head
	for i, c := range cases {
		text += row(map[string]string{c.column: c.value, "工单编号": fmt.Sprint("B", i)})
	}
	text += row(map[string]string{"工单编号": "OK"}) + row(map[string]string{"工单编号": "OK", "诉求内容": "同号的另一行"})
	b := f.dryRun(text)
	if b.Report.Good != 1 || b.Report.Bad != len(cases)+1 {
		t.Errorf("%+v", b.Report)
	}
	r, err := f.Intake.again(f.ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		at := i + 2
		if !slices.ContainsFunc(r.wrong, func(w Wrong) bool { return w.Row == at && w.Column == c.column && w.Code == c.code }) {
			t.Errorf("line %d: %s %q wants %s: %+v", at, c.column, few(c.value, 10), c.code, slices.DeleteFunc(slices.Clone(r.wrong), func(w Wrong) bool { return w.Row != at }))
		}
		for _, l := range web.Langs {
			if s := l.T(c.code, "max", 1, "row", 1); strings.HasPrefix(s, "intake.") {
				t.Errorf("%s has no words in %s", c.code, l)
			}
		}
	}
	if w := r.wrong[len(r.wrong)-1]; w.Code != "intake.same_row" || w.Args["row"] != len(cases)+2 {
		t.Errorf("%+v", w)
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Mapping{
		"序号,来电时间,问题描述,联系电话,所属社区":                     {Opened: "来电时间", Words: "问题描述", Phone: "联系电话", Community: "所属社区"},
		"受理時間,訴求內容,辦結時間,承辦單位,滿意度":                    {Opened: "受理時間", Words: "訴求內容", Closed: "辦結時間", Unit: "承辦單位", Grade: "滿意度"},
		"Received at,Description,Closed at,Phone no": {Opened: "Received at", Words: "Description", Closed: "Closed at", Phone: "Phone no"},
		"日期,内容,结果,编号":                                {Opened: "日期", Words: "内容", Result: "结果", Number: "编号"},
		"a,b":                                        {},
	} {
		if got := guess(strings.Split(in, ",")); got != want {
			t.Errorf("%s\n got %+v\nwant %+v", in, got, want)
		}
	}
	for _, l := range web.Langs { // the portal's own template is understood
		var names []string
		for _, x := range mappingType.Fields {
			names = append(names, l.T("batch."+x.Name))
		}
		got := guess(names)
		if err := fits(&got, names); err != nil {
			t.Error(err)
		}
		for i, x := range mappingType.Fields {
			if v := valueOf(reflect.ValueOf(got), x.Name); v != names[i] {
				t.Errorf("%s: %s is %q, want %q", l, x.Name, v, names[i])
			}
		}
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.must(f.bring("dispatcher", good))
	for _, c := range []struct {
		in          Mapping
		field, code string
	}{
		{Mapping{Opened: "来电时间", Words: "没有这栏"}, "words", "schema.not_an_option"},
		{Mapping{Opened: "来电时间", Words: "诉求内容", Closed: "来电时间"}, "closed", "batch.column_twice"},
	} {
		_, err := f.act(b, "dispatcher", "map", &c.in)
		if e := fault.As(err); err == nil || e.Fields[0].Name != c.field || e.Fields[0].Code != c.code {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	for _, by := range []string{"op1", "office.a", "auditor", "clerk.fire", ""} {
		if _, err := f.bring(by, good); err == nil {
			t.Errorf("%s brought a table", by)
		}
		if _, err := f.act(b, by, "map", &b.Mapping); err == nil {
			t.Errorf("%s mapped a table", by)
		}
	}
}

// A large table is kept in parts and comes back whole.
func TestLargeTable(t *testing.T) {
	t.Parallel()
	f := open(t)
	var out strings.Builder
	out.WriteString(head)
	for i := range workbook.MostRows {
		fmt.Fprintf(&out, "N%d,2026-03-01,%s,,,,,,,,,,\n", i, strings.Repeat("井盖坏了", 60))
	}
	text := out.String()
	b := f.dryRun(text)
	if b.Report.Good != workbook.MostRows {
		t.Errorf("%+v", b.Report)
	}
	k, err := f.tables.head(f.ctx, b.Table)
	if err != nil || k.Parts < 5 {
		t.Errorf("%d parts %v", k.Parts, err)
	}
	_, err = f.bring("dispatcher", text+"more,2026-03-01,x,,,,,,,,,,\n")
	if e := fault.As(err); err == nil || e.Fields[0].Code != "workbook.too_many_rows" {
		t.Error(err)
	}
}

func (f *fixture) upload(app *fiber.App, person, name string, b []byte) (int, string, string) {
	f.t.Helper()
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if name != "" {
		p, err := w.CreateFormFile("file", name)
		if err != nil {
			f.t.Fatal(err)
		}
		p.Write(b)
	}
	w.Close()
	r := httptest.NewRequest("POST", "/batches/new/bring", body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("X-Person", person)
	res, err := app.Test(r, -1)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	out, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(out), res.Header.Get("Location")
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	if code, body := f.Ask(app, "dispatcher", "/batches/new/bring", ""); code != 200 || !strings.Contains(body, `type="file"`) {
		t.Error(code)
	}
	if code, _ := f.Ask(app, "op1", "/batches/new/bring", ""); code != 403 {
		t.Error(code)
	}
	if code, body, _ := f.upload(app, "dispatcher", "", nil); code != 422 || !strings.Contains(body, "batch-file") {
		t.Error(code, body)
	}
	if code, body, _ := f.upload(app, "dispatcher", "x.xlsx", []byte("PK\x03\x04...")); code != 422 || !strings.Contains(body, "打不开") {
		t.Error(code)
	}
	if code, _, _ := f.upload(app, "op1", "x.csv", []byte(good)); code != 403 {
		t.Error(code)
	}
	code, _, to := f.upload(app, "dispatcher", "三月.csv", []byte(good+"A9,前天,坏行,,,,,,,,,,\n"))
	if code != 303 || !strings.Contains(to, "/map") {
		t.Fatal(code, to)
	}
	at, _, _ := strings.Cut(to, "/map")
	if code, body := f.Ask(app, "dispatcher", to, ""); code != 200 || !strings.Contains(body, "来电时间") || !strings.Contains(body, "selected") {
		t.Error(code)
	}
	if code, _ := f.Ask(app, "dispatcher", at+"/report.xlsx", ""); code != 409 {
		t.Error("a report before the dry run", code)
	}
	if code, _ := f.Ask(app, "dispatcher", at+"/map", "opened=%E6%9D%A5%E7%94%B5%E6%97%B6%E9%97%B4&words=%E8%AF%89%E6%B1%82%E5%86%85%E5%AE%B9"); code != 303 {
		t.Error(code)
	}
	if code, body := f.Ask(app, "dispatcher", at, ""); code != 200 || !strings.Contains(body, "前天") || !strings.Contains(body, "看不懂的日期") {
		t.Error(code)
	}
	if code, body := f.Ask(app, "auditor", at, ""); code != 200 || strings.Contains(body, "前天") {
		t.Error("an auditor sees rows", code)
	}
	for path, want := range map[string]int{at + "/report.xlsx": 403, "/api/v1" + at + "/report": 403, "/batches/template.xlsx": 403} {
		if code, _ := f.Ask(app, "auditor", path, ""); code != want {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code, _ := f.Ask(app, "head.hehua", at+"/report.xlsx", ""); code != 404 {
		t.Error(code)
	}
	if code, body := f.Ask(app, "dispatcher", "/api/v1"+at+"/report", ""); code != 200 || !strings.Contains(body, `"bad":1`) {
		t.Error(code, body)
	}
	_, body := f.Ask(app, "dispatcher", at+"/report.xlsx", "")
	x, err := workbook.Read("file", []byte(body))
	if err != nil || len(x.Rows) != 1 || x.Head[len(x.Head)-1] != "错误" || !strings.Contains(x.Rows[0].Cells[len(x.Head)-1], "看不懂的日期") || x.Rows[0].Cells[0] != "A9" {
		t.Errorf("%+v %v", x, err)
	}
	if _, body = f.Ask(app, "dispatcher", "/batches/template.xlsx", ""); !strings.HasPrefix(body, "PK") {
		t.Error("no template")
	}
	if code, body := f.Ask(app, "dispatcher", "/api/v1/batches/upload?name=x.csv", good); code != 201 || !strings.Contains(body, `"rows":3`) {
		t.Error(code, body)
	}
	if code, _ := f.Ask(app, "dispatcher", "/api/v1/batches/new/bring", `{"table":"made-up"}`); code != 409 {
		t.Error("a made-up table", code)
	}
}

// FuzzRows: whatever stands in a table, each row is good or has a reason.
func FuzzRows(f *testing.F) {
	f.Add(good)
	f.Add(head + "1,46082.5,=1+1,,,,,,1E+5,,,,1.3E+10\n")
	f.Add("日期\t内容\n99999999\t\u202e\n")
	fx := open(f)
	names, err := fx.book(fx.ctx)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := workbook.Read("file", []byte(text))
		if err != nil {
			return
		}
		m := guess(x.Head)
		if m.Opened == "" || m.Words == "" {
			return
		}
		r := names.read(x, m)
		if len(r.good)+r.bad != len(x.Rows) {
			t.Fatalf("%d good, %d bad of %d", len(r.good), r.bad, len(x.Rows))
		}
		for _, p := range r.good {
			if p.Words == "" || p.Opened.IsZero() || p.Opened.After(names.now) || len(p.Key) != 32 || strings.Trim(p.Phone, "0123456789") != "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
