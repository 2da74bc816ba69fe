package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

// TestMain adds the gallery's words, so that tests show parts in all languages
// without touching the product's translations.
func TestMain(m *testing.M) {
	c, _ := words()
	b, err := os.ReadFile("testdata/gallery.psv")
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		if key, s, err := parseLine(line); err != nil {
			panic(err)
		} else if key != "" {
			c[key] = s
		}
	}
	os.Exit(m.Run())
}

type galleryInput struct {
	Title       string           `json:"title" form:"text,required,max=80"`
	Why         string           `json:"why" form:"longtext,required"`
	Households  int64            `json:"households" form:"number,required,min=1"`
	Total       schema.Fen       `json:"total" form:"money,required,min=100"`
	From        schema.Date      `json:"from" form:"date,required"`
	Kind        string           `json:"kind" form:"choice,required,of=task plaque survey"`
	Street      string           `json:"street" form:"choice,required,from=streets"`
	Means       []string         `json:"means" form:"choices,of=staff room data"`
	Where       []string         `json:"where" form:"choices,required,from=communities"`
	Instalments []instalmentsRow `json:"instalments" form:"rows"`
	Agree       bool             `json:"agree" form:"check,required"`
	Password    string           `json:"password" form:"secret,required"`
}

type instalmentsRow struct {
	Amount schema.Fen  `json:"amount" form:"money,required"`
	Due    schema.Date `json:"due" form:"date,required"`
	Note   string      `json:"note" form:"text"`
}

var galleryNow = time.Date(2026, 11, 23, 6, 5, 0, 0, time.UTC)

func galleryForm(l Lang, errors bool) FormSpec {
	opts := map[string][]Option{}
	for i, s := range []string{"荷花", "双桥", "银杏", "光明", "中心", "老厂", "铁路", "渔港", "新城", "松涛"} {
		opts["communities"] = append(opts["communities"], Option{Value: fmt.Sprint("c", i), Text: s + "社区", Group: []string{"柳溪街道", "北塘街道", "望海街道"}[i/4]})
	}
	for i, s := range []string{"柳溪", "北塘", "望海", "东门", "西门", "南门"} {
		opts["streets"] = append(opts["streets"], Option{Value: fmt.Sprint("s", i), Text: s + "街道"})
	}
	f := FormSpec{Action: "/applications", Type: schema.Of[galleryInput]("gallery.f"), CSRF: "x", OpKey: "k", Revision: "3", Options: opts,
		Secondary: Button(l, ButtonSpec{LabelKey: "letter.back", Href: "/"}),
		Values: Values{"title": {"高龄津贴信息普查"}, "total": {"12000.00"}, "kind": {"task"}, "street": {"s1"}, "means": {"staff", "data"}, "where": {"c3", "c4"},
			"instalments.0.amount": {"6000"}, "instalments.0.due": {"2026-12-10"}}}
	if errors {
		f.Errors = []fault.Field{{Name: "title", Code: "schema.too_long", Args: map[string]any{"max": int64(80)}}, {Name: "total", Code: "schema.too_small", Args: map[string]any{"min": int64(100)}},
			{Name: "kind", Code: "schema.required"}, {Name: "instalments.0.amount", Code: "schema.bad_money"}, {Name: "", Code: "schema.unknown_field"}}
	}
	return f
}

func galleryFault() *fault.Error {
	f := fault.New(fault.Denied, "gallery.money", "amount", schema.Fen(600000), "due", schema.Date("2026-11-01")).OnRule("G1")
	f.Fact = "gallery.money"
	return f
}

func gallerySum() calendar.Sum {
	day := func(d string, k calendar.Kind, name string, n bool) calendar.Counted {
		return calendar.Counted{Day: calendar.Day{Date: d, Kind: k, Name: name}, Counts: n}
	}
	return calendar.Sum{From: galleryNow.AddDate(0, 0, -4), Due: time.Date(2026, 11, 25, 15, 59, 59, 0, time.UTC), Unit: "wd", N: 4, Version: "7c1f02", Unpublished: []int{2027},
		Days: []calendar.Counted{day("2026-11-20", calendar.Work, "", true), day("2026-11-21", calendar.Weekend, "calendar.weekend", false), day("2026-11-22", calendar.Weekend, "calendar.weekend", false),
			day("2026-11-23", calendar.Work, "", true), day("2026-11-24", calendar.Work, "", true), day("2026-11-25", calendar.Work, "", true)}}
}

func galleryTable(l Lang) template.HTML {
	row := func(no, title, office string, tone Tone, state string, fen schema.Fen, due string) []Cell {
		return []Cell{{HTML: Text(no), Href: "/applications/" + no}, {HTML: Text(title)}, {HTML: Text(office)}, {HTML: Tag(l, tone, state)}, {HTML: Text(Yuan(fen))}, {HTML: Text(due)}}
	}
	return Table{CaptionKey: "gallery.list", Head: []Col{{Key: "gallery.no"}, {Key: "gallery.item"}, {Key: "gallery.office"}, {Key: "gallery.status"}, {Key: "gallery.money", Num: true}, {Key: "gallery.due"}},
		Rows: [][]Cell{
			row("准入2026-0017", "老旧小区消防安全排查", "消防救援局", Bad, "gallery.state.late", 480000, l.Date(galleryNow.AddDate(0, 0, -2))),
			row("准入2026-0021", "高龄津贴信息普查", "民政局", Doing, "gallery.state.review", 1200000, l.Date(galleryNow.AddDate(0, 0, 2))),
			row("准入2026-0022", "食品安全志愿巡查", "市场监管局", Warn, "gallery.state.gap", 90050, l.Date(galleryNow.AddDate(0, 0, 5))),
			row("准入2026-0009", "法律咨询窗口", "司法局", Good, "gallery.state.active", 123456789, l.Date(galleryNow.AddDate(0, 1, 2))),
			row("准入2026-0025", "图书漂流角", "文旅局", Neutral, "gallery.state.draft", 0, l.T("none")),
		}}.HTML(l)
}

// gallery is one page with every part of the design system.
func gallery(l Lang, errors bool) Page {
	acts := []ActionItem{{LabelKey: "gallery.approve", Href: "/a", Primary: true}, {LabelKey: "gallery.return", Href: "/b"},
		{LabelKey: "gallery.start", Refused: galleryFault()}, {LabelKey: "gallery.refuse", Href: "/c", Danger: true}}
	bars := []Bar{{Label: "荷花", Value: 12}, {Label: "双桥", Value: 9}, {Label: "光明", Value: 17, Tone: Warn, Text: "17 件"}, {Label: "铁路", Value: 4, Tone: Good}}
	week := []Bar{}
	for i, n := range []int64{12, 18, 9, 22, 31, 7, 5} {
		week = append(week, Bar{Label: strings.TrimPrefix(l.T(fmt.Sprint("weekday.", (i+1)%7)), "星期"), Value: n})
	}
	body := Join(
		Deadline(l, galleryNow, "gallery.deadline", gallerySum()),
		Section(l, "gallery.h.summary", Summary(l, Pair{"gallery.no", Text("准入2026-0021")}, Pair{"gallery.office", Text("云汀市民政局")}, Pair{"gallery.money", Text(Yuan(1200000))}, Pair{"gallery.f.where", ""})),
		Section(l, "gallery.h.refused", Refusal(l, galleryFault())),
		Section(l, "gallery.h.history", Timeline(l, galleryNow, []Event{
			{When: galleryNow.Add(-25 * time.Minute), Who: "区社区准入办 · 周敏", TitleText: "请财政局会商", Note: "请核对第二期经费的预算科目。\n三个工作日内答复。"},
			{When: galleryNow.Add(-26 * time.Hour), Who: "区社区准入办", TitleText: "受理申请", From: "gallery.state.filed", To: "gallery.state.review", Details: Text("材料齐全")},
			{When: galleryNow.Add(-97 * time.Hour), Who: "云汀市民政局", TitleText: "提交申请", From: "gallery.state.draft", To: "gallery.state.filed"}})),
		Section(l, "gallery.h.tasks", Tasks(l, []TaskRow{{Href: "/1", Title: "老旧小区消防安全排查", Sub: "消防救援局 · 5 个社区", Due: l.T("deadline.over_wd", "n", 2), Tone: Bad, TagKey: "gallery.state.late"},
			{Href: "/2", Title: "食品安全志愿巡查", Sub: "市场监管局 · 4 处待补正", Due: l.T("deadline.wd", "n", 3), Tone: Warn, TagKey: "gallery.state.gap"}})),
		Section(l, "gallery.list", Join(Filters(l, FilterSpec{Action: "/list", Swap: "list", Live: true, Fields: []FilterField{{Name: "q", LabelKey: "gallery.item"}, {Name: "state", LabelKey: "gallery.status", Options: []Option{{Value: "a", Text: "审核中"}}}}}),
			galleryTable(l), Pager(l, "/p", "/n", 5))),
		Section(l, "gallery.h.figures", Join(Figures(l, []Figure{{Value: "29", LabelKey: "gallery.menu.catalogue", Href: "/x"}, {Value: "¥1.2 万", LabelKey: "gallery.money", Tone: Good}, {Value: "2", LabelKey: "gallery.state.late", Tone: Bad}, {Value: "91.5%", LabelKey: "gallery.menu.rating"}}),
			Meter(l, "gallery.meter", 600000, 1200000, Good, "¥6,000.00 / ¥12,000.00", "/gallery/parts"), Columns(BarChart(l, "gallery.chart", bars), Trend(l, "gallery.trend", week)), QR(l, "https://example.invalid/v/8K2M4Q"))),
		Panel(l, Warn, "notice.warn", Details(l, "deadline.how", Paragraphs("一\n二"))),
		Section(l, "gallery.h.form", Form(l, galleryForm(l, errors))),
	)
	return Page{Lang: l, Title: l.T("gallery.title"), Lead: Join(Tag(l, Doing, "gallery.state.review"), Text("准入2026-0021 · 云汀市民政局")), Person: "周敏", Place: "区社区准入办", Path: "/gallery", CSRF: "token", Nonce: "n0nce", Invalid: errors,
		Menu: []MenuItem{{Href: "/", LabelKey: "gallery.menu.work", Count: 7}, {Href: "/a", LabelKey: "gallery.menu.admission", Current: true}, {Href: "/c", LabelKey: "gallery.menu.catalogue"}, {Href: "/f", LabelKey: "gallery.menu.funding"},
			{Href: "/r", LabelKey: "gallery.menu.rating"}, {Href: "/h", LabelKey: "gallery.menu.hotline"}, {Href: "/n", LabelKey: "gallery.menu.notices"}},
		Notice: &Notice{Tone: Good, Text: "已请财政局会商，答复期限为 2026年11月26日。"}, Crumbs: []Crumb{{"/", "首页"}, {"/a", "准入申请"}, {"", "准入2026-0021"}}, Body: body, Aside: Actions(l, acts)}
}

// galleryFront is a start page as module front draws one.
func galleryFront(l Lang) Page {
	h := NewH(l)
	h.Raw(`<p class="hero">部门的工作要进社区，先在这里申请；经费、权限、人员随事走；社区可以依法拒绝。</p><ul class="doors">`)
	for _, d := range [][2]string{{"哪些工作进了我的社区", "所有在办事项，钱到没到，一目了然"}, {"问一问准入门", "这个部门今天可以在这里做这件事吗？"}, {"查三张清单", "依法协助、需要准入，还是一律不准"}, {"核验文书", "扫码或输入编号，辨真伪"}, {"工作人员登录", "社区、部门、街道、准入办"}} {
		h.Raw(`<li><a href="/x"><b>`)
		h.Text(d[0])
		h.Raw(`</b><span>`)
		h.Text(d[1])
		h.Raw(`</span></a></li>`)
	}
	h.Raw(`</ul><section class="section"><h2>准入怎么运转</h2><ol class="how"><li><b>先申请</b> 部门提交审批表，社区并排答复，准入办十五个工作日内决定。</li><li><b>钱和权到位</b> 部门说“拨了”不算，社区确认“收到”才生效。</li><li><b>社区评议</b> 每半年由社区打分。</li></ol></section>`)
	return Page{Lang: l, Title: l.T("site.portal"), Path: "/", Body: h.HTML(), Menu: []MenuItem{{Href: "/", LabelKey: "gallery.menu.catalogue"}, {Href: "/h", LabelKey: "gallery.menu.hotline"}}}
}

func galleryLetter(l Lang) Page {
	return Page{Lang: l, Title: "准入通知书", Path: "/gallery", Print: true, Body: Letter(l, LetterSpec{Office: "云汀市社区工作准入办公室", Number: "云准入〔2026〕21 号", Title: "关于高龄津贴信息普查准入社区的通知",
		To: "云汀市民政局", Body: template.HTML("<p>你单位申请的“高龄津贴信息普查”，经审核符合社区工作准入制的要求，同意自 2026年12月1日起在光明、中心等五个社区实施，有效期一年。</p><p>请在启动前将经费人民币壹万贰仟元整拨付到位，由社区确认收到后方可开展工作。逾期未到位的，社区有权拒绝。</p>"),
		Date: galleryNow, Code: "8K2M-4QX7", Verify: "https://example.invalid/v/8K2M4QX7"})}
}

// TestGalleryShots draws every part in a browser: GATEHOUSE_SHOTS=dir.
func TestGalleryShots(t *testing.T) {
	dir := os.Getenv("GATEHOUSE_SHOTS")
	if dir == "" {
		t.Skip("set GATEHOUSE_SHOTS to a folder for the pictures")
	}
	srv := httptest.NewServer(http.HandlerFunc(serveGallery))
	defer srv.Close()
	ctx, faults, done := galleryBrowser(t)
	defer done()
	for _, s := range []struct {
		name, query string
		width       int64
	}{
		{"desktop", "?", 1280}, {"phone", "?", 390}, {"desktop-dark", "?theme=dark", 1280}, {"phone-elder", "?elder=1&errors=1", 360}, {"desktop-elder", "?elder=1", 1280},
		{"phone-dark-hant", "?theme=dark&lang=zh-Hant&errors=1", 390}, {"desktop-en", "?lang=en&errors=1", 1280}, {"narrow", "?lang=en", 320}, {"letter", "?letter=1", 1000}, {"letter-phone", "?letter=1", 390}, {"phone-menu", "?x=1#menu", 390}, {"front", "?front=1", 1280}, {"front-phone", "?front=1", 390}, {"front-elder", "?front=1&elder=1&theme=dark", 360},
	} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, 900), chromedp.Navigate(srv.URL+"/"+s.query), chromedp.WaitReady("main")); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); err != nil || wide > s.width {
			t.Errorf("%s: page is %d wide on %d, %v", s.name, wide, s.width, err)
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, s.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	printed(t, ctx, srv.URL, dir)
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "page.pdf"), pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	if bad := faults(); len(bad) > 0 {
		t.Errorf("the browser complained:\n%s", strings.Join(bad, "\n"))
	}
}

// printed shows a page and a letter as paper would.
func printed(t *testing.T, ctx context.Context, url, dir string) {
	for name, query := range map[string]string{"print-letter": "?letter=1", "print-page": "?theme=dark"} {
		err := chromedp.Do(ctx, chromedp.EmulateViewport(794, 1123), chromedp.Navigate(url+"/"+query), chromedp.WaitReady("main"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
			t.Fatal(err)
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
		t.Fatal(err)
	}
}

// TestAxe asks axe-core about the gallery: GATEHOUSE_AXE=path of axe.min.js.
func TestAxe(t *testing.T) {
	path := os.Getenv("GATEHOUSE_AXE")
	if path == "" {
		t.Skip("set GATEHOUSE_AXE to axe.min.js")
	}
	js, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(serveGallery))
	defer srv.Close()
	ctx, _, done := galleryBrowser(t)
	defer done()
	const ask = `axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r=>JSON.stringify(r.violations.map(v=>[v.id,v.impact,v.nodes.map(n=>n.target.join(' ')+': '+(n.any[0]||n.all[0]||n.none[0]||{}).message).slice(0,4)]),null,1))`
	for _, query := range []string{"?", "?errors=1", "?theme=dark&errors=1", "?elder=1&lang=zh-Hant", "?lang=en", "?letter=1", "?front=1"} {
		for _, width := range []int64{1280, 360} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(srv.URL+"/"+query), chromedp.WaitReady("main")); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](string(js)+";document.querySelectorAll('details').forEach(d=>d.open=true);0")); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](ask, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			if got != "[]" {
				t.Errorf("%s at %d:\n%s", query, width, got)
			}
		}
	}
}

const galleryPolicy = "default-src 'none'; script-src 'self' 'nonce-n0nce'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types swap"

func serveGallery(w http.ResponseWriter, r *http.Request) {
	if b, _, kind, ok := Static(r.URL.Path); ok {
		w.Header().Set("Content-Type", kind)
		w.Write(b)
		return
	}
	q := r.URL.Query()
	l := Match(q.Get("lang"), "")
	p := gallery(l, q.Get("errors") != "")
	if q.Get("front") != "" {
		p = galleryFront(l)
	}
	if q.Get("letter") != "" {
		p = galleryLetter(l)
	}
	p.Theme, p.Elder = q.Get("theme"), q.Get("elder") != ""
	w.Header().Set("Content-Security-Policy", galleryPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var b bytes.Buffer
	if err := Render(&b, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(b.Bytes())
}

func galleryBrowser(t *testing.T) (context.Context, func() []string, func()) {
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.ExecPath(bin), chromedp.UserDataDir(t.TempDir())}
	for _, f := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-extensions", "disable-dev-shm-usage", "no-proxy-server", "force-prefers-reduced-motion", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(f, true))
	}
	opts = append(opts, chromedp.Flag("lang", "zh-CN"), chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	a, c1 := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, c2 := chromedp.NewContext(a)
	ctx, c3 := context.WithTimeout(ctx, 2*time.Minute)
	return ctx, listen(t, ctx), func() { c3(); chromedp.Cancel(ctx); c2(); c1() }
}
