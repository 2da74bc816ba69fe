package people

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// PasskeyForm adds a device that signs for oneself.
type PasskeyForm struct {
	Name     string `json:"name" form:"text,required,max=40"`
	Password string `json:"password" form:"secret,required,max=128"`
}

// PartForm takes such a device away.
type PartForm struct {
	Passkey  string `json:"passkey" form:"choice,required,from=own_passkeys"`
	Password string `json:"password" form:"secret,required,max=128"`
}

var (
	passkeyType = schema.Of[PasskeyForm]("passkey")
	partType    = schema.Of[PartForm]("passkey")
	openType    = &schema.Type{Name: "passkey_open"}
)

// signInPasskey answers POST /signin/passkey.
func (p *People) signInPasskey(c *fiber.Ctx) error {
	next := ownPath(c.FormValue("next"))
	id, err := p.open(c.UserContext(), c.IP(), c.FormValue("sealed"), []byte(c.FormValue("signed")))
	if err != nil {
		if e := fault.As(err); e.Kind == fault.Unauthenticated || e.Kind == fault.Conflict {
			return p.showSignIn(c, refusedStatus(e), next, nil, e)
		}
		return err
	}
	if err := p.enter(c, id, true); err != nil {
		return err
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

// passkeyDoor is the button on the sign-in page; a script shows it where the
// browser can do it and the address is the one that devices know.
func (p *People) passkeyDoor(l web.Lang, next string) (template.HTML, error) {
	if p.passkeys == nil {
		return "", nil
	}
	a, err := p.askToOpen()
	if err != nil {
		return "", err
	}
	form := web.Form(l, web.FormSpec{Action: "/signin/passkey", Type: openType, Quiet: true, SubmitKey: "people.passkey_open",
		Hidden: map[string]string{"options": a.options, "sealed": a.sealed, "signed": "", "next": next}})
	return p.signing(l, "get", form, ""), nil
}

// signing frames a form that a device signs before it is sent; otherwise is
// said where that cannot be.
func (p *People) signing(l web.Lang, what string, form, otherwise template.HTML) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div class="passkey" data-passkey="`)
		h.Text(what)
		h.Raw(`" data-origin="`)
		h.Text(p.Origin)
		h.Raw(`"><div hidden>`)
		h.Add(form)
		h.Raw(`</div>`)
		h.Add(otherwise)
		h.Raw(`</div>`)
	})
}

// passkeyPart lists one's devices and lets one add and remove them.
func (p *People) passkeyPart(v portal.Visitor, u *User, c *credential, spec func(act string, t *schema.Type, submit string) web.FormSpec) (template.HTML, error) {
	if p.passkeys == nil {
		return "", nil
	}
	l := v.Lang
	a, err := p.askToJoin(holder{u, c.Passkeys})
	if err != nil {
		return "", err
	}
	add := spec("passkeys", passkeyType, "people.passkey_add")
	add.ID, add.Hidden = "passkey-add", map[string]string{"options": a.options, "sealed": a.sealed, "signed": ""}
	otherwise := portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("people.passkey_elsewhere", "at", p.Origin)
		h.Raw(`</p>`)
	})
	return web.Section(l, "people.passkeys", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("people.passkey_why")
		h.Raw(`</p>`)
		if len(c.Passkeys) > 0 {
			h.Add(p.passkeyTable(l, c.Passkeys))
		}
		h.Add(p.signing(l, "create", web.Form(l, add), otherwise))
		if len(c.Passkeys) > 0 {
			drop := spec("passkeys/drop", partType, "people.passkey_drop")
			drop.ID, drop.Danger = "passkey-drop", true
			for _, k := range c.Passkeys {
				drop.Options = map[string][]web.Option{"own_passkeys": append(drop.Options["own_passkeys"], web.Option{Value: k.id(), Text: k.Name})}
			}
			if len(c.Passkeys) == 1 {
				drop.Values = web.Values{"passkey": {c.Passkeys[0].id()}}
			}
			h.Add(web.Details(l, "people.passkey_drop", web.Form(l, drop)))
		}
	})), nil
}

func (p *People) passkeyTable(l web.Lang, ks []passkey) template.HTML {
	t := web.Table{Head: []web.Col{{Key: "passkey.name"}, {Key: "passkey.since"}, {Key: "passkey.used"}}}
	for _, k := range ks {
		used := web.Translated(l, "passkey.never")
		if k.Used != nil {
			used = web.When(l, p.Clock(), *k.Used)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(k.Name)}, {HTML: web.Text(l.Date(k.Since))}, {HTML: used}})
	}
	return t.HTML(l)
}

// addPasskey answers POST /me/second/passkeys. The password is asked again: a
// session may be a stranger's at an open desk.
func (p *People) addPasskey(c *fiber.Ctx) error {
	if p.passkeys == nil {
		return fault.Missing("page")
	}
	return p.mySecond(c, "passkeys", passkeyType, func(v portal.Visitor, u *User, in any) error {
		f := in.(*PasskeyForm)
		if err := p.again(c, u, f.Password); err != nil {
			return err
		}
		codes, err := p.join(c.UserContext(), u, f.Name, c.FormValue("sealed"), []byte(c.FormValue("signed")))
		if err != nil {
			return err
		}
		if err := p.raise(c.UserContext(), v.Session); err != nil {
			return err
		}
		if len(codes) == 0 {
			return c.Redirect("/me/second?done=people.passkey_added", fiber.StatusSeeOther)
		}
		if err := p.endSessions(c.UserContext(), u.ID, v.Session); err != nil {
			return err
		}
		return p.showCodes(c, codes)
	})
}

// dropPasskey answers POST /me/second/passkeys/drop: whoever holds the device
// may be signed in somewhere, so all other sessions end.
func (p *People) dropPasskey(c *fiber.Ctx) error {
	return p.mySecond(c, "passkeys/drop", partType, func(v portal.Visitor, u *User, in any) error {
		f := in.(*PartForm)
		if err := p.again(c, u, f.Password); err != nil {
			return err
		}
		if err := p.part(c.UserContext(), u.ID, f.Passkey); err != nil {
			return err
		}
		if err := p.endSessions(c.UserContext(), u.ID, v.Session); err != nil {
			return err
		}
		return c.Redirect("/me/second?done=people.passkey_dropped", fiber.StatusSeeOther)
	})
}

// again asks for the password of somebody who is signed in; wrong ones count
// against the session, which may be a stranger's at an open desk.
func (p *People) again(c *fiber.Ctx, u *User, password string) error {
	cred, err := p.credentialOf(c.UserContext(), u.ID)
	if err != nil {
		return err
	}
	x := p.trial(p.originOf(c), account(cred), cred)
	if w := x.password(); w > 0 {
		return toWait(w)
	}
	ok, err := p.verify(c.UserContext(), x, cred, password)
	if err != nil {
		return err
	}
	if !ok || cred.ID == nobody {
		return fault.InvalidField("password", "fault.password.wrong")
	}
	x.right()
	return nil
}
