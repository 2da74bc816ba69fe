package sso_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/server/sso"
	"gatehouse/server/sso/ssotest"
)

const back = "https://gate.test/signin/callback"

func client(h *ssotest.Portal) *sso.Client {
	return sso.New(sso.Config{Issuer: h.URL, Client: ssotest.Client, Secret: ssotest.Secret, Claim: "preferred_username"}, back)
}

func TestFinish(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := ssotest.New(t)
	for name, c := range map[string]struct {
		lie  func(jwt.MapClaims)
		bend func(q *sso.Question, state, code *string)
		amr  []string
		want error
		more bool
	}{
		"true":                {},
		"with a second":       {amr: []string{"pwd", "mfa"}, more: true},
		"with a password":     {amr: []string{"pwd"}},
		"another house":       {lie: func(c jwt.MapClaims) { c["iss"] = "https://else.cn" }, want: sso.ErrRefused},
		"for somebody else":   {lie: func(c jwt.MapClaims) { c["aud"] = "else" }, want: sso.ErrRefused},
		"over":                {lie: func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Hour).Unix() }, want: sso.ErrRefused},
		"another nonce":       {lie: func(c jwt.MapClaims) { c["nonce"] = "else" }, want: sso.ErrRefused},
		"no login":            {lie: func(c jwt.MapClaims) { delete(c, "preferred_username") }, want: sso.ErrRefused},
		"a login of no text":  {lie: func(c jwt.MapClaims) { c["preferred_username"] = 7 }, want: sso.ErrRefused},
		"another state":       {bend: func(_ *sso.Question, state, _ *string) { *state = "else" }, want: sso.ErrRefused},
		"no question":         {bend: func(q *sso.Question, state, _ *string) { *q, *state = sso.Question{}, "" }, want: sso.ErrRefused},
		"another's code":      {bend: func(_ *sso.Question, _, code *string) { *code = "else" }, want: sso.ErrRefused},
		"without the proof":   {bend: func(q *sso.Question, _, _ *string) { q.Verifier = "else" }, want: sso.ErrRefused},
		"a replayed question": {bend: func(q *sso.Question, _, _ *string) { q.Nonce = "else" }, want: sso.ErrRefused},
	} {
		c1 := client(h)
		h.Is("s-1", "li", c.amr...)
		h.Lie(c.lie)
		at, q, err := c1.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		v := h.SignIn(at).Query()
		state, code := v.Get("state"), v.Get("code")
		if c.bend != nil {
			c.bend(&q, &state, &code)
		}
		who, err := c1.Finish(ctx, q, state, code)
		switch {
		case !errors.Is(err, c.want):
			t.Errorf("%s: %v", name, err)
		case c.want == nil && who != (sso.Identity{Subject: "s-1", Login: "li", Second: c.more}):
			t.Errorf("%s: %+v", name, who)
		case c.want != nil && who != (sso.Identity{}):
			t.Errorf("%s names %+v", name, who)
		}
	}
}

func TestAwayAndBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := ssotest.New(t)
	c := client(h)
	if _, _, err := sso.New(sso.Config{Issuer: "http://127.0.0.1:1", Claim: "x"}, back).Begin(ctx); !errors.Is(err, sso.ErrAway) {
		t.Errorf("a house that does not answer: %v", err)
	}
	at, q, err := c.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v := h.SignIn(at).Query()
	h.Close()
	if _, err := c.Finish(ctx, q, v.Get("state"), v.Get("code")); !errors.Is(err, sso.ErrAway) {
		t.Errorf("a house that went away meanwhile: %v", err)
	}
}
