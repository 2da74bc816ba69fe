// Package conns accepts connections, so many and no more, and never gives up
// accepting: a flood of connections is somebody's trouble, not everybody's.
//
// There are bounds for all connections together and for those of one network.
// At the first, the network that holds most loses the one that has been quiet
// for longest, so that one more person always gets in; a trusted proxy stands
// for many people and has no bound of its own. When the machine has no file
// descriptor left, one that was kept in reserve is used to turn the next
// connection away, until there are some again.
package conns

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gatehouse/server/limit"
)

// Config is how many connections there may be.
type Config struct {
	Most       int      // in all; 0: what the machine allows
	PerNetwork int      // of one network; 0: half of all, at most 1,024
	Proxies    []string // addresses and prefixes of trusted proxies
	Log        *slog.Logger
}

const (
	ownFiles    = 256  // descriptors that the store, files and logs may need
	enough      = 8192 // connections, however many descriptors there are
	enoughOfOne = 1024
	firstWait   = 5 * time.Millisecond
	longestWait = time.Second
	lingerFor   = 2 * time.Second
	mostLinger  = 64
	logEvery    = time.Minute
)

// Listener is a listener that keeps the bounds.
type Listener struct {
	net.Listener
	config  Config
	proxies []netip.Prefix
	reserve *os.File
	logged  time.Time

	mu    sync.Mutex
	all   map[*Conn]bool
	of    map[string]int // connections by network
	slack chan struct{}  // those that linger
}

// Listen puts the bounds before a listener.
func Listen(l net.Listener, c Config) *Listener {
	if c.Most <= 0 {
		c.Most = max(64, min(descriptors()-ownFiles, enough))
	}
	if c.PerNetwork <= 0 {
		c.PerNetwork = max(1, min(c.Most/2, enoughOfOne))
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	x := &Listener{Listener: l, config: c, all: map[*Conn]bool{}, of: map[string]int{}, slack: make(chan struct{}, mostLinger)}
	for _, p := range c.Proxies {
		if a, err := netip.ParseAddr(p); err == nil {
			x.proxies = append(x.proxies, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else if p, err := netip.ParsePrefix(p); err == nil {
			x.proxies = append(x.proxies, p)
		}
	}
	x.hold()
	return x
}

// hold keeps a descriptor in reserve.
func (l *Listener) hold() {
	if l.reserve == nil {
		l.reserve, _ = os.Open(os.DevNull) // without one we only wait
	}
}

// Accept gives the next connection. It fails only when the listener is closed.
func (l *Listener) Accept() (net.Conn, error) {
	wait := firstWait
	for {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			wait = firstWait
			if x := l.admit(c); x != nil {
				return x, nil
			}
			continue
		case errors.Is(err, net.ErrClosed):
			if l.reserve != nil {
				l.reserve.Close()
			}
			return nil, err
		}
		l.say("connections cannot be accepted", "err", err)
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			l.turnAway()
		}
		time.Sleep(wait)
		wait = min(2*wait, longestWait)
	}
}

// turnAway frees a descriptor by ending the quietest connection, and uses the
// reserve to answer the one that waits, which otherwise stays and fails again.
func (l *Listener) turnAway() {
	l.mu.Lock()
	victim := l.quietest("")
	l.mu.Unlock()
	if victim != nil {
		victim.end()
	}
	if l.reserve == nil {
		l.hold()
		return
	}
	l.reserve.Close()
	l.reserve = nil
	if t, ok := l.Listener.(*net.TCPListener); ok {
		t.SetDeadline(time.Now().Add(10 * time.Millisecond))
		if c, err := t.Accept(); err == nil {
			busy(c)
		}
		t.SetDeadline(time.Time{})
	}
	l.hold()
}

func (l *Listener) say(what string, args ...any) {
	if now := time.Now(); now.Sub(l.logged) > logEvery {
		l.logged = now
		l.config.Log.Warn(what, args...)
	}
}

// admit takes a connection in; nil when its network has enough.
func (l *Listener) admit(c net.Conn) *Conn {
	x := &Conn{Conn: c, of: l}
	ip := ""
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		ip = a.IP.String()
	}
	x.trusted = l.trusts(ip)
	x.network = limit.Network(ip)
	x.touch()
	l.mu.Lock()
	var victim *Conn
	if !x.trusted && l.of[x.network] >= l.config.PerNetwork {
		l.mu.Unlock()
		l.say("a network has as many connections as one may", "network", x.network)
		busy(c)
		return nil
	}
	if len(l.all) >= l.config.Most {
		if victim = l.quietest(x.network); victim == nil {
			l.mu.Unlock()
			l.say("there are as many connections as there may be", "connections", l.config.Most)
			busy(c)
			return nil
		}
		l.drop(victim)
	}
	l.all[x] = true
	l.of[x.network]++
	l.mu.Unlock()
	if victim != nil {
		victim.end()
	}
	return x
}

func (l *Listener) trusts(ip string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, p := range l.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// quietest gives the connection that makes room for one more of a network: of
// the network that holds most, the one quiet for longest. None, when that is
// the network itself. Proxies are spared.
func (l *Listener) quietest(newcomer string) *Conn {
	var out *Conn
	n, quiet := 0, int64(math.MaxInt64)
	for c := range l.all {
		if c.trusted {
			continue
		}
		has, last := l.of[c.network], c.last.Load()
		if has > n || has == n && last < quiet {
			out, n, quiet = c, has, last
		}
	}
	if newcomer != "" && out != nil && (out.network == newcomer || n <= l.of[newcomer]+1) {
		return nil
	}
	return out
}

func (l *Listener) drop(c *Conn) {
	if l.all[c] {
		delete(l.all, c)
		if l.of[c.network]--; l.of[c.network] <= 0 {
			delete(l.of, c.network)
		}
	}
}

// Open counts the connections.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all)
}

// busy answers a connection that cannot be taken, without reading from it.
func busy(c net.Conn) {
	const words = "门户正忙，请稍后再试。\n門戶正忙，請稍後再試。\nThe portal is busy. Please try again in a moment.\n"
	c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	fmt.Fprintf(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(words), words)
	c.Close()
}

// Conn is a connection that was taken in.
type Conn struct {
	net.Conn
	of      *Listener
	network string
	trusted bool
	last    atomic.Int64 // when something last went through, in unix nanoseconds
	unread  atomic.Bool
	once    sync.Once
}

func (c *Conn) touch() { c.last.Store(time.Now().UnixNano()) }

func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.touch()
	}
	return n, err
}

func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if n > 0 {
		c.touch()
	}
	return n, err
}

// Unread says that the other side may still be sending what nobody will read:
// then Close lets it read the answer first. A connection that is closed on
// unread bytes is reset, and the answer is lost.
func (c *Conn) Unread() { c.unread.Store(true) }

// Close ends the connection.
func (c *Conn) Close() error {
	t, ok := c.Conn.(*net.TCPConn)
	if !ok || !c.unread.Load() {
		return c.end()
	}
	select {
	case c.of.slack <- struct{}{}:
	default:
		return c.end()
	}
	go func() {
		defer func() { <-c.of.slack }()
		defer c.end()
		t.CloseWrite()
		t.SetReadDeadline(time.Now().Add(lingerFor))
		b := make([]byte, 32<<10)
		for {
			if _, err := t.Read(b); err != nil {
				return
			}
		}
	}()
	return nil
}

func (c *Conn) end() error {
	var err error
	c.once.Do(func() {
		err = c.Conn.Close()
		c.of.mu.Lock()
		c.of.drop(c)
		c.of.mu.Unlock()
	})
	return err
}
