package app

import (
	"encoding/json"
	"maps"
	"reflect"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/calls"
	"gatehouse/modules/exports"
	"gatehouse/modules/items"
	"gatehouse/modules/jobs"
	"gatehouse/modules/orders"
	"gatehouse/modules/ratings"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

// openAPI gives the description of the API, made once from the same tables and
// structs that answer it.
func (a *App) openAPI() fiber.Handler {
	paths := map[string]any{
		"/api/v1/session": map[string]any{
			"post": plainOp("sign in", map[string]any{"type": "object", "required": []string{"login", "password"}, "additionalProperties": false,
				"properties": map[string]any{"login": text, "password": text}}, "201", map[string]any{"type": "object", "properties": map[string]any{
				"token": text, "expires_at": map[string]any{"type": "string", "format": "date-time"}}}),
			"delete": plainOp("sign out", nil, "204", nil)},
		"/api/v1/me":                        map[string]any{"get": plainOp("who I am and what roles I hold", nil, "200", object)},
		"/api/v1/tasks":                     map[string]any{"get": plainOp("what waits for me, the most urgent first", nil, "200", object)},
		"/api/v1/check":                     map[string]any{"get": plainOp("what the item lists say of a title", nil, "200", object)},
		"/api/v1/verify":                    map[string]any{"get": plainOp("what a letter's code stands for", nil, "200", object)},
		"/api/v1/lifecycles":                map[string]any{"get": plainOp("every lifecycle table", nil, "200", object)},
		"/api/v1/rules":                     map[string]any{"get": plainOp("every rule, where it is enforced and which tests prove it", nil, "200", object)},
		"/api/v1/votes":                     map[string]any{"post": plainOp("answer for a household, once, without a name", ratings.VoteAPI(), "201", object)},
		"/api/v1/rounds/{id}/sheets/{box}":  map[string]any{"get": plainOp("the household codes of a sheet, to be printed", nil, "200", object)},
		"/api/v1/files":                     map[string]any{"post": fileOp()},
		"/api/v1/gate":                      map[string]any{"get": plainOp("may ?department= let ?community= do ?item= (or ?title=) today", nil, "200", object)},
		"/api/v1/reports/track":             map[string]any{"get": plainOp("how far the report with ?code= has come", nil, "200", map[string]any{"type": "object", "properties": map[string]any{"state": text}})},
		"/api/v1/gate/due":                  map[string]any{"get": plainOp("what is lawfully due in ?community= now", nil, "200", object)},
		"/api/v1/dispatch_rules/lookup":     map[string]any{"get": plainOp("which unit handles ?category= in ?community= by the rules in force", nil, "200", object)},
		"/api/v1/batches/upload":            map[string]any{"post": tableOp()},
		"/api/v1/batches/{id}/report":       map[string]any{"get": plainOp("what a dry run found wrong, cell by cell", nil, "200", object, "id")},
		"/api/v1/knowledge":                 map[string]any{"get": plainOp("what the hotline answers to ?q=, in ?category=", nil, "200", object)},
		"/api/v1/burden":                    map[string]any{"get": plainOp("what each community carries", nil, "200", object)},
		"/api/v1/burden/{community}":        map[string]any{"get": plainOp("what one community carries, and how that has changed", nil, "200", object, "community")},
		"/api/v1/plaques/cleanup":           map[string]any{"get": plainOp("plaques before and after the clean-up", nil, "200", object)},
		"/api/v1/books":                     map[string]any{"get": plainOp("the accounts and their balances", nil, "200", object)},
		"/api/v1/spending":                  map[string]any{"get": plainOp("what became of the money in ?quarter=", nil, "200", object)},
		"/api/v1/calculator":                map[string]any{"get": plainOp("what work costs a committee", nil, "200", object)},
		"/api/v1/catalogue/editions/{year}": map[string]any{"get": plainOp("an edition of the item lists", nil, "200", object, "year")},
		"/api/v1/settings/values":           map[string]any{"get": plainOp("every setting with its value now, or at the end of the day ?at=", nil, "200", object)},
		"/api/v1/calls":                     map[string]any{"post": plainOp("a telephone system reports a call, signed", calls.ReportAPI(), "200", object)},
		"/api/v1/calls/rates":               map[string]any{"get": plainOp("how the calls of ?month= were picked up, day by day", nil, "200", object)},
		"/api/v1/landmarks/search":          map[string]any{"get": plainOp("landmarks whose name holds ?q=, or whose pinyin initials do; at most ?limit=", nil, "200", object)},
		"/api/v1/settings/rehearsal":        map[string]any{"get": plainOp("what ?value= of the setting ?key= would mean for open cases", nil, "200", object)},
	}
	paths["/api/v1/hotline/counts"] = map[string]any{"get": plainOp("how many requests a day and a year, by stream and category", nil, "200", object)}
	paths["/api/v1/annual"] = map[string]any{"get": plainOp("all admitted work in force, with score, money and hours; ?after= goes on", nil, "200", answers[items.Annual]())}
	paths["/api/v1/surplus"] = map[string]any{"get": plainOp("what paid services left for free ones, by quarter", nil, "200", answers[[]jobs.Quarter]())}
	paths["/api/v1/exports"] = map[string]any{"get": plainOp("which lists left as tables, the newest first; ?after= goes on", nil, "200", answers[exports.Page]())}
	paths["/api/v1/track"] = map[string]any{"post": plainOp("how far a request is, for whoever has its number and PIN", orders.TrackAPI(), "200", object)}
	paths["/api/v1/orders/callers"] = map[string]any{"get": plainOp("orders whose caller's phone has the digits ?q=, or of the caller of ?order=", nil, "200", object)}
	schemas := map[string]any{"Problem": problem}
	for _, d := range a.House.Desks() {
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
	object  = map[string]any{"type": "object"}
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
		map[string]any{"type": "object", "properties": map[string]any{"receipt": text, "hash": text, "name": text, "type": text, "size": map[string]any{"type": "integer"}}})
	op["parameters"] = []any{map[string]any{"name": "name", "in": "query", "schema": text}}
	op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/octet-stream": map[string]any{}}}
	return op
}

// tableOp is how a program brings a table of past orders.
func tableOp() map[string]any {
	op := plainOp("read a table of past orders, .xlsx or CSV, and open a batch for it", nil, "201", object)
	op["parameters"] = []any{map[string]any{"name": "name", "in": "query", "schema": text}}
	op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/octet-stream": map[string]any{}}}
	return op
}
