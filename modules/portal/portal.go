// Package portal is the framework that the modules stand on: what a module is
// given and what it gives, and the resource, where cases of one kind are handled
// the same way for people, as pages, and for programs, as JSON.
//
// A module is one folder: its type, the declaration of its kind of case, what
// others may ask it. It imports modules of lower floors only; what is above it
// learns of it by its events (lifecycle.Event), shows more on its pages (Hang)
// and answers its questions (Slot).
package portal

import (
	"context"
	"fmt"
	"html/template"
	"reflect"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/live"
	"gatehouse/server/sso"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Portal is what every module is given.
type Portal struct {
	lifecycle.Deps
	Index     *policy.Index
	Policy    *policy.Gate
	Names     *Names
	City      City
	Files     *files.Files
	Signing   []byte // signs tokens and codes
	Live      *live.Hub
	Record    func(context.Context, Export) error // keeps on record what left as a table; nil: nothing leaves
	Secure    bool                                // served over https: cookies get the __Host- prefix
	Origin    string                              // the portal's address as browsers know it, such as https://gate.example.cn
	Public    string                              // the address that is printed and sent; nothing in a request can change it
	SSO       *sso.Client                         // the city's own sign-in; nil: there is none
	resources []AnyResource
	modules   []Module
	loads     []func(context.Context) error
	slots     []slot
	employers []Employer
	options   map[string]OptionsFunc
	menu      []MenuEntry
	homes     []HomeFunc
	topics    map[string]topic
}

// Module is what a folder under modules/ gives: its name and its own routes.
type Module struct {
	Name   string
	Routes func(fiber.Router)
	// Load fills the facts in memory at start and follows what other processes
	// change until ctx ends.
	Load func(ctx context.Context) error
	// Uploads are paths of its own that take a file; PublicUploads those on
	// which somebody who is not signed in may send one.
	Uploads, PublicUploads []string
	// Under is where its paths begin if it words faults itself, by Fault.
	Under string
	Fault func(c *fiber.Ctx, status int, e *fault.Error) error
}

// AnyResource is a resource without the type of its cases.
type AnyResource interface {
	Noun() string
	Plural() string
	Called(ctx context.Context, v Visitor, id string) (string, bool)
	caseType() reflect.Type
	check() error
	Prefix() string
	Routes(fiber.Router)
	OpenAPI() map[string]any // path -> operations
	Schemas() map[string]any // components that OpenAPI refers to
	Plan() Plan
	Tasks(ctx context.Context, v Visitor, limit int) ([]Task, error)
	Deadlines(ctx context.Context, v Visitor, setting string, most int) (found []OpenDeadline, looked int, err error)
	Perform(ctx context.Context, by lifecycle.Actor, id, act string, body []byte, o lifecycle.Opts) (Done, error)
	Verify(ctx context.Context, v Visitor, no, hash string) (Proof, bool, error)
	NamesFile(ctx context.Context, hash string) (bool, error)
	Anonymises() bool // holds what is personal, which goes one day
	AnonymiseBy(ctx context.Context, by time.Time) (int64, error)
	AnonymiseDue(ctx context.Context, most int) (int, error)
	Sample(ctx context.Context, where ...store.Cond) (id string, sc lifecycle.Scope, err error)
	Access(ctx context.Context, by lifecycle.Actor, id, state string) (Access, error)
	MayOpen(by lifecycle.Actor, act string) bool
}

// Plan is a lifecycle table for the docs, the access matrix and the pictures.
type Plan struct {
	Noun, Plural string
	States       []lifecycle.State
	Acts         []PlanAct
}

// PlanAct is one row of a plan.
type PlanAct struct {
	Name, Rule, On string
	From, To       []string
	Timers         []lifecycle.Timer
	Hidden         bool
	Files          bool // takes files
}

// Done is where an act has brought a case.
type Done struct {
	ID, No, State string
	Revision      int64
}

// Task is a case that waits for somebody.
type Task struct {
	Noun, State, Tone, Title, No, Href string
	Deadline                           lifecycle.Deadline // zero when none runs
}

// Proof is what a verification code stands for.
type Proof struct {
	Noun, No, Title, Act, State string
	Department                  string
	Places                      []string
	At                          time.Time
}

// OptionsFunc gives the choices of form fields whose options are data.
type OptionsFunc func(ctx context.Context, v Visitor) ([]web.Option, error)

// MenuEntry is a page in the menu, for those who may see it.
type MenuEntry struct {
	Href, LabelKey string
	Order          int
	Show           func(v Visitor) bool // nil: everybody, or who holds one of the roles
	Roles          []string
}

// HomeFunc adds a part to the start page; "" adds nothing.
type HomeFunc func(ctx context.Context, v Visitor) (template.HTML, error)

// Offer registers options by the name that fields ask for them with (from=…).
func (h *Portal) Offer(from string, f OptionsFunc) {
	if h.options == nil {
		h.options = map[string]OptionsFunc{}
	}
	h.options[from] = f
}

// Menu puts a page into the menu.
func (h *Portal) Menu(m MenuEntry) {
	if m.Show == nil && len(m.Roles) > 0 {
		m.Show = func(v Visitor) bool { return h.Holds(v.Actor, m.Roles...) }
	}
	h.menu = append(h.menu, m)
	slices.SortStableFunc(h.menu, func(a, b MenuEntry) int { return a.Order - b.Order })
}

// Home puts a part onto the start page.
func (h *Portal) Home(f HomeFunc) { h.homes = append(h.homes, f) }

// Homes gives the parts of the start page.
func (h *Portal) Homes() []HomeFunc { return h.homes }

// Resources gives every resource of the portal.
func (h *Portal) Resources() []AnyResource { return h.resources }

// May asks the gate about an act that is about no case.
func (h *Portal) May(v Visitor, act string, sc lifecycle.Scope, facts ...string) error {
	d := h.Gate.Decide(lifecycle.Question{Act: act, Actor: v.Actor, Scope: sc, Facts: facts, At: h.Clock()})
	if d.Allowed {
		return nil // not d.Err: a nil fault in an error would be no nil
	}
	return d.Err
}

// Sees tells whether the visitor may see a case of any kind. A case that cites
// another names it by its id to those only: an id opens nothing, but it holds
// the moment at which the other was opened.
func (h *Portal) Sees(v Visitor, plural, id string) bool {
	i := slices.IndexFunc(h.resources, func(d AnyResource) bool { return d.Plural() == plural })
	if i < 0 || id == "" {
		return false
	}
	a, err := h.resources[i].Access(context.Background(), v.Actor, id, "")
	return err == nil && a.Sees
}

// Holds tells whether the visitor holds the role anywhere.
func (h *Portal) Holds(a lifecycle.Actor, roles ...string) bool {
	held := h.Policy.Roles(a.ID, a.For, policy.AnyDepartment, nil, h.Clock())
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(held, r) })
}

// Party tells whether somebody holds one of these posts (role@place), for
// themselves or through whom they stand in for: nobody judges their own matter
// by coming as somebody else.
func (h *Portal) Party(a lifecycle.Actor, posts ...string) bool {
	return slices.ContainsFunc([]lifecycle.Actor{{ID: a.ID}, a, {ID: a.For}}, func(who lifecycle.Actor) bool {
		return slices.ContainsFunc(h.Gate.Keys(who, h.Clock()), func(k string) bool { return slices.Contains(posts, k) })
	})
}

// Options gives the choices for the fields of a form that take them from data.
func (h *Portal) Options(ctx context.Context, v Visitor, froms ...string) (map[string][]web.Option, error) {
	out := map[string][]web.Option{}
	for _, from := range froms {
		switch from {
		case "own_communities":
			out[from] = h.OwnPlaces(v, "committee_staff")
			continue
		case "own_departments":
			out[from] = h.OwnDepartments(v, "dept_clerk")
			continue
		case "categories":
			out[from] = CategoryOptions(v.Lang)
			continue
		case "units":
			os, err := h.units(ctx, v)
			if err != nil {
				return nil, err
			}
			out[from] = os
			continue
		}
		f := h.options[from]
		if f == nil {
			return nil, fmt.Errorf("portal: nobody offers the options %q", from)
		}
		os, err := f(ctx, v)
		if err != nil {
			return nil, err
		}
		out[from] = os
	}
	return out, nil
}
