package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestOpenAPI: each answer of the demo city is what the description says.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	doc := p.get(t, "", "/openapi.json").body
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for _, d := range p.Portal.Resources() {
		a := p.get(t, "office", "/api/v1/"+d.Plural())
		items, _ := a.body["items"].([]any)
		for _, x := range items {
			for _, bad := range unlike(x, schemas[d.Noun()+"_in_list"], schemas, d.Noun()) {
				t.Error(bad)
			}
		}
		if len(items) > 0 {
			id := items[0].(map[string]any)["id"]
			for _, bad := range unlike(any(p.get(t, "office", fmt.Sprintf("/api/v1/%s/%s", d.Plural(), id)).body), schemas[d.Noun()], schemas, d.Noun()) {
				t.Error(bad)
			}
		}
	}
}

// TestOpenAPIKnowsEveryPath: what the portal answers to programs is described.
func TestOpenAPIKnowsEveryPath(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	paths := p.get(t, "", "/openapi.json").body["paths"].(map[string]any)
	for _, r := range p.Fiber.GetRoutes(true) {
		if r.Method != "GET" || !strings.HasPrefix(r.Path, "/api/v1/") || strings.HasSuffix(r.Path, "/new") || strings.Contains(r.Path, "/new/") {
			continue
		}
		var parts []string
		for _, part := range strings.Split(r.Path, "/") {
			if strings.HasPrefix(part, ":") {
				part = "{" + part[1:] + "}"
			}
			parts = append(parts, part)
		}
		path := strings.Join(parts, "/")
		if _, ok := paths[path]; !ok && !strings.HasSuffix(path, "/{act}") && !strings.Contains(path, "/files/") {
			t.Errorf("%s is not described", path)
		}
	}
}

// unlike tells where a value is not what a schema says; a property nobody
// described is one of these.
func unlike(x, schema any, all map[string]any, at string) (out []string) {
	s, ok := schema.(map[string]any)
	if !ok {
		return []string{at + ": no schema"}
	}
	if len(s) == 0 { // anything: an old or a new value
		return nil
	}
	if ref, ok := s["$ref"].(string); ok {
		return unlike(x, all[strings.TrimPrefix(ref, "#/components/schemas/")], all, at)
	}
	if kinds := kindsOf(s); len(kinds) > 0 && !slices.Contains(kinds, kindOfJSON(x)) {
		return []string{fmt.Sprintf("%s: %s, not %v", at, kindOfJSON(x), kinds)}
	}
	switch v := x.(type) {
	case []any:
		for i, e := range v {
			out = append(out, unlike(e, s["items"], all, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		props, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := v[k.(string)]; !ok {
				out = append(out, fmt.Sprintf("%s: %s is missing", at, k))
			}
		}
		for k, e := range v {
			if props[k] != nil {
				out = append(out, unlike(e, props[k], all, at+"."+k)...)
			} else if s["additionalProperties"] == nil && props != nil {
				out = append(out, at+"."+k+": not described")
			}
		}
	}
	return out
}

func kindsOf(s map[string]any) (out []string) {
	switch k := s["type"].(type) {
	case string:
		out = []string{k}
	case []any:
		for _, x := range k {
			out = append(out, x.(string))
		}
	}
	if slices.Contains(out, "integer") {
		out = append(out, "number")
	}
	return out
}

func kindOfJSON(x any) string {
	switch x.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64, json.Number:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
