package open311

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// The bounds of what a program may send, in characters.
const (
	longestWords  = 4000
	longestPlace  = 200
	longestValue  = 200
	longestName   = 20
	longestURL    = 500
	mostArguments = 100
)

// typed is what a program has sent.
type typed map[string][]string

func (t typed) one(name string) string {
	if vs := t[name]; len(vs) > 0 {
		return strings.TrimSpace(vs[0])
	}
	return ""
}

// read reads a form in either of its two encodings. Control characters are
// dropped; what is no UTF-8 is refused.
func read(c *fiber.Ctx) (typed, error) {
	in := typed{}
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	switch strings.TrimSpace(strings.ToLower(kind)) {
	case fiber.MIMEMultipartForm:
		f, err := c.MultipartForm()
		if err != nil {
			return nil, fault.New(fault.Invalid, "bad_request")
		}
		for k, vs := range f.Value {
			in[k] = vs
		}
	case fiber.MIMEApplicationForm, "":
		for k, v := range c.Request().PostArgs().All() {
			in[string(k)] = append(in[string(k)], string(v))
		}
	default:
		return nil, fault.New(fault.Invalid, "open311.form")
	}
	return clean(in)
}

func clean(in typed) (typed, error) {
	n := 0
	for k, vs := range in {
		for i, v := range vs {
			if n++; n > mostArguments {
				return nil, fault.New(fault.Invalid, "open311.form")
			}
			if !utf8.ValidString(k) || !utf8.ValidString(v) {
				return nil, fault.New(fault.Invalid, "bad_utf8")
			}
			vs[i] = strings.Map(func(r rune) rune {
				if unicode.IsControl(r) && r != '\n' && r != '\t' {
					return -1
				}
				return r
			}, v)
		}
	}
	return in, nil
}

// short checks a value's length.
func (t typed) short(f *fault.Error, name string, max int) string {
	s := t.one(name)
	if utf8.RuneCountInString(s) > max {
		f.Wrong(name, "schema.too_long", "max", max)
	}
	return s
}

// spot reads where it is. One of the three ways is enough.
func (m *Open311) spot(c *fiber.Ctx, in typed, f *fault.Error) (lat, long int64, place, community string, err error) {
	lat, long, given := coordinates(in, f)
	place = in.short(f, "address_string", longestPlace)
	if given {
		community, _ = m.gazetteer.Near(lat, long)
		if place == "" {
			place = fmt.Sprintf("%.6f, %.6f", float64(lat)/1e6, float64(long)/1e6)
		}
	}
	if id := in.one("address_id"); id != "" && !given && place == "" {
		at, ok, err := m.gazetteer.ByNo(c.UserContext(), id)
		if err != nil {
			return 0, 0, "", "", err
		}
		if !ok {
			f.Wrong("address_id", "open311.no_landmark")
		}
		return at.Lat, at.Long, at.Place, at.Community, nil
	}
	if place == "" && len(f.Fields) == 0 {
		f.Wrong("lat", "open311.no_location")
	}
	if community == "" {
		community, _ = m.gazetteer.Locate(place + " " + in.one("description"))
	}
	return lat, long, place, community, nil
}

func coordinates(in typed, f *fault.Error) (lat, long int64, given bool) {
	a, b := in.one("lat"), in.one("long")
	if a == "" && b == "" {
		return 0, 0, false
	}
	for _, x := range []struct {
		name, typed string
		most        float64
		to          *int64
	}{{"lat", a, 90, &lat}, {"long", b, 180, &long}} {
		d, err := strconv.ParseFloat(x.typed, 64)
		if err != nil || math.IsNaN(d) || math.Abs(d) > x.most {
			f.Wrong(x.name, "open311.bad_degree", "max", int(x.most))
			continue
		}
		*x.to = int64(math.Round(d * 1e6))
	}
	return lat, long, len(f.Fields) == 0
}

// answers reads what a service asks; a line each for people to read.
func answers(l web.Lang, category string, in typed, f *fault.Error) (lines []string) {
	for _, a := range attributes[category] {
		name := "attribute[" + a.code + "]"
		vs := slices.DeleteFunc(slices.Concat(in[name], in[name+"[]"]), func(s string) bool { return strings.TrimSpace(s) == "" })
		switch {
		case len(vs) == 0 && a.required:
			f.Wrong(name, "schema.required")
		case len(vs) > 1 && a.datatype != anyValues:
			f.Wrong(name, "open311.one_value")
		}
		var said []string
		for _, v := range vs {
			switch {
			case a.values != nil && !slices.Contains(a.values, v):
				f.Wrong(name, "schema.not_an_option")
			case a.values != nil:
				said = append(said, l.T(a.key(category)+"."+v))
			case utf8.RuneCountInString(v) > longestValue:
				f.Wrong(name, "schema.too_long", "max", longestValue)
			default:
				said = append(said, v)
			}
		}
		if said != nil {
			lines = append(lines, l.T("open311.line", "label", l.T(a.key(category)), "text", strings.Join(said, "、")))
		}
	}
	return lines
}

// media checks the address of a picture. It is written down for people and
// never fetched.
func media(in typed, f *fault.Error) string {
	s := in.short(f, "media_url", longestURL)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		f.Wrong("media_url", "open311.bad_url")
	}
	return s
}

type taken struct {
	ID      text `json:"service_request_id,omitempty" xml:"service_request_id,omitempty"`
	Token   text `json:"token,omitempty" xml:"token,omitempty"`
	Notice  text `json:"service_notice" xml:"service_notice"`
	Account text `json:"account_id" xml:"account_id"`
}

// submit answers POST requests: the request is an order, and the same request
// sent again is the same order.
func (m *Open311) submit(c *fiber.Ctx) error {
	in, k := c.Locals(inKey).(typed), c.Locals(keyKey).(*Key)
	if err := m.jurisdiction(cmp.Or(in.one("jurisdiction_id"), c.Query("jurisdiction_id"))); err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "invalid")
	if in.one("service_code") == "" {
		f.Wrong("service_code", "schema.required")
		return f
	}
	s, err := serviceOf(in.one("service_code"))
	if err != nil {
		return err
	}
	l := portal.Who(c).Lang
	lat, long, place, community, err := m.spot(c, in, f)
	if err != nil {
		return err
	}
	words := []string{in.short(f, "description", longestWords)}
	if words[0] == "" {
		words[0] = l.T("category." + s.Code)
	}
	words = append(words, answers(l, s.Code, in, f)...)
	if u := media(in, f); u != "" {
		words = append(words, l.T("open311.line", "label", l.T("open311.media"), "text", u))
	}
	name := strings.TrimSpace(in.short(f, "last_name", longestName) + in.short(f, "first_name", longestName))
	if len(f.Fields) > 0 {
		return f
	}
	day := schema.DateOf(m.h.Clock(), zone)
	done, err := m.orders.File(c.UserContext(), lifecycle.System, orders.Filing{Words: strings.Join(words, "\n"), Category: s.Code, Community: community, Place: place, Phone: in.one("phone"), Name: name,
		Known: orders.Known{Channel: "open311", Lat: lat, Long: long}}, orders.FileOpts{From: "open311 " + k.ID, Key: strings.Join([]string{s.Code, place, string(day)}, "\x00")})
	if err != nil {
		return err
	}
	t := taken{ID: text(done.No), Notice: text(l.T("open311.notice", "url", m.h.Public+"/track"))}
	if !done.Again { // the PIN is for whoever filed it first
		t.Notice = text(l.T("open311.notice_pin", "no", done.No, "pin", done.PIN, "url", m.h.Public+"/track"))
	}
	if batch(s) {
		t.ID, t.Token, t.Notice = "", text(m.tokenOf(done.ID)), text(l.T("open311.batch"))
	}
	return sendList(c, fiber.StatusCreated, "service_requests", "request", []taken{t})
}

// tokenOf stands for an order without telling its number; only the portal can
// make it.
func (m *Open311) tokenOf(id string) string {
	mac := hmac.New(sha256.New, m.h.Signing)
	mac.Write([]byte("open311 token\x00" + id))
	return id + "-" + hex.EncodeToString(mac.Sum(nil)[:12])
}

func (m *Open311) untoken(t string) (id string, ok bool) {
	i := strings.LastIndexByte(t, '-')
	if i < 0 {
		return "", false
	}
	return t[:i], hmac.Equal([]byte(m.tokenOf(t[:i])), []byte(t))
}
