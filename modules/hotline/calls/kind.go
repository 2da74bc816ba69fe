package calls

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Switchboard is a telephone system that may report calls.
type Switchboard struct {
	lifecycle.Case
	Plan
	Version int64     `json:"version"`          // of its key
	Rotated time.Time `json:"rotated,omitzero"` // when the key before this one was replaced
}

// Plan is what is known of a switchboard.
type Plan struct {
	Name  string `json:"name" form:"text,required,max=40"`
	Lines string `json:"lines" form:"text,max=120"` // the numbers it answers, for people to read
}

// grace is how long the key before a new one still holds, so that a telephone
// system can be told the new one without losing a call.
const grace = 24 * time.Hour

func (m *Calls) kind() portal.Kind[Switchboard] {
	return portal.Kind[Switchboard]{
		Table: lifecycle.Table[Switchboard]{
			Noun: "switchboard", Plural: "switchboards", Prefix: "ZJ",
			Title: func(s *Switchboard) string { return s.Name },
			Scope: func(*Switchboard) lifecycle.Scope { return lifecycle.Scope{} },
			States: []lifecycle.State{
				{Name: "connected", Shelf: lifecycle.Filed, Tone: "good"},
				{Name: "cut_off", Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Switchboard]{
				{Name: "connect", To: []string{"connected"}, Look: lifecycle.Primary, Do: lifecycle.Fills("switchboard", connect)},
				{Name: "rotate", From: []string{"connected"}, Do: lifecycle.Does(rotate)},
				{Name: "cut_off", From: []string{"connected"}, To: []string{"cut_off"}, Look: lifecycle.Danger},
			},
		},
		View: portal.View[Switchboard]{
			Sections: []portal.Section[Switchboard]{{Title: "part", Fields: "name lines number key old_until"}, {HTML: how}},
			// The key is for whoever may tell it to the telephone system.
			Words: map[string]portal.Word[Switchboard]{
				"number": m.secret(func(s *Switchboard) string { return s.No }),
				"key":    m.secret(func(s *Switchboard) string { return m.key(s.ID, s.Version) }),
				"old_until": func(v portal.Visitor, s *Switchboard) web.Value {
					if !m.oldHolds(s) {
						return web.Value{}
					}
					return web.Words(v.Lang.Time(s.Rotated.Add(grace)))
				},
			},
		},
		Unplaced: true,
	}
}

func connect(s *Switchboard, in *Plan, _ *lifecycle.Step) error {
	s.Plan, s.Version = *in, 1
	return nil
}

func rotate(s *Switchboard, step *lifecycle.Step) error {
	s.Version, s.Rotated = s.Version+1, step.Now
	return nil
}

// key signs what a switchboard reports. It is made from the portal's own secret
// and never kept.
func (m *Calls) key(id string, version int64) string {
	mac := hmac.New(sha256.New, m.h.Signing)
	mac.Write([]byte("switchboard\x00" + id + "\x00" + strconv.FormatInt(version, 10)))
	return hex.EncodeToString(mac.Sum(nil))
}

// keys are those that hold now, the newest first.
func (m *Calls) keys(s *Switchboard) []string {
	if s.State != "connected" {
		return nil
	}
	out := []string{m.key(s.ID, s.Version)}
	if m.oldHolds(s) {
		out = append(out, m.key(s.ID, s.Version-1))
	}
	return out
}

// oldHolds tells whether the key before the newest is still taken.
func (m *Calls) oldHolds(s *Switchboard) bool {
	return s.Version > 1 && m.h.Clock().Before(s.Rotated.Add(grace))
}

// secret words what only those see who may see the key.
func (m *Calls) secret(of func(*Switchboard) string) portal.Word[Switchboard] {
	return func(v portal.Visitor, s *Switchboard) web.Value {
		if s.State != "connected" || m.h.May(v, "switchboard.see_key", lifecycle.Anywhere) != nil {
			return web.Value{}
		}
		return web.Words(of(s))
	}
}

func how(_ context.Context, v portal.Visitor, _ *Switchboard) (template.HTML, error) {
	return web.Details(v.Lang, "switchboard.how", portal.In(v.Lang, func(h *web.H) {
		for _, k := range []string{"switchboard.how_1", "switchboard.how_2", "switchboard.how_3"} {
			h.Raw(`<p>`)
			h.T(k)
			h.Raw(`</p>`)
		}
	})), nil
}
