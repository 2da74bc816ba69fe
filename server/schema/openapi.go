package schema

// OpenAPI gives the JSON Schema of the input, for /openapi.json.
func (t *Type) OpenAPI() map[string]any { return objectSchema(t.Fields) }

func objectSchema(fields []Field) map[string]any {
	props, required := map[string]any{}, []string{}
	for _, f := range fields {
		props[f.Name] = f.openAPI()
		if f.Required {
			required = append(required, f.Name)
		}
	}
	m := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		m["required"] = required
	}
	return m
}

func (f Field) openAPI() map[string]any {
	switch f.Kind {
	case Number, Money:
		m := map[string]any{"type": "integer", "format": "int64", "minimum": f.Min}
		if f.Max > 0 {
			m["maximum"] = f.Max
		}
		if f.Kind == Money {
			m["description"] = "fen, a hundredth of a yuan"
		}
		return m
	case Check:
		return map[string]any{"type": "boolean"}
	case Day:
		return map[string]any{"type": "string", "format": "date"}
	case Choices:
		return map[string]any{"type": "array", "items": f.text(), "uniqueItems": true}
	case Files:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "maxItems": f.Most(),
			"description": "receipts that POST /api/v1/files gave"}
	case Rows:
		return map[string]any{"type": "array", "items": objectSchema(f.Fields), "maxItems": MaxRows}
	}
	return f.text()
}

func (f Field) text() map[string]any {
	m := map[string]any{"type": "string"}
	if len(f.Options) > 0 {
		m["enum"] = f.Options
	}
	if f.Max > 0 {
		m["maxLength"] = f.Max
	}
	return m
}
