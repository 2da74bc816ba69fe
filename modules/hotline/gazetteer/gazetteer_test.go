package gazetteer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	*Gazetteer
	t *testing.T
}

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	g, err := New(context.Background(), h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	h.Person("dispatcher", policy.Appointment{Role: "dispatcher", Place: portaltest.District})
	h.Person("operator", policy.Appointment{Role: "operator", Place: portaltest.District})
	return fixture{h, g, t}
}

func (f fixture) add(in Content) *Landmark {
	f.t.Helper()
	m, err := f.Resource.Engine.Open(context.Background(), portaltest.As("dispatcher"), "add", &in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

func (f fixture) names(typed string) string {
	var out []string
	for _, x := range f.Search(context.Background(), typed, 5) {
		out = append(out, x.Name)
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.add(Content{Name: "荷花市场", Aliases: "老菜场，Lotus Market", Community: "hehua", Place: "荷花路 18 号"})
	f.add(Content{Name: "荷花市场北门", Community: "hehua", Place: "荷花路 20 号"})
	f.add(Content{Name: "柳溪荷花池", Community: "hehua", Place: "柳溪公园内"})
	f.add(Content{Name: "重庆饭店", Community: "guangming", Place: "光明路 3 号"})
	f.add(Content{Name: "3号楼", Community: "guangming", Place: "光明花园 3 号楼"})
	for _, c := range []struct{ typed, want string }{
		{"hhsc", "荷花市场 荷花市场北门"},
		{"HH SC", "荷花市场 荷花市场北门"},
		{"荷花市", "荷花市场 荷花市场北门"},
		{"荷花", "荷花市场 荷花市场北门 柳溪荷花池"},
		{"花市場", "荷花市场 荷花市场北门"},  // the other script
		{"何花市场", "荷花市场 荷花市场北门"}, // the wrong character of the same sound
		{"hehuash", "荷花市场 荷花市场北门"},
		{"hhc", "柳溪荷花池"},
		{"老菜场", "荷花市场"}, {"lcc", "荷花市场"}, {"lotus", "荷花市场"},
		{"cqfd", "重庆饭店"}, {"zqfd", "重庆饭店"}, // both readings
		{"3hl", "3号楼"}, {"3号", "3号楼"},
		{"xyz", ""}, {"", ""}, {"！？", ""},
	} {
		if got := f.names(c.typed); got != c.want {
			t.Errorf("%q finds %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestLife(t *testing.T) {
	t.Parallel()
	f, ctx := open(t), context.Background()
	m := f.add(Content{Name: "荷花市场", Community: "hehua", Place: "荷花路 18 号", Position: "30.259244，120.219375"})
	if m.Lat != 30259244 || m.Long != 120219375 || !m.Placed {
		t.Errorf("%+v", m)
	}
	act := func(by, act string, in any) error {
		_, err := f.Resource.Engine.Act(ctx, portaltest.As(by), m.ID, act, in, lifecycle.Opts{})
		return err
	}
	_, err := f.Resource.Engine.Open(ctx, portaltest.As("dispatcher"), "add", &Content{Name: "荷花 市场", Community: "hehua", Place: "x"}, lifecycle.Opts{})
	portaltest.Refused(t, err, "landmark.unique_spot")
	for _, by := range []string{"operator", "head.hehua", "office.a", "auditor", ""} {
		if act(by, "retire", nil) == nil {
			t.Errorf("%q retired a landmark", by)
		}
	}
	if err := act("dispatcher", "amend", &Content{Name: "荷花菜市场", Community: "hehua", Place: "荷花路 18 号"}); err != nil {
		t.Fatal(err)
	}
	if f.names("荷花市场") != "" || f.names("hhcsc") != "荷花菜市场" {
		t.Error("the old name is still found, or the new one is not")
	}
	if err := act("dispatcher", "retire", nil); err != nil || f.names("hhcsc") != "" {
		t.Errorf("%v: a retired landmark is found", err)
	}
	if err := act("dispatcher", "relist", nil); err != nil || f.names("hhcsc") != "荷花菜市场" {
		t.Errorf("%v: a landmark listed again is not found", err)
	}
	f.index.clear(0)
	f.index.seen = map[string]int64{}
	if err := f.LoadAll(t.Context()); err != nil || f.names("hhcsc") != "荷花菜市场" {
		t.Error("not found after a new start")
	}
}

func TestWrongInput(t *testing.T) {
	t.Parallel()
	f := open(t)
	good := Content{Name: "荷花市场", Community: "hehua", Place: "x"}
	for field, change := range map[string]func(*Content){
		"name":     func(c *Content) { c.Name = "桥" },
		"aliases":  func(c *Content) { c.Aliases = "老菜场 桥" },
		"position": func(c *Content) { c.Position = "200, 10" },
	} {
		in := good
		change(&in)
		if err := new(Landmark).take(&in); err == nil || !strings.Contains(err.Error(), field+"=landmark.") {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, p := range []string{"30", "a,b", "30,", "NaN,1", "91,0", "0,181", ",", "1,2,3"} {
		if _, _, ok := position(p); ok {
			t.Errorf("%q is a position", p)
		}
	}
	if lat, long, ok := position("-30.5, -0.0000014"); !ok || lat != -30500000 || long != -1 {
		t.Error(lat, long, ok)
	}
	app := f.App()
	code, body := f.Ask(app, "dispatcher", "/landmarks/new/add", "name=x&community=hehua&place=%E8%8D%B7%E8%8A%B1%E8%B7%AF")
	if code != 422 || !strings.Contains(body, "荷花路") {
		t.Errorf("%d: what was typed is gone", code)
	}
	for path, want := range map[string]int{"": 422, "?q=x&limit=0": 422, "?q=x&limit=21": 422, "?q=" + strings.Repeat("a", 81): 422, "?q=hhsc": 200} {
		if code, body := f.Ask(app, "", "/api/v1/landmarks/search"+path, ""); code != want {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Names.Put("place", "yinxing", portal.Name{Hans: "银杏社区", Hant: "銀杏社區", En: "Yinxing"})
	f.add(Content{Name: "荷花市场", Community: "hehua", Place: "x"})
	f.add(Content{Name: "市场", Community: "guangming", Place: "x"})
	f.add(Content{Name: "人民小学", Community: "hehua", Place: "x"})
	f.add(Content{Name: "人民小学", Community: "guangming", Place: "x"})
	for text, want := range map[string]string{
		"在荷花市场门口，路灯不亮": "hehua", "市场门口": "guangming", "人民小学门口": "", "银杏社区 3 号楼漏水": "yinxing", "銀杏社區": "yinxing", "": "", "不知道": "",
		"荷花市场对面的人民小学": "hehua",
	} {
		if got, ok := f.Locate(text); got != want || ok != (want != "") {
			t.Errorf("%q lies in %q, want %q", text, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.add(Content{Name: "荷花市场", Community: "hehua", Place: "x", Position: "30.259, 120.219"})
	f.add(Content{Name: "光明医院", Community: "guangming", Place: "x", Position: "30.259, 120.240"})
	f.add(Content{Name: "没有坐标", Community: "laochang", Place: "x"})
	for _, c := range []struct {
		lat, long int64
		want      string
	}{{30_259_100, 120_219_100, "hehua"}, {30_259_000, 120_232_000, "guangming"}, {30_285_000, 120_219_000, "hehua"}, {30_287_000, 120_219_000, ""}, {0, 0, ""}, {90_000_000, 180_000_000, ""}} {
		if got, ok := f.Near(c.lat, c.long); got != c.want || ok != (c.want != "") {
			t.Errorf("%d, %d lies in %q, want %q", c.lat, c.long, got, c.want)
		}
	}
}

// town is an index of many landmarks whose names are made of few characters.
func town(n int) *index {
	x := newIndex()
	words := []string{"荷花", "双桥", "银杏", "光明", "中心", "老厂", "铁路", "渔港", "新城", "松涛", "人民", "解放", "建设"}
	kinds := []string{"市场", "小学", "医院", "公交站", "花园", "大厦", "公园", "派出所"}
	for i := range n {
		m := &Landmark{Content: Content{Name: fmt.Sprintf("%s%s%d号%s", words[i%13], words[i/13%13], i, kinds[i%8]), Community: "c" + fmt.Sprint(i%500), Place: "x"}, Placed: true,
			Lat: 30_000_000 + int64(i%300)*1000, Long: 120_000_000 + int64(i/300)*1000}
		m.ID, m.Revision, m.State = fmt.Sprint(i), 1, "listed"
		x.put(m)
	}
	return x
}

// A search looks at no more landmarks when there are ten times as many.
func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	x := town(8_000)
	for _, q := range []string{"h", "号", "hh", "荷花", "荷花荷花", "sc", "1", "hao"} {
		found, looked := x.search(q, 8)
		if len(found) != 8 || looked > 2*(mostLooked+2*mostFound) {
			t.Errorf("%q: %d found, %d looked at", q, len(found), looked)
		}
	}
	exact := &Landmark{Content: Content{Name: "荷花", Community: "c"}}
	exact.ID, exact.Revision, exact.State = "exact", 1, "listed"
	x.put(exact)
	if found, _ := x.search("荷花", 8); found[0].ID != "exact" {
		t.Error("what is called exactly so is not found among many")
	}
	if found, looked := x.search("5345号", 8); len(found) != 1 || looked > 100 {
		t.Errorf("%d found, %d looked at", len(found), looked)
	}
}

// Whatever changes, what is listed is found by its whole name, and nothing else is.
func TestIndexFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, names := newIndex(), map[string]string{}
		for i, n := range rapid.SliceOfN(rapid.IntRange(0, 30), 1, 60).Draw(t, "which") {
			m := &Landmark{Content: Content{Name: rapid.StringOfN(rapid.RuneFrom([]rune("荷花市场重行乐a1")), 2, 6, -1).Draw(t, "name"), Community: "c"}}
			m.ID, m.Revision, m.State = fmt.Sprint(n), int64(i+1), "listed"
			names[m.ID] = fold(m.Name)
			if rapid.Bool().Draw(t, "retired") {
				m.State = "retired"
				delete(names, m.ID)
			}
			x.put(m)
			if i%7 == 0 {
				x.pack()
			}
		}
		for id, name := range names {
			found, _ := x.search(name, mostFound)
			if !slices.ContainsFunc(found, func(f Found) bool { return f.ID == id }) && len(found) < mostFound {
				t.Fatalf("%s %q is not found", id, name)
			}
			for _, f := range found {
				if names[f.ID] == "" {
					t.Fatalf("%s is found, and is not listed", f.ID)
				}
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	x := town(100_000)
	for _, q := range []string{"hhsc", "荷花市场", "99999号", "h", "光明路口"} {
		b.Run(q, func(b *testing.B) {
			for range b.N {
				x.search(q, 8)
			}
		})
	}
	b.Run("locate", func(b *testing.B) {
		rs := []rune(strings.Repeat("在荷花市场门口路灯不亮", 18))
		for range b.N {
			x.named(rs)
		}
	})
	b.Run("near", func(b *testing.B) {
		for range b.N {
			x.near(30_150_000, 120_150_000)
		}
	})
}
