package modules

// OpenAPI gives the paths of a desk from its table and its inputs.
func (d *Desk[T]) OpenAPI() map[string]any {
	base := "/api/v1/" + d.Plural()
	list := map[string]any{"get": operation(d.Plural(), "list "+d.Plural(), nil, "200", d.queries()...)}
	paths := map[string]any{base: list, base + "/{id}": map[string]any{"get": operation(d.Plural(), "read one "+d.Noun(), nil, "200", "{id}")}}
	paths[base+"/{id}/files/{hash}"] = map[string]any{"get": operation(d.Plural(), "read a file of one "+d.Noun(), nil, "200", "{id}", "{hash}", "If-None-Match")}
	for i := range d.Engine.Table.Acts {
		a := &d.Engine.Table.Acts[i]
		var in map[string]any
		if a.Do.Input != nil {
			in = a.Do.Input.OpenAPI()
		}
		if len(a.From) > 0 {
			paths[base+"/{id}/"+a.Name] = map[string]any{"post": operation(d.Plural(), a.Name, in, "200", "{id}", "If-Match", "Idempotency-Key")}
			continue
		}
		post := operation(d.Plural(), a.Name, in, "201", "Idempotency-Key")
		if list["post"] == nil { // the usual way in also answers at the collection itself
			list["post"] = post
		}
		paths[base+"/new/"+a.Name] = map[string]any{"post": post}
	}
	return paths
}

// operation describes one call; parameters in braces stand in the path, with a
// capital in the header, else in the query.
func operation(tag, summary string, in map[string]any, ok string, params ...string) map[string]any {
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
		"responses": map[string]any{ok: map[string]any{"description": "done", "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object"}}}},
			"4XX": problem}}
	if in != nil {
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{"schema": in}}}
	}
	return op
}
