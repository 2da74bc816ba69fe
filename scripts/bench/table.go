//go:build bench

package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// table collects figures round by round and prints their medians.
type table struct{ rows []*row }

type row struct {
	what, at, unit string
	values         []float64
	p99            []float64 // of each round, for times
}

// add notes one round's figure.
func (t *table) add(what, at, unit string, value float64) { t.row(what, at, unit, value) }

func (t *table) row(what, at, unit string, value float64) *row {
	i := slices.IndexFunc(t.rows, func(r *row) bool { return r.what == what && r.at == at && r.unit == unit })
	if i < 0 {
		t.rows = append(t.rows, &row{what: what, at: at, unit: unit})
		i = len(t.rows) - 1
	}
	r := t.rows[i]
	r.values = append(r.values, value)
	return r
}

// times notes the median and the 99th percentile of one round's requests, in ms.
func (t *table) times(what, at string, ds []time.Duration) {
	slices.Sort(ds)
	r := t.row(what, at, "ms", ms(quantile(ds, 0.50)))
	r.p99 = append(r.p99, ms(quantile(ds, 0.99)))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// quantile reads sorted values.
func quantile[T any](vs []T, q float64) T {
	var zero T
	if len(vs) == 0 {
		return zero
	}
	return vs[min(int(q*float64(len(vs))), len(vs)-1)]
}

func (r *row) median() float64 { return median(r.values) }

func median(values []float64) float64 {
	vs := slices.Sorted(slices.Values(values))
	if n := len(vs); n%2 == 0 {
		return (vs[n/2-1] + vs[n/2]) / 2
	}
	return vs[len(vs)/2]
}

func (t *table) print(w io.Writer) {
	fmt.Fprintln(w, "| what | at | unit | median | lowest – highest | p99 | ratio |\n|---|---:|---|---:|---:|---:|---:|")
	slices.SortStableFunc(t.rows, func(a, b *row) int { return t.first(a) - t.first(b) })
	for _, r := range t.rows {
		ratio, p99 := "", ""
		if len(r.p99) > 0 {
			p99 = figure(median(r.p99))
		}
		if base := t.rows[t.first(r)]; base != r && base.median() > 0 {
			ratio = figure(r.median() / base.median())
		}
		fmt.Fprintf(w, "| %s | %s | %s | **%s** | %s – %s | %s | %s |\n", r.what, r.at, r.unit, figure(r.median()),
			figure(slices.Min(r.values)), figure(slices.Max(r.values)), p99, ratio)
	}
}

// first is the row that a row is compared with.
func (t *table) first(r *row) int {
	return slices.IndexFunc(t.rows, func(x *row) bool { return x.what == r.what && x.unit == r.unit })
}

// figure keeps three digits and separates thousands.
func figure(v float64) string {
	switch {
	case v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	s := strconv.FormatInt(int64(v+0.5), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return strconv.Itoa(n/1_000_000) + "M"
	case n >= 1000 && n%1000 == 0:
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n)
}
