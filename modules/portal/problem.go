package portal

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/web"
)

// Status maps the kinds of faults to HTTP; nothing else does.
func Status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return fiber.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return fiber.StatusUnauthorized
	case fault.Denied:
		return fiber.StatusForbidden
	case fault.NotFound:
		return fiber.StatusNotFound
	case fault.Conflict:
		return fiber.StatusConflict
	case fault.Unavailable:
		return fiber.StatusServiceUnavailable
	}
	return fiber.StatusInternalServerError
}

// Problem is a fault as problem details (RFC 9457) with what the portal adds:
// the rule it stands on, the fact that failed, what to do next, the fields.
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance,omitempty"`
	Code     string         `json:"code"`
	Rule     string         `json:"rule,omitempty"`
	RuleText string         `json:"rule_text,omitempty"`
	Fact     string         `json:"fact,omitempty"`
	Remedy   string         `json:"remedy,omitempty"`
	Line     string         `json:"line,omitempty"`
	Fields   []ProblemField `json:"fields,omitempty"`
}

// ProblemField is one wrong value of the input.
type ProblemField struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// ProblemOf words a fault in the reader's language.
func ProblemOf(l web.Lang, e *fault.Error, instance string) Problem {
	p := Problem{Type: "about:blank", Title: l.T("fault.title_" + e.Kind.String()), Status: Status(e.Kind), Instance: instance,
		Detail: l.Args("fault."+e.Code, e.Args), Code: e.Code, Rule: e.Rule, RuleText: ruleText(l, e.Rule), Line: e.Line}
	if e.Fact != "" {
		p.Fact = l.T(e.Fact)
	}
	if web.Known("fault." + e.Remedy) {
		p.Remedy = l.Args("fault."+e.Remedy, e.Args)
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{Name: f.Name, Code: f.Code, Detail: l.Args(f.Code, f.Args)})
	}
	return p
}

// ruleText is what the rules say that a fault stands on; a policy line may name
// several: "R10, R45".
func ruleText(l web.Lang, rules string) string {
	var out []string
	for _, r := range strings.Split(rules, ", ") {
		if web.Known("rule." + r) {
			out = append(out, l.T("rule."+r))
		}
	}
	return strings.Join(out, " ")
}

// SendProblem answers a program with a fault.
func SendProblem(c *fiber.Ctx, e *fault.Error) error { return SendProblemAs(c, Status(e.Kind), e) }

// SendProblemAs is SendProblem under a status of HTTP's own, such as 413, for
// which there is no kind of fault.
func SendProblemAs(c *fiber.Ctx, status int, e *fault.Error) error {
	p := ProblemOf(Who(c).Lang, e, c.Path())
	p.Status = status
	if err := c.Status(p.Status).JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json; charset=utf-8")
	return nil
}
