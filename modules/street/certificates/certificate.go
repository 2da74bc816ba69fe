// Package certificates tells what a residents' committee stamps and what it
// does not (R31).
//
// Words: a certificate (证明) is a kind of paper that residents are sent to
// fetch. A kind is on the list (盖), and then it says what to bring, or it is
// excluded (不盖), and then it says who issues it. A slip (不予盖章告知单) is
// what the committee hands to a resident whom somebody sent for an excluded
// one: the rule, and where to go.
//
// The life of a kind: the office drafts it, the head of the office or another
// member puts it in force, and retires it. Nothing in force is edited; what is
// wrong is retired and drafted anew.
package certificates

import (
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// The two lists.
const (
	on       = "on"
	excluded = "excluded"
)

// Certificate is one kind.
type Certificate struct {
	lifecycle.Case
	Wording
	Places []string `json:"places,omitempty"` // the district whose list this is
}

// Wording is what a kind says; putting it in force freezes it.
type Wording struct {
	List       string `json:"list" form:"choice,required,of=on excluded"`
	Code       string `json:"code" form:"text,required,max=10"`
	Name       string `json:"name" form:"text,required,max=60"`
	NameHant   string `json:"name_hant,omitempty" form:"text,max=60"`
	NameEn     string `json:"name_en,omitempty" form:"text,max=120"`
	Issuer     string `json:"issuer,omitempty" form:"text,max=80"` // who issues it instead
	IssuerHant string `json:"issuer_hant,omitempty" form:"text,max=80"`
	IssuerEn   string `json:"issuer_en,omitempty" form:"text,max=160"`
	Bring      string `json:"bring,omitempty" form:"text,max=120"`
	BringHant  string `json:"bring_hant,omitempty" form:"text,max=120"`
	BringEn    string `json:"bring_en,omitempty" form:"text,max=200"`
	Basis      string `json:"basis" form:"text,required,max=200"`
	Unverified bool   `json:"unverified,omitempty" form:"check"` // nobody has yet compared the basis with its text
}

// in picks the language; the simplified text where there is no other.
func in(l web.Lang, hans, hant, en string) string {
	switch {
	case l == web.English && en != "":
		return en
	case l == web.Traditional && hant != "":
		return hant
	}
	return hans
}

func (w *Wording) name(l web.Lang) string   { return in(l, w.Name, w.NameHant, w.NameEn) }
func (w *Wording) issuer(l web.Lang) string { return in(l, w.Issuer, w.IssuerHant, w.IssuerEn) }
func (w *Wording) bring(l web.Lang) string  { return in(l, w.Bring, w.BringHant, w.BringEn) }
