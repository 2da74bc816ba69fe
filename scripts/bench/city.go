//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/app"
	"gatehouse/server/config"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

const (
	districts   = 4
	streets     = 5  // of a district
	communities = 10 // of a street
	departments = 10 // of a district
	password    = "bench-2026-bench"
)

func district(d int) string      { return fmt.Sprintf("d%d", d) }
func street(d, s int) string     { return fmt.Sprintf("d%d-s%d", d, s) }
func community(d, c int) string  { return fmt.Sprintf("d%d-s%d-c%d", d, c/communities, c%communities) }
func department(d, n int) string { return fmt.Sprintf("d%d-dept%d", d, n) }

// city is a built portal with a city in it.
type city struct {
	*app.App
	desks map[string]portal.AnyResource
}

// build makes the portal on a store; the first time it founds the city.
func build(ctx context.Context, d store.Driver) (*city, error) {
	a, err := app.Build(ctx, d, config.Config{Addr: "127.0.0.1:0"}, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil, err
	}
	c := &city{App: a, desks: map[string]portal.AnyResource{}}
	for _, d := range a.Portal.Resources() {
		c.desks[d.Plural()] = d
	}
	if a.People.SetupCode() == "" {
		return c, nil
	}
	if err := c.found(ctx); err != nil {
		return nil, fmt.Errorf("found the city: %w", err)
	}
	return c, nil
}

type fields map[string]any

func (c *city) open(ctx context.Context, by lifecycle.Actor, plural, act string, in fields) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if _, err = c.desks[plural].Perform(ctx, by, "", act, body, lifecycle.Opts{}); err != nil {
		return fmt.Errorf("%s %v: %w", act, in, err)
	}
	return nil
}

// actor is who stands behind a login.
func (c *city) actor(login string) lifecycle.Actor {
	id, ok := c.People.ID(login)
	if !ok {
		panic("nobody is called " + login)
	}
	return lifecycle.Actor{ID: id}
}

func (c *city) found(ctx context.Context) error {
	type one struct {
		plural, act string
		in          fields
	}
	area := func(code, level, parent string) one {
		return one{"areas", "found", fields{"code": code, "level": level, "parent": parent, "name_hans": "地方" + code, "households": 1500}}
	}
	user := func(login, role, place, department string) one {
		return one{"users", "register", fields{"login": login, "name": "人员" + login, "password": password, "role": role, "place": place, "department": department}}
	}
	for _, x := range []one{area("city", "city", ""), user("admin", "admin", "city", "")} {
		if err := c.open(ctx, lifecycle.System, x.plural, x.act, x.in); err != nil {
			return err
		}
	}
	all := []one{}
	for d := range districts {
		all = append(all, area(district(d), "district", "city"))
		for s := range streets {
			all = append(all, area(street(d, s), "street", district(d)))
		}
		for n := range streets * communities {
			all = append(all, area(community(d, n), "community", street(d, n/communities)))
		}
		for n := range departments {
			all = append(all, one{"departments", "found", fields{"code": department(d, n), "level": "district", "kind": "functional", "place": district(d), "name_hans": "部门" + department(d, n)}},
				user("head."+department(d, n), "dept_head", district(d), department(d, n)))
		}
	}
	all = append(all, user("office", "office_staff", district(0), ""), user("conference", "conference", district(0), ""), user("auditor", "auditor", "city", ""),
		user("finance", "finance", district(0), ""), user("busy", "committee_head", community(0, 0), ""), user("usual", "committee_head", community(0, 7), ""))
	for _, x := range all {
		if err := c.open(ctx, c.actor("admin"), x.plural, x.act, x.in); err != nil {
			return err
		}
	}
	return c.Catalogue.Seed(ctx, c.actor("office"), c.actor("conference"), time.Now().Year(), "准联〔1〕号")
}
