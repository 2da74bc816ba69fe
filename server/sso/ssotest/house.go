// Package ssotest is a small house that says who somebody is, for tests: real
// requests, real signatures, and hands to make it lie.
package ssotest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Client and Secret are whom the house knows.
const (
	Client = "gatehouse"
	Secret = "between us"
)

// Portal answers at URL.
type Portal struct {
	*httptest.Server
	t     testing.TB
	key   *rsa.PrivateKey
	mu    sync.Mutex
	asked map[string]asked // code -> what was asked
	who   jwt.MapClaims
	lie   func(jwt.MapClaims)
}

type asked struct{ nonce, challenge, back string }

// New starts a house that ends with the test.
func New(t testing.TB) *Portal {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	h := &Portal{t: t, key: key, asked: map[string]asked{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", h.discovery)
	mux.HandleFunc("GET /keys", h.keys)
	mux.HandleFunc("POST /token", h.token)
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

// Is says who sits before the house's sign-in from now on.
func (h *Portal) Is(subject, login string, amr ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.who = jwt.MapClaims{"sub": subject, "preferred_username": login, "amr": amr}
}

// Lie changes what the house says.
func (h *Portal) Lie(f func(jwt.MapClaims)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lie = f
}

// SignIn does what a browser does that was sent to address: it gives where the
// house sends it back to.
func (h *Portal) SignIn(address string) *url.URL {
	h.t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("client_id") != Client || u.Query().Get("response_type") != "code" || u.Query().Get("code_challenge_method") != "S256" {
		h.t.Fatalf("sent to %q: %v", address, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	code := rand.Text()
	h.asked[code] = asked{u.Query().Get("nonce"), u.Query().Get("code_challenge"), u.Query().Get("redirect_uri")}
	back, err := url.Parse(u.Query().Get("redirect_uri"))
	if err != nil {
		h.t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {u.Query().Get("state")}}.Encode()
	return back
}

func (h *Portal) say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		h.t.Error(err)
	}
}

func (h *Portal) discovery(w http.ResponseWriter, _ *http.Request) {
	h.say(w, http.StatusOK, map[string]any{"issuer": h.URL, "authorization_endpoint": h.URL + "/authorize", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"}})
}

func (h *Portal) keys(w http.ResponseWriter, _ *http.Request) {
	b64 := base64.RawURLEncoding.EncodeToString
	h.say(w, http.StatusOK, map[string]any{"keys": []map[string]string{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k",
		"n": b64(h.key.N.Bytes()), "e": b64(big.NewInt(int64(h.key.E)).Bytes())}}})
}

// token gives each code's answer once, to who can prove having asked.
func (h *Portal) token(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if plain, err := url.QueryUnescape(secret); err == nil { // RFC 6749, 2.3.1
		secret = plain
	}
	if id == "" {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	a, ok := h.asked[r.FormValue("code")]
	delete(h.asked, r.FormValue("code"))
	proof := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || id != Client || secret != Secret || a.back != r.FormValue("redirect_uri") || base64.RawURLEncoding.EncodeToString(proof[:]) != a.challenge {
		h.say(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := jwt.MapClaims{"iss": h.URL, "aud": Client, "nonce": a.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	for k, v := range h.who {
		claims[k] = v
	}
	if h.lie != nil {
		h.lie(claims)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	t.Header["kid"] = "k"
	raw, err := t.SignedString(h.key)
	if err != nil {
		h.t.Error(err)
	}
	h.say(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": raw})
}
