package people

import "context"

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
