package portal

import (
	"context"
	"fmt"
	"html/template"
	"reflect"
	"slices"

	"gatehouse/web"
)

// Ref is the id of a case of kind T, kept as a plain string.
type Ref[T any] string

// reference is a Ref of any kind.
type reference interface {
	kind() reflect.Type
	ids() []string
}

func (Ref[T]) kind() reflect.Type { return reflect.TypeFor[T]() }

func (r Ref[T]) ids() []string {
	if r == "" {
		return nil
	}
	return []string{string(r)}
}

// resourceOf finds the resource whose cases are of a Go type.
func (h *Portal) resourceOf(t reflect.Type) AnyResource {
	i := slices.IndexFunc(h.resources, func(d AnyResource) bool { return d.caseType() == t })
	if i < 0 {
		return nil
	}
	return h.resources[i]
}

// linkTo names cases of another kind, as links where the visitor may see them:
// by number and title; an id that opens nothing stays unsaid.
func (h *Portal) linkTo(v Visitor, t reflect.Type, ids []string) web.Value {
	d := h.resourceOf(t)
	if d == nil || len(ids) == 0 {
		return web.Value{}
	}
	var out web.Value
	var links []template.HTML
	for _, id := range ids {
		text, ok := d.Called(context.Background(), v, id)
		if !ok {
			continue
		}
		if len(ids) == 1 {
			return web.Linked("/"+d.Plural()+"/"+id, text)
		}
		if out.Text != "" {
			out.Text += v.Lang.T("list.comma")
		}
		out.Text += text
		links = append(links, In(v.Lang, func(h *web.H) { h.Add(web.Link("/"+d.Plural()+"/"+id, text)); h.Raw(`<br>`) }))
	}
	out.HTML = web.Join(links...)
	return out
}

// Called gives number and title of a case that the visitor may see.
func (d *Resource[T]) Called(ctx context.Context, v Visitor, id string) (string, bool) {
	c, err := d.Engine.Get(ctx, v.Actor, id)
	if err != nil {
		return "", false
	}
	return d.Life(c).No + " " + d.Engine.Table.Title(c), true
}

func (d *Resource[T]) caseType() reflect.Type { return reflect.TypeFor[T]() }

// checkRefs wants a resource for every kind of case that a field refers to.
func (d *Resource[T]) checkRefs() error {
	if d.view == nil {
		return nil
	}
	for _, f := range d.view.fields {
		t := f.t
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if r, ok := reflect.Zero(t).Interface().(reference); ok && d.resourceOf(r.kind()) == nil {
			return fmt.Errorf("portal: %s.%s refers to a %s, of which there are no cases", d.Noun(), f.name, r.kind())
		}
	}
	return nil
}

// IDs are references as plain strings, for the store.
func IDs[T any](refs []Ref[T]) []string {
	if refs == nil {
		return nil
	}
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = string(r)
	}
	return out
}
