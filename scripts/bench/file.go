//go:build bench

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store/sqlite"
)

// files measures applications being filed, each act durable before it is answered.
func files(ctx context.Context, o options, t *table) error {
	dir, err := os.MkdirTemp(o.cache, "file-") // not /tmp, which may lie in memory
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(filepath.Join(dir, "file.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := build(ctx, db)
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.serve()
	if err != nil {
		return err
	}
	defer s.stop()
	for clerk := range 16 { // signing in is slow on purpose and not what is measured
		if _, err := s.ask("GET", "/api/v1/applications?limit=1", clerkOf(clerk), nil, http.StatusOK); err != nil {
			return err
		}
	}
	for range o.rounds {
		rate, err := syncs(dir)
		if err != nil {
			return err
		}
		t.add("disk: write 4 KB and fsync", "alone", "fsyncs/s", rate)
		for _, clerks := range []int{1, 16, 64} {
			err := crowd(t, "file: draft + submit, engine", clerks, "clerks", o.files, func(clerk int) error { return c.file(ctx, clerk) })
			if err != nil {
				return err
			}
		}
		for _, clients := range []int{1, 16} {
			err := crowd(t, "file: draft + submit, HTTP JSON", clients, "clients", o.files, func(clerk int) error { return s.file(clerk) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// syncs says how many small durable writes a second the disk takes.
func syncs(dir string) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	block, n := make([]byte, 4096), 0
	start := time.Now()
	for ; time.Since(start) < 300*time.Millisecond; n++ {
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

// crowd lets n people do one thing again and again, all in all so many times.
func crowd(t *table, what string, n int, of string, times int, do func(who int) error) error {
	var left atomic.Int64
	left.Store(int64(times))
	took := make([][]time.Duration, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := time.Now()
	for who := range n {
		wg.Go(func() {
			for left.Add(-1) >= 0 && errs[who] == nil {
				at := time.Now()
				errs[who] = do(who)
				took[who] = append(took[who], time.Since(at))
			}
		})
	}
	wg.Wait()
	all := time.Since(start)
	var ds []time.Duration
	for _, d := range took {
		ds = append(ds, d...)
	}
	at := fmt.Sprintf("%d %s", n, of)
	t.add(what, at, "filed/s", float64(len(ds))/all.Seconds())
	t.times(what, at, ds)
	return errors.Join(errs...)
}

// clerkOf gives the login of the n-th clerk; departments have more than one.
func clerkOf(n int) string { return "head." + deptOf(n) }

func deptOf(n int) string { return department(n%districts, n/districts%departments) }

// form is an application as it is typed.
func form(n int) fields {
	d := n % districts
	in := 120 * 24 * time.Hour
	return fields{"department": deptOf(n), "title": "楼栋消防通道联合检查", "kinds": []string{"task"}, "nature": "temporary", "side": "government",
		"communities": []string{community(d, n%50), community(d, (n+7)%50)}, "purpose": "把楼栋消防通道的联合检查做实，减少居民跑腿。",
		"basis": "《基层治理办法》第十二条", "why_not_self": "需要熟悉楼栋和住户的人陪同，部门人手不足以逐户走到。",
		"start": day(time.Now().Add(in)), "end": day(time.Now().Add(2 * in)), "frequency": "monthly", "hours": 12, "residents": 400,
		"steps": "1. 提前三天张贴告知；2. 陪同入户；3. 在签单上签字。", "powers": "陪同入户时的现场建议权。", "staff": "每社区派驻一名联络员。",
		"fund_source": "区级财政专项", "budget_line": "2130599", "price_basis": "工时 45 元/小时", "delivery": "signoff", "acceptance": "每季度抽查签单。",
		"burden": "每月约需工时如上；不新增台账，不新增群。", "contact": "经办人 000-81890000",
		"instalments": []fields{{"due": day(time.Now().Add(in)), "amount": 54000, "payee": "community"}}}
}

// file drafts and submits through the engine, with the keys that a page sends.
func (c *city) file(ctx context.Context, clerk int) error {
	e, by := c.Admission.Resource.Engine, c.actor(clerkOf(clerk))
	body, err := json.Marshal(form(clerk))
	if err != nil {
		return err
	}
	row, _ := e.Table.Act("draft")
	in, err := row.Do.Input.JSON(body)
	if err != nil {
		return err
	}
	a, err := e.Open(ctx, by, "draft", in, lifecycle.Opts{Key: portal.NewKey()})
	if err != nil {
		return err
	}
	a, err = e.Act(ctx, by, a.ID, "submit", nil, lifecycle.Opts{Key: portal.NewKey(), Revision: a.Revision})
	if err == nil && a.State != "submitted" {
		err = fmt.Errorf("%s is %s", a.No, a.State)
	}
	return err
}
