package people

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// SetupForm founds a city with its first administrator.
type SetupForm struct {
	Code         string `json:"code" form:"text,required,max=40"`
	CityCode     string `json:"city_code" form:"text,required,max=40"`
	CityHans     string `json:"city_name_hans" form:"text,required,max=60"`
	CityHant     string `json:"city_name_hant" form:"text,max=60"`
	CityEn       string `json:"city_name_en" form:"text,max=80"`
	DistrictCode string `json:"district_code" form:"text,required,max=40"`
	DistrictHans string `json:"district_name_hans" form:"text,required,max=60"`
	DistrictHant string `json:"district_name_hant" form:"text,max=60"`
	DistrictEn   string `json:"district_name_en" form:"text,max=80"`
	Name         string `json:"name" form:"text,required,max=60"`
	Login        string `json:"login" form:"text,required,max=40"`
	Password     string `json:"new_password" form:"secret,required,max=128"`
}

var setupType = schema.Of[SetupForm]("setup")

// SetupCode is what must be entered at the first start, so that a stranger on
// the network cannot take the portal over; "" once there is a user. It changes
// with every start and is shown on the server's console only.
func (p *People) SetupCode() string {
	if !p.mem.empty() {
		return ""
	}
	return p.setupCode
}

// beforeSetup lists what is served before there is any user.
func beforeSetup(path string) bool {
	for _, ok := range []string{"/setup", "/preferences", "/healthz", "/readyz", "/metrics", "/favicon.ico"} {
		if path == ok {
			return true
		}
	}
	return strings.HasPrefix(path, "/static/")
}

func (p *People) sendToSetup(c *fiber.Ctx) error {
	if portal.IsAPI(c) {
		return fault.New(fault.Conflict, "people.setup_first")
	}
	return c.Redirect("/setup", fiber.StatusSeeOther)
}

func (p *People) setupPage(c *fiber.Ctx) error {
	if !p.mem.empty() {
		return fault.Missing("setup")
	}
	return p.showSetup(c, fiber.StatusOK, nil, nil)
}

func (p *People) showSetup(c *fiber.Ctx, status int, values web.Values, e *fault.Error) error {
	l := portal.Who(c).Lang
	spec := web.FormSpec{Action: "/setup", Type: setupType, Values: values, SubmitKey: "people.set_up"}
	if e != nil {
		spec.Errors = e.Fields
	}
	body := portal.In(l, func(h *web.H) {
		if e != nil && len(e.Fields) == 0 {
			h.Add(web.Refusal(l, e))
		}
		h.Raw(`<p class="intro">`)
		h.T("people.setup_intro")
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})
	return p.Show(c, status, web.Page{Title: l.T("people.setup"), Body: body, Invalid: e != nil})
}

// setUp answers POST /setup and signs the new administrator in.
func (p *People) setUp(c *fiber.Ctx) error {
	if !p.mem.empty() {
		return fault.Missing("setup")
	}
	// The values outlive the request: they become the city's data.
	values := web.Values{}
	for k, vs := range formValues(c) {
		for _, v := range vs {
			values[strings.Clone(k)] = append(values[k], strings.Clone(v))
		}
	}
	in, err := setupType.Form(values)
	var id string
	if err == nil {
		id, err = p.found(c.UserContext(), c.IP(), in.(*SetupForm))
	}
	if err != nil {
		if e := fault.As(err); e.Kind != fault.Internal {
			return p.showSetup(c, refusedStatus(e), values, e)
		}
		return err
	}
	if err := p.enter(c, id, false); err != nil {
		return err
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// found makes the city, its district and the administrator through the acts,
// in this order. The administrator comes last and closes the setup: after a
// crash half-way the same may be sent again, and what is there is taken as it is.
func (p *People) found(ctx context.Context, ip string, in *SetupForm) (string, error) {
	p.setupMu.Lock()
	defer p.setupMu.Unlock()
	if err := p.knock(ip); err != nil {
		return "", err
	}
	code := strings.ToUpper(strings.TrimSpace(in.Code))
	if subtle.ConstantTimeCompare([]byte(code), []byte(p.setupCode)) != 1 {
		return "", fault.InvalidField("code", "fault.people.wrong_setup_code")
	}
	p.admitted(ip)
	if n, err := p.Users.Engine.Cases().Count(ctx, store.Query{}); err != nil || n > 0 {
		if err != nil {
			return "", fault.Wrap(err, "count the users")
		}
		return "", fault.New(fault.Conflict, "people.setup_done")
	}
	// What can be wrong is found before anything is founded.
	f := fault.New(fault.Invalid, "invalid")
	for name, code := range map[string]string{"city_code": in.CityCode, "district_code": in.DistrictCode} {
		if !directory.GoodCode(code) {
			f.Wrong(name, "fault.people.bad_code")
		}
	}
	if !goodLogin.MatchString(in.Login) {
		f.Wrong("login", "fault.user.bad_login")
	}
	checkPassword(f, "new_password", in.Password, in.Login)
	if err := f.Err(); err != nil {
		return "", err
	}
	city, err := p.foundPlaces(ctx, in)
	if err != nil {
		return "", err
	}
	u, err := p.Users.Engine.Open(ctx, lifecycle.System, "register", &RegisterForm{Login: in.Login, Name: in.Name, Password: in.Password,
		Role: "admin", Place: city}, lifecycle.Opts{Key: "setup"})
	var e *fault.Error
	if errors.As(err, &e) && e.Code == "lifecycle.key_reused" { // another process was faster
		return "", fault.New(fault.Conflict, "people.setup_done")
	}
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// foundPlaces gives the city's code.
func (p *People) foundPlaces(ctx context.Context, in *SetupForm) (string, error) {
	city := p.City.Top()
	if city == "" {
		city = in.CityCode
		if err := p.directory.Found(ctx, place(city, directory.City, "", in.CityHans, in.CityHant, in.CityEn)); err != nil {
			return "", under(err, "city_")
		}
	}
	if p.City.Level(in.DistrictCode) == directory.District {
		return city, nil
	}
	return city, under(p.directory.Found(ctx, place(in.DistrictCode, directory.District, city, in.DistrictHans, in.DistrictHant, in.DistrictEn)), "district_")
}

func place(code, level, parent, hans, hant, en string) directory.AreaForm {
	return directory.AreaForm{Code: code, Level: level, Parent: parent, AreaDetails: directory.AreaDetails{Script: directory.Script{Hans: hans, Hant: hant, En: en}}}
}

// under gives a fault's fields the names they have on the setup page.
func under(err error, prefix string) error {
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = nil
	for _, f := range e.Fields {
		f.Name = prefix + f.Name
		c.Fields = append(c.Fields, f)
	}
	return &c
}
