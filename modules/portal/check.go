package portal

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/server/schema"
	"gatehouse/web"
)

// standing are the options that the portal itself gives.
var standing = []string{"own_communities", "own_departments", "categories", "units"}

// check wants every key of the resource to name an act or a field, and every
// form's options to be offered by somebody.
func (d *Resource[T]) check() error {
	t := &d.Engine.Table
	act := func(what, name string) error {
		if _, ok := t.Act(name); !ok {
			return fmt.Errorf("%s: %q is no act", what, name)
		}
		return nil
	}
	for what, names := range map[string][]string{"initial values": sortedKeys(d.Initial), "aside": sortedKeys(d.Aside), "checks": sortedKeys(d.Checks), "shown": sortedKeys(d.Shown)} {
		for _, name := range names {
			if err := act(what, name); err != nil {
				return err
			}
		}
	}
	for a, fields := range d.Prefill {
		if err := act("prefill", a); err != nil {
			return err
		}
		for _, name := range strings.Fields(fields) {
			if err := d.checkField(a, name); err != nil {
				return err
			}
		}
	}
	for _, key := range sortedKeys(d.Choices) {
		if err := d.checkOption(key, false); err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(d.Narrow) {
		if err := d.checkOption(key, true); err != nil {
			return err
		}
	}
	for a, checks := range d.Checks {
		for f := range checks {
			if err := d.checkField(a, f); err != nil {
				return err
			}
		}
	}
	for name := range d.Letters {
		if _, is := t.Act(name); is {
			return fmt.Errorf("the letter %q bears the name of an act", name)
		}
	}
	if err := d.checkLists(); err != nil {
		return err
	}
	if err := d.checkForms(); err != nil {
		return err
	}
	return d.checkRefs()
}

// checkOption wants act.field of a key to be a field that takes its options from
// data, in the form of an act that opens a case or of one that is done on a case.
func (d *Resource[T]) checkOption(key string, opens bool) error {
	act, name, _ := strings.Cut(key, ".")
	if err := d.checkField(act, name); err != nil {
		return err
	}
	row, _ := d.Engine.Table.Act(act)
	if (len(row.From) == 0) != opens {
		return fmt.Errorf("the options of %s are narrowed by what is never there", key)
	}
	if !slices.ContainsFunc(flat(row.Do.Input.Fields), func(f schema.Field) bool { return f.Name == name && f.From != "" }) {
		return fmt.Errorf("the field %s takes no options from data", key)
	}
	return nil
}

func (d *Resource[T]) checkField(act, name string) error {
	row, ok := d.Engine.Table.Act(act)
	if !ok || row.Do.Input == nil {
		return fmt.Errorf("%q is no act with a form", act)
	}
	if !slices.ContainsFunc(flat(row.Do.Input.Fields), func(f schema.Field) bool { return f.Name == name }) {
		return fmt.Errorf("the form of %s has no field %q", act, name)
	}
	return nil
}

// checkLists wants filters, order and hidden changes to be fields.
func (d *Resource[T]) checkLists() error {
	spec := d.Engine.Spec()
	for q, f := range d.Filters {
		if _, ok := spec.Field(f); !ok {
			return fmt.Errorf("the filter %s: no field %q is declared", q, f)
		}
	}
	if s := strings.TrimPrefix(d.Sort, "-"); s != "" && s != "id" {
		if _, ok := spec.Field(s); !ok {
			return fmt.Errorf("the list is sorted by %q, which is no declared field", s)
		}
	}
	for _, name := range d.HiddenChanges {
		if !slices.ContainsFunc(d.learn(d.Noun(), nil, d.caseType()), func(f field) bool { return f.name == name }) {
			return fmt.Errorf("hidden changes: there is no field %q", name)
		}
	}
	return nil
}

// checkForms wants somebody to offer the options of every form, and words for
// every act that has a button.
func (d *Resource[T]) checkForms() error {
	for _, a := range d.Engine.Table.Acts {
		if !web.Known(d.actKey(a.Name)) {
			return fmt.Errorf("there are no words for the act %s", a.Name)
		}
		if a.Do.Input == nil {
			continue
		}
		for _, f := range flat(a.Do.Input.Fields) {
			if f.From != "" && d.options[f.From] == nil && !slices.Contains(standing, f.From) && !d.narrowed(a.Name+"."+f.Name) {
				return fmt.Errorf("%s.%s: nobody offers the options %q", a.Name, f.Name, f.From)
			}
		}
	}
	return nil
}

// narrowed tells whether the module itself gives the options of act.field.
func (d *Resource[T]) narrowed(key string) bool { return d.Choices[key] != nil || d.Narrow[key] != nil }

// flat are fields and those of their rows.
func flat(fs []schema.Field) []schema.Field {
	out := slices.Clone(fs)
	for _, f := range fs {
		out = append(out, f.Fields...)
	}
	return out
}
