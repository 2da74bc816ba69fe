package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// second is somebody's second factor: the secret that an authenticator on a
// phone shares, unless there are only passkeys, and codes for the day on which
// the phone is lost.
type second struct {
	Secret string    `json:"secret,omitempty"`
	Step   int64     `json:"step"`  // the newest time step whose code was taken; none is taken twice
	Codes  []string  `json:"codes"` // digests of the recovery codes left
	Since  time.Time `json:"since"`
}

const (
	stepSeconds = 30
	drift       = 1 // steps that a phone's clock may be off, either way
	spareCodes  = 10
	secretBytes = 20
)

var codeOptions = totp.ValidateOpts{Period: stepSeconds, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var plainBase32 = base32.StdEncoding.WithPadding(base32.NoPadding)

func newSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b)
	return plainBase32.EncodeToString(b)
}

// stepOf gives the time step whose code this is, 0 for none near now.
func stepOf(secret, code string, now time.Time) int64 {
	if secret == "" {
		return 0
	}
	at := now.Unix() / stepSeconds
	for step := at - drift; step <= at+drift; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*stepSeconds, 0), codeOptions)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

// typed takes the blanks and hyphens out that people put between digits.
func typed(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u3000' {
			return -1
		}
		return r
	}, code))
}

// takes tells whether a code opens, and uses it up.
func (s *second) takes(code string, now time.Time) bool {
	code = typed(code)
	step, right := stepOf(s.Secret, code, now), false
	spare := slices.Index(s.Codes, digest(code))
	switch {
	case step > s.Step:
		right = true
	case spare >= 0:
		right = true
	}
	if !right {
		return false
	}
	if step > s.Step {
		s.Step = step
	} else {
		s.Codes = slices.Delete(s.Codes, spare, spare+1)
	}
	return true
}

func digest(code string) string {
	sum := sha256.Sum256([]byte("recovery code\x00" + code))
	return hex.EncodeToString(sum[:])
}

// spares makes new recovery codes and their digests.
func spares() (codes, digests []string) {
	for range spareCodes {
		c := rand.Text()[:10] // 50 bits, and a few tries each
		codes, digests = append(codes, c[:5]+"-"+c[5:]), append(digests, digest(c))
	}
	return codes, digests
}

// hasApp tells whether an authenticator makes codes for the account.
func (c *credential) hasApp() bool { return c.Second != nil && c.Second.Secret != "" }

// hasSecond tells whether the password alone does not open the account.
func (p *People) hasSecond(ctx context.Context, id string) (bool, error) {
	c, err := p.credentials.Get(ctx, id)
	if err != nil {
		return false, fault.Wrap(err, "read the credential of %s", id)
	}
	return c.Second != nil, nil
}

// checkSecond takes a code of somebody whose password was right.
func (p *People) checkSecond(ctx context.Context, from origin, id, code string) error {
	c, err := p.credentialOf(ctx, id)
	if err != nil {
		return err
	}
	x := p.trial(from, account(c), c)
	if w := x.code(); w > 0 {
		return toWait(w)
	}
	now, ok := p.Clock().UTC(), false
	_, err = p.credentials.Change(ctx, id, func(c *credential) error {
		if ok = c.Second != nil && c.Second.takes(code, now); !ok {
			return errWrongCode
		}
		return nil
	})
	if err != nil && !errors.Is(err, errWrongCode) {
		return fault.Wrap(err, "use a code of %s", id)
	}
	if !ok {
		return fault.New(fault.Unauthenticated, "people.wrong_code")
	}
	x.rightCode()
	return nil
}

// errWrongCode leaves a credential as it is.
var errWrongCode = errors.New("people: wrong code")

// propose makes the secret of a second factor that is not in use yet.
func (p *People) propose(ctx context.Context, id string) error {
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		if !c.hasApp() && c.Pending == "" {
			c.Pending = newSecret()
		}
		return nil
	})
	return fault.Wrap(err, "begin the second factor of %s", id)
}

// adopt puts a proposed second factor into use when its first code is right,
// and gives the recovery codes.
func (p *People) adopt(ctx context.Context, id, code string) ([]string, error) {
	now := p.Clock().UTC()
	codes, digests := spares()
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		if c.hasApp() || c.Pending == "" {
			return fault.New(fault.Conflict, "people.second_there")
		}
		step := stepOf(c.Pending, typed(code), now)
		if step == 0 {
			return fault.InvalidField("code", "fault.people.wrong_code")
		}
		c.Second, c.Pending = &second{Secret: c.Pending, Step: step, Codes: digests, Since: now}, ""
		return nil
	})
	return codes, asFault(err, "adopt the second factor of %s", id)
}

// respare gives new recovery codes in place of all the old ones.
func (p *People) respare(ctx context.Context, id string) ([]string, error) {
	codes, digests := spares()
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		if c.Second == nil {
			return fault.New(fault.Conflict, "people.no_second")
		}
		c.Second.Codes = digests
		return nil
	})
	return codes, asFault(err, "renew the recovery codes of %s", id)
}

// forgetApp takes the authenticator away; passkeys stay.
func (p *People) forgetApp(ctx context.Context, id string) error {
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		c.Pending = ""
		if len(c.Passkeys) == 0 {
			c.Second = nil
		} else {
			c.Second.Secret, c.Second.Step = "", 0
		}
		return nil
	})
	return fault.Wrap(err, "forget the authenticator of %s", id)
}

// forget takes every second factor away.
func (p *People) forget(ctx context.Context, id string) error {
	_, err := p.credentials.Change(ctx, id, func(c *credential) error {
		c.Second, c.Pending, c.Passkeys, c.Outside = nil, "", nil, ""
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing("user")
	}
	return fault.Wrap(err, "forget the second factor of %s", id)
}

// dropSecond is the administrator's help for somebody who lost the phone and
// the codes: the password alone opens again, and all sessions end.
func (p *People) dropSecond(u *User, s *lifecycle.Step) error {
	if err := p.forget(s.Ctx, u.ID); err != nil {
		return err
	}
	return p.endSessions(s.Ctx, u.ID, "")
}

// raise notes that a session's holder has now shown the second factor too.
func (p *People) raise(ctx context.Context, id string) error {
	_, err := p.sessions.Change(ctx, id, func(s *Session) error { s.Second = true; return nil })
	return fault.Wrap(err, "raise session %s", id)
}

// lacksSecond tells whether the city wants more than this session was opened with.
func (p *People) lacksSecond(s *Session) bool {
	return !s.Second && p.Settings().Text("acc.second") == "required"
}

// settingUp are the pages that somebody without the required second factor needs.
func settingUp(path string) bool {
	return strings.HasPrefix(path, "/me/second") || path == "/signout" || path == "/preferences"
}

// asFault leaves faults as they are.
func asFault(err error, act, id string) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.Wrap(err, act, id)
}
