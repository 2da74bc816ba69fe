package bypass

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

func TestR28Circular(t *testing.T) {
	t.Parallel()
	t.Run("R28 drafted from the record, approved by another, issued to all", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file("head.hehua"), "lettered")
		f.Workdays(6)
		c := f.ok(f.write("office.a", about(r.ID)))
		if c.Department != "health" || c.ReportNo != r.No || c.District != portaltest.District || !strings.Contains(c.Facts, "聊天记录属实") || !strings.Contains(c.Facts, "致函") || strings.Contains(c.Facts, "hehua") {
			t.Errorf("%+v", c.Draft)
		}
		for person, want := range map[string]bool{"office.b": true, "head.health": false, "head.guangming": false, "": false} {
			if f.m.Circulars.Engine.Sees(f.ctx, portaltest.As(person), c) != want {
				t.Errorf("%q sees the draft: %v", person, !want)
			}
		}
		_, err := f.on(c, "office.b", "approve", nil)
		portaltest.Refused(t, err, "policy.role")
		c = f.ok(f.on(c, "office.head", "approve", nil))
		c = f.ok(f.on(c, "office.a", "issue", nil))
		for person, want := range map[string]bool{"head.health": true, "clerk.fire": true, "head.guangming": true, "street.wanghai": true, "": false} {
			if f.m.Circulars.Engine.Sees(f.ctx, portaltest.As(person), c) != want {
				t.Errorf("%q sees it: %v", person, !want)
			}
		}
		_, err = f.on(c, "head.fire", "answer", &answerForm{Answer: "x"})
		portaltest.Refused(t, err, "policy.role")
		c = f.ok(f.on(c, "head.health", "answer", &answerForm{Answer: "接受批评。"}))
		if c = f.ok(f.on(c, "office.b", "close", &reasonForm{Reason: "已改正。"})); c.State != "closed" {
			t.Error(c.State)
		}
	})
	t.Run("four eyes: nobody approves the own draft", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		in := about("")
		in.Department, in.Facts = "health", "台账重复。"
		c := f.ok(f.write("office.head", in))
		_, err := f.on(c, "office.head", "approve", nil)
		portaltest.Refused(t, err, "CID1")
		c = f.ok(f.write("office.a", in))
		c = f.ok(f.on(c, "office.head", "approve", nil))
		if c = f.ok(f.on(c, "office.a", "edit", &c.Draft)); c.State != "draft" {
			t.Error("a change after approval keeps the approval")
		}
		_, err = f.on(c, "office.a", "issue", nil)
		portaltest.Refused(t, err, "lifecycle.state")
	})
	t.Run("R28 not before the letter's time is over", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file(""), "lettered")
		c := f.ok(f.write("office.a", about(r.ID)))
		c = f.ok(f.on(c, "office.head", "approve", nil))
		_, err := f.on(c, "office.a", "issue", nil)
		portaltest.Refused(t, err, "CID2")
		f.must(f.act(r, "head.health", "comply", &replyForm{Reply: "停了。"}))
		f.Workdays(6)
		_, err = f.on(c, "office.a", "issue", nil)
		portaltest.Refused(t, err, "CID2")
		if f.now(r).State != "complied" {
			t.Error("the report moved")
		}
	})
	t.Run("what is wrong is not taken", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file(""), "substantiated")
		none, other := about(""), about(f.to(f.file("head.hehua"), "ordered").ID)
		other.Department = "fire"
		for name, in := range map[string]Draft{"not ordered yet": about(r.ID), "no such report": about("nothing"), "no department, no facts": none, "another department": other} {
			if _, err := f.write("office.a", in); err == nil {
				t.Errorf("%s: drafted", name)
			} else {
				portaltest.Refused(t, err, "invalid")
			}
		}
	})
	t.Run("corrected with it, and retracted with the reason", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		app := f.App()
		in := about("")
		in.Department, in.Facts = "health", "台账重复。"
		c := f.ok(f.on(f.ok(f.write("office.a", in)), "office.head", "approve", nil))
		_, err := f.on(c, "office.head", "retract", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "lifecycle.state")
		c = f.ok(f.on(c, "office.a", "issue", nil))
		_, err = f.on(c, "office.a", "correct", &correctionForm{Correction: "x"})
		portaltest.Refused(t, err, "policy.role")
		c = f.ok(f.on(c, "office.head", "correct", &correctionForm{Correction: "应为两次。"}))
		if c.State != "issued" {
			t.Error("a correction moves it to", c.State)
		}
		e, _ := c.Last("issue")
		code, body := f.Ask(app, "clerk.fire", "/circulars/"+c.ID+"/circular", "")
		for _, want := range []string{c.No, f.m.Circulars.Code(c, e), "应为两次。", "台账重复。", "R7"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: the circular lacks %s", code, want)
			}
		}
		c = f.ok(f.on(c, "office.head", "retract", &reasonForm{Reason: "查明不实。"}))
		for _, path := range []string{"/circulars/" + c.ID, "/circulars/" + c.ID + "/circular"} {
			if code, body := f.Ask(app, "head.guangming", path, ""); code != 200 || !strings.Contains(body, "查明不实。") {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

// The city chooses whether residents read circulars.
func TestPublicCirculars(t *testing.T) {
	t.Parallel()
	f := open(t)
	usual := f.m.Circulars.Engine.Settings
	f.m.Circulars.Engine.Settings = func() setting.Values {
		v := usual()
		v["bypass.public"] = "public"
		return v
	}
	in := about("")
	in.Department, in.Facts = "health", "台账重复。"
	c := f.ok(f.on(f.ok(f.write("office.a", in)), "office.head", "approve", nil))
	if f.m.Circulars.Engine.Sees(f.ctx, lifecycle.Actor{}, c) {
		t.Error("strangers read it before it is issued")
	}
	c = f.ok(f.on(c, "office.a", "issue", nil))
	p, err := f.m.Circulars.Engine.List(context.Background(), lifecycle.Actor{}, lifecycle.Find{})
	if err != nil || len(p.Cases) != 1 || !c.Public {
		t.Error(len(p.Cases), err)
	}
}
