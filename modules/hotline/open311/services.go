package open311

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// servicesChanged is when services or their attributes were last changed; a
// test holds it against a digest of them.
const servicesChanged = "2026-11-26T00:00:00Z"

// personal are the groups of categories that are about persons: not offered
// here, but on the phone and on the hotline's own pages.
var personal = []string{"welfare", "community", "home_services"}

// offered are the categories that programs may file and read.
func offered() (out []portal.Category) {
	for _, c := range portal.Categories {
		if !slices.Contains(personal, c.Group) {
			out = append(out, c)
		}
	}
	return out
}

func serviceOf(code string) (portal.Category, error) {
	c, ok := portal.CategoryOf(code)
	if !ok || slices.Contains(personal, c.Group) {
		return portal.Category{}, fault.New(fault.NotFound, "open311.service")
	}
	return c, nil
}

// batch tells whether somebody reads a request of the category before its
// number is given out: it may be a dispute or no matter of the hotline at all.
func batch(c portal.Category) bool { return c.Class == "complex" }

// attribute is a question that a service asks beside where and what.
type attribute struct {
	code, datatype string
	required       bool
	values         []string
}

const (
	oneText   = "string"
	oneValue  = "singlevaluelist"
	anyValues = "multivaluelist"
)

// attributes of services, by category; what they are called is
// "open311.CATEGORY.CODE" in the translations, their values ".VALUE" behind it.
var attributes = map[string][]attribute{
	"101": {{code: "POLE", datatype: oneText}},
	"103": {{code: "STATE", datatype: oneValue, required: true, values: []string{"missing", "broken", "loud"}}},
	"205": {{code: "SHUT", datatype: oneValue, values: []string{"yes", "no"}}},
	"302": {{code: "WHEN", datatype: anyValues, values: []string{"day", "evening", "night"}}},
	"401": {{code: "LIFT", datatype: oneText}},
	"501": {{code: "LANE", datatype: oneValue, values: []string{"fire_lane", "pavement", "road"}}},
}

func (a attribute) key(category string) string { return "open311." + category + "." + a.code }

type service struct {
	Code        string `json:"service_code" xml:"service_code"`
	Name        string `json:"service_name" xml:"service_name"`
	Description string `json:"description" xml:"description"`
	Metadata    bool   `json:"metadata" xml:"metadata"`
	Type        string `json:"type" xml:"type"`
	Keywords    string `json:"keywords" xml:"keywords"`
	Group       string `json:"group" xml:"group"`
}

// services answers GET services: what can be asked for.
func (m *Open311) services(c *fiber.Ctx) error {
	if err := m.jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return err
	}
	l := portal.Who(c).Lang
	var out []service
	for _, x := range offered() {
		s := service{Code: x.Code, Name: l.T("category." + x.Code), Description: l.T("open311.realtime"), Metadata: attributes[x.Code] != nil, Type: "realtime",
			Keywords: strings.Join(strings.Fields(l.T("category."+x.Code+".words")), ","), Group: l.T("category_group." + x.Group)}
		if batch(x) {
			s.Type, s.Description = "batch", l.T("open311.batch")
		}
		out = append(out, s)
	}
	return sendList(c, fiber.StatusOK, "services", "service", out)
}

type definition struct {
	Code       string     `json:"service_code" xml:"service_code"`
	Attributes []question `json:"attributes" xml:"attributes>attribute"`
}

type question struct {
	Variable    bool    `json:"variable" xml:"variable"`
	Code        string  `json:"code" xml:"code"`
	Datatype    string  `json:"datatype" xml:"datatype"`
	Required    bool    `json:"required" xml:"required"`
	Hint        text    `json:"datatype_description" xml:"datatype_description"`
	Order       int     `json:"order" xml:"order"`
	Description string  `json:"description" xml:"description"`
	Values      []value `json:"values" xml:"values>value"`
}

type value struct {
	Key  string `json:"key" xml:"key"`
	Name string `json:"name" xml:"name"`
}

// definition answers GET services/CODE: what a service asks. A service that
// asks nothing has no definition.
func (m *Open311) definition(c *fiber.Ctx) error {
	if err := m.jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return err
	}
	code, err := named(c)
	if err != nil {
		return err
	}
	s, err := serviceOf(code)
	if err != nil {
		return err
	}
	if attributes[s.Code] == nil {
		return fault.New(fault.NotFound, "open311.no_definition")
	}
	return send(c, fiber.StatusOK, "service_definition", define(portal.Who(c).Lang, s.Code))
}

func define(l web.Lang, code string) definition {
	d := definition{Code: code}
	for i, a := range attributes[code] {
		q := question{Variable: true, Code: a.code, Datatype: a.datatype, Required: a.required, Order: i + 1, Description: l.T(a.key(code)), Values: []value{}}
		for _, v := range a.values {
			q.Values = append(q.Values, value{v, l.T(a.key(code) + "." + v)})
		}
		d.Attributes = append(d.Attributes, q)
	}
	return d
}

type discovery struct {
	Changeset  string     `json:"changeset" xml:"changeset"`
	Contact    string     `json:"contact" xml:"contact"`
	KeyService string     `json:"key_service" xml:"key_service"`
	Endpoints  []endpoint `json:"endpoints" xml:"endpoints>endpoint"`
}

type endpoint struct {
	Specification string   `json:"specification" xml:"specification"`
	URL           string   `json:"url" xml:"url"`
	Changeset     string   `json:"changeset" xml:"changeset"`
	Type          string   `json:"type" xml:"type"`
	Formats       []string `json:"formats" xml:"formats>format"`
}

// discovery answers GET discovery: where the service is, and since when it is so.
func (m *Open311) discovery(c *fiber.Ctx) error {
	l, at := portal.Who(c).Lang, m.h.Public+root
	return send(c, fiber.StatusOK, "discovery", discovery{Changeset: servicesChanged, Contact: l.T("open311.contact"), KeyService: l.T("open311.key_service", "url", at),
		Endpoints: []endpoint{{Specification: "http://wiki.open311.org/GeoReport_v2", URL: at + "/v2", Changeset: servicesChanged, Type: "production", Formats: []string{"text/xml", "application/json"}}}})
}
