package mongo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The driver's own JSON reader takes a user's key such as $date or $numberInt
// for a type. This one knows only what JSON knows.

// guard stands before a key that is empty or begins with "$" or with guard
// itself: no server may take a user's key for an operator, or drop it.
const guard = "＄"

func fromJSON(doc []byte) (bson.D, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	v, err := value(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("text behind the JSON document")
	}
	out, ok := v.(bson.D)
	if !ok {
		return nil, fmt.Errorf("JSON %T is not an object", v)
	}
	return out, nil
}

func value(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return object(d)
		}
		return array(d)
	case json.Number:
		return number(t.String())
	}
	return t, nil
}

func object(d *json.Decoder) (any, error) {
	out := bson.D{}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		key := k.(string)
		if key == "" || strings.HasPrefix(key, "$") || strings.HasPrefix(key, guard) {
			key = guard + key
		}
		out = append(out, bson.E{Key: key, Value: v})
	}
	_, err := d.Token()
	return out, err
}

func array(d *json.Decoder) (any, error) {
	out := bson.A{}
	for d.More() {
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.Token()
	return out, err
}

// number keeps integers whole: int64, or a decimal of up to 34 digits.
func number(s string) (any, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && s != "-0" {
		return n, nil
	}
	if !strings.ContainsAny(s, ".eE") {
		if d, err := bson.ParseDecimal128(s); err == nil {
			return d, nil
		}
	}
	return strconv.ParseFloat(s, 64)
}

func toJSON(doc bson.Raw) (json.RawMessage, error) {
	var b bytes.Buffer
	b.Grow(len(doc))
	if err := writeObject(&b, doc); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func writeObject(b *bytes.Buffer, doc bson.Raw) error {
	es, err := doc.Elements()
	if err != nil {
		return err
	}
	b.WriteByte('{')
	for i, e := range es {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeText(b, strings.TrimPrefix(e.Key(), guard)); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := writeValue(b, e.Value()); err != nil {
			return fmt.Errorf("%s: %w", e.Key(), err)
		}
	}
	b.WriteByte('}')
	return nil
}

func writeArray(b *bytes.Buffer, list bson.RawArray) error {
	vs, err := list.Values()
	if err != nil {
		return err
	}
	b.WriteByte('[')
	for i, v := range vs {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeValue(b, v); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writeValue(b *bytes.Buffer, v bson.RawValue) error {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return writeObject(b, v.Document())
	case bson.TypeArray:
		return writeArray(b, v.Array())
	case bson.TypeString:
		return writeText(b, v.StringValue())
	case bson.TypeDouble:
		return writeFloat(b, v.Double())
	case bson.TypeInt32:
		b.WriteString(strconv.FormatInt(int64(v.Int32()), 10))
	case bson.TypeInt64:
		b.WriteString(strconv.FormatInt(v.Int64(), 10))
	case bson.TypeDecimal128:
		b.WriteString(v.Decimal128().String())
	case bson.TypeBoolean:
		b.WriteString(strconv.FormatBool(v.Boolean()))
	case bson.TypeNull:
		b.WriteString("null")
	default:
		return fmt.Errorf("BSON %s has no place in a document of ours", v.Type)
	}
	return nil
}

func writeText(b *bytes.Buffer, s string) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends the line
	return nil
}

func writeFloat(b *bytes.Buffer, f float64) error {
	t, err := json.Marshal(f)
	b.Write(t)
	return err
}
