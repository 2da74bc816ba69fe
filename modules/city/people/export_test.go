package people

import (
	"context"

	"gatehouse/server/limit"
)

// Hashed is how many hashes were computed.
func Hashed() int64 { return hashed.Load() }

// LinkToken gives the newest link of an account, as the page shows it once.
func (p *People) LinkToken(id string) string {
	c, err := p.credentials.Get(context.Background(), id)
	if err != nil {
		return ""
	}
	return p.linkToken(id, c.Link.N)
}

// UseLink sets a password by a link's number, as two do who send it at once.
func (p *People) UseLink(id string, n int64) error {
	return p.useLink(context.Background(), id, n, "a password of some length")
}

// Respare gives new recovery codes.
func (p *People) Respare(id string) error {
	_, err := p.respare(context.Background(), id)
	return err
}

// Forget takes every second factor away.
func (p *People) Forget(id string) error { return p.forget(context.Background(), id) }

// Check tries to sign in from an address.
func (p *People) Check(ip, login, password, code string) (string, bool, error) {
	return p.check(context.Background(), origin{network: limit.Network(ip)}, &ProgramForm{SignInForm{login, password}, code})
}

// Knows tells whether a device's cookie knows an account.
func (p *People) Knows(cookie, login string) bool {
	id, _ := p.mem.byLogin(login)
	c, err := p.credentialOf(context.Background(), id)
	return err == nil && p.knows(cookie, c)
}
