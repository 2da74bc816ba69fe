package ratings

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/limit"
	"gatehouse/server/store"
)

// box is a ballot box (票箱) of one community in one round: which of its
// household codes are spent, and how many households gave an item which grade
// over which channel. Nobody's answer is in it, only the counts, and neither an
// hour nor an order. A vote is one write of one box: it marks the code and
// counts the grades together or not at all, and of two votes with one code the
// second finds the mark.
type box struct {
	store.Meta // five digits, the beginning of its codes
	Round      string
	Community  string
	Codes      int                                  // household codes that were handed out for it, numbered from 0
	Spent      []byte                               // a bit for each code
	Counts     map[string]map[string]map[string]int // item, channel, grade -> households
	Households map[string]int                       // channel -> households that answered
	Shut       bool                                 // the round has closed
}

// mostCodes of one box: a code has three digits for its number in the box.
const mostCodes = 500

// The channels by which a household answers.
var channels = []string{"link", "qr", "phone", "paper"}

func openBoxes(ctx context.Context, d store.Driver) (*store.Collection[box], error) {
	return store.Open(ctx, d, store.Spec{Name: "ballot_boxes", Fields: []store.Field{{Name: "round"}}, Indexes: []store.Index{{Name: "round", Fields: []string{"round"}}}},
		func(b *box) map[string]any { return map[string]any{"round": b.Round} })
}

func (b *box) spent(n int) bool { return b.Spent[n/8]&(1<<(n%8)) != 0 }

// put marks code n as spent and counts the grades, item -> grade.
func (b *box) put(n int, channel string, grades map[string]string) {
	b.Spent[n/8] |= 1 << (n % 8)
	if b.Counts == nil {
		b.Counts, b.Households = map[string]map[string]map[string]int{}, map[string]int{}
	}
	for item, grade := range grades {
		if b.Counts[item] == nil {
			b.Counts[item] = map[string]map[string]int{}
		}
		if b.Counts[item][channel] == nil {
			b.Counts[item][channel] = map[string]int{}
		}
		b.Counts[item][channel][grade]++
	}
	b.Households[channel]++
}

// newBox makes a box under a number that no other has.
func (m *Ratings) newBox(ctx context.Context, round, community string, codes int) (*box, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(100_000))
		if err != nil {
			return nil, fault.Wrap(err, "draw the number of a box")
		}
		b := &box{Meta: store.Meta{ID: fmt.Sprintf("%05d", n)}, Round: round, Community: community, Codes: codes, Spent: make([]byte, (codes+7)/8)}
		err = m.boxes.Insert(ctx, b)
		var taken *store.UniqueError
		if !errors.As(err, &taken) {
			return b, fault.Wrap(err, "make a box for round %s", round)
		}
	}
}

// code is household code n of a box: sixteen digits, the box, the number and
// eight digits that only the portal can compute. So nothing of a code has to be
// kept, and a sheet that was spoilt can be printed again.
func (m *Ratings) code(b *box, n int) string {
	head := fmt.Sprintf("%s%03d", b.ID, n)
	mac := hmac.New(sha256.New, m.Rounds.Signing)
	mac.Write([]byte("household\x00" + b.Round + "\x00" + head))
	return fmt.Sprintf("%s%08d", head, binary.BigEndian.Uint64(mac.Sum(nil))%100_000_000)
}

// spaced writes a code as it is printed and read out: four digits at a time.
func spaced(code string) string {
	if len(code) != 16 {
		return code
	}
	return code[:4] + " " + code[4:8] + " " + code[8:12] + " " + code[12:]
}

// digits leaves the digits of what somebody typed, full-width ones too.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '　':
			return -1
		}
		return 'x'
	}, typed)
}

// unknownCode is the one answer to every code that was never handed out.
func unknownCode() error { return fault.InvalidField("code", "fault.vote.unknown_code") }

// guessRule is how many wrong codes may come from one network at once, and how
// often later; guessPatience is how long a try waits for its turn. Wrong ones
// slow their network down, a right one is never refused for them.
var guessRule = limit.Rule{N: 20, Per: time.Minute}

const guessPatience = 12 * time.Second

type networkKey struct{}

// noteNetwork remembers from which network a code comes.
func (m *Ratings) noteNetwork(c *fiber.Ctx) error {
	c.SetUserContext(context.WithValue(c.UserContext(), networkKey{}, limit.Network(c.IP())))
	return c.Next()
}

// find gives the box of a code and the code's number in it.
func (m *Ratings) find(ctx context.Context, typed string) (*box, int, error) {
	network, stranger := ctx.Value(networkKey{}).(string)
	if stranger && !m.guesses.Slow(ctx, network, guessPatience) {
		return nil, 0, fault.New(fault.Conflict, "too_many_requests")
	}
	b, n, err := m.look(ctx, typed)
	if stranger && err == nil {
		m.guesses.Give(network)
	}
	return b, n, err
}

func (m *Ratings) look(ctx context.Context, typed string) (*box, int, error) {
	if len(typed) > 64 {
		return nil, 0, unknownCode()
	}
	code := digits(typed)
	if len(code) != 16 || strings.Contains(code, "x") {
		return nil, 0, unknownCode()
	}
	b, err := m.boxes.Get(ctx, code[:5])
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, unknownCode()
	}
	if err != nil {
		return nil, 0, fault.Wrap(err, "read box %s", code[:5])
	}
	n, _ := strconv.Atoi(code[5:8])
	if n >= b.Codes || !hmac.Equal([]byte(m.code(b, n)), []byte(code)) {
		return nil, 0, unknownCode()
	}
	return b, n, nil
}

// shutBoxes ends voting; what is in the boxes afterwards is all that counts.
func (m *Ratings) shutBoxes(ctx context.Context, r *Round) error {
	for _, x := range r.Sheets {
		if _, err := m.boxes.Change(ctx, x.Box, func(b *box) error { b.Shut = true; return nil }); err != nil {
			return fault.Wrap(err, "shut box %s", x.Box)
		}
	}
	return nil
}
