package people

import (
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

// addressRule counts what goes wrong by address, in memory: it keeps one
// machine from trying one password on every account, which no account's own
// count sees.
var addressRule = limit.Rule{N: 30, Per: 10 * time.Minute}

// knock counts a try of an address before it is known to be wrong, or many at
// once would all get through; admitted gives it back.
func (p *People) knock(ip string) error {
	if p.addresses.Take(limit.Network(ip)) > 0 {
		return fault.New(fault.Conflict, "too_many_requests")
	}
	return nil
}

func (p *People) admitted(ip string) { p.addresses.Give(limit.Network(ip)) }
