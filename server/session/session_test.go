package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	now    = time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)
	signer = NewSigner([]byte("secret"))
	good   = Claims{Session: "s1", Person: "p1", Audience: Pages, Issued: now, Expires: now.Add(30 * time.Minute)}
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	raw, err := signer.Issue(good)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := signer.Verify(raw, Pages, now.Add(time.Minute)); err != nil || got != good {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, at := range map[string]time.Time{"before it was made": now.Add(-time.Second), "at its end": good.Expires} {
		if _, err := signer.Verify(raw, Pages, at); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := signer.Verify(raw, Pages, good.Expires.Add(-time.Second)); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
}

// sign writes a token by hand, so that nothing of the library keeps a bad one
// from being made.
func sign(key []byte, header, claims map[string]any) Token {
	part := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(header) + "." + part(claims)
	m := hmac.New(sha256.New, key)
	m.Write([]byte(body))
	return Token(body + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil)))
}

func TestRefused(t *testing.T) {
	t.Parallel()
	hs := map[string]any{"alg": "HS256", "typ": "JWT"}
	claims := func(but map[string]any) map[string]any {
		c := map[string]any{"jti": "s1", "sub": "p1", "iss": "gatehouse", "aud": "gatehouse/pages", "iat": now.Unix(), "exp": now.Unix() + 1800}
		for k, v := range but {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return c
	}
	if _, err := signer.Verify(sign(signer.key, hs, claims(nil)), Pages, now); err != nil {
		t.Fatalf("the base of this test is refused: %v", err)
	}
	none := sign(nil, map[string]any{"alg": "none"}, claims(nil))
	hs512, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims(claims(nil))).SignedString(signer.key)
	if err != nil {
		t.Fatal(err)
	}
	ok := string(sign(signer.key, hs, claims(nil)))
	for name, raw := range map[string]Token{
		"empty":             "",
		"no token":          "a.b.c",
		"too long":          Token(strings.Repeat("a", maxLength+1)),
		"alg none":          none,
		"alg none unsigned": none[:strings.LastIndex(string(none), ".")+1],
		"other hash":        Token(hs512),
		"other key":         sign([]byte("other"), hs, claims(nil)),
		"the house's key":   sign([]byte("secret"), hs, claims(nil)),
		"cut":               Token(ok[:len(ok)-2]),
		"other audience":    sign(signer.key, hs, claims(map[string]any{"aud": "gatehouse/api"})),
		"two audiences":     sign(signer.key, hs, claims(map[string]any{"aud": []string{"gatehouse/pages", "gatehouse/api"}})),
		"no audience":       sign(signer.key, hs, claims(map[string]any{"aud": nil})),
		"other issuer":      sign(signer.key, hs, claims(map[string]any{"iss": "else"})),
		"no issuer":         sign(signer.key, hs, claims(map[string]any{"iss": nil})),
		"no session":        sign(signer.key, hs, claims(map[string]any{"jti": nil})),
		"no person":         sign(signer.key, hs, claims(map[string]any{"sub": nil})),
		"no end":            sign(signer.key, hs, claims(map[string]any{"exp": nil})),
		"no beginning":      sign(signer.key, hs, claims(map[string]any{"iat": nil})),
		"from the future":   sign(signer.key, hs, claims(map[string]any{"iat": now.Unix() + 60})),
		"over":              sign(signer.key, hs, claims(map[string]any{"exp": now.Unix()})),
		"person no text":    sign(signer.key, hs, claims(map[string]any{"sub": 7})),
	} {
		if c, err := signer.Verify(raw, Pages, now); !errors.Is(err, ErrToken) || c != (Claims{}) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestHalfOver(t *testing.T) {
	t.Parallel()
	if good.HalfOver(now.Add(15*time.Minute-time.Second)) || !good.HalfOver(now.Add(15*time.Minute)) {
		t.Error("half of thirty minutes is fifteen")
	}
}

func FuzzVerify(f *testing.F) {
	raw, err := signer.Issue(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := signer.Verify(Token(s), Pages, now); err == nil && c != good {
			t.Errorf("%q passes as %+v", s, c)
		}
	})
}
