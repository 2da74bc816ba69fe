package conns

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// from says that a connection comes from somewhere.
type from struct {
	net.Conn
	ip string
}

func (f from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(f.ip)} }

// street is a listener to which anybody can come from anywhere.
type street struct {
	come   chan net.Conn
	errs   chan error
	closed chan struct{}
}

func (s *street) Accept() (net.Conn, error) {
	select {
	case c := <-s.come:
		return c, nil
	case err := <-s.errs:
		return nil, err
	case <-s.closed:
		return nil, net.ErrClosed
	}
}
func (s *street) Close() error   { close(s.closed); return nil }
func (s *street) Addr() net.Addr { return &net.TCPAddr{} }

// walk comes from an address and tells whether one was let in.
func walk(t *testing.T, l *Listener, ip string) (in bool, near net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	answer := make(chan string, 1)
	if c := l.admitFrom(far, ip, answer, near); c != nil {
		return true, near
	}
	if line := <-answer; !strings.Contains(line, "503") {
		t.Errorf("turned away with %q", line)
	}
	return false, nil
}

// admitFrom reads what is said to whoever is turned away.
func (l *Listener) admitFrom(far net.Conn, ip string, answer chan string, near net.Conn) *Conn {
	go func() {
		b := make([]byte, 1000)
		n, _ := near.Read(b)
		answer <- string(b[:n])
	}()
	c := l.admit(from{far, ip})
	if c != nil {
		near.SetReadDeadline(time.Now()) // wakes the reader
		<-answer
		near.SetReadDeadline(time.Time{})
	}
	return c
}

func open(c Config) (*street, *Listener) {
	s := &street{make(chan net.Conn), make(chan error), make(chan struct{})}
	return s, Listen(s, c)
}

// TestBoundOfANetwork: one network gets no more than its share, an IPv6 /64 is
// one, and others get in.
func TestBoundOfANetwork(t *testing.T) {
	t.Parallel()
	_, l := open(Config{Most: 100, PerNetwork: 5})
	in := 0
	for i := range 12 {
		if ok, _ := walk(t, l, net.IP{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(i)}.String()); ok {
			in++
		}
	}
	if in != 5 {
		t.Errorf("%d of 12 from one /64 are in", in)
	}
	if ok, _ := walk(t, l, "203.0.113.5"); !ok {
		t.Error("another network is kept out")
	}
}

// TestManyBehindOneProxy: 200 people come through a trusted proxy's address.
func TestManyBehindOneProxy(t *testing.T) {
	t.Parallel()
	for _, named := range []string{"10.0.0.2", "10.0.0.0/24"} {
		_, l := open(Config{Most: 300, PerNetwork: 20, Proxies: []string{named}})
		for i := range 200 {
			if ok, _ := walk(t, l, "10.0.0.2"); !ok {
				t.Fatalf("%s: person %d is kept out", named, i)
			}
		}
		for range 200 { // a flood takes the rest, and no more
			walk(t, l, "203.0.113.66")
		}
		if ok, _ := walk(t, l, "10.0.0.2"); !ok || l.of["10.0.0.2"] != 201 {
			t.Errorf("%s: after a flood of strangers the proxy has %d", named, l.of["10.0.0.2"])
		}
	}
}

// TestFullMakesRoom: when there is no room, whoever holds most loses the
// connection that was quiet for longest; who holds most gets no more.
func TestFullMakesRoom(t *testing.T) {
	t.Parallel()
	_, l := open(Config{Most: 10, PerNetwork: 9})
	_, first := walk(t, l, "203.0.113.1")
	for range 8 {
		walk(t, l, "203.0.113.1")
	}
	walk(t, l, "198.51.100.1")
	if ok, _ := walk(t, l, "192.0.2.1"); !ok {
		t.Fatal("no room for a third network")
	}
	first.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the quietest is still there: %v", err)
	}
	if l.of["203.0.113.1"] != 8 || l.Open() != 10 {
		t.Errorf("%v, %d open", l.of, l.Open())
	}
	for range 20 { // the others may take what it holds too much, not more
		walk(t, l, "192.0.2.1")
	}
	if l.of["203.0.113.1"] < 4 || l.of["198.51.100.1"] != 1 || l.Open() != 10 {
		t.Errorf("unfair: %v, %d open", l.of, l.Open())
	}
}

// TestNoDescriptors: a machine without file descriptors does not end the
// listener; when there are some again, people get in.
func TestNoDescriptors(t *testing.T) {
	t.Parallel()
	s, l := open(Config{Most: 10})
	go func() {
		for range 5 {
			s.errs <- &net.OpError{Op: "accept", Err: syscall.EMFILE}
		}
		s.errs <- errors.New("something nobody foresaw")
	}()
	go func() { _, far := net.Pipe(); s.come <- from{far, "203.0.113.1"} }()
	if c, err := l.Accept(); err != nil || c == nil {
		t.Error("not let in afterwards:", err)
	}
	s.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after it was closed: %v", err)
	}
}

// TestClosedOnce: a connection that ends is counted once, however often it is closed.
func TestClosedOnce(t *testing.T) {
	t.Parallel()
	s, l := open(Config{Most: 10})
	go func() { _, far := net.Pipe(); s.come <- from{far, "203.0.113.1"} }()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.Close()
	}
	if l.Open() != 0 || len(l.of) != 0 {
		t.Errorf("%d open, %v", l.Open(), l.of)
	}
}

// TestAnswerArrives: whoever is refused in the middle of sending still reads why.
func TestAnswerArrives(t *testing.T) {
	t.Parallel()
	real, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(real, Config{Most: 10})
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 100))
			io.WriteString(c, "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			c.(*Conn).Unread()
			c.Close()
		}
	}()
	var sent atomic.Int64
	for range 5 {
		req, _ := http.NewRequest("POST", "http://"+real.Addr().String(), &endless{&sent})
		req.ContentLength = 31 << 20
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 401 {
			t.Fatal(err)
		}
		res.Body.Close()
	}
}

type endless struct{ n *atomic.Int64 }

func (e *endless) Read(b []byte) (int, error) { e.n.Add(int64(len(b))); return len(b), nil }
