package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	var out strings.Builder
	c := start(&out)
	for _, l := range strings.Split(`{"Action":"output","Package":"a","Test":"TestGood","Output":"    a_test.go:1: quiet\n"}
{"Action":"pass","Package":"a","Test":"TestGood","Elapsed":0.5}
{"Action":"pass","Package":"a","Test":"TestGood/part","Elapsed":0.4}
{"Action":"output","Package":"a","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"a","Test":"TestBad","Output":"    a_test.go:2: wrong sum\n"}
{"Action":"fail","Package":"a","Test":"TestBad","Elapsed":12.34}
{"Action":"output","Package":"a","Test":"TestLater","Output":"    a_test.go:3: no browser\n"}
{"Action":"skip","Package":"a","Test":"TestLater"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
{"Action":"output","Package":"b","Output":"ok  \tb\t0.2s\n"}
{"Action":"pass","Package":"b"}
{"ImportPath":"c","Action":"build-output","Output":"c.go:1: syntax error\n"}
{"ImportPath":"c","Action":"build-fail"}
{"Action":"output","Package":"c","Output":"FAIL\tc [build failed]\n"}
{"Action":"fail","Package":"c","FailedBuild":"c"}
no json at all`, "\n") {
		c.line([]byte(l))
	}
	if c.passed != 2 || c.failed != 2 || c.skipped != 1 {
		t.Errorf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
	}
	const want = "    a_test.go:2: wrong sum\n    a_test.go:3: no browser\nFAIL\ta\t0.1s\nok  \tb\t0.2s\nc.go:1: syntax error\nFAIL\tc [build failed]\nno json at all\n"
	if out.String() != want {
		t.Errorf("shows\n%s", out.String())
	}
	out.Reset()
	c.slowest(2)
	if want := "   12.3 s  TestBad in a\n    0.5 s  TestGood in a\n"; out.String() != want {
		t.Errorf("the slowest are\n%s", out.String())
	}
}
