package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/server/app/demo"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// mark says that something was done to the whole store.
type mark struct {
	store.Meta
	Done   bool              `json:"done"`
	Fields map[string]string `json:"fields,omitempty"` // of each collection
}

// errNotDemo says the store holds a city of its own.
var errNotDemo = errors.New("the store already holds another city, or a demo that was cut short: give an empty one with --data or --store")

// Demo loads the demo city, once, and gives the list of who can sign in.
func (a *App) Demo(ctx context.Context, clock *Clock, day time.Time) (string, error) {
	if _, err := a.marks.Get(ctx, "demo"); err == nil {
		return a.demoText(ctx)
	} else if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if a.People.SetupCode() == "" {
		return "", errNotDemo
	}
	defer clock.Reset()
	if err := demo.Load(ctx, a.city(clock), day); err != nil {
		return "", err
	}
	if err := a.marks.Insert(ctx, &mark{Meta: store.Meta{ID: "demo"}, Done: true}); err != nil {
		return "", err
	}
	return a.demoText(ctx)
}

// demoText says who can sign in, and by which key programs file.
func (a *App) demoText(ctx context.Context) (string, error) {
	key, err := a.openKey(ctx)
	return demo.SignIns() + "Open311 api_key · 开放接口密钥: " + key + "\n", err
}

// openKey gives the newest key of programs.
func (a *App) openKey(ctx context.Context) (string, error) {
	ks, err := a.Open311.Keys.Engine.Cases().Find(ctx, newest("state", "active"))
	if err != nil || len(ks) == 0 {
		return "", err
	}
	admin, _ := a.People.ID("admin")
	return a.Open311.Secret(ctx, lifecycle.Actor{ID: admin}, ks[0].ID)
}

// city is what the demo needs of the portal.
func (a *App) city(clock *Clock) demo.City {
	return demo.City{Portal: a.Portal, Set: clock.Set, Seed: a.Catalogue.Seed, Certificates: a.Certificates.Seed, Item: a.itemOf, Withdrawal: a.withdrawalOf, Refund: a.refundOf, Codes: a.Ratings.Codes, Vote: a.Ratings.Vote, Bring: a.bring, Person: a.People.ID}
}

// bring uploads a table of past orders.
func (a *App) bring(ctx context.Context, login, name string, b []byte) (string, map[string]any, error) {
	person, _ := a.People.ID(login)
	x, err := a.Intake.Bring(ctx, lifecycle.Actor{ID: person}, name, b)
	if err != nil {
		return "", nil, err
	}
	m, err := json.Marshal(x.Mapping)
	if err != nil {
		return "", nil, err
	}
	columns := map[string]any{}
	return x.ID, columns, json.Unmarshal(m, &columns)
}

// itemOf gives the item that an application became.
func (a *App) itemOf(ctx context.Context, application string) (string, error) {
	its, err := a.Items.Resource.Engine.Cases().Find(ctx, newest("application", application))
	if err != nil || len(its) == 0 {
		return "", errors.Join(err, store.ErrNotFound)
	}
	return its[0].ID, nil
}

// withdrawalOf gives the newest withdrawal of an item.
func (a *App) withdrawalOf(ctx context.Context, item string) (string, error) {
	ws, err := a.Withdrawals.Resource.Engine.Cases().Find(ctx, newest("item", item))
	if err != nil || len(ws) == 0 {
		return "", errors.Join(err, store.ErrNotFound)
	}
	return ws[0].ID, nil
}

// refundOf gives the newest refund that a community owes of an item's money.
func (a *App) refundOf(ctx context.Context, item, community string) (string, error) {
	q := newest("item", item)
	q.Where = append(q.Where, store.Cond{Field: "scope", Op: store.Has, Value: []string{community}})
	rs, err := a.Spending.Refunds.Engine.Cases().Find(ctx, q)
	if err != nil || len(rs) == 0 {
		return "", errors.Join(err, store.ErrNotFound)
	}
	return rs[0].ID, nil
}

func newest(field, value string) store.Query {
	return store.Query{Where: []store.Cond{{Field: field, Op: store.Eq, Value: value}}, Sort: "-id", Limit: 1}
}
