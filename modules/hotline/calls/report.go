package calls

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/limit"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Report is what a telephone system says of a call. It may say it piece by
// piece or all at once, and as often as it likes: what is known stays.
type Report struct {
	Call       string `json:"call" form:"text,required,max=64"` // the system's own id of the call
	Line       string `json:"line" form:"text,max=20"`          // the number that was dialled
	Number     string `json:"number" form:"text,max=20"`        // the caller's, "" when withheld
	RingingAt  string `json:"ringing_at" form:"text,max=40"`    // RFC 3339, as the two below
	AnsweredAt string `json:"answered_at" form:"text,max=40"`
	EndedAt    string `json:"ended_at" form:"text,max=40"`
}

var reportType = schema.Of[Report]("call")

// ReportAPI describes a report for the document of the API.
func ReportAPI() map[string]any { return reportType.OpenAPI() }

// The headers of a report.
const (
	headerWho  = "X-Gatehouse-Switchboard" // the switchboard's number: ZJ-2026-00001
	headerSeal = "X-Gatehouse-Signature"   // t=<unix seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">
)

// forgedRule is how many messages with a wrong signature a network may send,
// forgedPatience how long one waits for its turn when there were more.
var forgedRule = limit.Rule{N: 60, Per: time.Minute}

const (
	forgedPatience = 10 * time.Second

	skew   = 5 * time.Minute // a message older or younger than this is not believed
	oldest = 24 * time.Hour  // a call may be reported this late
)

func unsigned(code string) *fault.Error { return fault.New(fault.Unauthenticated, code) }

// Heard tells a telephone system that its report was taken.
type Heard struct {
	ID      string `json:"id"`
	Waiting bool   `json:"waiting"`
}

// receive answers POST /api/v1/calls. A message that is sent again changes
// nothing, within its five minutes; after them it is refused.
func (m *Calls) receive(c *fiber.Ctx) error {
	// Forged messages slow their network down; a true one from there still counts.
	network := limit.Network(c.IP())
	if !m.forged.Slow(c.UserContext(), network, forgedPatience) {
		return fault.New(fault.Conflict, "too_many_requests")
	}
	board, err := m.sealed(c.UserContext(), c.Get(headerWho), c.Get(headerSeal), c.Body())
	if err != nil {
		return err
	}
	m.forged.Give(network)
	in, err := reportType.JSON(c.Body())
	if err != nil {
		return err
	}
	call, err := m.Hear(c.UserContext(), board, *in.(*Report))
	if err != nil {
		return err
	}
	return c.JSON(Heard{call.ID, call.waiting()})
}

// sealed gives the number of the switchboard that signed a message.
func (m *Calls) sealed(ctx context.Context, no, seal string, body []byte) (string, error) {
	t, sum, ok := strings.Cut(strings.TrimPrefix(seal, "t="), ",v1=")
	at, err := strconv.ParseInt(t, 10, 64)
	given, bad := hex.DecodeString(sum)
	if !ok || err != nil || bad != nil || no == "" || len(no) > 40 {
		return "", unsigned("call.no_signature")
	}
	if d := m.h.Clock().Sub(time.Unix(at, 0)); d > skew || d < -skew {
		return "", unsigned("call.too_old")
	}
	boards, err := m.Boards.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "no", Op: store.Eq, Value: no}}, Sort: "id", Limit: 1})
	if err != nil {
		return "", fault.Wrap(err, "find switchboard %s", no)
	}
	for _, b := range boards {
		for _, key := range m.keys(b) {
			if hmac.Equal(given, Seal(key, at, body)) {
				return b.No, nil
			}
		}
	}
	return "", unsigned("call.bad_signature")
}

// Seal is the signature of a message of a moment, in unix seconds.
func Seal(key string, at int64, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(strconv.FormatInt(at, 10) + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// Hear takes a report of a switchboard.
func (m *Calls) Hear(ctx context.Context, board string, in Report) (*Call, error) {
	said, err := m.said(in)
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256([]byte(board + "\x00" + in.Call))
	id := hex.EncodeToString(h[:12])
	for {
		c, err := m.calls.Change(ctx, id, func(c *Call) error { return m.learn(c, said) })
		if errors.Is(err, errNothingNew) {
			return m.calls.Get(ctx, id)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return c, fault.Wrap(err, "save call %s", id)
		}
		fresh := &Call{Meta: store.Meta{ID: id}, Switchboard: board, Line: in.Line, Phone: in.Number, Masked: Mask(in.Number), Rang: said.Rang}
		if fresh.Rang.IsZero() {
			return nil, fault.InvalidField("ringing_at", "call.first_rings")
		}
		if err := m.learn(fresh, said); err != nil && !errors.Is(err, errNothingNew) {
			return nil, err
		}
		err = m.calls.Insert(ctx, fresh)
		var taken *store.UniqueError
		if !errors.As(err, &taken) { // else the same call was reported a moment before
			return fresh, fault.Wrap(err, "save call %s", id)
		}
	}
}

var errNothingNew = errors.New("calls: nothing new")

// said reads the times of a report.
func (m *Calls) said(in Report) (Call, error) {
	var c Call
	bad, now := fault.New(fault.Invalid, "invalid"), m.h.Clock()
	for field, part := range map[string]struct {
		text string
		into *time.Time
	}{"ringing_at": {in.RingingAt, &c.Rang}, "answered_at": {in.AnsweredAt, &c.Answered}, "ended_at": {in.EndedAt, &c.Ended}} {
		if part.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, part.text)
		switch {
		case err != nil:
			bad.Wrong(field, "call.bad_time")
		case at.After(now.Add(skew)) || at.Before(now.Add(-oldest)):
			bad.Wrong(field, "call.far_time")
		}
		*part.into = at.UTC().Truncate(time.Millisecond)
	}
	if strings.Trim(in.Number, "+0123456789") != "" {
		bad.Wrong("number", "call.bad_number")
	}
	if len(bad.Fields) > 0 {
		return c, bad
	}
	return c, nil
}

// learn adds to a call what was not known of it.
func (m *Calls) learn(c *Call, said Call) error {
	before := *c
	if c.Answered.IsZero() && !said.Answered.IsZero() {
		m.answered(c, said.Answered)
	}
	if c.Ended.IsZero() {
		c.Ended = said.Ended
	}
	switch {
	case !c.Answered.IsZero() && c.Answered.Before(c.Rang):
		return fault.InvalidField("answered_at", "call.before_ring")
	case !c.Ended.IsZero() && (c.Ended.Before(c.Rang) || c.Ended.Before(c.Answered)):
		return fault.InvalidField("ended_at", "call.before_ring")
	case c.Answered.Equal(before.Answered) && c.Ended.Equal(before.Ended):
		return errNothingNew
	}
	return nil
}

func (m *Calls) answered(c *Call, at time.Time) {
	c.Answered = at
	c.Quick = at.Sub(c.Rang) <= time.Duration(m.h.Settings().Int("hot.pickup_s"))*time.Second
}
