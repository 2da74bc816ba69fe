package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/config"
	"gatehouse/server/fault"
	"gatehouse/web"
)

const (
	headLimit    = 16 << 10 // bytes; Fiber's 4 kB cut off long queries in Chinese, and cannot say so to a program
	perRequest   = 20 * time.Second
	readTimeout  = 15 * time.Second
	idleTimeout  = 60 * time.Second
	staticMaxAge = "public, max-age=31536000, immutable"
)

// http builds the Fiber app: what holds for every request, then the routes.
func (a *App) http(c config.Config, policyHash string) *fiber.App {
	app := fiber.New(fiber.Config{
		Immutable:     true, // strings of a request outlive it: they are stored
		CaseSensitive: true, StrictRouting: true,
		StreamRequestBody: true, DisablePreParseMultipartForm: true, // read by bodies
		ReadBufferSize: headLimit, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		EnableTrustedProxyCheck: true, TrustedProxies: c.Proxies, ProxyHeader: "X-Real-IP", EnableIPValidation: true,
		DisableStartupMessage: true, ErrorHandler: a.fail,
	})
	app.Use(a.watch, a.guard, a.headers, a.bodies().read, a.timed)
	app.Get("/static/*", static)
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok", "policy": policyHash}) })
	app.Get("/readyz", a.ready)
	app.Get("/openapi.json", a.openAPI())
	app.Use(a.People.Middleware)
	app.Get("/live", a.Portal.Events)
	app.Post("/api/v1/files", a.Portal.PostFile)
	for _, m := range slices.Concat(a.Portal.Modules(), a.all) {
		m.Routes(app)
	}
	for _, d := range a.Portal.Resources() {
		d.Routes(app)
	}
	app.Use(func(c *fiber.Ctx) error { return fault.Missing("page") })
	return app
}

// guard turns panics into faults, and refuses addresses that are no text.
func (a *App) guard(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("panic", "id", portal.RequestID(c), "route", routeOf(c), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fault.As(fmt.Errorf("panic: %v", p))
		}
	}()
	for _, b := range [][]byte{c.Request().URI().Path(), c.Request().URI().QueryString()} {
		if !plain(b) {
			return fault.New(fault.Invalid, "bad_utf8")
		}
	}
	bad := false
	for k, v := range c.Request().URI().QueryArgs().All() {
		bad = bad || !plain(k) || !plain(v)
	}
	if bad {
		return fault.New(fault.Invalid, "bad_utf8")
	}
	return c.Next()
}

// timed gives each request its time, from when all of it is here.
func (a *App) timed(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), perRequest)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

func plain(b []byte) bool {
	for _, x := range b {
		if x < 0x20 || x == 0x7f {
			return false
		}
	}
	return utf8.Valid(b)
}

// headers says to the browser what the pages may do: nothing but themselves.
func (a *App) headers(c *fiber.Ctx) error {
	b := make([]byte, 16)
	rand.Read(b)
	nonce := base64.RawStdEncoding.EncodeToString(b)
	c.Locals("nonce", nonce)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types swap")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=()")
	if a.Portal.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	return c.Next()
}

// fail is the one place where faults become answers.
func (a *App) fail(c *fiber.Ctx, err error) error {
	e, status := a.read(err)
	if e.Kind == fault.Internal || e.Kind == fault.Unavailable {
		a.log.Error("request failed", "id", portal.RequestID(c), "method", c.Method(), "route", routeOf(c), "err", err.Error())
	}
	for _, m := range slices.Concat(a.Portal.Modules(), a.all) {
		if m.Fault != nil && strings.HasPrefix(c.Path(), m.Under) {
			return m.Fault(c, status, e)
		}
	}
	// Of a request that could not be read no path is known; browsers send none such.
	if portal.IsAPI(c) || len(c.Request().Host()) == 0 {
		return portal.SendProblemAs(c, status, e)
	}
	if e.Kind == fault.Unauthenticated && c.Method() == fiber.MethodGet {
		return c.Redirect("/signin?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
	}
	return a.Portal.ShowFault(c, status, e)
}

// read gives a fault and its status; Fiber's own refusals keep theirs.
func (a *App) read(err error) (*fault.Error, int) {
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		e := fault.As(err)
		if e.Code == "too_many_requests" || e.Code == "people.wait" { // no kind of fault, but a status of its own
			return e, fiber.StatusTooManyRequests
		}
		return e, portal.Status(e.Kind)
	}
	switch {
	case fe.Code == fiber.StatusNotFound:
		return fault.Missing("page"), fe.Code
	case fe.Code == fiber.StatusMethodNotAllowed:
		return fault.New(fault.NotFound, "method"), fe.Code
	case fe.Code == fiber.StatusRequestEntityTooLarge:
		return fault.New(fault.Invalid, "too_large"), fe.Code
	case fe.Code == fiber.StatusRequestTimeout:
		return fault.New(fault.Invalid, "too_slow"), fe.Code
	case fe.Code == fiber.StatusTooManyRequests:
		return fault.New(fault.Conflict, "too_many_requests"), fe.Code
	case fe.Code >= 400 && fe.Code < 500:
		return fault.New(fault.Invalid, "bad_request"), fe.Code
	}
	return fault.As(err), fiber.StatusInternalServerError
}

// ready tells a supervisor whether to send people here: the store answers, and
// what is due gets done.
func (a *App) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	why := ""
	switch {
	case a.health.stopping.Load():
		why = "stopping"
	case a.Portal.Store.Ping(ctx) != nil:
		why = "the store does not answer"
	case a.health.late(time.Now()):
		why = "events and deadlines stand still"
	default:
		err := a.probe(ctx)
		if err == nil {
			return c.JSON(fiber.Map{"status": "ready"})
		}
		a.log.Error("nothing can be kept", "err", err)
		why = "nothing can be kept: the disk is full, or the store or the folder of files is not the one that was opened"
	}
	return c.Status(fiber.StatusServiceUnavailable).JSON(fiber.Map{"status": why})
}

func static(c *fiber.Ctx) error {
	body, gz, kind, ok := web.Static(c.Path())
	if !ok {
		return fault.Missing("file")
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, staticMaxAge)
	c.Vary(fiber.HeaderAcceptEncoding)
	if gz != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(gz)
	}
	return c.Send(body)
}
