package orders

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Filed is what somebody who filed an order holds on to.
type Filed struct {
	ID, No, PIN string
	Again       bool // the same request was there already: it is that one
}

// FileOpts makes a filing safe to send twice.
type FileOpts struct {
	Key  string // idempotency key of the sender
	From string // network address of somebody without account and phone
}

// channels tell by which act a channel files.
var channels = map[string]string{"phone": "take", "web": "file", "committee": "file_for", "social_media": "receive", "open311": "receive", "import": "receive"}

// File opens an order for the modules through which requests come in; by is who
// asks, and the portal itself (lifecycle.System) for Open311, social media and
// imports. The same words of the same caller on the same day, and the same
// source number, are the same order.
func (m *Orders) File(ctx context.Context, by lifecycle.Actor, in Filing, o FileOpts) (Filed, error) {
	act, ok := channels[in.Channel]
	if !ok {
		return Filed{}, fault.InvalidField("channel", "schema.not_an_option")
	}
	var input any = &in
	if act == "file_for" {
		input = &onBehalf{Filing: in, Agreed: in.Consent}
	}
	x, again, err := m.open(ctx, by, act, input, o)
	if err != nil {
		return Filed{}, err
	}
	return Filed{ID: x.ID, No: x.No, PIN: m.PIN(x.ID), Again: again}, nil
}

// AnswerNow closes an order that was answered in the call itself (R64).
func (m *Orders) AnswerNow(ctx context.Context, by lifecycle.Actor, id, text string, article knowledge.Ref) error {
	_, err := m.perform(ctx, by, id, "answer", answerForm{Answer: text, Article: article}, "")
	return err
}

// LogTransfer writes down that a caller was put through (R134), and gives the
// number under which that is known.
func (m *Orders) LogTransfer(ctx context.Context, by lifecycle.Actor, line, words, place, key string) (no string, err error) {
	done, err := m.perform(ctx, by, "", "pass_on", passForm{Line: line, Words: words, Place: place}, key)
	return done.No, err
}

// perform does an act with an input that somebody has typed, which is checked
// as that of a program is.
func (m *Orders) perform(ctx context.Context, by lifecycle.Actor, id, act string, in any, key string) (portal.Done, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return portal.Done{}, fault.Wrap(err, "encode the input of %s", act)
	}
	return m.Perform(ctx, by, id, act, b, lifecycle.Opts{Key: key})
}

// opens is how the pages open orders.
func (m *Orders) opens(ctx context.Context, by lifecycle.Actor, act string, in any, o lifecycle.Opts) (*Order, error) {
	x, _, err := m.open(ctx, by, act, in, FileOpts{Key: o.Key, From: address(ctx)})
	return x, err
}

// open keeps the contact and opens the order, unless it is there already.
func (m *Orders) open(ctx context.Context, by lifecycle.Actor, act string, input any, opts FileOpts) (x *Order, again bool, err error) {
	in := filingOf(input)
	if in == nil {
		x, err = m.Engine.Open(ctx, by, act, input, lifecycle.Opts{Key: opts.Key})
		return x, false, err
	}
	if !m.Engine.MayOpen(by, act) {
		x, err = m.Engine.Open(ctx, by, act, input, lifecycle.Opts{}) // which says why
		return x, false, err
	}
	contact, err := m.prepare(by, act, in, opts)
	if err != nil {
		return nil, false, err
	}
	if x, err = m.twinOf(ctx, in.twin); x != nil || err != nil {
		return x, true, err
	}
	if err = m.flood(ctx, act, in); err != nil {
		return nil, false, err
	}
	if contact != nil {
		if err = m.cards.Insert(ctx, contact); err != nil {
			return nil, false, fault.Wrap(err, "keep a contact")
		}
		in.contact = contact.ID
	}
	if x, err = m.Engine.Open(ctx, by, act, input, lifecycle.Opts{}); err == nil {
		return x, false, nil
	}
	if contact != nil {
		err = errors.Join(err, m.cards.Delete(ctx, contact))
	}
	if first, _ := m.twinOf(ctx, in.twin); first != nil { // the same request was a moment faster
		return first, true, nil
	}
	return nil, false, err
}

func filingOf(input any) *Filing {
	switch in := input.(type) {
	case *Filing:
		return in
	case *onBehalf:
		return &in.Filing
	}
	return nil
}

// prepare takes phone and name out of a filing, and gives the contact to keep.
func (m *Orders) prepare(by lifecycle.Actor, act string, in *Filing, opts FileOpts) (*card, error) {
	phone, err := plainPhone(in.Phone)
	if err != nil {
		return nil, err
	}
	if in.Channel == "" {
		for channel, a := range channels {
			if a == act && a != "receive" {
				in.Channel = channel
			}
		}
	}
	name := in.Name
	in.Phone, in.Name, in.caller = "", "", m.callerOf(phone)
	in.twin = m.twin(by, in, opts)
	if phone == "" && name == "" {
		return nil, nil
	}
	return &card{Meta: store.Meta{ID: portal.NewKey()}, Caller: in.caller, Phone: phone, Name: name}, nil
}

// twin is the digest by which the same request is known again: a number of
// another system for good; else the same words of the same caller about the
// same place within a day. Who has neither phone nor account is known by the
// address they file from.
func (m *Orders) twin(by lifecycle.Actor, in *Filing, opts FileOpts) string {
	who := in.caller
	switch {
	case in.Source != "":
		return m.digest("source", in.Channel, in.Source)
	case who == "" && opts.Key != "":
		return m.digest("key", by.ID, opts.From, opts.Key, in.Words)
	case who == "" && by.ID != "" && by.ID != lifecycle.System.ID:
		who = "person " + by.ID
	case who == "" && opts.From != "":
		who = "address " + opts.From
	case who == "":
		return ""
	}
	day := string(schema.DateOf(m.Clock(), zone))
	return m.digest("words", who, strings.Join(strings.Fields(in.Words), " "), in.Community, in.Place, day)
}

func (m *Orders) twinOf(ctx context.Context, twin string) (*Order, error) {
	if twin == "" {
		return nil, nil
	}
	os, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "twin", Op: store.Eq, Value: twin}}, Sort: "id", Limit: 1})
	if err != nil || len(os) == 0 {
		return nil, fault.Wrap(err, "find the same order")
	}
	return os[0], nil
}

// flood refuses one caller's many orders of a day. Operators and imports are
// never refused: somebody has listened already.
func (m *Orders) flood(ctx context.Context, act string, in *Filing) error {
	if in.caller == "" || act != "file" && in.Channel != "open311" {
		return nil
	}
	most := m.Settings().Int("hot.caller_day")
	n, err := m.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{
		{Field: "caller", Op: store.Eq, Value: in.caller}, {Field: "day", Op: store.Eq, Value: string(schema.DateOf(m.Clock(), zone))}}})
	if err != nil {
		return fault.Wrap(err, "count the caller's orders")
	}
	if n >= int64(most) {
		return fault.New(fault.Conflict, "order.flood", "max", most)
	}
	return nil
}

// addressKey carries the network address of whoever files without an account.
type addressKey struct{}

func address(ctx context.Context) string {
	a, _ := ctx.Value(addressKey{}).(string)
	return a
}
