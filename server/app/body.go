package app

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/limit"
)

// How much may be sent, and how slowly.
const (
	bodyLimit     = 2 << 20   // bytes; forms and JSON are far smaller
	uploadLimit   = 32 << 20  // of a form with files; each file has its own limit
	strangerLimit = 128 << 10 // of whoever is not signed in, where strangers send no files

	// A body is in memory, and again as a form and as files while it is read.
	copies          = 3
	bytesInFlight   = 384 << 20
	bytesOfOne      = 128 << 20 // of one network
	bytesOfStranger = 192 << 20

	silence    = 10 * time.Second // without a byte, and whoever sends is cut
	grace      = 20 * time.Second // before the rate counts
	slowest    = 4 << 10          // bytes a second
	slowScarce = 16 << 10         // while memory is scarce
	chunk      = 64 << 10
)

// bodies reads the bodies of requests. They arrive as streams, so that who
// sends, and how much, is asked before anything is read; all that is being
// read has one budget, strangers a part of it, and whoever sends too slowly is
// cut, however long the rest would take.
type bodies struct {
	large, open    map[string]bool // shapes of paths that take files; those that do so from strangers
	known          func(*fiber.Ctx) bool
	all, strangers *limit.Budget
}

// bodies finds the paths that take files, and those of them that strangers use.
func (a *App) bodies() *bodies {
	in := &bodies{large: map[string]bool{"/api/v1/files": true}, open: map[string]bool{}, known: a.People.Known,
		all: limit.NewBudget(bytesInFlight, bytesOfOne), strangers: limit.NewBudget(bytesOfStranger, bytesOfOne)}
	for _, d := range a.Portal.Resources() {
		first := true
		for _, act := range d.Plan().Acts {
			opens, at := len(act.From) == 0, "/*/"
			if opens {
				at = "/new/"
			}
			stranger := opens && d.MayOpen(lifecycle.Actor{}, act.Name)
			if act.Files && !act.Hidden {
				in.takes(d.Plural()+at+act.Name, stranger)
			}
			if first && opens && !act.Hidden {
				if first = false; act.Files {
					in.takes(d.Plural(), stranger)
				}
			}
		}
	}
	for _, m := range slices.Concat(a.Portal.Modules(), a.all) {
		for _, path := range m.Uploads {
			in.large[path] = true
		}
		for _, path := range m.PublicUploads {
			in.large[path], in.open[path] = true, true
		}
	}
	return in
}

func (in *bodies) takes(shape string, stranger bool) {
	in.large[shape] = true
	in.open[shape] = in.open[shape] || stranger
}

// read is the middleware.
func (in *bodies) read(c *fiber.Ctx) error {
	r := c.Request()
	if !r.IsBodyStream() {
		return c.Next()
	}
	if n := r.Header.ContentLength(); n == 0 {
		r.SetBodyRaw(nil)
		return c.Next()
	}
	who := limit.Network(c.IP())
	most, budget, err := in.may(c)
	if err != nil {
		return refuse(c, err)
	}
	body, took, err := in.take(c, most, budget, who)
	defer func() { budget.give(who, took) }()
	if err != nil {
		return refuse(c, err)
	}
	r.SetBodyRaw(body)
	return c.Next()
}

// may tells how much may be sent here by whoever sends.
func (in *bodies) may(c *fiber.Ctx) (int, budgets, error) {
	path, n := c.Path(), c.Request().Header.ContentLength()
	most, at := bodyLimit, ""
	switch form := strings.HasPrefix(strings.ToLower(c.Get(fiber.HeaderContentType)), fiber.MIMEMultipartForm); {
	case in.large[path]:
		most, at = uploadLimit, path
	case form && in.large[shape(path)]:
		most, at = uploadLimit, shape(path)
	}
	switch coded := c.Get(fiber.HeaderContentEncoding); {
	case n > most:
		return 0, nil, fiber.ErrRequestEntityTooLarge
	case coded != "" && coded != "identity": // a small body would become a large one
		return 0, nil, fiber.ErrUnsupportedMediaType
	case n >= 0 && n <= strangerLimit:
		return strangerLimit, budgets{in.all}, nil
	case in.known(c):
		return most, budgets{in.all}, nil
	case in.open[at]:
		return most, budgets{in.all, in.strangers}, nil
	case n < 0: // in pieces, of an unknown sum
		return strangerLimit, budgets{in.all, in.strangers}, nil
	}
	return 0, nil, fault.New(fault.Unauthenticated, "unauthenticated")
}

// refuse answers without reading on.
func refuse(c *fiber.Ctx, err error) error {
	c.Context().SetConnectionClose()
	if x, ok := c.Context().Conn().(interface{ Unread() }); ok {
		x.Unread()
	}
	return err
}

// take reads a body and says what it took of the budgets.
func (in *bodies) take(c *fiber.Ctx, most int, bs budgets, who string) (body []byte, took int64, err error) {
	whole, stream, from := c.Request().Header.ContentLength(), c.Context().RequestBodyStream(), time.Now()
	for {
		if len(body) == cap(body) {
			size := min(max(2*cap(body), chunk), most+1)
			if whole >= 0 {
				size = min(size, whole+1) // one more, to see the end
			}
			more := int64(size-cap(body)) * copies
			if !bs.take(who, more) {
				c.Set(fiber.HeaderRetryAfter, "10")
				return nil, took, fault.New(fault.Unavailable, "busy")
			}
			took += more
			body = append(make([]byte, 0, size), body...)
		}
		if err := c.Context().SetReadDeadline(time.Now().Add(silence)); err != nil {
			return nil, took, cut(err)
		}
		n, err := stream.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > most:
			return nil, took, fiber.ErrRequestEntityTooLarge
		case err == io.EOF && len(body) < whole: // whoever sent it has gone
			return nil, took, fiber.ErrBadRequest
		case err == io.EOF:
			return body, took, nil
		case err != nil:
			return nil, took, cut(err)
		case in.slow(len(body), time.Since(from)):
			return nil, took, fiber.ErrRequestTimeout
		}
	}
}

// slow tells whether somebody sends so slowly that they hold up others.
func (in *bodies) slow(bytes int, passed time.Duration) bool {
	rate := slowest
	if in.all.Scarce() {
		rate = slowScarce
	}
	return passed > grace && float64(bytes) < passed.Seconds()*float64(rate)
}

// cut words what ended a body.
func cut(err error) error {
	var n net.Error
	if errors.As(err, &n) && n.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return fiber.ErrRequestTimeout
	}
	return fiber.ErrBadRequest
}

// budgets are taken from all or from none.
type budgets []*limit.Budget

func (bs budgets) take(who string, n int64) bool {
	for i, b := range bs {
		if !b.Take(who, n) {
			bs[:i].give(who, n)
			return false
		}
	}
	return true
}

func (bs budgets) give(who string, n int64) {
	for _, b := range bs {
		b.Give(who, n)
	}
}

// shape is a path with the id of a case left out.
func shape(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) == 3 && parts[1] != "new" {
		parts[1] = "*"
	}
	return strings.Join(parts, "/")
}
