package open311

import (
	"strings"
	"testing"
)

// What ADR 0017 says is never told is not told by another way either.
func TestNothingLeaksThroughWords(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.post("json", "service_code", "302", "lat", "29.871234", "long", "121.543156", "description", "夜里吵，请写信给 zhou@b.example，2026 年起每晚 3 次", "media_url", "https://a.example/p.png?me=1")
	o, _ := f.Newest()
	f.Act(f.Dispatched(o, "fire"), "clerk.fire", "sign", nil)
	for _, format := range []string{"json", "xml"} {
		_, body, _ := f.get("/open311/v2/requests/" + o.No + "." + format)
		for _, hidden := range []string{"871234", "543156", "zhou@b.example", "a.example"} {
			if strings.Contains(body, hidden) {
				t.Errorf("%s tells %s: %s", format, hidden, body)
			}
		}
		for _, told := range []string{"29.871", "121.543", "夜里吵", "2026 年起每晚 3 次"} {
			if !strings.Contains(body, told) {
				t.Errorf("%s lacks %s: %s", format, told, body)
			}
		}
	}
}
