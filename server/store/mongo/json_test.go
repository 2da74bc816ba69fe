package mongo

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func roundTrip(doc []byte) ([]byte, error) {
	d, err := fromJSON(doc)
	if err != nil {
		return nil, err
	}
	b, err := bson.Marshal(d)
	if err != nil {
		return nil, err
	}
	return toJSON(b)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"z":1,"a":2}`: "",
		`{"n":9007199254740993,"max":9223372036854775807,"min":-9223372036854775808}`: "",
		`{"beyond":18446744073709551615,"much":1234567890123456789012345678901234}`:   "",
		`{"price":88.50,"e":1e3}`: `{"price":88.5,"e":1000}`,
		`{"$date":{"$numberLong":"1"},"$oid":"x","＄":1,"＄$a":2,"":3,"a.b":4}`: "",
		`{"a":"x\u0000y","b":"</script>","c":"𠮷"}`:                            "",
		` { "a" : [ ] , "b" : { } , "c" : [null,true,[{}]] } `:                `{"a":[],"b":{},"c":[null,true,[{}]]}`,
	} {
		if want == "" {
			want = doc
		}
		if got, err := roundTrip([]byte(doc)); err != nil || string(got) != want {
			t.Errorf("%s came back as %s, %v", doc, got, err)
		}
	}
	for _, doc := range []string{``, `[]`, `1`, `null`, `{`, `{"a":}`, `{} {}`, `{"a":1e999}`} {
		if got, err := fromJSON([]byte(doc)); err == nil {
			t.Errorf("%s became %v", doc, got)
		}
	}
	dated, err := bson.Marshal(bson.D{{Key: "a", Value: bson.NewObjectID()}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := toJSON(dated); err == nil {
		t.Errorf("a type of BSON's own became %s", got)
	}
}

// FuzzJSON: whatever object a stranger writes comes back with the same meaning and order.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"$date":1,"a":{"＄":[1,2.5,"x",null,true]}}`))
	f.Add([]byte(`{"":{"":""},"b":-0.0,"c":12345678901234567890}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var before, after map[string]any
		if json.Unmarshal(doc, &before) != nil || before == nil || bytes.Contains(doc, []byte(`\u0000`)) {
			t.Skip()
		}
		got, err := roundTrip(doc)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if err := json.Unmarshal(got, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%s came back as %s, %v", doc, got, err)
		}
		again, err := roundTrip(got)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s came back a second time as %s, %v", got, again, err)
		}
	})
}
