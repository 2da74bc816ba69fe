package people

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/session"
	"gatehouse/server/store"
)

// People is the module.
type People struct {
	*portal.Portal
	Users       *portal.Resource[User]
	directory   *directory.Directory
	mem         *memory
	credentials *store.Collection[credential]
	sessions    *store.Collection[Session]
	rosters     *store.Collection[roster]
	signer      *session.Signer
	passkeys    *webauthn.WebAuthn // nil: the portal has no name that devices sign to
	throttle    *throttle
	setupMu     sync.Mutex
	setupCode   string
}

// New opens the users and the collections of passwords and sessions.
func New(ctx context.Context, h *portal.Portal, d *directory.Directory) (*People, error) {
	p := &People{Portal: h, directory: d, mem: newMemory(), signer: session.NewSigner(h.Signing),
		throttle: newThrottle(h.Clock), setupCode: rand.Text()[:12]}
	var err error
	if p.passkeys, err = relyingParty(h.Origin); err != nil {
		return nil, err
	}
	if p.Users, err = portal.Declare(ctx, h, p.users()); err != nil {
		return nil, fault.Wrap(err, "open the users")
	}
	if err := p.openStores(ctx); err != nil {
		return nil, err
	}
	p.Users.Mirror(p.learn)
	h.OnLoad(p.callRoll)
	Departed.On(h.Bus, p.departed)
	p.offer()
	h.Add(portal.Module{Name: "people", Routes: p.Routes})
	h.Menu(portal.MenuEntry{Href: "/users", LabelKey: "users.title", Order: 95,
		Show: func(v portal.Visitor) bool { return h.Holds(v.Actor, "admin", "auditor") }})
	return p, nil
}

func (p *People) openStores(ctx context.Context) (err error) {
	if p.credentials, err = store.Open(ctx, p.Store, store.Spec{Name: "credentials"}, plain[credential]); err != nil {
		return fault.Wrap(err, "open the credentials")
	}
	if p.rosters, err = store.Open(ctx, p.Store, store.Spec{Name: "rosters"}, plain[roster]); err != nil {
		return fault.Wrap(err, "open the rosters")
	}
	spec := store.Spec{Name: "sessions", Fields: []store.Field{{Name: "person"}}, Indexes: []store.Index{{Name: "person", Fields: []string{"person"}}}}
	if p.sessions, err = store.Open(ctx, p.Store, spec, func(s *Session) map[string]any { return map[string]any{"person": s.Person} }); err != nil {
		return fault.Wrap(err, "open the sessions")
	}
	p.sessions.OnSave(func(s *Session) {
		if s.Revoked != nil {
			p.Live.End(s.ID)
		}
	})
	return p.seedNobody(ctx)
}

// plain documents are found by their id alone.
func plain[T any](*T) map[string]any { return nil }

// Held tells whether each of the roles is held by somebody at work, anywhere.
func (p *People) Held(roles ...string) bool {
	now := p.Clock().UTC()
	return !slices.ContainsFunc(roles, func(r string) bool { return !p.mem.held(r, now) })
}

// Routes are the pages and calls around signing in; the resource serves the
// users themselves.
func (p *People) Routes(r fiber.Router) {
	r.Get("/signin", p.signInPage)
	r.Post("/signin", p.signIn)
	r.Post("/signout", p.signOut)
	r.Get("/setup", p.setupPage)
	r.Post("/setup", p.setUp)
	r.Get("/welcome/:id/:token", p.welcome)
	r.Post("/welcome/:id/:token", p.setByLink)
	r.Post("/preferences", p.prefer)
	r.Get("/me", p.mePage)
	r.Post("/me/data", p.ownData)
	r.Post("/me/for", p.standIn)
	r.Post("/me/password", p.changePassword)
	r.Post("/me/sessions/end", p.endOthers)
	r.Post("/me/sessions/:id/revoke", p.revokeSession)
	r.Post("/signin/second", p.signInSecond)
	r.Get("/me/second", p.secondPage)
	r.Post("/me/second/begin", p.beginSecond)
	r.Post("/me/second/confirm", p.confirmSecond)
	r.Post("/me/second/codes", p.renewCodes)
	r.Post("/me/second/drop", p.giveUpSecond)
	r.Post("/signin/passkey", p.signInPasskey)
	r.Get("/signin/sso", p.goOutside)
	r.Get("/signin/callback", p.comeBack)
	r.Post("/me/second/passkeys", p.addPasskey)
	r.Post("/me/second/passkeys/drop", p.dropPasskey)
	r.Post("/api/v1/session", p.openSession)
	r.Delete("/api/v1/session", p.closeSession)
	r.Get("/api/v1/me", p.me)
	r.Post("/api/v1/me/for", p.standIn)
}

// Register opens an account through the same act as the page does and gives its id.
func (p *People) Register(ctx context.Context, by lifecycle.Actor, in RegisterForm) (string, error) {
	u, err := p.Users.Engine.Open(ctx, by, "register", &in, lifecycle.Opts{})
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// Appoint gives a user a further role, by the same act as the page.
func (p *People) Appoint(ctx context.Context, by lifecycle.Actor, id string, in AppointForm) error {
	_, err := p.Users.Engine.Act(ctx, by, id, "appoint", &in, lifecycle.Opts{})
	return err
}

// ResetPassword gives a user a new password, for instance from the server's
// console, where the portal itself acts.
func (p *People) ResetPassword(ctx context.Context, by lifecycle.Actor, login, password string) error {
	id, _ := p.mem.byLogin(login) // nobody's is found nowhere
	_, err := p.Users.Engine.Act(ctx, by, id, "reset_password", &PasswordForm{Password: password}, lifecycle.Opts{})
	return err
}

// ID finds a user by login.
func (p *People) ID(login string) (string, bool) { return p.mem.byLogin(login) }
