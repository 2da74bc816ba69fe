package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// readers are people of every kind in the demo city; "" is nobody.
var readers = []string{"", "hehua", "hehua2", "tielu", "liuxi", "wanghai", "civil-affairs", "justice", "fire.clerk", "office", "office1", "conference", "finance",
	"emergency", "wuye", "operator1", "dispatcher", "hotline", "callback1", "review", "auditor", "admin"}

// few of them, for a look at each push; the first three for one before a commit.
var few = []string{"", "hehua", "office1", "civil-affairs", "fire.clerk", "operator1", "wuye", "admin"}

// nowhere is the id of no case, and as long as one.
const nowhere = "00000000-0000-7000-8000-000000000000"

// reader is somebody who follows links.
type reader struct {
	login, cookie string
	actor         lifecycle.Actor
	seen          map[string]bool // cases by plural/id, as the gate has said
}

// owner is the case that an id, a number or a text belongs to.
type owner struct {
	desk portal.AnyResource
	id   string
}

func (o owner) String() string { return o.desk.Plural() + "/" + o.id }

// crawler reads the portal as everybody, and knows what the gate would show to whom.
type crawler struct {
	*testing.T
	*site
	readers []*reader
	most    int // pages of one kind that one reader looks at
	byID    map[string]owner
	secret  map[string]owner // number, title or text of one case and of no other
	pages   map[string]bool  // every address somebody was led to
	forms   map[string]form  // by where they go, one of each kind
	asked   int
	leaks   int
	fails   int
}

// form is what somebody found on a page to send.
type form struct {
	by     *reader
	action string
	values url.Values
	files  bool
}

func newCrawler(t *testing.T, p *site, most int, logins []string) *crawler {
	c := &crawler{T: t, site: p, most: most, byID: map[string]owner{}, secret: map[string]owner{}, pages: map[string]bool{}, forms: map[string]form{}}
	for _, login := range logins {
		r := &reader{login: login, seen: map[string]bool{}}
		if login != "" {
			id, ok := p.People.ID(login)
			if !ok {
				t.Fatalf("the demo city has no %s", login)
			}
			r.actor, r.cookie = lifecycle.Actor{ID: id}, p.signIn(t, login)
		}
		c.readers = append(c.readers, r)
	}
	c.learn()
	return c
}

// learn reads all cases, past the gate, and notes the texts that stand in one only.
func (c *crawler) learn() {
	many := map[string]bool{}
	note := func(text string, o owner) {
		if was, ok := c.secret[text]; ok && was.String() != o.String() {
			many[text] = true
		}
		c.secret[text] = o
	}
	for _, d := range c.Portal.Resources() {
		q := store.Query{Sort: "id", Limit: store.MaxLimit}
		for {
			rows, err := c.Portal.Store.Find(context.Background(), d.Plural(), q)
			if err != nil {
				c.Fatal(err)
			}
			for _, row := range rows {
				o := owner{d, row.ID}
				if caseID.MatchString(row.ID) {
					c.byID[row.ID] = o
				}
				var doc any
				json.Unmarshal(row.Doc, &doc)
				texts(doc, func(s string) { note(s, o) })
				if m, _ := doc.(map[string]any); m["code"] != nil && m["title"] != nil {
					note(fmt.Sprint(m["code"], " ", m["title"]), o) // what people choose from
				}
			}
			if len(rows) < q.Limit {
				break
			}
			q.After = &store.Cursor{ID: rows[len(rows)-1].ID}
		}
	}
	maps.DeleteFunc(c.secret, func(text string, _ owner) bool { return many[text] })
}

// texts gives the texts of a document that are long enough to be its own.
func texts(v any, each func(string)) {
	switch v := v.(type) {
	case string:
		if s := strings.TrimSpace(v); loose.MatchString(s) || len([]rune(s)) >= 8 && han.MatchString(s) {
			each(s)
		}
	case []any:
		for _, x := range v {
			texts(x, each)
		}
	case map[string]any:
		for _, x := range v {
			texts(x, each)
		}
	}
}

// sees asks the gate, once for each case.
func (c *crawler) sees(r *reader, o owner) bool {
	was, ok := r.seen[o.String()]
	if !ok {
		a, err := o.desk.Access(context.Background(), r.actor, o.id, "")
		if err != nil {
			c.Fatal(err)
		}
		was, r.seen[o.String()] = a.Sees, a.Sees
	}
	return was
}

// read asks for a page as a reader and looks at all that stands on it.
func (c *crawler) read(r *reader, path string) answer {
	c.Helper()
	c.asked++
	a := c.hit(c, "GET", path, "", nil, "Cookie", r.cookie, "Content-Type", "")
	if a.status >= 500 {
		c.fails++
		c.Errorf("%q: %s answers %d", r.login, path, a.status)
	}
	for _, o := range c.leaked(r, path, a) {
		c.leaks++
		c.Errorf("LEAK: %q may not see %s and reads of it at %s", r.login, o, path)
	}
	return a
}

// own is part of an address that whoever asks has brought along.
func own(path, text string) bool {
	u, err := url.QueryUnescape(path)
	return strings.Contains(path, text) || err == nil && strings.Contains(u, text)
}

// leaked gives the cases of which an answer tells what the gate would not show:
// an id, a number, or a text that stands in no other case.
func (c *crawler) leaked(r *reader, path string, a answer) (out []string) {
	told := func(text string, o owner, ok bool) {
		if ok && quotes[section(path)] != o.desk.Plural() && !own(path, text) && !c.sees(r, o) {
			out = append(out, o.String()+" ("+text+")")
		}
	}
	for _, id := range caseID.FindAllString(a.raw, -1) {
		o, ok := c.byID[id]
		told(id, o, ok && o.desk.Plural() != "users")
	}
	for _, s := range words(a) {
		o, ok := c.secret[s]
		told(s, o, ok && o.desk.Plural() != "users" && !(loose.FindString(s) == s && slices.Contains(cites[section(path)], o.desk.Plural())))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	loose = regexp.MustCompile(`[A-Z]{2}-[0-9]{4}-[0-9]{5}`)
	han   = regexp.MustCompile(`\p{Han}{3}`)
)

// cites are cases that name another by its number, which a decision about
// somebody must, for those as well who may not see the other.
var cites = map[string][]string{
	"withdrawals": {"rectifications"},                        // the order that was not followed (R11)
	"items":       {"refusals"},                              // what a part stands still for (R36)
	"books":       {"payments", "sheets", "uses", "refunds"}, // the source of each line
}

// quotes are cases whose owner reads an answer given in another: a
// knowledge article's, to bring it up to date (R64).
var quotes = map[string]string{"articles": "orders"}

// section is the first part of an address.
func section(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/api/v1"), "/")
	return path[:min(len(path), max(strings.IndexAny(path+"/", "/?."), 0))]
}

// words are the texts of an answer, each by itself, and the numbers in them.
func words(a answer) (out []string) {
	if a.body != nil {
		texts(map[string]any(a.body), func(s string) { out = append(out, s) })
	} else if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		z := html.NewTokenizer(strings.NewReader(a.raw))
		for {
			switch z.Next() {
			case html.ErrorToken:
				return append(out, loose.FindAllString(a.raw, -1)...)
			case html.TextToken:
				texts(string(html.UnescapeString(string(z.Raw()))), func(s string) { out = append(out, s) })
			}
		}
	} else {
		for line := range strings.Lines(a.raw) {
			for cell := range strings.SplitSeq(line, ",") {
				texts(strings.Trim(strings.TrimSpace(cell), `"`), func(s string) { out = append(out, s) })
			}
		}
	}
	return append(out, loose.FindAllString(a.raw, -1)...)
}

// follow reads as one person what the links lead to, a few pages of each kind,
// and notes the forms.
func (c *crawler) follow(r *reader) {
	queue, kinds, met := []string{"/tasks", "/", "/verify", "/lifecycles"}, map[string]int{}, map[string]bool{}
	for _, d := range c.Portal.Resources() {
		queue = append(queue, "/"+d.Plural(), "/"+d.Plural()+".csv")
	}
	for ; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		kind, limit := kindOf(path)
		if limit > 1 {
			limit = c.most
		}
		if met[path] || kinds[kind] >= limit || strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/live") {
			continue
		}
		met[path] = true
		kinds[kind]++
		a := c.read(r, path)
		if a.status != 200 {
			continue
		}
		c.pages[path] = true
		if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			links, forms := parse(c, a.raw, path)
			for _, f := range forms {
				kind, _ := kindOf(f.action)
				if _, ok := c.forms[kind]; !ok {
					f.by = r
					c.forms[kind] = f
				}
			}
			queue = append(queue, links...)
		}
	}
}

// parse gives the addresses of this portal that a page leads to, and its forms.
func parse(t testing.TB, page, at string) (links []string, forms []form) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(at)
	if err != nil {
		return nil, nil
	}
	here := func(to string) (string, bool) {
		u, err := base.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" {
			return "", false
		}
		u.Fragment = ""
		return u.String(), true
	}
	var walk func(n *html.Node, in *form)
	walk = func(n *html.Node, in *form) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "a":
				if to, ok := here(attr(n, "href")); ok {
					links = append(links, to)
				}
			case "form":
				if to, ok := here(cmp.Or(attr(n, "action"), at)); ok && strings.EqualFold(attr(n, "method"), "post") {
					in = &form{action: to, values: url.Values{}, files: attr(n, "enctype") != ""}
					defer func(f *form) { forms = append(forms, *f) }(in)
				}
			}
			if in != nil {
				in.field(n)
			}
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			walk(k, in)
		}
	}
	walk(root, nil)
	return links, forms
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// field fills one input of a form with something likely.
func (f *form) field(n *html.Node) {
	name, value := attr(n, "name"), attr(n, "value")
	if name == "" {
		return
	}
	switch n.Data {
	case "input":
		switch kind := attr(n, "type"); {
		case kind == "radio" || kind == "checkbox":
			if !f.values.Has(name) {
				f.values.Set(name, cmp.Or(value, "on"))
			}
			return
		case kind == "file" || kind == "submit":
			return
		case value != "":
		case kind == "date":
			value = today.AddDate(0, 1, 0).Format("2006-01-02")
		case kind == "number" || attr(n, "inputmode") == "numeric" || attr(n, "inputmode") == "decimal":
			value = "1"
		default:
			value = "巡检"
		}
		f.values.Set(name, value)
	case "textarea":
		f.values.Set(name, "巡检时填写的文字。")
	case "select":
		for o := range n.Descendants() {
			if o.Type == html.ElementNode && o.Data == "option" && attr(o, "value") != "" {
				f.values.Set(name, attr(o, "value"))
				return
			}
		}
	}
}

var (
	mayDiffer = regexp.MustCompile(`nonce="[^"]*"|name="(_csrf|_key)" value="[^"]*"|(?:编号|編號|number)[^<]{0,40}`)
)

// sameAnswer tells whether two answers differ in nothing but the id that was asked
// for, the request's number and what is drawn anew for every page.
func sameAnswer(a answer, id string, b answer) bool {
	norm := func(a answer, id string) string {
		s := strings.ReplaceAll(a.raw, id, nowhere)
		if n := a.header.Get("X-Request-Id"); n != "" {
			s = strings.ReplaceAll(s, n, "")
		}
		return mayDiffer.ReplaceAllString(s, "")
	}
	return a.status == b.status && norm(a, id) == norm(b, nowhere)
}

// replay reads every address as everybody. Who may not see a case gets what
// they would get were it not there.
func (c *crawler) replay() {
	for _, path := range slices.Sorted(maps.Keys(c.pages)) {
		id := caseID.FindString(path)
		o, isCase := c.byID[id]
		isCase = isCase && strings.HasPrefix(path, "/"+o.String())
		for _, r := range c.readers {
			at := []string{path}
			if isCase && path == "/"+o.String() {
				at = append(at, "/api/v1"+path)
			} else if d := strings.TrimPrefix(path, "/"); slices.Contains(c.plurals(), d) {
				at = append(at, "/api/v1"+path)
			}
			for _, path := range at {
				a := c.read(r, path)
				if !isCase || c.sees(r, o) {
					continue
				}
				if a.status < 400 && a.header.Get("Location") == "" {
					c.leaks++
					c.Errorf("LEAK: %q may not see %s and %s answers %d", r.login, o, path, a.status)
				}
				if b := c.hit(c, "GET", strings.ReplaceAll(path, id, nowhere), "", nil, "Cookie", r.cookie, "Content-Type", ""); !sameAnswer(a, id, b) {
					c.leaks++
					c.Errorf("LEAK: %q learns at %s that %s is there:\n%d %.600s\n%d %.600s", r.login, path, o, a.status, tail(a.raw), b.status, tail(b.raw))
				}
			}
		}
	}
}

func tail(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		return s[i:]
	}
	return s
}

// submit sends every kind of form that was found, as who found it, and then as
// everybody who may not see the case it is about.
func (c *crawler) submit() {
	for _, kind := range slices.Sorted(maps.Keys(c.forms)) {
		f := c.forms[kind]
		if slices.ContainsFunc([]string{"/signout", "/signin", "/me/"}, func(p string) bool { return strings.HasPrefix(f.action, p) }) || f.files && f.by.login != "" {
			continue
		}
		c.send1(f.by, f)
		o, ok := c.byID[caseID.FindString(f.action)]
		if !ok || !strings.HasPrefix(f.action, "/"+o.String()+"/") {
			continue
		}
		for _, r := range c.readers {
			if r.seen = map[string]bool{}; r.login == "" || c.sees(r, o) {
				continue
			}
			if a := c.send1(r, f); a.status != 404 {
				c.leaks++
				c.Errorf("LEAK: %q may not see %s and sends to %s: %d", r.login, o, f.action, a.status)
			}
		}
	}
}

// send1 sends a form as somebody, with their own token.
func (c *crawler) send1(r *reader, f form) answer {
	v := maps.Clone(f.values)
	if r.cookie != "" {
		if m := hidden.FindStringSubmatch(c.hit(c, "GET", "/me", "", nil, "Cookie", r.cookie).raw); m != nil {
			v.Set("_csrf", m[1])
		}
	}
	c.asked++
	a := c.hit(c, "POST", f.action, "", []byte(v.Encode()), "Cookie", r.cookie, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	if a.status >= 500 {
		c.fails++
		c.Errorf("%q sends %s: %d", r.login, f.action, a.status)
	}
	return a
}

// TestNoLeakAnywhere: everybody follows every link and asks for every address
// that anybody was led to; nobody reads of a case that the gate would not show.
// Ring 1 goes as three people, ring 2 as eight, ring 3 as all kinds of people to
// twelve pages of each kind.
func TestNoLeakAnywhere(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	c := newCrawler(t, p, portaltest.Sized(1, 1, 12), portaltest.Sized(few[:3], few, readers))
	for _, r := range c.readers {
		c.follow(r)
	}
	c.replay()
	c.submit()
	for _, d := range p.Portal.Resources() {
		if _, broken, err := lifecycle.Verify(context.Background(), p.Portal.Store, d.Plural()); broken != nil || err != nil {
			t.Errorf("%s: %v %v", d.Plural(), broken, err)
		}
	}
	t.Logf("FIGURES crawler: %d readers, %d addresses, %d requests, %d kinds of forms, leaks %d, 5xx %d", len(c.readers), len(c.pages), c.asked, len(c.forms), c.leaks, c.fails)
	if len(c.pages) < portaltest.Sized(150, 300, 300) || len(c.forms) < 30 {
		t.Error("too little was read")
	}
}
