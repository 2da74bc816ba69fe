package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"gatehouse/server/fault"
)

// today is the cost of a new password's hash. It stands in every hash, so it
// can be raised later.
var today = costFor(testing.Testing())

// production is 19 MiB, two passes, one thread.
var production = hashCost{memory: 19 * 1024, time: 2, threads: 1}

// costFor gives test programs a cheap hash, because they found cities of people
// and sign in thousands of times. Only the linker of go test makes a program
// one of tests: no setting, no caller and no data can.
func costFor(tests bool) hashCost {
	if tests {
		return hashCost{memory: 64, time: 1, threads: 1}
	}
	return production
}

type hashCost struct {
	memory, time uint32
	threads      uint8
}

const (
	minPassword = 10
	maxPassword = 128
)

//go:embed commonest.txt
var commonestText string

// commonest are passwords that are tried first by whoever tries.
var commonest = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(commonestText) {
		m[s] = true
	}
	return m
}()

// checkPassword names what is wrong with a new password.
func checkPassword(f *fault.Error, field, password, login string) {
	n, low := utf8.RuneCountInString(password), strings.ToLower(password)
	switch {
	case n < minPassword:
		f.Wrong(field, "fault.password.too_short", "min", minPassword)
	case n > maxPassword:
		f.Wrong(field, "schema.too_long", "max", maxPassword)
	case low == strings.ToLower(login):
		f.Wrong(field, "fault.password.is_login")
	case commonest[low]:
		f.Wrong(field, "fault.password.common")
	}
}

// slots bounds how many hashes are computed at once: each takes 19 MiB and a
// core, and a flood of sign-ins must not take the machine.
// One more is for devices that are known, so that no flood holds them up.
var slots, reserved = make(chan struct{}, 2), make(chan struct{}, 1)

const patience = 10 * time.Second

// hashed counts the hashes: no sign-in may cost fewer than another.
var hashed atomic.Int64

func withSlot(ctx context.Context, reserve bool, f func()) error {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	var apart chan struct{}
	if reserve {
		apart = reserved
	}
	do := func(slot chan struct{}) error {
		defer func() { <-slot }()
		hashed.Add(1)
		f()
		return nil
	}
	select {
	case slots <- struct{}{}:
		return do(slots)
	case apart <- struct{}{}:
		return do(apart)
	case <-wait.C:
		return fault.New(fault.Conflict, "too_many_requests")
	case <-ctx.Done():
		return ctx.Err()
	}
}

var b64 = base64.RawStdEncoding

// hash gives a password's hash in PHC form.
func (cost hashCost) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	var sum []byte
	if err := withSlot(ctx, false, func() { sum = argon2.IDKey([]byte(password), salt, cost.time, cost.memory, cost.threads, 32) }); err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.memory, cost.time, cost.threads,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// matches compares a password with a hash, with the cost that the hash names.
func matches(ctx context.Context, phc, password string, reserve bool) (bool, error) {
	c, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	var sum []byte
	if err := withSlot(ctx, reserve, func() {
		sum = argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(len(want)))
	}); err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, want) == 1, nil
}

// outdated tells whether a hash was made at another cost than today's.
func outdated(phc string) bool {
	c, _, _, err := parsePHC(phc)
	return err == nil && c != today
}

func parsePHC(phc string) (c hashCost, salt, sum []byte, err error) {
	var version int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, fmt.Errorf("people: a password hash of an unknown kind")
	}
	if _, err = fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &c.memory, &c.time, &c.threads); err == nil && version != argon2.Version {
		err = fmt.Errorf("argon2 version %d", version)
	}
	if err == nil {
		salt, err = b64.DecodeString(parts[4])
	}
	if err == nil {
		sum, err = b64.DecodeString(parts[5])
	}
	if err == nil && (c.time == 0 || c.threads == 0 || c.memory > 1<<20 || len(salt) < 8 || len(sum) < 16) {
		err = fmt.Errorf("cost or length out of bounds")
	}
	if err != nil {
		err = fmt.Errorf("people: read a password hash: %w", err)
	}
	return c, salt, sum, err
}
