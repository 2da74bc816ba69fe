package app

import (
	"encoding/json"
	"maps"
	"reflect"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/city/digests"
	"gatehouse/modules/city/exports"
	"gatehouse/modules/city/front"
	"gatehouse/modules/city/people"
	"gatehouse/modules/city/settings"
	"gatehouse/modules/gate/burden"
	"gatehouse/modules/gate/bypass"
	"gatehouse/modules/gate/calculator"
	"gatehouse/modules/gate/catalogue"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/intake"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/hotline/rates"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/spending"
	"gatehouse/modules/portal"
	"gatehouse/modules/rating/ratings"
	"gatehouse/modules/services/jobs"
	"gatehouse/modules/street/plaques"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

// openAPI gives the description of the API, made once from the same tables and
// structs that answer it.
func (a *App) openAPI() fiber.Handler {
	get := func(summary string, out map[string]any, in ...string) map[string]any {
		return map[string]any{"get": plainOp(summary, nil, "200", out, in...)}
	}
	post := func(summary string, in map[string]any, ok string, out map[string]any) map[string]any {
		return map[string]any{"post": plainOp(summary, in, ok, out)}
	}
	paths := map[string]any{
		"/api/v1/session": map[string]any{"post": plainOp("sign in", people.SignInAPI(), "201", answers[people.Token]()), "delete": plainOp("sign out", nil, "204", nil)},
		"/api/v1/me":      get("who I am and what roles I hold", answers[people.Me]()),
		"/api/v1/tasks":   get("what waits for me, the most urgent first", answers[front.Tasks]()),
		"/api/v1/verify":  get("what a letter's code stands for", answers[front.Verified]()),

		"/api/v1/digests":    get("the digest of each day, the newest first; those ?before= a day", answers[portal.ListOf[digests.Day]]()),
		"/api/v1/lifecycles": get("every lifecycle table", answers[portal.ListOf[portal.Plan]]()),
		"/api/v1/rules":      get("every rule, where it is enforced and which tests prove it", answers[portal.ListOf[front.Rule]]()),
		"/api/v1/files":      map[string]any{"post": fileOp()},

		"/api/v1/check":                     get("what the item lists say of a title", answers[catalogue.Checked]()),
		"/api/v1/catalogue/editions/{year}": get("an edition of the item lists", answers[catalogue.Printed](), "year"),
		"/api/v1/annual":                    get("all admitted work in force, with score, money and hours; ?after= goes on", answers[items.Annual]()),
		"/api/v1/gate":                      get("may ?department= let ?community= do ?kinds= of work today", answers[items.Judged]()),
		"/api/v1/gate/due":                  get("what is lawfully due in ?community= now", answers[items.DueHere]()),
		"/api/v1/calculator":                get("what work costs a committee", answers[calculator.Cost]()),

		"/api/v1/votes":                    post("answer for a household, once, without a name", ratings.VoteAPI(), "201", answers[ratings.Counted]()),
		"/api/v1/rounds/{id}/sheets/{box}": get("the household codes of a sheet, to be printed", answers[ratings.Codes](), "id", "box"),
		"/api/v1/reports/track":            get("how far the report with ?code= has come", answers[bypass.Tracked]()),
		"/api/v1/burden":                   get("what each community carries", answers[burden.Readings]()),
		"/api/v1/burden/{community}":       get("what one community carries, and how that has changed", answers[burden.Carried](), "community"),
		"/api/v1/burden/{community}/items": get("the items that a community's figures are made of, at the end of ?month=", answers[burden.Parts](), "community"),
		"/api/v1/plaques/cleanup":          get("plaques before and after the clean-up", answers[plaques.CleanUp]()),

		"/api/v1/books":    get("the accounts and their balances; with ?account= that one and its entries", map[string]any{"oneOf": []any{answers[books.Accounts](), answers[books.Ledger]()}}),
		"/api/v1/spending": get("what became of the money in ?quarter=", answers[spending.Quarter]()),
		"/api/v1/surplus":  get("what paid services left for free ones, by quarter", answers[[]jobs.Quarter]()),

		"/api/v1/surplus/jobs":       get("the jobs of a ?kind= (paid, free) in ?quarter=; ?after= goes on", answers[jobs.CountedPage]()),
		"/api/v1/settings/values":    get("every setting with its value now, or at the end of the day ?at=", answers[settings.Values]()),
		"/api/v1/settings/rehearsal": get("what ?value= of the setting ?key= would mean for open cases", answers[settings.Rehearsal]()),
		"/api/v1/exports":            get("which lists left as tables, the newest first; ?after= goes on", answers[exports.Page]()),

		"/api/v1/calls":                  post("a telephone system reports a call, signed", calls.ReportAPI(), "200", answers[calls.Heard]()),
		"/api/v1/calls/rates":            get("how the calls of ?month= were picked up, day by day", answers[calls.Month]()),
		"/api/v1/orders/callers":         get("orders whose caller's phone has the digits ?q=, or of the caller of ?order=", answers[portal.ListOf[orders.OfCaller]]()),
		"/api/v1/track":                  post("how far a request is, for whoever has its number and PIN", portal.ClaimAPI(), "200", answers[orders.Tracked]()),
		"/api/v1/orders/callers/data":    post("everything held on the caller of an order, to hand out to them", orders.OwnDataAPI(), "200", answers[orders.OwnData]()),
		"/api/v1/bulletins/{id}/entries": get("the orders behind ?figure= of ?unit= in a bulletin; ?after= goes on", answers[rates.Behind](), "id"),
		"/api/v1/hotline/counts":         get("how many requests a day and a year, by stream and category", answers[orders.Counts]()),
		"/api/v1/hotline/counts/orders":  get("the orders that were filed on ?day=, ?since= a day, in ?year=, or in it by ?stream= or ?category=; ?after= goes on", answers[orders.CountedPage]()),
		"/api/v1/knowledge":              get("what the hotline answers to ?q=, in ?category=", answers[portal.ListOf[knowledge.Found]]()),
		"/api/v1/landmarks/search":       get("landmarks whose name holds ?q=, or whose pinyin initials do; at most ?limit=", answers[portal.ListOf[gazetteer.Found]]()),
		"/api/v1/dispatch_rules/lookup":  get("which unit handles ?category= in ?community= by the rules in force", answers[dispatch.Answer]()),
		"/api/v1/batches/upload":         map[string]any{"post": tableOp()},
		"/api/v1/batches/{id}/report":    get("what a dry run found wrong, cell by cell", answers[intake.Checked](), "id"),
	}
	schemas := map[string]any{"Problem": problem}
	for _, d := range a.Portal.Resources() {
		maps.Copy(paths, d.OpenAPI())
		maps.Copy(schemas, d.Schemas())
	}
	doc, err := json.Marshal(map[string]any{
		"openapi":  "3.1.0",
		"info":     map[string]any{"title": "Gatehouse", "version": "1", "description": "Community portal with department-entry gatekeeping. Money is in fen, times are UTC."},
		"paths":    paths,
		"security": []any{map[string]any{"bearer": []string{}}, map[string]any{}},
		"components": map[string]any{
			"securitySchemes": map[string]any{"bearer": map[string]any{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
			"schemas":         schemas,
		},
	})
	return func(c *fiber.Ctx) error {
		if err != nil {
			return fault.Wrap(err, "describe the API")
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(doc)
	}
}

var (
	text    = map[string]any{"type": "string"}
	problem = map[string]any{"type": "object", "description": "RFC 9457, with the rule, the fact that failed and what to do next",
		"properties": map[string]any{"type": text, "title": text, "status": map[string]any{"type": "integer"}, "detail": text, "instance": text, "code": text,
			"rule": text, "rule_text": text, "fact": text, "remedy": text, "line": text,
			"fields": map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{"name": text, "code": text, "detail": text}}}}}
)

func plainOp(summary string, in map[string]any, ok string, out map[string]any, inPath ...string) map[string]any {
	done := map[string]any{"description": "done"}
	if out != nil {
		done["content"] = map[string]any{"application/json": map[string]any{"schema": out}}
	}
	op := map[string]any{"summary": summary, "responses": map[string]any{ok: done,
		"4XX": map[string]any{"description": "refused", "content": map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}}}}
	var params []any
	for _, p := range inPath {
		params = append(params, map[string]any{"name": p, "in": "path", "required": true, "schema": text})
	}
	if params != nil {
		op["parameters"] = params
	}
	if in != nil {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": in}}}
	}
	return op
}

// answers describes an answer by its Go type.
func answers[T any]() map[string]any { return schema.Describe(reflect.TypeFor[T]()) }

// fileOp is how a program brings a file: its bytes are the body.
func fileOp() map[string]any {
	op := plainOp("keep a file for half a day, until an act names its receipt", nil, "201",
		answers[portal.Receipt]())
	op["parameters"] = []any{map[string]any{"name": "name", "in": "query", "schema": text}}
	op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/octet-stream": map[string]any{}}}
	return op
}

// tableOp is how a program brings a table of past orders.
func tableOp() map[string]any {
	op := plainOp("read a table of past orders, .xlsx or CSV, and open a batch for it", nil, "201", answers[intake.Brought]())
	op["parameters"] = []any{map[string]any{"name": "name", "in": "query", "schema": text}}
	op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/octet-stream": map[string]any{}}}
	return op
}
