package open311

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

// text is a value that may be missing: null in JSON, an empty element in XML.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// stamp is a moment in UTC with a Z, as every known client reads it; zero is missing.
type stamp time.Time

func (s stamp) String() string {
	if time.Time(s).IsZero() {
		return ""
	}
	return time.Time(s).UTC().Truncate(time.Second).Format(time.RFC3339)
}

func (s stamp) MarshalJSON() ([]byte, error) { return text(s.String()).MarshalJSON() }

func (s stamp) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// degree is a coordinate in micro-degrees, told to a hundred metres: a request
// may come from somebody's door. Nil is missing.
type degree struct{ micro *int64 }

func degreeOf(micro int64, known bool) degree {
	if !known {
		return degree{}
	}
	return degree{&micro}
}

func (d degree) String() string {
	if d.micro == nil {
		return ""
	}
	return strconv.FormatFloat(float64(*d.micro)/1e6, 'f', 3, 64)
}

func (d degree) MarshalJSON() ([]byte, error) {
	if d.micro == nil {
		return []byte("null"), nil
	}
	return []byte(d.String()), nil
}

func (d degree) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// send answers with one thing, in the format that the path asks for.
func send(c *fiber.Ctx, status int, name string, v any) error {
	if strings.HasSuffix(c.Path(), ".json") {
		return c.Status(status).JSON(v)
	}
	return sendXML(c, status, func(e *xml.Encoder) error {
		return e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: name}})
	})
}

// sendList answers with a list: an array, or elements inside one.
func sendList[T any](c *fiber.Ctx, status int, outer, inner string, vs []T) error {
	if strings.HasSuffix(c.Path(), ".json") {
		return c.Status(status).JSON(append([]T{}, vs...)) // [], never null
	}
	return sendXML(c, status, func(e *xml.Encoder) error {
		start := xml.StartElement{Name: xml.Name{Local: outer}}
		if err := e.EncodeToken(start); err != nil {
			return err
		}
		for _, v := range vs {
			if err := e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: inner}}); err != nil {
				return err
			}
		}
		return e.EncodeToken(start.End())
	})
}

func sendXML(c *fiber.Ctx, status int, write func(*xml.Encoder) error) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	err := write(e)
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		return fault.Wrap(err, "write XML")
	}
	c.Set(fiber.HeaderContentType, "text/xml; charset=utf-8")
	return c.Status(status).Send(b.Bytes())
}

// wrong is one error as the standard writes it.
type wrong struct {
	Code        int    `json:"code" xml:"code"`
	Description string `json:"description" xml:"description"`
}

// fault answers with what went wrong, as the standard says it: a field in each
// error, and the code of HTTP in the body as well.
func (m *Open311) fault(c *fiber.Ctx, status int, e *fault.Error) error {
	l := portal.Who(c).Lang
	switch {
	case status == fiber.StatusUnprocessableEntity:
		status = fiber.StatusBadRequest
	case e.Code == "order.flood":
		status = fiber.StatusTooManyRequests
	case e.Kind == fault.Unauthenticated:
		status = fiber.StatusForbidden
	}
	var all []wrong
	for _, f := range e.Fields {
		all = append(all, wrong{status, f.Name + ": " + l.Args(f.Code, f.Args)})
	}
	if len(all) == 0 {
		p := portal.ProblemOf(l, e, "")
		all = []wrong{{status, strings.TrimSpace(p.Detail + " " + p.Remedy)}}
	}
	return sendList(c, status, "errors", "error", all)
}

// How often one address may ask, and one key file.
var (
	mostAsked = limit.Rule{N: 300, Per: time.Minute}
	mostFiled = limit.Rule{N: 60, Per: time.Minute}
)

// calm keeps one address from taking the service from all others, and lets
// pages of any site read.
func (m *Open311) calm() fiber.Handler {
	return func(c *fiber.Ctx) error {
		if c.Method() == fiber.MethodGet {
			c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		}
		return calmly(c, m.asked.Take(limit.Network(c.IP())))
	}
}

// calmKeys keeps one program from flooding the operators.
func (m *Open311) calmKeys() fiber.Handler {
	filed := limit.New(mostFiled, m.h.Clock)
	return func(c *fiber.Ctx) error { return calmly(c, filed.Take(c.Locals(keyKey).(*Key).ID)) }
}

// calmly goes on unless somebody has to wait, and says how long.
func calmly(c *fiber.Ctx, wait time.Duration) error {
	if wait == 0 {
		return c.Next()
	}
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())+1))
	return fiber.ErrTooManyRequests
}
