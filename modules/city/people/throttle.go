package people

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/limit"
	"gatehouse/server/store"
)

// Who guesses is slowed down, not whom they guess at. Wrong passwords count
// against the network they come from, and against the account from there; a
// device from which somebody has signed in before has a count of its own for
// that account, so nobody else can use it up. An account that is tried from
// very many places grants each only one try at a time. Whoever has to wait and
// has a second factor gives its code together with the password and waits for
// nothing: the two together cannot be guessed. Codes count for themselves,
// since only a right password leads to them. Counts are in memory: of one
// process, and until it ends.
var (
	networkRule  = limit.Rule{N: 30, Per: 10 * time.Minute}
	pairRule     = limit.Rule{N: 5, Per: 10 * time.Minute} // an account from a network
	strangerRule = limit.Rule{N: 60, Per: time.Hour}       // an account from everywhere
	deviceRule   = limit.Rule{N: 10, Per: 10 * time.Minute}
	codeRule     = limit.Rule{N: 20, Per: time.Hour} // codes of an account from everywhere
	keyRule      = limit.Rule{N: 60, Per: time.Minute}
)

// keyPatience is how long a passkey waits for its turn where false ones came from.
const keyPatience = 5 * time.Second

// hashes waiting at once: of one network, and of all.
const (
	hashesOfOne  = 8
	hashesOfAll  = 64
	deviceYears  = 1
	mostAccounts = 8 // of one device
)

type throttle struct {
	networks, devices, codePairs, codes, keys *limit.Limiter
	passwords                                 *limit.Guesses
	hashes                                    *limit.Budget
}

func newThrottle(clock func() time.Time) *throttle {
	return &throttle{networks: limit.New(networkRule, clock), passwords: limit.NewGuesses(pairRule, strangerRule, clock), devices: limit.New(deviceRule, clock),
		codePairs: limit.New(pairRule, clock), codes: limit.New(codeRule, clock), keys: limit.New(keyRule, clock), hashes: limit.NewBudget(hashesOfAll, hashesOfOne)}
}

// origin is where a try comes from.
type origin struct {
	network string
	device  string // its cookie
	session string // of somebody signed in
}

func (p *People) originOf(c *fiber.Ctx) origin {
	return origin{limit.Network(c.IP()), c.Cookies(p.deviceName()), portal.Who(c).Session}
}

// trial is one try at an account: counted beforehand, given back when it was right.
type trial struct {
	t       *throttle
	from    origin
	account string
	device  string // "" for an unknown one
}

// account names whose count it is; a new password begins anew.
func account(c *credential) string {
	sum := sha256.Sum256([]byte(c.Hash))
	return c.ID + " " + hex.EncodeToString(sum[:8])
}

// trial begins a try; account is that of a credential, or a login that nobody has.
func (p *People) trial(from origin, account string, c *credential) trial {
	x := trial{t: p.throttle, from: from, account: account}
	switch {
	case from.session != "":
		x.device = "session " + from.session
	case p.knows(from.device, c):
		x.device, _, _ = strings.Cut(from.device, ".")
	}
	return x
}

// password counts a password; it gives how long to wait before it may be tried.
func (x trial) password() time.Duration {
	if x.device != "" {
		return x.t.devices.Take(limit.Pair(x.device, x.account))
	}
	if w := x.t.networks.Take(x.from.network); w > 0 {
		return w
	}
	w := x.t.passwords.Take(x.account, x.from.network)
	if w > 0 {
		x.t.networks.Give(x.from.network)
	}
	return w
}

// right gives back what password counted.
func (x trial) right() {
	if x.device != "" {
		x.t.devices.Forget(limit.Pair(x.device, x.account))
		return
	}
	x.t.networks.Give(x.from.network)
	x.t.passwords.Right(x.account, x.from.network)
}

// code counts a code of whoever has given the right password.
func (x trial) code() time.Duration {
	if x.device != "" {
		return x.t.devices.Take(limit.Pair(x.device, "code "+x.account))
	}
	pair := limit.Pair(x.account, x.from.network)
	if w := x.t.codePairs.Take(pair); w > 0 {
		return w
	}
	if w := x.t.codes.Take(x.account); w > 0 {
		x.t.codePairs.Give(pair)
		return w
	}
	return 0
}

func (x trial) rightCode() {
	if x.device != "" {
		x.t.devices.Forget(limit.Pair(x.device, "code "+x.account))
		return
	}
	x.t.codePairs.Forget(limit.Pair(x.account, x.from.network))
	x.t.codes.Give(x.account)
}

// toWait refuses a try until later.
func toWait(w time.Duration) error {
	return fault.New(fault.Conflict, "people.wait", "n", int((w+time.Minute-1)/time.Minute))
}

// knock counts a try at what has no account, such as the code of the set-up.
func (p *People) knock(ip string) error {
	if w := p.throttle.networks.Take(limit.Network(ip)); w > 0 {
		return toWait(w)
	}
	return nil
}

func (p *People) admitted(ip string) { p.throttle.networks.Give(limit.Network(ip)) }

// A device that somebody has signed in from carries a cookie: a name of its
// own, and for each account a mark that only the portal can make. It opens
// nothing; it is only not held up by what others do. A new password ends it.

// mark is what a device carries for an account.
func (p *People) mark(device string, c *credential) string {
	h := hmac.New(sha256.New, p.Signing)
	h.Write([]byte("device\x00" + device + "\x00" + account(c)))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (p *People) knows(cookie string, c *credential) bool {
	device, marks, _ := strings.Cut(cookie, ".")
	if c == nil || c.ID == nobody || device == "" || len(cookie) > 1000 {
		return false
	}
	want, known := p.mark(device, c), false
	for m := range strings.SplitSeq(marks, ".") {
		known = hmac.Equal([]byte(m), []byte(want)) || known
	}
	return known
}

// remember marks the device that somebody has just signed in from.
func (p *People) remember(c *fiber.Ctx, id string) error {
	cred, err := p.credentials.Get(c.UserContext(), id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the city's own sign-in alone
	}
	if err != nil {
		return fault.Wrap(err, "read the credential of %s", id)
	}
	device, rest, _ := strings.Cut(c.Cookies(p.deviceName()), ".")
	if len(device) != 26 || len(rest) > 1000 {
		device, rest = rand.Text(), ""
	}
	marks := []string{p.mark(device, cred)}
	for m := range strings.SplitSeq(rest, ".") {
		if m != "" && !slices.Contains(marks, m) && len(marks) < mostAccounts {
			marks = append(marks, m)
		}
	}
	c.Cookie(&fiber.Cookie{Name: p.deviceName(), Value: device + "." + strings.Join(marks, "."), Path: "/", HTTPOnly: true, Secure: p.Secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: p.Clock().AddDate(deviceYears, 0, 0)})
	return nil
}

func (p *People) deviceName() string { return p.cookieName() + "-device" }

// verify compares a password with a credential. A device that is known does not
// wait behind those of strangers.
func (p *People) verify(ctx context.Context, x trial, c *credential, password string) (bool, error) {
	if !p.throttle.hashes.Take(x.from.network, 1) {
		return false, fault.New(fault.Conflict, "too_many_requests")
	}
	defer p.throttle.hashes.Give(x.from.network, 1)
	match, err := matches(ctx, c.Hash, password, x.device != "")
	if err != nil {
		return false, fault.Wrap(err, "compare the password of %s", c.ID)
	}
	return match, nil
}

// credentialOf reads a credential; that of nobody stands in for who has none.
func (p *People) credentialOf(ctx context.Context, id string) (*credential, error) {
	c, err := p.credentials.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		c, err = p.credentials.Get(ctx, nobody)
	}
	return c, fault.Wrap(err, "read the credential of %s", id)
}
