package portal

import (
	"reflect"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// notShown are the parts of a case that no list has; a case by itself has some
// of its history.
var notShown = []string{"history", "outbox", "open_key", "settings", "salt"}

// briefSchema is a case in a list, as brief makes it; wholeSchema a case by
// itself, as whole makes it.
func (d *Resource[T]) briefSchema() map[string]any {
	s := schema.Describe(reflect.TypeFor[T](), notShown...)
	s["properties"].(map[string]any)["href"] = map[string]any{"type": "string"}
	return s
}

func (d *Resource[T]) wholeSchema() map[string]any {
	s := d.briefSchema()
	props := s["properties"].(map[string]any)
	props["history"] = schema.Describe(reflect.TypeFor[[]lifecycle.Entry]())
	props["files"] = map[string]any{"type": "array", "items": map[string]any{"type": "object"}}
	props["acts"] = map[string]any{"type": "array", "items": map[string]any{"type": "object", "required": []string{"act", "allowed", "href"}, "properties": map[string]any{
		"act": map[string]any{"type": "string"}, "allowed": map[string]any{"type": "boolean"}, "href": map[string]any{"type": "string"},
		"refused": map[string]any{"$ref": "#/components/schemas/Problem"}}}}
	return s
}

// pageSchema is a page of a list.
func pageSchema(item map[string]any) map[string]any {
	return map[string]any{"type": "object", "required": []string{"items", "next"}, "properties": map[string]any{
		"items": map[string]any{"type": "array", "items": item}, "next": map[string]any{"type": "string", "description": "cursor of the next page, empty on the last"}}}
}

// ref names the schema of a case among the components.
func (d *Resource[T]) ref() map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + d.Noun()}
}

// Schemas gives the components that the resource's paths refer to.
func (d *Resource[T]) Schemas() map[string]any {
	return map[string]any{d.Noun(): d.wholeSchema(), d.Noun() + "_in_list": d.briefSchema()}
}

// OpenAPI gives the paths of a resource from its table and its inputs.
func (d *Resource[T]) OpenAPI() map[string]any {
	base := "/api/v1/" + d.Plural()
	list := map[string]any{"get": operation(d.Plural(), "list "+d.Plural(), nil, "200", pageSchema(map[string]any{"$ref": "#/components/schemas/" + d.Noun() + "_in_list"}), d.queries()...)}
	paths := map[string]any{base: list, base + "/{id}": map[string]any{"get": operation(d.Plural(), "read one "+d.Noun(), nil, "200", d.ref(), "{id}")}}
	paths[base+"/{id}/files/{hash}"] = map[string]any{"get": operation(d.Plural(), "read a file of one "+d.Noun(), nil, "200", map[string]any{"type": "string", "format": "binary"}, "{id}", "{hash}", "If-None-Match")}
	for i := range d.Engine.Table.Acts {
		a := &d.Engine.Table.Acts[i]
		var in map[string]any
		if a.Do.Input != nil {
			in = a.Do.Input.OpenAPI()
		}
		if len(a.From) > 0 {
			paths[base+"/{id}/"+a.Name] = map[string]any{"post": operation(d.Plural(), a.Name, in, "200", d.ref(), "{id}", "If-Match", "Idempotency-Key")}
			continue
		}
		post := operation(d.Plural(), a.Name, in, "201", d.ref(), "Idempotency-Key")
		if list["post"] == nil { // the usual way in also answers at the collection itself
			list["post"] = post
		}
		paths[base+"/new/"+a.Name] = map[string]any{"post": post}
	}
	return paths
}

// operation describes one call; parameters in braces stand in the path, with a
// capital in the header, else in the query.
func operation(tag, summary string, in map[string]any, ok string, out map[string]any, params ...string) map[string]any {
	var ps []any
	for _, p := range params {
		m := map[string]any{"name": p, "in": "query", "schema": map[string]any{"type": "string"}}
		switch {
		case p[0] == '{':
			m["name"], m["in"], m["required"] = p[1:len(p)-1], "path", true
		case p[0] < 'a':
			m["in"] = "header"
		}
		ps = append(ps, m)
	}
	problem := map[string]any{"description": "refused, with rule, fact and remedy",
		"content": map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}}
	op := map[string]any{"tags": []string{tag}, "summary": summary, "parameters": ps,
		"responses": map[string]any{ok: map[string]any{"description": "done", "content": map[string]any{"application/json": map[string]any{"schema": out}}},
			"4XX": problem}}
	if in != nil {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": in}}}
	}
	return op
}
