package open311

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Key is a program that may file requests.
//
// The life of a key: active from its issue; it may be replaced, and is revoked
// in the end, at once and for good.
type Key struct {
	lifecycle.Case
	Program
	Version int64     `json:"version"`
	Rotated time.Time `json:"rotated,omitzero"` // when the key before this one was replaced
}

// Program is who holds a key and what for.
type Program struct {
	Name    string `json:"name" form:"text,required,max=60"`
	Contact string `json:"contact" form:"text,required,max=120"`
	Purpose string `json:"purpose" form:"longtext,required,max=500"`
}

// grace is how long the key before a new one still holds.
const grace = 24 * time.Hour

func (m *Open311) kind() portal.Kind[Key] {
	return portal.Kind[Key]{
		Table: lifecycle.Table[Key]{
			Noun: "api_key", Plural: "api_keys", Prefix: "JK",
			Title: func(k *Key) string { return k.Name },
			Scope: func(*Key) lifecycle.Scope { return lifecycle.Scope{} },
			States: []lifecycle.State{
				{Name: "active", Shelf: lifecycle.Filed, Tone: "good"},
				{Name: "revoked", Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Key]{
				{Name: "issue", To: []string{"active"}, Look: lifecycle.Primary, Do: lifecycle.Fills("api_key", issue)},
				{Name: "rotate", From: []string{"active"}, Do: lifecycle.Does(rotate)},
				{Name: "revoke", From: []string{"active"}, To: []string{"revoked"}, Look: lifecycle.Danger},
			},
		},
		View: portal.View[Key]{
			Sections: []portal.Section[Key]{{Title: "part", Fields: "name contact purpose key old_until"}},
			Words: map[string]portal.Word[Key]{
				"key": func(v portal.Visitor, k *Key) web.Value { // for whoever hands it to the program's people
					if k.State != "active" || m.h.May(v, "api_key.see_key", lifecycle.Anywhere) != nil {
						return web.Value{}
					}
					return web.Words(m.secret(k, k.Version))
				},
				"old_until": func(v portal.Visitor, k *Key) web.Value {
					if !m.oldHolds(k) {
						return web.Value{}
					}
					return web.At(v.Lang, k.Rotated.Add(grace))
				},
			},
		},
		Unplaced: true,
	}
}

func issue(k *Key, in *Program, _ *lifecycle.Step) error {
	k.Program, k.Version = *in, 1
	return nil
}

func rotate(k *Key, s *lifecycle.Step) error {
	if s.Now.Before(k.Rotated.Add(grace)) { // the key before the last one still holds: its program has a day
		return fault.New(fault.Conflict, "api_key.replaced_today")
	}
	k.Version, k.Rotated = k.Version+1, s.Now
	return nil
}

// oldHolds tells whether the key before the newest is still taken.
func (m *Open311) oldHolds(k *Key) bool {
	return k.Version > 1 && m.h.Clock().Before(k.Rotated.Add(grace))
}

// secret is what a program sends: the key's number and what only the portal
// can make of it. It is never kept.
func (m *Open311) secret(k *Key, version int64) string {
	mac := hmac.New(sha256.New, m.h.Signing)
	mac.Write([]byte("open311 key\x00" + k.ID + "\x00" + strconv.FormatInt(version, 10)))
	return k.No + "." + hex.EncodeToString(mac.Sum(nil)[:20])
}

// keyOf finds the active key that a program has sent; nil when it is none.
func (m *Open311) keyOf(ctx context.Context, sent string) (*Key, error) {
	no, _, ok := strings.Cut(sent, ".")
	if !ok || len(sent) > 100 {
		return nil, nil
	}
	ks, err := m.Keys.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}, {Field: "state", Op: store.Eq, Value: "active"}}, Sort: "id", Limit: 1})
	if err != nil || len(ks) == 0 {
		return nil, fault.Wrap(err, "find key %s", no)
	}
	k := ks[0]
	hold := hmac.Equal([]byte(sent), []byte(m.secret(k, k.Version)))
	if m.oldHolds(k) {
		hold = hmac.Equal([]byte(sent), []byte(m.secret(k, k.Version-1))) || hold
	}
	if !hold {
		return nil, nil
	}
	return k, nil
}

// keyed lets nobody file without a key that holds now.
func (m *Open311) keyed(c *fiber.Ctx) error {
	in, err := read(c)
	if err != nil {
		return err
	}
	k, err := m.keyOf(c.UserContext(), in.one("api_key"))
	if err != nil {
		return err
	}
	if k == nil {
		return fault.New(fault.Denied, "open311.key")
	}
	c.Locals(inKey, in)
	c.Locals(keyKey, k)
	return c.Next()
}

type local int

const (
	inKey local = iota
	keyKey
)

// Secret gives a key's present text to whoever may see it.
func (m *Open311) Secret(ctx context.Context, by lifecycle.Actor, id string) (string, error) {
	if e := m.h.May(portal.Visitor{Actor: by}, "api_key.see_key", lifecycle.Anywhere); e != nil {
		return "", e
	}
	k, err := m.Keys.Engine.Get(ctx, by, id)
	if err != nil {
		return "", err
	}
	return m.secret(k, k.Version), nil
}
