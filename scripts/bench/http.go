//go:build bench

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"gatehouse/modules/portal"
)

// server is the portal on a port of this machine, and its visitors.
type server struct {
	c       *city
	url     string
	client  *http.Client
	mu      sync.Mutex
	tokens  map[string]string // of programs, by login
	cookies map[string]string // of pages, by login
	failed  chan error
}

func (c *city) serve() (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{c: c, url: "http://" + l.Addr().String(), tokens: map[string]string{}, cookies: map[string]string{}, failed: make(chan error, 1),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}, Timeout: 2 * time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	go func() { s.failed <- c.Fiber.Listener(l) }()
	return s, nil
}

func (s *server) stop() {
	s.client.CloseIdleConnections()
	s.c.Fiber.ShutdownWithTimeout(5 * time.Second) // nothing is under way any more
	<-s.failed
}

// ask sends one request and reads the whole answer.
func (s *server) ask(method, path, login string, body []byte, want int) ([]byte, error) {
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", portal.NewKey())
	}
	if login != "" {
		if err := s.as(r, login); err != nil {
			return nil, err
		}
	}
	_, b, err := s.send(r, want)
	return b, err
}

func (s *server) send(r *http.Request, want int) (*http.Response, []byte, error) {
	res, err := s.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s: %d, want %d: %.300s", r.Method, r.URL.Path, res.StatusCode, want, b)
	}
	return res, b, err
}

// as signs the visitor in, once: programs by a token, pages by a cookie.
func (s *server) as(r *http.Request, login string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if strings.HasPrefix(r.URL.Path, "/api/") {
		if s.tokens[login] == "" {
			s.tokens[login], err = s.token(login)
		}
		r.Header.Set("Authorization", "Bearer "+s.tokens[login])
		return err
	}
	if s.cookies[login] == "" {
		s.cookies[login], err = s.cookie(login)
	}
	r.Header.Set("Cookie", s.cookies[login])
	return err
}

func (s *server) token(login string) (string, error) {
	body, err := json.Marshal(fields{"login": login, "password": password})
	if err != nil {
		return "", err
	}
	b, err := s.ask("POST", "/api/v1/session", "", body, http.StatusCreated)
	if err != nil {
		return "", err
	}
	var got struct{ Token string }
	return got.Token, errOr(json.Unmarshal(b, &got), got.Token != "", "no token for "+login)
}

func (s *server) cookie(login string) (string, error) {
	r, err := http.NewRequest("POST", s.url+"/signin", strings.NewReader(url.Values{"login": {login}, "password": {password}}.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, _, err := s.send(r, http.StatusSeeOther)
	if err != nil {
		return "", err
	}
	cookie, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return cookie, errOr(nil, cookie != "", "no cookie for "+login)
}

func errOr(err error, ok bool, text string) error {
	if err == nil && !ok {
		err = fmt.Errorf("%s", text)
	}
	return err
}

// file drafts and submits as a program does.
func (s *server) file(clerk int) error {
	body, err := json.Marshal(form(clerk))
	if err != nil {
		return err
	}
	b, err := s.ask("POST", "/api/v1/applications", clerkOf(clerk), body, http.StatusCreated)
	if err != nil {
		return err
	}
	var got struct{ ID, State string }
	if err := json.Unmarshal(b, &got); err != nil {
		return err
	}
	if b, err = s.ask("POST", "/api/v1/applications/"+got.ID+"/submit", clerkOf(clerk), []byte("{}"), http.StatusOK); err != nil {
		return err
	}
	err = json.Unmarshal(b, &got)
	return errOr(err, got.State == "submitted", "submitted, and is "+got.State)
}
