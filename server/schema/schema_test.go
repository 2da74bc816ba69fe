package schema

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"gatehouse/server/fault"
)

type sample struct {
	Title string   `json:"title" form:"text,required,max=5"`
	Body  string   `json:"body" form:"longtext"`
	Kinds []string `json:"kinds" form:"choices,of=a b"`
	Total Fen      `json:"total" form:"money,min=1,required"`
	Start Date     `json:"start" form:"date"`
	Hours int64    `json:"hours" form:"number,max=744"`
	Sure  bool     `json:"sure" form:"check"`
	Rows  []line   `json:"rows" form:"rows,max=2"`
}

type line struct {
	Due    Date `json:"due" form:"date,required"`
	Amount Fen  `json:"amount" form:"money,min=1,required"`
}

func codes(err error) string {
	if err == nil {
		return ""
	}
	var out []string
	for _, f := range fault.As(err).Fields {
		out = append(out, f.Name+":"+strings.TrimPrefix(f.Code, "schema."))
	}
	if len(out) == 0 {
		return fault.As(err).Code
	}
	return strings.Join(out, " ")
}

func TestJSON(t *testing.T) {
	const ok = `"title":"abc","total":1`
	for name, c := range map[string]struct{ body, want string }{
		"good":              {`{` + ok + `}`, ""},
		"empty":             {``, "title:required total:required"},
		"unknown":           {`{` + ok + `,"x":1}`, "x:unknown_field"},
		"wrong types":       {`{"title":5,"total":"1"}`, "title:wrong_type total:wrong_type"},
		"fraction of a fen": {`{"title":"a","total":1.5}`, "total:wrong_type"},
		"negative money":    {`{"title":"a","total":-5}`, "total:negative"},
		"too long":          {`{"title":"abcdef","total":1}`, "title:too_long"},
		"blank":             {`{"title":"   ","total":1}`, "title:required"},
		"nul":               {`{"title":"a\u0000","total":1}`, "title:bad_text"},
		"turned direction":  {`{"title":"a\u202eb","total":1}`, "title:bad_text"},
		"bad date":          {`{` + ok + `,"start":"2026-02-30"}`, "start:bad_date"},
		"not an option":     {`{` + ok + `,"kinds":["a","c"]}`, "kinds:not_an_option"},
		"option twice":      {`{` + ok + `,"kinds":["a","a"]}`, "kinds:not_an_option"},
		"too many hours":    {`{` + ok + `,"hours":745}`, "hours:too_big"},
		"row":               {`{` + ok + `,"rows":[{"due":"2026-01-01","amount":1},{"due":"","amount":0}]}`, "rows.1.amount:required rows.1.due:required"},
		"rows":              {`{` + ok + `,"rows":[{"due":"2026-01-01","amount":1},{"due":"2026-01-01","amount":1},{"due":"2026-01-01","amount":1}]}`, "rows:too_many"},
		"not an object":     {`[1]`, ":wrong_type"},
		"two values":        {`{} {}`, ":wrong_type"},
		"name twice":        {`{"title":"a","title":"b","total":1}`, ":wrong_type"},
		"bad utf-8":         {"{\"title\":\"\xff\",\"total\":1}", "bad_utf8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Of[sample]("sample").JSON([]byte(c.body))
			if got := codes(err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestForm(t *testing.T) {
	in, err := Of[sample]("sample").Form(map[string][]string{"title": {" abc "}, "total": {"¥1,234.5"}, "kinds": {"a", "b"}, "sure": {"on"},
		"rows.0.due": {"2026-01-01"}, "rows.0.amount": {"2"}, "rows.1.due": {""}, "rows.1.amount": {" "}})
	if err != nil {
		t.Fatal(err)
	}
	got := in.(*sample)
	if got.Title != "abc" || got.Total != 123450 || !got.Sure || len(got.Kinds) != 2 || len(got.Rows) != 1 || got.Rows[0].Amount != 200 {
		t.Errorf("got %+v", got)
	}
	back, err := Of[sample]("sample").Form(Of[sample]("sample").Values(got))
	if err != nil || back.(*sample).Total != got.Total || back.(*sample).Rows[0] != got.Rows[0] {
		t.Errorf("values do not read back: %+v %v", back, err)
	}
	_, err = Of[sample]("sample").Form(map[string][]string{"title": {"a"}, "total": {"12.345"}, "hours": {"x"}})
	if got := codes(err); got != "total:bad_money hours:not_a_number" {
		t.Errorf("got %q", got)
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"title":"a","total":1}`, `{"rows":[{}]}`, `{"title":null}`, `[`, ``, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := Of[sample]("sample").JSON(b)
		if (err == nil) == (in == nil) {
			t.Fatal("either a value or a fault")
		}
		if err != nil && fault.As(err).Kind != fault.Invalid {
			t.Fatal(err)
		}
	})
}

// FuzzForm: whatever is in a form, it is a value or a wrong input, and a value
// that was read is written and read again as itself.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"title=a&total=12.30&hours=8", "title=", "rows.0.name=x&rows.9999999999.name=y", "rows.-1.x=1", "total=1e9", "title=%00", "hours=%ef%bc%91", "title=a&title=b", "%ff=%ff"} {
		f.Add(s)
	}
	typ := Of[sample]("sample")
	f.Fuzz(func(t *testing.T, s string) {
		values, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		in, err := typ.Form(values)
		if (err == nil) == (in == nil) {
			t.Fatal("either a value or a fault")
		}
		if err != nil {
			if fault.As(err).Kind != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := typ.JSON(b); err != nil || !reflect.DeepEqual(in, again) {
			t.Fatalf("%s reads back as %+v: %v", b, again, err)
		}
	})
}

// TestRedeem proves that files are replaced in the input alone: the list it
// came with may be somebody else's too.
func TestRedeem(t *testing.T) {
	type withFiles struct {
		Proof []File `json:"proof" form:"files"`
	}
	given := []File{{Receipt: "r"}}
	in := &withFiles{given}
	err := Of[withFiles]("with_files").Redeem(in, func(name string, f File) (File, error) {
		return File{Hash: name + " " + f.Receipt}, nil
	})
	if err != nil || in.Proof[0].Hash != "proof r" || given[0] != (File{Receipt: "r"}) {
		t.Errorf("redeemed %+v of %+v: %v", in.Proof, given, err)
	}
}
