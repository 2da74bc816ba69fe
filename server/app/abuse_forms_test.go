package app

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
)

// typed are texts that no field of this schema takes in a form.
func typed(schema fields) []string {
	switch {
	case schema["type"] == "boolean":
		return nil
	case schema["type"] == "integer":
		return []string{"x", "-1", "1e3", "1.234", "9223372036854775808", strings.Repeat("9", 300), "１２", "\x00", "--1", "1\u202e2"}
	case schema["format"] == "date":
		return []string{"昨天", "2026-02-30", "2026/01/01", "0000-00-00", "9999-99-99", "\xff"}
	case schema["enum"] != nil:
		return []string{"no such option", "\u202e", "<script>alert(1)</script>"}
	}
	return []string{"a\u202eb", "a\x00b", "\xff\xfe", strings.Repeat("长", 4001)}
}

// cells names the inputs of a form as a page does: rows by their number.
func cells(schema fields, prefix string, each func(name string, schema fields)) {
	props := schema["properties"].(fields)
	for _, name := range slices.Sorted(maps.Keys(props)) {
		s := props[name].(fields)
		items, _ := s["items"].(fields)
		switch {
		case items["type"] == "object":
			cells(items, prefix+name+".0.", each)
		case items != nil:
			each(prefix+name, items)
		default:
			each(prefix+name, s)
		}
	}
}

// The same inputs as pages send them: every one comes back as its form, with
// what is wrong and with what was typed, and no page runs it. Ring 1 types into
// some forms, ring 2 into all.
func TestWrongForms(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	cookies, marks := map[string]string{}, map[string]string{}
	sign := func(login string) {
		if cookies[login] != "" {
			return
		}
		cookies[login] = p.signIn(t, login)
		m := hidden.FindStringSubmatch(p.hit(t, "GET", "/me", "", nil, "Cookie", cookies[login]).raw)
		if m == nil {
			t.Fatalf("the page of %s carries no token", login)
		}
		marks[login] = m[1]
	}
	send := func(op operation, form url.Values) answer {
		sign(op.login)
		form.Set("_csrf", marks[op.login])
		return p.hit(t, "POST", strings.TrimPrefix(op.path, "/api/v1"), "", []byte(form.Encode()), "Cookie", cookies[op.login],
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	}
	marked := 0
	p.unmoved(t, func() {
		for _, op := range some(p.operations(t)) {
			if op.schema == nil {
				continue
			}
			page := strings.TrimPrefix(op.path, "/api/v1")
			cells(op.schema, "", func(name string, schema fields) {
				for _, v := range typed(schema) {
					a := send(op, url.Values{name: {v}})
					what := op.login + " types " + name + "=" + v[:min(len(v), 40)]
					a.firm(t, what, page, 422, 403, 404, 409)
					if strings.Contains(a.raw, "<script>alert") {
						t.Errorf("%s: %s: the page runs it", page, what)
					}
					if a.status == 422 && strings.Contains(a.raw, `aria-invalid="true"`) {
						marked++
					}
				}
			})
			send(op, url.Values{"_revision": {strings.Repeat("9", 300)}, "_key": {strings.Repeat("k", 201)}, "\xff": {"\xff"}}).firm(t, "a long key", page, 422, 403, 404, 409)
		}
	})
	if t.Logf("%d forms came back with a field marked", marked); marked < portaltest.Sized(150, 1000, 1000) {
		t.Error("too few forms were looked at")
	}
}
