//go:build bench

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"gatehouse/modules/hotline/orders"
	"gatehouse/server/store/sqlite"
)

// operators of the hotline, all of the first district.
const operators = 30

func operator(n int) string { return fmt.Sprint("operator", n%operators) }

// hotlines measures orders filed, the operators' pages as orders grow in
// number, and 200 residents with 30 operators at once.
func hotlines(ctx context.Context, o options, t *table) error {
	for _, n := range o.sizes {
		c, db, err := called(ctx, o, n, t)
		if err != nil {
			return err
		}
		err = c.hotline(ctx, o, n, t)
		c.Close()
		db.Close()
		if err != nil {
			return fmt.Errorf("%d orders: %w", n, err)
		}
	}
	return nil
}

// called opens a city with n orders of the past, and makes it first when it is
// not there.
func called(ctx context.Context, o options, n int, t *table) (*city, *sqlite.DB, error) {
	path := filepath.Join(o.cache, fmt.Sprintf("v%d-orders-%d.db", version, n))
	_, err := os.Stat(path)
	fresh := err != nil
	db, err := sqlite.Open(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := build(ctx, db)
	if err == nil && fresh {
		if err = c.call(ctx, o, n, t); err != nil {
			os.Remove(path)
		}
	}
	return c, db, err
}

// call fills the store with orders like one that was filed, from 90 days.
func (c *city) call(ctx context.Context, o options, n int, t *table) error {
	for i := range operators {
		if err := c.open(ctx, c.actor("admin"), "users", "register", fields{"login": operator(i), "name": "话务员", "password": password, "role": "operator", "place": district(0)}); err != nil {
			return err
		}
	}
	filed, err := c.Orders.File(ctx, c.actor(operator(0)), request(0, 0), orders.FileOpts{})
	if err != nil {
		return err
	}
	like, err := c.Orders.Resource.Engine.Cases().Get(ctx, filed.ID)
	if err != nil {
		return err
	}
	start := time.Now()
	for done := 0; done < n; done += batch {
		some := make([]*orders.Order, min(batch, n-done))
		for i := range some {
			k := done + i
			at := time.Now().Add(-time.Duration(n-k) * 90 * 24 * time.Hour / time.Duration(n))
			x := *like
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			x.ID, x.No, x.OpenedAt, x.ChangedAt, x.Twin = id.String(), fmt.Sprintf("GD-2025-%07d", k), at, at, fmt.Sprint("seed ", k)
			in := request(k, 0)
			x.Words, x.Community, x.Place, x.Caller = in.Words, in.Community, in.Place, fmt.Sprint("caller ", k%(n/3+1))
			if x.State = "closed"; n-k < 200 { // some two hundred wait, whatever the size
				x.State = "new"
			}
			some[i] = &x
		}
		if err := c.Orders.Resource.Engine.Cases().InsertMany(ctx, some); err != nil {
			return err
		}
		if done%100_000 == 0 {
			o.say("%d of %d orders", done, n)
		}
	}
	t.add("seed: orders", count(n), "rows/s", float64(n)/time.Since(start).Seconds())
	return nil
}

var said = []string{"路灯不亮，晚上很黑", "下水道堵了，污水漫到路上", "楼上半夜装修，吵得睡不着", "小区门口垃圾没人收", "自来水一天没来了", "电梯坏了，老人上不了楼", "井盖没了，很危险", "有人占了消防通道"}

// request is what the n-th caller says.
func request(n, salt int) orders.Filing {
	return orders.Filing{Words: fmt.Sprintf("%s，在第%d幢，第%d次反映。", said[n%len(said)], n%97, salt+n/97), Category: "101", Type: "help", Community: community(0, n%50), Place: fmt.Sprintf("幸福路%d号", n%311),
		Phone: fmt.Sprintf("000%08d", salt%1000*100_000+n), Known: orders.Known{Channel: "phone"}}
}

func (c *city) hotline(ctx context.Context, o options, n int, t *table) error {
	s, err := c.serve()
	if err != nil {
		return err
	}
	defer s.stop()
	at := count(n) + " orders"
	queue := "/orders?state=new"
	looks := []struct{ what, path string }{{"console", "/console"}, {"queue of the new", queue}, {"list", "/orders"}, {"search for words", "/orders?q=" + url.QueryEscape("垃圾 第13幢")},
		{"search for words of all", "/orders?q=" + url.QueryEscape("幸福路")}, {"search for a number", "/orders?q=GD-2025-0000123"}}
	for range o.rounds {
		for _, clients := range []int{1, 16} {
			var salt atomic.Int64
			salt.Store(time.Now().UnixNano() % 1_000_000)
			err := crowd(t, "orders: filed on the phone, "+at, clients, "operators", o.files, func(who int) error {
				n := int(salt.Add(1))
				_, err := c.Orders.File(ctx, c.actor(operator(who)), request(n, n), orders.FileOpts{})
				return err
			})
			if err != nil {
				return err
			}
		}
		for _, l := range looks {
			var ds []time.Duration
			for range o.requests {
				begin := time.Now()
				if _, err := s.ask("GET", l.path, operator(1), nil, http.StatusOK); err != nil {
					return err
				}
				ds = append(ds, time.Since(begin))
			}
			t.times("orders: "+l.what, at, ds)
		}
		if err := s.rush(t, at, looks[1].path, looks[3].path); err != nil {
			return err
		}
	}
	return nil
}

// rush is ten seconds of 200 residents, who file, follow and think a second,
// and 30 operators, who look and search and think a third of one.
func (s *server) rush(t *table, at string, paths ...string) error {
	const residents, lasts = 200, 10 * time.Second
	type kind struct {
		mu sync.Mutex
		ds []time.Duration
	}
	var filing, following, working kind
	timed := func(k *kind, do func() error) error {
		begin := time.Now()
		err := do()
		k.mu.Lock()
		k.ds = append(k.ds, time.Since(begin))
		k.mu.Unlock()
		return err
	}
	for i := range operators { // signing in is slow on purpose and not what is measured
		if _, err := s.ask("GET", "/orders?limit=1", operator(i), nil, http.StatusOK); err != nil {
			return err
		}
	}
	errs := make([]error, residents+operators)
	var wg sync.WaitGroup
	end := time.Now().Add(lasts)
	for who := range residents {
		wg.Go(func() {
			for round := 0; time.Now().Before(end) && errs[who] == nil; round++ {
				if round%5 == 0 {
					in := request(who+1000*round, int(time.Now().UnixNano()%1_000_000))
					body, err := json.Marshal(fields{"words": in.Words, "community": in.Community, "place": in.Place})
					if err == nil {
						err = timed(&filing, func() error {
							_, err := s.ask("POST", "/api/v1/orders/new/file", "", body, http.StatusCreated)
							return err
						})
					}
					errs[who] = err
				} else {
					errs[who] = timed(&following, func() error { _, err := s.ask("GET", "/hotline", "", nil, http.StatusOK); return err })
				}
				time.Sleep(time.Second)
			}
		})
	}
	for who := range operators {
		wg.Go(func() {
			for round := 0; time.Now().Before(end) && errs[residents+who] == nil; round++ {
				errs[residents+who] = timed(&working, func() error {
					_, err := s.ask("GET", paths[round%len(paths)], operator(who), nil, http.StatusOK)
					return err
				})
				time.Sleep(time.Second / 3)
			}
		})
	}
	wg.Wait()
	t.add("rush: requests of 200 residents and 30 operators", at, "requests/s", float64(len(filing.ds)+len(following.ds)+len(working.ds))/lasts.Seconds())
	t.times("rush: a resident files", at, filing.ds)
	t.times("rush: a resident opens the hotline's page", at, following.ds)
	t.times("rush: an operator looks and searches", at, working.ds)
	return errors.Join(errs...)
}
