package console

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
)

// begin answers POST /console/drafts: a new draft for a call that no telephone
// system has reported.
func (m *Console) begin(c *fiber.Ctx) error {
	v, err := m.may(c, "type")
	if err != nil {
		return err
	}
	d, err := m.start(c.UserContext(), v.Actor, "")
	if err != nil {
		return err
	}
	return c.Redirect("/console?draft="+d.ID, fiber.StatusSeeOther)
}

// take answers POST /console/calls/:id/take: the call is mine, and a draft is
// open for it.
func (m *Console) take(c *fiber.Ctx) error {
	v, err := m.may(c, "type")
	if err != nil {
		return err
	}
	call := c.Params("id")
	if _, err := m.calls.Take(c.UserContext(), v.Actor, call); err != nil {
		return err
	}
	d, err := m.start(c.UserContext(), v.Actor, call)
	if err != nil {
		return err
	}
	return c.Redirect("/console?draft="+d.ID, fiber.StatusSeeOther)
}

// save answers POST /console/drafts/:id: what was typed is kept first, then
// what the button says is done.
func (m *Console) save(c *fiber.Ctx) error {
	v, err := m.may(c, "type")
	if err != nil {
		return err
	}
	ctx, id := c.UserContext(), c.Params("id")
	t, err := read(func(name string) string { return c.FormValue(name) })
	if err == nil {
		t.revision, _ = strconv.ParseInt(c.FormValue("_revision"), 10, 64)
		err = t.set(c.FormValue("set"))
	}
	var d *Draft
	if err == nil {
		d, err = m.keep(ctx, v.Actor, id, t)
	}
	if err != nil {
		if d, _ = m.draft(ctx, v.Actor, id); d == nil || c.Get("X-Fragment") != "" {
			return err
		}
		d.Fields = t.fields
		return m.show(c, portal.Status(fault.As(err).Kind), d, fault.As(err))
	}
	do, line, _ := strings.Cut(c.FormValue("do"), ":")
	switch {
	case do == "file":
		return m.file(c, v, d, false)
	case do == "answer":
		return m.file(c, v, d, true)
	case do == "pass" && isLine(line):
		return m.passOn(c, v, d, line)
	case do == "reveal":
		return m.reveal(c, v, d)
	case do == "drop":
		if err := m.drop(ctx, d.ID); err != nil {
			return err
		}
		return c.Redirect("/console", fiber.StatusSeeOther)
	case c.Get("X-Fragment") != "":
		return m.saved(c, v, d)
	}
	return c.Redirect("/console?draft="+d.ID, fiber.StatusSeeOther)
}

// set fills in what a picked button stands for.
func (t *typed) set(picked string) error {
	if picked == "" {
		return nil
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(picked), &values); err != nil {
		return fault.InvalidField("set", "schema.not_an_option")
	}
	more, err := read(func(name string) string { return values[name] })
	if err != nil {
		return err
	}
	for k, v := range more.fields {
		t.fields[k] = v
	}
	if more.landmark != "" {
		t.landmark = more.landmark
	}
	return nil
}

// saved answers the script that saves while typing: the revision, and what
// stands around the fields now.
func (m *Console) saved(c *fiber.Ctx, v portal.Visitor, d *Draft) error {
	b, err := m.aside(c.UserContext(), v, d)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(d.Revision, 10)+`"`)
	return fragment(c, b.all())
}

// filing is the order as the draft has it.
func (m *Console) filing(ctx context.Context, v portal.Visitor, d *Draft) (orders.Filing, error) {
	f := orders.Filing{Words: d.Fields["words"], Type: d.Fields["type"], Category: d.Fields["category"], Community: d.Fields["community"], Place: d.Fields["place"],
		Phone: d.Fields["phone"], Name: d.Fields["name"], Confidential: d.Fields["confidential"] != "",
		Known: orders.Known{Channel: "phone", Lat: d.Lat, Long: d.Long}}
	if d.Call != "" {
		c, err := m.calls.Own(ctx, v.Actor, d.Call)
		if err != nil {
			return f, err
		}
		f.Phone = c.Phone
	}
	if strings.TrimSpace(f.Words) == "" {
		return f, fault.InvalidField("words", "schema.required")
	}
	return f, nil
}

// file opens the order, answers it where the question was answered, and drops
// the draft. What is refused leaves the draft as it is.
func (m *Console) file(c *fiber.Ctx, v portal.Visitor, d *Draft, answered bool) error {
	ctx := c.UserContext()
	f, err := m.filing(ctx, v, d)
	if err == nil && answered && strings.TrimSpace(d.Fields["answer"]) == "" {
		err = fault.InvalidField("answer", "schema.required")
	}
	var x orders.Filed
	if err == nil {
		x, err = m.orders.File(ctx, v.Actor, f, orders.FileOpts{Key: d.ID})
	}
	outcome := calls.Filed
	if err == nil && answered {
		outcome = calls.AtOnce
		err = m.orders.AnswerNow(ctx, v.Actor, x.ID, d.Fields["answer"], knowledge.Ref(d.Fields["article"]))
	}
	if err != nil {
		return m.refused(c, d, err)
	}
	if err := m.settle(ctx, v, d, outcome, x.No); err != nil {
		return err
	}
	return c.Redirect("/console?filed="+url.QueryEscape(x.ID), fiber.StatusSeeOther)
}

// refused shows the draft with the fault; our own mistakes stay ours.
func (m *Console) refused(c *fiber.Ctx, d *Draft, err error) error {
	e := fault.As(err)
	if e.Kind == fault.Internal || e.Kind == fault.NotFound || e.Kind == fault.Unauthenticated {
		return err
	}
	return m.show(c, portal.Status(e.Kind), d, e)
}

func (m *Console) settle(ctx context.Context, v portal.Visitor, d *Draft, outcome, no string) error {
	if d.Call != "" {
		if err := m.calls.Settle(ctx, v.Actor, d.Call, outcome, no); err != nil {
			return err
		}
	}
	return m.drop(ctx, d.ID)
}

// passOn puts a caller through (R134): it is written down with whatever was
// said, and no unit gets it.
func (m *Console) passOn(c *fiber.Ctx, v portal.Visitor, d *Draft, line string) error {
	ctx := c.UserContext()
	words := strings.TrimSpace(d.Fields["words"])
	if words == "" { // no time to type
		words = v.Lang.T("console.pass_words", "line", line)
	}
	if rs := []rune(words); len(rs) > longestPassed {
		words = string(rs[:longestPassed])
	}
	no, err := m.orders.LogTransfer(ctx, v.Actor, line, words, d.Fields["place"], d.ID)
	if err != nil {
		return m.refused(c, d, err)
	}
	if err := m.settle(ctx, v, d, calls.Transferred, no); err != nil {
		return err
	}
	return c.Redirect("/console?passed="+line+"&no="+url.QueryEscape(no), fiber.StatusSeeOther)
}

// longestPassed are the characters that go with a caller who is put through.
const longestPassed = 1000

// reveal shows the full number once; the look is written down.
func (m *Console) reveal(c *fiber.Ctx, v portal.Visitor, d *Draft) error {
	if d.Call == "" {
		return fault.Missing("call")
	}
	phone, err := m.calls.Reveal(c.UserContext(), v.Actor, d.Call)
	if err != nil {
		return m.refused(c, d, err)
	}
	return m.number(c, v, d, phone)
}
