// Package sso asks another house who somebody is, by OpenID Connect: the code
// flow with PKCE and a nonce. It is no session and knows no accounts.
package sso

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is which house is asked, and as whom.
type Config struct {
	Issuer string // its address
	Client string // by which it knows the portal
	Secret string // that only both know
	Claim  string // which of its claims is the login here; nobody may be able to change their own
}

// Client asks one house.
type Client struct {
	Config
	callback string
	http     *http.Client
	mu       sync.Mutex
	house    *oidc.Provider // nil until it has answered once
}

// Question is one asking; it must come back with the answer, unseen by others
// than the browser that asks.
type Question struct{ State, Nonce, Verifier string }

// Identity is whom the house names.
type Identity struct {
	Subject string // never given to anybody else
	Login   string
	Second  bool // it asked for more than a password
}

var (
	// ErrAway says that the house does not answer.
	ErrAway = errors.New("sso: the house does not answer")
	// ErrRefused says that the answer is none that counts.
	ErrRefused = errors.New("sso: refused")
)

const patience = 8 * time.Second // with the house, for one request

// New makes a client that answers come back to at callback. It asks nothing
// yet: the portal starts also when the house is away.
func New(c Config, callback string) *Client {
	return &Client{Config: c, callback: callback, http: &http.Client{Timeout: patience}}
}

// discover reads the house's addresses and keys, once.
func (c *Client) discover(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.house != nil {
		return c.house, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	c.house = p
	return p, nil
}

func (c *Client) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: c.Client, ClientSecret: c.Secret, Endpoint: p.Endpoint(), RedirectURL: c.callback, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// Begin gives the address to send a browser to; ErrAway.
func (c *Client) Begin(ctx context.Context) (address string, q Question, err error) {
	p, err := c.discover(ctx)
	if err != nil {
		return "", q, err
	}
	q = Question{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return c.oauth(p).AuthCodeURL(q.State, oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)), q, nil
}

// Finish turns the code that the browser brought back into who it is;
// ErrAway, ErrRefused.
func (c *Client) Finish(ctx context.Context, q Question, state, code string) (Identity, error) {
	if q.State == "" || state != q.State {
		return Identity{}, fmt.Errorf("%w: the state is another", ErrRefused)
	}
	p, err := c.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	t, err := c.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(q.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError {
			return Identity{}, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return Identity{}, fmt.Errorf("%w: %w", ErrAway, err)
	}
	raw, _ := t.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: c.Client}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if id.Nonce != q.Nonce {
		return Identity{}, fmt.Errorf("%w: the nonce is another", ErrRefused)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	login, _ := claims[c.Claim].(string)
	if login == "" {
		return Identity{}, fmt.Errorf("%w: no claim %q", ErrRefused, c.Claim)
	}
	return Identity{Subject: id.Subject, Login: login, Second: strong(claims["amr"])}, nil
}

// strong tells whether the methods that a house names are more than a
// password (RFC 8176).
func strong(amr any) bool {
	list, _ := amr.([]any)
	return slices.ContainsFunc(list, func(m any) bool {
		return slices.Contains([]any{"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"}, m)
	})
}
