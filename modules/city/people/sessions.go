package people

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/session"
	"gatehouse/server/store"
)

// Session is one signing-in.
type Session struct {
	store.Meta
	Person   string           `json:"person"`
	For      string           `json:"for,omitempty"` // the absent person stood in for
	Audience session.Audience `json:"audience"`
	Created  time.Time        `json:"created"`
	Seen     time.Time        `json:"seen"` // to about a quarter of an hour
	Expires  time.Time        `json:"expires"`
	Revoked  *time.Time       `json:"revoked,omitempty"`
	Agent    string           `json:"agent,omitempty"`
	Second   bool             `json:"second,omitempty"` // opened with the second factor too
}

const (
	idleLimit    = 30 * time.Minute // of a page's token: who does nothing for so long is signed out
	sessionLimit = 12 * time.Hour   // of a session, whatever happens
	seenEvery    = 15 * time.Minute
	keepDead     = 7 * 24 * time.Hour
	manySessions = 100 // of one person, over ones included
	agentLimit   = 120
)

func (s *Session) alive(now time.Time) bool { return s.Revoked == nil && now.Before(s.Expires) }

// begin starts a session and gives its first token.
func (p *People) begin(ctx context.Context, person string, use session.Audience, agent string, second bool) (*Session, session.Token, error) {
	b := make([]byte, 24)
	rand.Read(b)
	now := p.Clock().UTC()
	s := &Session{Meta: store.Meta{ID: hex.EncodeToString(b)}, Person: person, Audience: use, Created: now, Seen: now, Second: second,
		Expires: now.Add(sessionLimit), Agent: strings.Clone(strings.ToValidUTF8(agent[:min(len(agent), agentLimit)], ""))}
	if err := p.sessions.Insert(ctx, s); err != nil {
		return nil, "", fault.Wrap(err, "save a session of %s", person)
	}
	if err := p.sweepSessions(ctx, person, now); err != nil {
		return nil, "", err
	}
	t, err := p.token(s, now)
	return s, t, err
}

// token signs the session's next token: a page's for the idle time, a
// program's for all of the session.
func (p *People) token(s *Session, now time.Time) (session.Token, error) {
	ends := s.Expires
	if idle := now.Add(idleLimit); s.Audience == session.Pages && idle.Before(ends) {
		ends = idle
	}
	return p.signer.Issue(session.Claims{Session: s.ID, Person: s.Person, Audience: s.Audience, Issued: now, Expires: ends})
}

var errNoSession = errors.New("people: no such session, or not any more")

// admit gives the session and the person that a token stands for; session.ErrToken
// or errNoSession when it stands for nothing any more.
func (p *People) admit(ctx context.Context, t session.Token, use session.Audience) (*Session, *User, session.Claims, error) {
	now := p.Clock().UTC()
	c, err := p.signer.Verify(t, use, now)
	if err != nil {
		return nil, nil, c, err
	}
	s, err := p.sessions.Get(ctx, c.Session)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, c, errNoSession
	}
	if err != nil {
		return nil, nil, c, fault.Wrap(err, "read session %s", c.Session)
	}
	u, ok := p.mem.user(s.Person)
	if !s.alive(now) || s.Person != c.Person || s.Audience != use || !ok || u.State != Active {
		return nil, nil, c, errNoSession
	}
	if now.Sub(s.Seen) >= seenEvery {
		if s, err = p.sessions.Change(ctx, s.ID, func(s *Session) error { s.Seen = now; return nil }); err != nil {
			return nil, nil, c, fault.Wrap(err, "touch session %s", c.Session)
		}
	}
	return s, u, c, nil
}

// revoke ends one session of a person; another person's is not found.
func (p *People) revoke(ctx context.Context, person, id string) error {
	now := p.Clock().UTC()
	_, err := p.sessions.Change(ctx, id, func(s *Session) error {
		if s.Person != person {
			return store.ErrNotFound
		}
		if s.Revoked == nil {
			s.Revoked = &now
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing("session")
	}
	return fault.Wrap(err, "revoke session %s", id)
}

// endSessions revokes all sessions of a person but one.
func (p *People) endSessions(ctx context.Context, person, but string) error {
	ss, err := p.sessionsOf(ctx, person)
	if err != nil {
		return err
	}
	for _, s := range ss {
		if s.ID != but && s.Revoked == nil {
			if err := p.revoke(ctx, person, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *People) sessionsOf(ctx context.Context, person string) ([]*Session, error) {
	var out []*Session
	where := []store.Cond{{Field: "person", Op: store.Eq, Value: person}}
	err := p.sessions.Each(ctx, where, func(s *Session) error { out = append(out, s); return nil })
	return out, fault.Wrap(err, "list the sessions of %s", person)
}

// sweepSessions forgets a person's sessions that have been over for a week, and
// the oldest of very many: a program that signs in every minute must not make
// each sign-in slower than the one before.
func (p *People) sweepSessions(ctx context.Context, person string, now time.Time) error {
	ss, err := p.sessionsOf(ctx, person)
	if err != nil {
		return err
	}
	slices.SortFunc(ss, func(a, b *Session) int { return b.Created.Compare(a.Created) })
	for i, s := range ss {
		if i < manySessions && now.Sub(s.Expires) < keepDead {
			continue
		}
		if err := p.sessions.Delete(ctx, s); err != nil && !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrNotFound) {
			return fault.Wrap(err, "forget session %s", s.ID)
		}
	}
	return nil
}
