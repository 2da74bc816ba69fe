package app

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"gatehouse/modules/portaltest"
	"gatehouse/server/app/demo"
)

// finger lends a visitor's machine a reader that knows its owner.
func (v *visitor) finger() {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		v.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		v.Fatal(err)
	}
}

// A committee's phone signs its owner in by the finger: added once with the
// password, it opens without one; taken away, it opens nothing.
// From ring 2 on.
func TestPasskeyInABrowser(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	vs := visit(t, portalOf(t, founded))
	vs.allow = []string{"status of 401"}

	// At an address that is a number there is nothing to press, but words.
	n := vs.as("guangming")
	n.open("/me/second")
	if n.sees("请用较新的浏览器打开"); ask[bool](n, `!!document.querySelector('#passkey-add')?.getClientRects().length`) {
		t.Error("a passkey can be added at a number")
	}

	vs.base = strings.Replace(vs.base, "127.0.0.1", "localhost", 1)
	v := vs.as("hehua")
	v.width(phone)
	v.finger()
	v.open("/me/second")
	v.fill("name", "值班手机", "password", demo.Password)
	v.press("添加这台设备")
	v.sees("备用码")
	v.open("/me/second")
	v.sees("值班手机", "还没有用过")
	v.press("退出")
	v.turnTo("/signin?next=%2Fme%2Fsecond")
	v.press("用通行密钥登录")
	if v.path() != "/me/second" {
		t.Fatalf("signed in by a passkey one stands at %s:\n%s", v.path(), v.text())
	}
	v.sees("刚刚")

	v.click("移除一个通行密钥")
	ask[bool](v, `p => !!(document.getElementById('passkey-drop').elements.password.value = p)`, demo.Password)
	v.leaves(func() { ask[bool](v, `document.querySelector('#passkey-drop button').click() || true`) })
	v.sees("通行密钥已移除")
	v.press("退出")
	v.turnTo("/signin")
	v.press("用通行密钥登录")
	v.sees("这个通行密钥在这里不能登录")
}
