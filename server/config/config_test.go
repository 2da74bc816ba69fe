package config

import (
	"io"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                               "",
		"--addr 8080":                    "--addr",
		"--store postgres://x":           "--store",
		"--store mongodb://127.0.0.1/x":  "",
		"--url gate.example.cn":          "--url",
		"--metrics 9100":                 "--metrics",
		"--log loud":                     "--log",
		"--data=":                        "--data",
		"--sso login.example.cn":         "--sso",
		"--sso http://login.example.cn":  "--sso",
		"--sso https://login.example.cn": "--sso wants --url",
		"--sso http://127.0.0.1:9 --url http://localhost:8080":         "",
		"--sso https://login.example.cn --url https://gate.example.cn": "",
		"extra": "takes no argument",
	} {
		var said strings.Builder
		_, err := Read("serve", "data/x", strings.Fields(args), &said)
		if (err == nil) != (want == "") || !strings.Contains(said.String(), want) {
			t.Errorf("%q: %v, said %q, want %q", args, err, said.String(), want)
		}
	}
}

// Letters and programs know it by this one.
func TestPublic(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"": "http://127.0.0.1:8080", "--addr 0.0.0.0:80": "http://localhost:80", "--addr :80": "http://localhost:80", "--addr [::]:80": "http://localhost:80",
		"--addr 192.0.2.7:80": "http://192.0.2.7:80", "--addr [2001:db8::1]:80": "http://[2001:db8::1]:80", "--addr gate.lan:80": "http://gate.lan:80",
		"--addr 192.0.2.7:80 --url https://gate.example.cn/": "https://gate.example.cn",
	} {
		c, err := Read("serve", "data/x", strings.Fields(args), io.Discard)
		if err != nil || c.Public() != want {
			t.Errorf("%q: %q, %v", args, c.Public(), err)
		}
	}
}

// Devices and the city's sign-in know the portal by this address.
func TestOrigin(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"": "http://localhost:8080", "--addr 0.0.0.0:80": "http://localhost:80",
		"--url https://gate.example.cn":            "https://gate.example.cn",
		"--url https://gate.example.cn:8443/path/": "https://gate.example.cn:8443",
	} {
		c, err := Read("serve", "data/x", strings.Fields(args), io.Discard)
		if err != nil || c.Origin() != want {
			t.Errorf("%q: %q, %v", args, c.Origin(), err)
		}
	}
}
