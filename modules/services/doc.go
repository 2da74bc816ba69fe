// Package services is the wing of those who come to a resident's door for
// pay: the firms are in vendors, vetted and scored; what they do for one order
// is a job in jobs, offered in turn, quoted and proven.
//
// The wing is not called after the vendors, so that no two packages bear one
// name.
package services
