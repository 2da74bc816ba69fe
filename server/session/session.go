// Package session writes and reads the tokens that stand for a signed-in
// person. It is pure: no store, no request, no clock of its own.
//
// A token is a JWT signed with HS256 and nothing else. It names the session
// (jti), the person (sub), what it is good for (aud: pages or programs), and
// when it was made and ends. It says nothing about what the person may do:
// that is looked up at every request, so that a change takes effect at once.
package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is what a token is good for: a page's cookie is no key to the API,
// nor the other way round.
type Audience string

const (
	Pages    Audience = "gatehouse/pages"
	Programs Audience = "gatehouse/api"
	Halfway  Audience = "gatehouse/halfway" // the password was right, the second factor is still wanted
	Passkey  Audience = "gatehouse/passkey" // a device is asked to sign
	Outside  Audience = "gatehouse/outside" // another house is asked who this is
)

const issuer = "gatehouse"

// maxLength bounds what is parsed at all; our own tokens have some 350 bytes,
// and what they carry.
const maxLength = 4096

// ErrToken says that a token is not one of ours, or not any more, or not for this.
var ErrToken = errors.New("session: bad token")

// Token is a signed token as it stands in a cookie or a header.
type Token string

// Claims is what a token says.
type Claims struct {
	Session  string
	Person   string
	Audience Audience
	Issued   time.Time // to the second
	Expires  time.Time // to the second; already outside
	Data     string    // what is to come back as it was; whoever holds the token can read it
}

// registered is what stands in a token.
type registered struct {
	jwt.RegisteredClaims
	Data string `json:"dat,omitempty"`
}

// HalfOver tells whether at least half of the token's life has passed.
func (c Claims) HalfOver(now time.Time) bool {
	return !now.Before(c.Issued.Add(c.Expires.Sub(c.Issued) / 2))
}

// Signer issues and verifies tokens with one key.
type Signer struct {
	key    []byte
	parser *jwt.Parser
}

// NewSigner derives the key for tokens from the house's secret, so that the
// secret's other uses can never make a token.
func NewSigner(secret []byte) *Signer {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("session token\x00"))
	return &Signer{key: m.Sum(nil), parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithStrictDecoding(),
		jwt.WithoutClaimsValidation(), // done in check, where each claim is required
	)}
}

// Issue signs the claims.
func (s *Signer) Issue(c Claims) (Token, error) {
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, registered{jwt.RegisteredClaims{
		ID: c.Session, Subject: c.Person, Issuer: issuer, Audience: jwt.ClaimStrings{string(c.Audience)},
		IssuedAt: jwt.NewNumericDate(c.Issued), ExpiresAt: jwt.NewNumericDate(c.Expires),
	}, c.Data}).SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("session: sign token of %s: %w", c.Session, err)
	}
	return Token(raw), nil
}

// Verify reads a token for one audience at a time; ErrToken.
func (s *Signer) Verify(t Token, use Audience, now time.Time) (Claims, error) {
	if len(t) > maxLength {
		return Claims{}, fmt.Errorf("%w: %d bytes", ErrToken, len(t))
	}
	var r registered
	if _, err := s.parser.ParseWithClaims(string(t), &r, func(*jwt.Token) (any, error) { return s.key, nil }); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if why := check(r.RegisteredClaims, use, now); why != "" {
		return Claims{}, fmt.Errorf("%w: %s", ErrToken, why)
	}
	return Claims{Session: r.ID, Person: r.Subject, Audience: use, Issued: r.IssuedAt.UTC(), Expires: r.ExpiresAt.UTC(), Data: r.Data}, nil
}

// check says what is wrong with the claims, "" for nothing. None may be missing.
func check(r jwt.RegisteredClaims, use Audience, now time.Time) string {
	switch {
	case r.Issuer != issuer:
		return "issued by somebody else"
	case len(r.Audience) != 1 || r.Audience[0] != string(use):
		return "for another use"
	case r.ID == "":
		return "names no session"
	case r.Subject == "":
		return "names no person"
	case r.IssuedAt == nil || now.Before(r.IssuedAt.Time):
		return "not made yet"
	case r.ExpiresAt == nil || !now.Before(r.ExpiresAt.Time):
		return "over"
	}
	return ""
}
