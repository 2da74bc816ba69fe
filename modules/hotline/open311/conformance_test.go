package open311

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func TestDiscovery(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.same("/open311/discovery")
	f.same("/open311/v2/services")
	f.same("/open311/v2/services/103")
	_, body, _ := f.get("/open311/discovery.json")
	for _, want := range []string{`"http://wiki.open311.org/GeoReport_v2"`, `"formats":["text/xml","application/json"]`, `"endpoints":[{`, `/open311/v2"`, servicesChanged} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
	if at, err := time.Parse(time.RFC3339, servicesChanged); err != nil || !strings.HasSuffix(servicesChanged, "Z") || at.After(time.Now()) {
		t.Error(servicesChanged, err)
	}
}

// Whoever changes a service changes the changeset: programs keep what they read.
func TestChangesetFollowsServices(t *testing.T) {
	h := sha256.New()
	for _, s := range offered() {
		fmt.Fprintln(h, s.Code, s.Class, attributes[s.Code])
	}
	const digest = "26d9a9b4812c9b3f"
	if got := hex.EncodeToString(h.Sum(nil)[:8]); got != digest {
		t.Errorf("the services have changed: write today into servicesChanged, and %q here", got)
	}
}

// The public validators' rules on services, restated.
func TestServices(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, body, _ := f.get("/open311/v2/services.json")
	var all []service
	if err := json.Unmarshal([]byte(body), &all); err != nil || len(all) == 0 {
		t.Fatal(err, body)
	}
	for _, s := range all {
		if s.Code == "" || s.Name == "" || !slices.Contains([]string{"realtime", "batch", "blackbox"}, s.Type) {
			t.Errorf("%+v", s)
		}
		status, def, _ := f.get("/open311/v2/services/" + s.Code + ".json")
		if s.Metadata != (status == 200) {
			t.Errorf("%s: metadata %v, definition %d", s.Code, s.Metadata, status)
		}
		var d definition
		if status == 200 && (json.Unmarshal([]byte(def), &d) != nil || d.Code != s.Code) {
			t.Error(def)
		}
		for _, a := range d.Attributes {
			if !slices.Contains([]string{"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}, a.Datatype) || a.Description == "" ||
				strings.HasSuffix(a.Datatype, "list") != (len(a.Values) > 0) {
				t.Errorf("%s: %+v", s.Code, a)
			}
		}
	}
	for _, path := range []string{"services/999", "services/701", "services/901"} {
		for _, format := range []string{".json", ".xml"} {
			if status, body, _ := f.get("/open311/v2/" + path + format); status != 404 || !strings.Contains(body, "404") {
				t.Errorf("%s%s: %d %s", path, format, status, body)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	f := open(t)
	key := f.secret()
	lamp := func(pairs ...string) string {
		v := url.Values{"api_key": {key}, "service_code": {"101"}, "lat": {"1"}, "long": {"1"}}
		for i := 0; i+1 < len(pairs); i += 2 {
			if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
				v.Del(pairs[i])
			}
		}
		return v.Encode()
	}
	for _, c := range []struct {
		name, method, path, body, says string
		code                           int
	}{
		{"no key", "POST", "requests", lamp("api_key", ""), "api_key", 403},
		{"a wrong key", "POST", "requests", lamp("api_key", key+"0"), "api_key", 403},
		{"a key in the address", "POST", "requests?api_key=" + key, lamp("api_key", ""), "api_key", 403},
		{"no service", "POST", "requests", lamp("service_code", ""), "service_code", 400},
		{"an unknown service", "POST", "requests", lamp("service_code", "9"), "service_code", 404},
		{"a service about persons", "POST", "requests", lamp("service_code", "702"), "service_code", 404},
		{"nowhere", "POST", "requests", lamp("lat", "", "long", ""), "address_string", 400},
		{"half a spot", "POST", "requests", lamp("long", ""), "long", 400},
		{"off the globe", "POST", "requests", lamp("lat", "91", "long", "NaN"), "lat", 400},
		{"no such landmark", "POST", "requests", lamp("lat", "", "long", "", "address_id", "DM-1"), "address_id", 400},
		{"a required attribute is missing", "POST", "requests", lamp("service_code", "103"), "attribute[STATE]", 400},
		{"a value that is no option", "POST", "requests", lamp("service_code", "103", "attribute[STATE]", "x"), "attribute[STATE]", 400},
		{"too long", "POST", "requests", lamp("description", strings.Repeat("灯", 4001)), "description", 400},
		{"a picture among our own files", "POST", "requests", lamp("media_url", "file:///etc/passwd"), "media_url", 400},
		{"no phone", "POST", "requests", lamp("phone", "x"), "phone", 400},
		{"no UTF-8", "POST", "requests", lamp("description", "\xff\xfe"), "", 400},
		{"another city", "POST", "requests", lamp("jurisdiction_id", "boston"), "jurisdiction_id", 404},
		{"another city's services", "GET", "services?jurisdiction_id=x", "", "jurisdiction_id", 404},
		{"an unknown request", "GET", "requests/GD-9", "", "service_request_id", 404},
		{"an unknown token", "GET", "tokens/1-00", "", "", 404},
		{"a status there is not", "GET", "requests?status=done", "", "status", 400},
		{"no date", "GET", "requests?start_date=noon", "", "start_date", 400},
		{"too many days", "GET", "requests?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", "", "end_date", 400},
		{"page zero", "GET", "requests?page=0", "", "page", 400},
		{"a page beyond the rows", "GET", "requests?page=30&page_size=500", "", "page", 400},
	} {
		for _, format := range []string{".json", ".xml"} {
			path, query, _ := strings.Cut(c.path, "?")
			code, body, _ := f.ask(c.method, "/open311/v2/"+path+format+"?"+query, c.body)
			shape := fmt.Sprintf(`"code":%d`, c.code)
			if format == ".xml" {
				shape = fmt.Sprintf("<errors><error><code>%d</code><description>", c.code)
			}
			if code != c.code || !strings.Contains(body, shape) || !strings.Contains(body, c.says) {
				t.Errorf("%s%s: %d %s", c.name, format, code, body)
			}
		}
	}
	if n := f.filed(); n > 0 {
		t.Error("something was filed", n)
	}
	if code, body, _ := f.get("/open311/v2/services/103"); code != 404 || !strings.Contains(body, "<errors>") {
		t.Error("no format", code, body)
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	f := open(t)
	code, body := f.post("json", "service_code", "302", "lat", "29.8712", "long", "121.5431", "description", "半夜施工 <b>&\x00 😀", "attribute[WHEN][]", "evening", "attribute[WHEN][]", "night",
		"media_url", "http://127.0.0.1:1/a.png", "first_name", "芳", "last_name", "周", "phone", "00013800001", "email", "a@b.example")
	o, _ := f.Newest()
	if code != 201 || !strings.Contains(body, `"service_request_id":"`+o.No+`"`) || !strings.Contains(body, f.Orders.PIN(o.ID)) || strings.Contains(body, `"token"`) || !strings.Contains(body, `"account_id":null`) {
		t.Fatal(code, body)
	}
	want := orders.Said{Words: "半夜施工 <b>& 😀\n什么时候吵：晚上、夜里\n照片地址（未核对）：http://127.0.0.1:1/a.png", Place: "29.871200, 121.543100", Lat: 29871200, Long: 121543100}
	phone, name, err := f.Orders.Contact(context.Background(), o.ID)
	if fmt.Sprint(o.Said) != fmt.Sprint(want) || o.Category != "302" || o.Community != "hehua" || o.Channel != "open311" || phone != "00013800001" || name != "周芳" || err != nil {
		t.Errorf("%+v %+v %s %s %v\nwant %+v", o.Said, o.Sorted, phone, name, err, want)
	}
	t.Run("the same again is the same, and tells no PIN", func(t *testing.T) {
		args := []string{"service_code", "101", "address_string", "银杏大道 12 号", "description", "灯不亮"}
		_, first := f.post("json", args...)
		code, again := f.post("xml", args...)
		o, all := f.Newest()
		if pin := f.Orders.PIN(o.ID); code != 201 || !strings.Contains(first, o.No) || !strings.Contains(first, pin) || !strings.Contains(again, "<service_request_id>"+o.No+"</service_request_id>") || strings.Contains(again, pin) {
			t.Error(first, again)
		}
		if o.Community != "yinxing" || all != 2 {
			t.Error(o.Community, all)
		}
	})
	t.Run("without words the service is named", func(t *testing.T) {
		code, body := f.post("json", "service_code", "103", "address_id", "DM-2026-00001", "attribute[STATE]", "missing")
		if o, _ := f.Newest(); code != 201 || o.Words != "井盖缺损\n井盖怎么了：没了" || o.Place != "荷花路 18 号" {
			t.Error(code, body, o.Said)
		}
	})
	t.Run("four thousand characters are taken", func(t *testing.T) {
		if code, body := f.post("xml", "service_code", "101", "lat", "1", "long", "1", "description", strings.Repeat("灯", 4000)); code != 201 {
			t.Error(code, body)
		}
	})
	t.Run("a form in parts", func(t *testing.T) {
		part := func(name, value string) string {
			return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
		}
		r := httptest.NewRequest("POST", "/open311/v2/requests.json", strings.NewReader(part("api_key", f.secret())+part("service_code", "101")+part("address_string", "荷花路")+"--x--\r\n"))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if res, err := f.app.Test(r, -1); err != nil || res.StatusCode != 201 {
			t.Error(err, res)
		}
	})
}

// A dispute is read by somebody first: a token, and then the number.
func TestToken(t *testing.T) {
	t.Parallel()
	f := open(t)
	code, body := f.post("json", "service_code", "403", "lat", "1", "long", "1", "description", "楼顶搭建")
	var got []struct {
		ID    *string `json:"service_request_id"`
		Token string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || code != 201 || got[0].ID != nil || got[0].Token == "" {
		t.Fatal(code, body, err)
	}
	at := "/open311/v2/tokens/" + got[0].Token
	f.same(at)
	if _, body, _ := f.get(at + ".json"); !strings.Contains(body, `"service_request_id":null`) {
		t.Error(body)
	}
	o, _ := f.Newest()
	if code, _, _ := f.get("/open311/v2/requests/" + o.No + ".json"); code != 404 {
		t.Error("its number is there already", code)
	}
	f.Act(o, "op1", "triage", map[string]any{"category": "403", "type": "help", "community": "hehua"})
	if _, body, _ := f.get(at + ".json"); !strings.Contains(body, `"service_request_id":"`+o.No+`"`) {
		t.Error(body)
	}
	if code, _, _ := f.get(at + "0.json"); code != 404 {
		t.Error("a forged token", code)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	f := open(t)
	at := f.Now().Add(-48 * time.Hour)
	like := func(id string, change func(*orders.Order)) {
		o := orders.Order{Case: lifecycle.Case{Meta: store.Meta{ID: id}, No: "GD-" + id, State: "signed", OpenedAt: at, ChangedAt: at.Add(time.Hour), Deadlines: []lifecycle.Deadline{{Name: "handle", Due: at.Add(72 * time.Hour)}}},
			Said: orders.Said{Words: "灯不亮，打我 138 0000 0001", Place: "荷花路 18 号", Lat: 29871234, Long: 121543149}, Sorted: orders.Sorted{Type: "help", Category: "101", Community: "hehua"}, Channel: "phone"}
		o.Unit = "fire"
		change(&o)
		f.Put(o)
	}
	like("1", func(o *orders.Order) {})
	like("2", func(o *orders.Order) {
		closed := at.Add(2 * time.Hour)
		o.OpenedAt, o.State, o.Category, o.Place, o.Answer, o.ClosedAt = at.Add(-time.Minute), "closed", "402", "1 幢 101 室", "已修", &closed
	})
	like("3", func(o *orders.Order) { o.Confidential = true })
	like("4", func(o *orders.Order) { o.Channel, o.State = "open311", "new" })
	like("5", func(o *orders.Order) { o.Category = "702" })

	f.same("/open311/v2/requests/GD-1")
	f.same("/open311/v2/requests")
	read := func(path string) (out []map[string]any) {
		t.Helper()
		code, body, _ := f.get("/open311/v2/" + path)
		if err := json.Unmarshal([]byte(body), &out); err != nil || code != 200 {
			t.Fatal(code, body, err)
		}
		return out
	}
	one := read("requests/GD-1.json")[0]
	for k, want := range map[string]any{"status": "open", "service_code": "101", "lat": 29.871, "long": 121.543, "media_url": nil, "address_id": nil,
		"requested_datetime": at.Format(time.RFC3339), "expected_datetime": at.Add(72 * time.Hour).Format(time.RFC3339)} {
		if one[k] != want {
			t.Errorf("%s: %v, want %v", k, one[k], want)
		}
	}
	if s := fmt.Sprint(one); strings.Contains(s, "0001") || !strings.Contains(s, "荷花路 18 号") || one["agency_responsible"] == nil {
		t.Error("a phone is told, or no place", s)
	}
	two := read("requests/GD-2.json")[0]
	if two["status"] != "closed" || two["updated_datetime"] != at.Add(2*time.Hour).Format(time.RFC3339) || strings.Contains(fmt.Sprint(two), "101 室") {
		t.Error(two)
	}
	for _, no := range []string{"GD-3", "GD-5", "1", "GD-9"} {
		if code, body, _ := f.get("/open311/v2/requests/" + no + ".xml"); code != 404 {
			t.Errorf("%s: %d %s", no, code, body)
		}
	}
	if four := read("requests/GD-4.json")[0]; four["description"] != nil || four["address"] != nil || four["lat"] != nil || four["status"] != "open" {
		t.Error("what nobody has read is told", four)
	}
	for path, want := range map[string]string{"requests.json": "GD-1 GD-2", "requests.json?status=closed": "GD-2", "requests.json?status=open,closed&service_code=101": "GD-1",
		"requests.json?service_request_id=GD-2,GD-1,GD-5&status=open": "GD-1 GD-2", "requests.json?page=2&page_size=1": "GD-2", "requests.json?page=3&page_size=2": "", "requests.json?page=2": "", "requests.json?page=1": "GD-1 GD-2", "requests.json?page_size=2": "GD-1 GD-2",
		"requests.json?start_date=" + url.QueryEscape(f.Now().Format(time.RFC3339)): ""} {
		var nos []string
		for _, r := range read(path) {
			nos = append(nos, r["service_request_id"].(string))
		}
		if got := strings.Join(nos, " "); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx := context.Background()
	file := func(key string) int {
		code, _, _ := f.ask("POST", "/open311/v2/requests.json", url.Values{"api_key": {key}, "service_code": {"101"}, "address_string": {"x"}}.Encode())
		return code
	}
	act := func(by, name string) error {
		k, err := f.Keys.Engine.Act(ctx, portaltest.As(by), f.key.ID, name, nil, lifecycle.Opts{})
		if err == nil {
			f.key = k
		}
		return err
	}
	old := f.secret()
	if act("chief", "rotate") == nil || act("admin", "rotate") != nil {
		t.Error("who replaces a key")
	}
	if file(old) != 201 || file(f.secret()) != 201 {
		t.Error("both hold for a day")
	}
	if err := act("admin", "rotate"); fault.As(err).Code != "api_key.replaced_today" || file(old) != 201 {
		t.Error("a second new key takes the first one's day away", err)
	}
	f.Pass(25 * time.Hour)
	if file(old) != 403 || file(f.secret()) != 201 {
		t.Error("the old one is over")
	}
	for by, may := range map[string]bool{"admin": true, "chief": false, "auditor": false} {
		if s, err := f.Secret(ctx, portaltest.As(by), f.key.ID); (err == nil && s == f.secret()) != may {
			t.Errorf("%s: %q %v", by, s, err)
		}
	}
	if err := act("admin", "revoke"); err != nil {
		t.Fatal(err)
	}
	if file(f.secret()) != 403 {
		t.Error("a revoked key files")
	}
}

func TestFlood(t *testing.T) {
	t.Parallel()
	f := open(t)
	last, body := 0, ""
	for i := range mostFiled.N + 1 {
		last, body = f.post("xml", "service_code", "101", "address_string", fmt.Sprint("路口 ", i))
	}
	if last != 429 || !strings.Contains(body, "<errors><error><code>429</code>") || f.filed() != mostFiled.N {
		t.Error(last, body, f.filed())
	}
}

// Whatever bytes come, the answer is one of the standard's.
func FuzzSubmit(f *testing.F) {
	x := open(f)
	for _, s := range []string{"service_code=101&lat=1&long=1", "service_code=103&attribute[STATE]=missing&address_string=x", "service_code=302&attribute[WHEN][]=day&lat=1e400&long=-0", "%ff=%00&=&&", "lat=0x1p-2&long=1_0&service_code=205",
		"service_code=101&address_string=" + strings.Repeat("%F0%9F%98%80", 300), `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		x.t, x.app = t, x.serve() // which counts anew
		code, out, _ := x.ask("POST", "/open311/v2/requests.xml", "api_key="+x.secret()+"&"+body)
		var n node
		if err := xml.Unmarshal([]byte(out), &n); err != nil || !slices.Contains([]int{201, 400, 403, 404}, code) {
			t.Errorf("%d %v %s", code, err, out)
		}
	})
}

// What is hidden leaves no gap: a page of two holds two.
func TestPagesAreFull(t *testing.T) {
	t.Parallel()
	f := open(t)
	for i := range 9 {
		category := "901" // nothing about homes is told
		if i%3 == 0 {
			category = "101"
		}
		id := fmt.Sprint(i)
		f.Put(orders.Order{Case: lifecycle.Case{Meta: store.Meta{ID: id}, No: "GD-" + id, State: "dispatched", OpenedAt: f.Now().Add(-time.Duration(i) * time.Minute), ChangedAt: f.Now()},
			Said: orders.Said{Words: "路灯不亮"}, Sorted: orders.Sorted{Type: "help", Category: category}})
	}
	var got []map[string]any
	_, body, _ := f.get("/open311/v2/requests.json?page_size=2")
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got) != 2 || got[1]["service_request_id"] != "GD-3" {
		t.Error(body, err)
	}
}

// A query of any bytes is answered, never with a mistake of ours.
func FuzzRequests(f *testing.F) {
	for _, s := range []string{"status=open,closed", "start_date=2026-03-01T00:00:00+08:00&end_date=2026-03-02", "page=2&page_size=50", "service_request_id=,,&service_code=101", "updated_after=x", "%00=%ff&page=9223372036854775808"} {
		f.Add(s)
	}
	x := open(f)
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 1000 { // the server's own bound on a request's head
			return
		}
		c := url.URL{Path: "/open311/v2/requests.json", RawQuery: url.PathEscape(query)}
		for _, raw := range []string{c.String(), "/open311/v2/requests.xml?" + strings.Map(func(r rune) rune {
			if r <= ' ' || r > '~' || r == '#' {
				return -1
			}
			return r
		}, query)} {
			if _, err := url.ParseRequestURI(raw); err != nil {
				continue
			}
			y := *x
			y.t = t // whoever asks is the one that fails
			if code, body, _ := y.get(raw); code >= 500 {
				t.Errorf("%q: %d %s", query, code, body)
			}
		}
	})
}
