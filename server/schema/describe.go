package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Describe gives the JSON Schema of what a Go type becomes in an answer.
// Fields left out by name are not described, at whatever depth; a field that
// may be left out of an answer is not required.
func Describe(t reflect.Type, without ...string) map[string]any {
	return describe(t, without, nil)
}

// describe follows a type; one that contains itself is any object from the
// second time on.
func describe(t reflect.Type, without []string, above []reflect.Type) map[string]any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[Fen]():
		return map[string]any{"type": "integer", "format": "int64", "description": "fen, a hundredth of a yuan"}
	case reflect.TypeFor[Date]():
		return map[string]any{"type": "string", "description": "a day in the city, 2006-01-02, or empty for none"}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": []string{"array", "null"}, "items": describe(t.Elem(), without, above)}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": describe(t.Elem(), without, above)}
	case reflect.Struct:
		if slices.Contains(above, t) {
			return map[string]any{"type": "object"}
		}
		return properties(t, without, append(slices.Clone(above), t))
	case reflect.Interface:
		return map[string]any{}
	}
	return map[string]any{"type": "integer", "format": "int64"}
}

// within tells whether a field lies in an embedded struct that has a name in
// JSON, and so stands there as an object of its own.
func within(t reflect.Type, f reflect.StructField) bool {
	for n := 1; n < len(f.Index); n++ {
		if name, _, _ := strings.Cut(t.FieldByIndex(f.Index[:n]).Tag.Get("json"), ","); name != "" {
			return true
		}
	}
	return false
}

func properties(t reflect.Type, without []string, above []reflect.Type) map[string]any {
	props, required := map[string]any{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" || slices.Contains(without, name) || within(t, f) {
			continue
		}
		if name == "" {
			name = f.Name
		}
		props[name] = describe(f.Type, without, above)
		if opts == "" && f.Type.Kind() != reflect.Pointer {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": props, "required": required}
}
