package open311

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

type request struct {
	ID          text   `json:"service_request_id" xml:"service_request_id"`
	Status      string `json:"status" xml:"status"`
	StatusNotes text   `json:"status_notes" xml:"status_notes"`
	ServiceName string `json:"service_name" xml:"service_name"`
	ServiceCode string `json:"service_code" xml:"service_code"`
	Description text   `json:"description" xml:"description"`
	Agency      text   `json:"agency_responsible" xml:"agency_responsible"`
	Notice      text   `json:"service_notice" xml:"service_notice"`
	Requested   stamp  `json:"requested_datetime" xml:"requested_datetime"`
	Updated     stamp  `json:"updated_datetime" xml:"updated_datetime"`
	Expected    stamp  `json:"expected_datetime" xml:"expected_datetime"`
	Address     text   `json:"address" xml:"address"`
	AddressID   text   `json:"address_id" xml:"address_id"`
	Zipcode     text   `json:"zipcode" xml:"zipcode"`
	Lat         degree `json:"lat" xml:"lat"`
	Long        degree `json:"long" xml:"long"`
	MediaURL    text   `json:"media_url" xml:"media_url"`
}

// ends are the states in which nobody does anything more; the others are open.
var ends = []string{"answered", "closed", "not_accepted", "transferred"}

// midway are the states of open orders that the public may read.
var midway = []string{"triaged", "dispatched", "signed", "contacted", "handling", "return_asked", "ruling", "replied", "callback", "evaluated", "merged"}

// show tells of an order what the public may know; of one that came in here and
// that nobody has read yet, or that was not taken on, no more than that it is
// there. Others are not there.
func (m *Open311) show(l web.Lang, o orders.Brief) (request, bool) {
	s, err := serviceOf(o.Category)
	if err != nil || !o.Public() && o.Channel != "open311" || !o.Public() && batch(s) && o.State == "new" {
		return request{}, false
	}
	r := request{ID: text(o.No), Status: "open", ServiceName: l.T("category." + s.Code), ServiceCode: s.Code, Requested: stamp(o.Opened), Updated: stamp(o.Changed),
		StatusNotes: text(l.T("state.order." + o.State))}
	if slices.Contains(ends, o.State) {
		r.Status = "closed"
		r.Updated = stamp(cmpTime(o.Closed, o.Changed))
	}
	if !o.Public() {
		return r, true
	}
	r.Description, r.Expected = text(plain(o.Words)), stamp(o.Due)
	r.Agency = text(m.h.Names.Unit(l, o.Unit))
	if o.Told != "" {
		r.StatusNotes += text("：" + plain(o.Told))
	}
	r.Address = text(m.h.Names.Place(l, o.Community))
	if outdoors(s) && o.Place != "" {
		r.Address = text(strings.TrimSpace(string(r.Address) + " " + plain(o.Place)))
	}
	known := o.Lat != 0 || o.Long != 0
	r.Lat, r.Long = degreeOf(o.Lat, known), degreeOf(o.Long, known)
	return r, true
}

func cmpTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// outdoors tells whether a place of the category is one in the street, and so
// nobody's home.
func outdoors(c portal.Category) bool {
	return c.Code == "205" || slices.Contains([]string{"roads", "environment", "order", "market"}, c.Group)
}

// hidden is what may be somebody's in a text: an address on the net (the one of
// a picture stands in the words too), an e-mail address, a spot more exact than
// degree tells it, the number of a phone or card.
var hidden = regexp.MustCompile(`(?i)https?://\S+|[\w.%+-]+@[\w.-]+|-?\d+\.\d{4,}|[0-9０-９][0-9０-９ -]{5,}[0-9０-９]`)

// plain takes out of a text what people write where they should not.
func plain(s string) string {
	return hidden.ReplaceAllString(s, "•••")
}

const (
	span     = 90 * 24 * time.Hour // of the days one may ask about
	mostRows = 1000
	pageRows = 50 // of a page whose size nobody named
)

// query reads what a program asks for. Numbers override everything else.
func (m *Open311) query(c *fiber.Ctx) (q orders.Query, page, size int, err error) {
	f := fault.New(fault.Invalid, "invalid")
	page, size = 1, mostRows
	for name, n := range map[string]*int{"page": &page, "page_size": &size} {
		if s := c.Query(name); s != "" {
			if *n, err = strconv.Atoi(s); err != nil || *n < 1 || *n > mostRows {
				f.Wrong(name, "open311.bad_number", "max", mostRows)
			}
		}
	}
	if c.Query("page") != "" && c.Query("page_size") == "" {
		size = pageRows
	}
	if page*size > mostRows && page > 1 {
		f.Wrong("page", "open311.too_far", "max", mostRows)
	}
	q = orders.Query{Limit: mostRows, States: slices.Concat(ends, midway)}
	if ids := list(c.Query("service_request_id")); ids != nil {
		if q.Nos, q.States = ids, nil; len(ids) > mostRows {
			f.Wrong("service_request_id", "open311.bad_number", "max", mostRows)
		}
		return q, page, size, some(f)
	}
	if ss := list(c.Query("status")); ss != nil {
		q.States = []string{}
		for _, s := range ss {
			switch s {
			case "open":
				q.States = append(q.States, midway...)
			case "closed":
				q.States = append(q.States, ends...)
			default:
				f.Wrong("status", "open311.bad_status")
			}
		}
	}
	for _, s := range list(c.Query("service_code")) {
		if _, err := serviceOf(s); err != nil {
			return q, page, size, err
		}
		q.Categories = append(q.Categories, s)
	}
	if q.Categories == nil {
		for _, s := range offered() {
			q.Categories = append(q.Categories, s.Code)
		}
	}
	for name, at := range map[string]*time.Time{"start_date": &q.From, "end_date": &q.Until, "updated_after": &q.ChangedFrom, "updated_before": &q.ChangedUntil} {
		if s := c.Query(name); s != "" {
			if *at, err = moment(s); err != nil {
				f.Wrong(name, "open311.bad_date")
			}
		}
	}
	if changed := !q.ChangedFrom.IsZero() || !q.ChangedUntil.IsZero(); changed && q.From.IsZero() && q.Until.IsZero() {
		return q, page, size, some(f)
	}
	switch {
	case q.From.IsZero() && q.Until.IsZero():
		q.From = m.h.Clock().Add(-span)
	case q.From.IsZero():
		q.From = q.Until.Add(-span)
	case q.Until.IsZero():
		q.Until = q.From.Add(span)
	}
	if !q.Until.IsZero() && (q.Until.Before(q.From) || q.Until.Sub(q.From) > span) {
		f.Wrong("end_date", "open311.bad_span", "n", int(span.Hours()/24))
	}
	return q, page, size, some(f)
}

func some(f *fault.Error) error {
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// list reads values with commas between them.
func list(s string) (out []string) {
	for _, x := range strings.Split(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// moment reads a time with its zone, or a day.
func moment(s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(s, " ", "+")) // a plus that nobody escaped
	if err != nil {
		at, err = time.Parse(time.DateOnly, s)
	}
	return at, err
}

// list answers GET requests.
func (m *Open311) list(c *fiber.Ctx) error {
	if err := m.jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return err
	}
	q, page, size, err := m.query(c)
	if err != nil {
		return err
	}
	return m.listed(c, func(c *fiber.Ctx) (int, error) {
		out, looked, err := m.shown(c, q, min(page*size, mostRows))
		if err != nil {
			return looked, err
		}
		return looked, sendList(c, fiber.StatusOK, "service_requests", "request", out[min((page-1)*size, len(out)):])
	})
}

// shown gives the first n orders that anybody may see, and how many were looked
// at; what is not shown leaves no gap in a page.
func (m *Open311) shown(c *fiber.Ctx, q orders.Query, n int) (out []request, looked int, err error) {
	l := portal.Who(c).Lang
	for q.Limit = n; ; q.Limit = min(2*q.Limit, mostRows) {
		os, err := m.find(c.UserContext(), q)
		if err != nil {
			return nil, looked, err
		}
		out, looked = nil, looked+len(os)
		for _, o := range os {
			if r, ok := m.show(l, o); ok && len(out) < n {
				out = append(out, r)
			}
		}
		if len(out) == n || len(os) < q.Limit || q.Limit == mostRows {
			return out, looked, nil
		}
	}
}

// order gives any order by its number or its id.
func (m *Open311) order(ctx context.Context, idOrNo string) (o orders.Brief, ok bool, err error) {
	id, ok, err := m.orders.ByNo(ctx, idOrNo)
	if err != nil {
		return o, false, err
	}
	if !ok {
		id = idOrNo
	}
	o, err = m.orders.Brief(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return o, false, nil
	}
	return o, err == nil, err
}

// one answers GET requests/ID, a list of one.
func (m *Open311) one(c *fiber.Ctx) error {
	if err := m.jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return err
	}
	no, err := named(c)
	if err != nil {
		return err
	}
	o, ok, err := m.order(c.UserContext(), no)
	if err != nil {
		return err
	}
	r, may := m.show(portal.Who(c).Lang, o)
	if !ok || !may || o.No != no {
		return fault.New(fault.NotFound, "open311.request")
	}
	return sendList(c, fiber.StatusOK, "service_requests", "request", []request{r})
}

type handed struct {
	ID    text   `json:"service_request_id" xml:"service_request_id"`
	Token string `json:"token" xml:"token"`
}

// token answers GET tokens/TOKEN: the number, once somebody has read the request.
func (m *Open311) token(c *fiber.Ctx) error {
	if err := m.jurisdiction(c.Query("jurisdiction_id")); err != nil {
		return err
	}
	t, err := named(c)
	if err != nil {
		return err
	}
	missing := fault.New(fault.NotFound, "open311.token")
	id, ok := m.untoken(t)
	if !ok {
		return missing
	}
	o, ok, err := m.order(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !ok {
		return missing
	}
	h := handed{Token: t}
	if o.State != "new" {
		h.ID = text(o.No)
	}
	return sendList(c, fiber.StatusOK, "service_requests", "request", []handed{h})
}
