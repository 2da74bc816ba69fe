// Package fault is the one error type of the portal.
//
// A fault says what went wrong (Code, a translation key), on which rule of the
// access system it stands (Rule), which fact failed (Fact) and what the user
// can do next (Remedy). The same value becomes an API answer, a page, a
// disabled button and an audit entry. Causes are for the log, never for users.
package fault

import (
	"errors"
	"fmt"
)

// Kind sorts faults by what the caller can do about them; package web maps
// each kind to one HTTP status.
type Kind int

const (
	Internal        Kind = iota // our mistake or our machine's: 500
	Invalid                     // the input is wrong: 422
	Unauthenticated             // nobody is signed in: 401
	Denied                      // signed in, but the gate refuses: 403
	NotFound                    // is not there, or may not be seen: 404
	Conflict                    // right input at the wrong moment: 409
	Unavailable                 // right, but the portal cannot keep it now: 503
)

// String gives the kind's word as it stands in problem details.
func (k Kind) String() string {
	return [...]string{"internal", "invalid", "unauthenticated", "denied", "not_found", "conflict", "unavailable"}[k]
}

// Error is a fault. Code, Fact, Remedy and the fields' codes are translation
// keys; Args fill their {placeholders}.
type Error struct {
	Kind   Kind
	Code   string         // module.reason
	Args   map[string]any // values named in the translated sentences
	Rule   string         // R-number of the rule it stands on, if any
	Line   string         // policy line that decided, if any
	Fact   string         // the fact that failed, a translation key
	Remedy string         // what to do next, a translation key
	Fields []Field
	cause  error
}

// Field is one wrong value of an input.
type Field struct {
	Name string         `json:"name"` // dotted path as in the JSON body: "instalments.0.amount"
	Code string         `json:"code"` // translation key
	Args map[string]any `json:"args,omitempty"`
}

// Error gives the code and the cause, for the log.
func (e *Error) Error() string {
	s := e.Kind.String() + " " + e.Code
	for _, f := range e.Fields {
		s += " " + f.Name + "=" + f.Code
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// New makes a fault; args are key, value pairs for the translated sentence.
func New(k Kind, code string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Args: pairs(args), Remedy: code + ".remedy"}
}

// Wrap makes an internal fault around a cause, with verb, noun and id.
func Wrap(cause error, format string, args ...any) error {
	if cause == nil {
		return nil
	}
	var f *Error
	if errors.As(cause, &f) {
		return cause // already says more than we could
	}
	return &Error{Kind: Internal, Code: "internal", Remedy: "internal.remedy",
		cause: fmt.Errorf(format+": %w", append(args, cause)...)}
}

// Unkept is the fault for what is right but cannot be kept now: the disk is
// full, or the store's file is no longer there.
func Unkept(cause error) *Error {
	return &Error{Kind: Unavailable, Code: "unkept", Remedy: "unkept.remedy", cause: cause}
}

// Missing is the fault for what is not there or may not be seen.
func Missing(noun string) *Error { return New(NotFound, "not_found", "noun", noun) }

// OnRule names the rule the fault stands on.
func (e *Error) OnRule(rule string) *Error { e.Rule = rule; return e }

// Wrong adds a wrong field.
func (e *Error) Wrong(name, code string, args ...any) *Error {
	e.Fields = append(e.Fields, Field{Name: name, Code: code, Args: pairs(args)})
	return e
}

// Err gives the fault if a field is wrong, else nil: for checks that look at all
// fields before they refuse.
func (e *Error) Err() error {
	if len(e.Fields) == 0 {
		return nil // not a nil *Error, which would be an error
	}
	return e
}

// InvalidField starts an invalid-input fault with its first wrong field.
func InvalidField(name, code string, args ...any) *Error {
	return New(Invalid, "invalid").Wrong(name, code, args...)
}

// As gives the fault inside err; anything else becomes an internal fault.
func As(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return &Error{Kind: Internal, Code: "internal", Remedy: "internal.remedy", cause: err}
}

// Is tells whether err is a fault of this kind.
func Is(err error, k Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == k
}

func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}
