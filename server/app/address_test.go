package app

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPrintedAddresses: what is printed, sent or handed to programs names the
// portal's own address, whatever a request says about where it came to.
func TestPrintedAddresses(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	a := p.bring(t, "approved")
	nonce := regexp.MustCompile(`nonce="[^"]*"|_csrf" value="[^"]*"|name="_key" value="[^"]*"`)
	get := func(path, host string) string {
		t.Helper()
		x := p.raw(t, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nX-Forwarded-Host: %s\r\nX-Forwarded-Proto: https\r\nForwarded: host=%s\r\n\r\n", path, host, host, host))
		if x.status != 200 {
			t.Errorf("%s: %d", path, x.status)
		}
		return nonce.ReplaceAllString(x.raw, "")
	}
	own := strings.TrimPrefix(p.base, "http://")
	for path, wants := range map[string]string{"/" + a.path("notice"): `class="qr"`, "/.well-known/security.txt": p.base + "/security", "/open311/discovery.json": p.base + "/open311/v2",
		"/open311/discovery.xml": p.base, "/open311/v2/services.json": "", "/hotline": "", "/verify": "", "/": ""} {
		good, evil := get(path, own), get(path, "evil.example")
		if strings.Contains(evil, "evil.example") || !strings.Contains(evil, wants) {
			t.Errorf("%s names another address, or not its own", path)
		}
		if qr := regexp.MustCompile(`(?s)class="qr".*?</svg>`); qr.FindString(good) != qr.FindString(evil) {
			t.Errorf("%s: the QR code depends on who asks", path)
		}
	}
}

// TestNothingReadsTheHost: in the modules nothing but the check of where a form
// comes from looks at the address that a request names.
func TestNothingReadsTheHost(t *testing.T) {
	t.Parallel()
	reads := regexp.MustCompile(`\.(BaseURL|Hostname|Host|Protocol|Subdomains)\(\)`)
	err := filepath.WalkDir("../../modules", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "people/middleware.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for n, line := range strings.Split(string(b), "\n") {
			if reads.MatchString(line) && !strings.Contains(line, "u.Hostname()") { // of --url
				t.Errorf("%s:%d asks a request for the portal's address: %s", path, n+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
