// Package config reads how the portal is to run: flags first, then the
// environment, then defaults that work on a fresh machine.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gatehouse/server/sso"
)

// Config is how the portal runs.
type Config struct {
	Addr    string   // where it listens: 127.0.0.1:8080
	Data    string   // folder of the embedded store
	Store   string   // "sqlite", or the address of a MongoDB: mongodb://host/name
	URL     string   // its address from outside; https:// makes cookies secure
	Proxies []string // addresses of reverse proxies whose X-Real-IP is believed
	Metrics string   // where Prometheus may ask, such as 127.0.0.1:9100; "" nowhere
	Log     string   // "text" or "json"
	SSO     sso.Config
}

// Read parses the arguments of a command, which may have more flags of its own.
// An error has already been explained to errs.
func Read(name, data string, args []string, errs io.Writer, more ...func(*flag.FlagSet)) (Config, error) {
	var c Config
	var proxies string
	f := flag.NewFlagSet("gatehouse "+name, flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&c.Addr, "addr", env("GATEHOUSE_ADDR", "127.0.0.1:8080"), "address to listen on")
	f.StringVar(&c.Data, "data", env("GATEHOUSE_DATA", data), "folder of the embedded store")
	f.StringVar(&c.Store, "store", env("GATEHOUSE_STORE", "sqlite"), "sqlite, or mongodb://host:port/name")
	f.StringVar(&c.URL, "url", env("GATEHOUSE_URL", ""), "address from outside, such as https://gate.example.cn")
	f.StringVar(&proxies, "proxies", env("GATEHOUSE_PROXIES", ""), "reverse proxies to believe, comma-separated")
	f.StringVar(&c.Metrics, "metrics", env("GATEHOUSE_METRICS", ""), "address for Prometheus, not for the public, such as 127.0.0.1:9100")
	f.StringVar(&c.Log, "log", env("GATEHOUSE_LOG", "text"), "text, or json with a line for each request")
	f.StringVar(&c.SSO.Issuer, "sso", env("GATEHOUSE_SSO", ""), "the city's own sign-in by OpenID Connect, such as https://login.example.cn; the secret is read from GATEHOUSE_SSO_SECRET alone")
	f.StringVar(&c.SSO.Client, "sso-client", env("GATEHOUSE_SSO_CLIENT", "gatehouse"), "name by which that sign-in knows the portal")
	f.StringVar(&c.SSO.Claim, "sso-claim", env("GATEHOUSE_SSO_CLAIM", "preferred_username"), "claim that is the login here; nobody may be able to change their own")
	c.SSO.Secret = os.Getenv("GATEHOUSE_SSO_SECRET")
	for _, add := range more {
		add(f)
	}
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, say(errs, fmt.Errorf("%s takes no argument %q", name, f.Arg(0)))
	}
	for _, p := range strings.Split(proxies, ",") {
		if p = strings.TrimSpace(p); p != "" {
			c.Proxies = append(c.Proxies, p)
		}
	}
	return c, say(errs, c.Check())
}

func say(errs io.Writer, err error) error {
	if err != nil {
		fmt.Fprintln(errs, "gatehouse:", err)
	}
	return err
}

// Check refuses what the portal could not run with.
func (c Config) Check() error {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return fmt.Errorf("--addr %q: want host:port", c.Addr)
	}
	if c.Store != "sqlite" && !strings.HasPrefix(c.Store, "mongodb://") && !strings.HasPrefix(c.Store, "mongodb+srv://") {
		return fmt.Errorf("--store %q: want sqlite or mongodb://…", c.Store)
	}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("--url %q: want https://host", c.URL)
		}
	}
	if _, _, err := net.SplitHostPort(c.Metrics); c.Metrics != "" && err != nil {
		return fmt.Errorf("--metrics %q: want host:port", c.Metrics)
	}
	if c.Log != "text" && c.Log != "json" {
		return fmt.Errorf("--log %q: want text or json", c.Log)
	}
	if err := c.checkSSO(); err != nil {
		return err
	}
	if c.Data == "" {
		return errors.New("--data: want a folder")
	}
	return nil
}

// checkSSO: over plain http only this machine is asked, and what comes back
// must find the portal.
func (c Config) checkSSO() error {
	if c.SSO.Issuer == "" {
		return nil
	}
	u, err := url.Parse(c.SSO.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")) {
		return fmt.Errorf("--sso %q: want https://host", c.SSO.Issuer)
	}
	if c.URL == "" {
		return errors.New("--sso wants --url: the other house sends browsers back there")
	}
	return nil
}

// Secure tells whether the portal is reached over https.
func (c Config) Secure() bool { return strings.HasPrefix(c.URL, "https://") }

// Origin is the address that browsers know the portal by, such as
// https://gate.example.cn; without --url that is this machine's own.
func (c Config) Origin() string {
	if u, err := url.Parse(c.URL); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	_, port, _ := net.SplitHostPort(c.Addr)
	return "http://localhost:" + port
}

// Public is the address that letters, codes and programs are given: that of
// --url, and without it where the portal listens. No request can change it.
func (c Config) Public() string {
	host, port, err := net.SplitHostPort(c.Addr)
	if a, bad := netip.ParseAddr(host); c.URL != "" || err != nil || host == "" || bad == nil && a.IsUnspecified() {
		return c.Origin() // every address of this machine: it is not known which of them others use
	}
	return "http://" + net.JoinHostPort(host, port)
}

// File is the embedded store's file.
func (c Config) File() string { return filepath.Join(c.Data, "gatehouse.db") }

func env(key, otherwise string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return otherwise
}
