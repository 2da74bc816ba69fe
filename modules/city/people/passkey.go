package people

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"gatehouse/server/fault"
	"gatehouse/server/limit"
	"gatehouse/server/session"
	"gatehouse/server/store"
	"gatehouse/web"
)

// passkey is a device that signs for somebody: a phone, a computer, a key on
// the ring. It asks for a finger, a face or a PIN itself, so that it stands for
// both the password and the second factor.
type passkey struct {
	Name  string              `json:"name"`
	Since time.Time           `json:"since"`
	Used  *time.Time          `json:"used,omitempty"`
	Key   webauthn.Credential `json:"key"`
}

// spent is an answer that has opened once, kept until it would be too old anyway.
type spent struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until"`
}

const (
	ceremonyLife = 10 * time.Minute // how long a page may stand open before a device signs
	manyPasskeys = 10               // of one person
	maxSigned    = 16 << 10         // bytes of what a device sends
)

// relyingParty makes the portal known to devices by its address; nil where
// that is a number, to which they do not sign.
func relyingParty(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return nil, nil
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: web.Simplified.T("site.name"), RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		}})
	return w, fault.Wrap(err, "make passkeys work at %s", origin)
}

// holder is a person as devices know them.
type holder struct {
	*User
	keys []passkey
}

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Login }
func (h holder) WebAuthnDisplayName() string { return h.Name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.keys))
	for i, k := range h.keys {
		out[i] = k.Key
	}
	return out
}

// asked is what a page hands to a device: the question, and our own sealed
// copy of it that comes back with the answer. Nothing is kept meanwhile, or
// strangers could fill the store with questions.
type asked struct{ options, sealed string }

func (p *People) ask(person string, options any, s *webauthn.SessionData) (asked, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return asked{}, fault.Wrap(err, "write a question to a device")
	}
	d, err := json.Marshal(s)
	if err != nil {
		return asked{}, fault.Wrap(err, "write down a question to a device")
	}
	now := p.Clock().UTC()
	t, err := p.signer.Issue(session.Claims{Session: rand.Text(), Person: person, Audience: session.Passkey, Issued: now, Expires: now.Add(ceremonyLife), Data: string(d)})
	return asked{string(o), string(t)}, fault.Wrap(err, "seal a question to a device")
}

// askToJoin asks a new device of a person to sign.
func (p *People) askToJoin(h holder) (asked, error) {
	o, s, err := p.passkeys.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return asked{}, fault.Wrap(err, "ask a device of %s to join", h.ID)
	}
	return p.ask(h.ID, o.Response, s)
}

// askToOpen asks any device of anybody to sign.
func (p *People) askToOpen() (asked, error) {
	o, s, err := p.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return asked{}, fault.Wrap(err, "ask a device to open")
	}
	return p.ask(nobody, o.Response, s)
}

// unseal gives back what was asked, if it was asked of this person and not too
// long ago.
func (p *People) unseal(person, sealed string) (s webauthn.SessionData, c session.Claims, err error) {
	over := fault.New(fault.Unauthenticated, "people.passkey_over")
	c, err = p.signer.Verify(session.Token(sealed), session.Passkey, p.Clock().UTC())
	if err != nil || c.Person != person {
		return s, c, over
	}
	return s, c, fault.Wrap(json.Unmarshal([]byte(c.Data), &s), "read a question to a device")
}

// join takes a new device of a person who has given the password. The first
// second factor brings recovery codes with it.
func (p *People) join(ctx context.Context, u *User, name, sealed string, signed []byte) (codes []string, err error) {
	s, _, err := p.unseal(u.ID, sealed)
	if err != nil {
		return nil, err
	}
	refused := fault.New(fault.Invalid, "people.passkey_refused")
	if len(signed) > maxSigned {
		return nil, refused
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(signed)
	if err != nil {
		return nil, refused
	}
	key, err := p.passkeys.CreateCredential(holder{u, nil}, s, answer)
	if err != nil {
		return nil, refused
	}
	fresh, digests := spares()
	now := p.Clock().UTC()
	_, err = p.credentials.Change(ctx, u.ID, func(c *credential) error {
		codes = nil
		switch {
		case slices.ContainsFunc(c.Passkeys, func(k passkey) bool { return bytes.Equal(k.Key.ID, key.ID) }):
			return fault.New(fault.Conflict, "people.passkey_there")
		case len(c.Passkeys) >= manyPasskeys:
			return fault.New(fault.Conflict, "people.many_passkeys", "max", manyPasskeys)
		}
		c.Passkeys = append(c.Passkeys, passkey{Name: strings.Clone(name), Since: now, Key: *key})
		if c.Second == nil {
			codes, c.Second = fresh, &second{Codes: digests, Since: now}
		}
		return nil
	})
	return codes, asFault(err, "take a passkey of %s", u.ID)
}

// open gives the person whose device has signed.
func (p *People) open(ctx context.Context, ip, sealed string, signed []byte) (string, error) {
	if p.passkeys == nil {
		return "", fault.Missing("page")
	}
	if !p.throttle.keys.Slow(ctx, limit.Network(ip), keyPatience) {
		return "", fault.New(fault.Conflict, "too_many_requests")
	}
	s, claims, err := p.unseal(nobody, sealed)
	if err != nil {
		return "", err
	}
	id, key, err := p.whoSigned(ctx, s, signed)
	if err != nil {
		return "", err
	}
	if key != nil {
		err = p.used(ctx, id, key, claims)
	}
	if key == nil || err != nil && fault.As(err).Kind == fault.Unauthenticated {
		return "", fault.New(fault.Unauthenticated, "people.passkey_unknown")
	}
	if err == nil {
		p.throttle.keys.Give(limit.Network(ip))
	}
	return id, err
}

// whoSigned finds whose device has signed the question; nil for nobody's.
func (p *People) whoSigned(ctx context.Context, s webauthn.SessionData, signed []byte) (id string, key *webauthn.Credential, err error) {
	if len(signed) > maxSigned {
		return "", nil, nil
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(signed)
	if err != nil {
		return "", nil, nil
	}
	var ill error // of the store: no fault of the device
	_, key, err = p.passkeys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		u, ok := p.mem.user(string(handle))
		if !ok || u.State != Active {
			return nil, store.ErrNotFound
		}
		c, err := p.credentials.Get(ctx, u.ID)
		if err != nil {
			if !errors.Is(err, store.ErrNotFound) {
				ill = err
			}
			return nil, err
		}
		id = u.ID
		return holder{u, c.Passkeys}, nil
	}, s, answer)
	if err != nil {
		key = nil
	}
	return id, key, fault.Wrap(ill, "read a passkey")
}

// used notes that a device has opened: an answer opens once, and a device whose
// count runs backwards is a copy and opens nothing.
func (p *People) used(ctx context.Context, id string, key *webauthn.Credential, claims session.Claims) error {
	refused := fault.New(fault.Unauthenticated, "people.passkey_unknown")
	now := p.Clock().UTC()
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		i := slices.IndexFunc(c.Passkeys, func(k passkey) bool { return bytes.Equal(k.Key.ID, key.ID) })
		if i < 0 || key.Authenticator.CloneWarning || slices.ContainsFunc(c.Spent, func(s spent) bool { return s.ID == claims.Session }) {
			return refused
		}
		c.Spent = append(slices.DeleteFunc(c.Spent, func(s spent) bool { return !now.Before(s.Until) }), spent{claims.Session, claims.Expires})
		c.Passkeys[i].Used, c.Passkeys[i].Key.Authenticator, c.Passkeys[i].Key.Flags = &now, key.Authenticator, key.Flags
		return nil
	})
	return asFault(err, "note a use of a passkey of %s", id)
}

// part takes a device away. Without an app the last one takes the second
// factor with it.
func (p *People) part(ctx context.Context, id, key string) error {
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		n := len(c.Passkeys)
		c.Passkeys = slices.DeleteFunc(c.Passkeys, func(k passkey) bool { return k.id() == key })
		if len(c.Passkeys) == n {
			return fault.InvalidField("passkey", "fault.people.no_such_passkey")
		}
		if len(c.Passkeys) == 0 && !c.hasApp() {
			c.Second = nil
		}
		return nil
	})
	return asFault(err, "take a passkey of %s away", id)
}

// id names a passkey among its holder's.
func (k passkey) id() string { return digest(string(k.Key.ID))[:16] }
