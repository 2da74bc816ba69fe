package ratings

import (
	"strconv"

	"gatehouse/server/lifecycle"
)

// Ballot is what one committee thinks of one item in one round. It is for that
// committee alone, and for the code that counts (R48, ADR 0021).
type Ballot struct {
	lifecycle.Case
	Round     string `json:"round"`
	RoundNo   string `json:"round_no"`
	Item      string `json:"item"`
	Title     string `json:"title"` // of the item
	Community string `json:"community"`
	Grades
	Text string `json:"text,omitempty"` // the reasons; the department reads them without a name

	closed, elsewhere, twice bool // found out while it is being cast
}

// Grades are points of the round's scale, one for each dimension (R44).
type Grades struct {
	Effect    int `json:"effect"`
	Money     int `json:"money"` // money and powers delivered
	Residents int `json:"residents"`
}

// The inputs of a ballot. Grades are texts because a form offers them as choices.
type (
	gradesForm struct {
		Effect    string `json:"effect" form:"choice,required,from=grades"`
		Money     string `json:"money" form:"choice,required,from=grades"`
		Residents string `json:"residents" form:"choice,required,from=grades"`
		Text      string `json:"text" form:"longtext,max=500"`
	}
	castForm struct {
		Round     string `json:"round" form:"choice,required,from=rounds_open"`
		Item      string `json:"item" form:"choice,required,from=rated_items"`
		Community string `json:"community" form:"choice,required,from=own_communities"`
		gradesForm
	}
)

// receipt stands for the ballot in the result it counted in: the committee finds
// it there, and nobody else can tell whose it is.
func (b *Ballot) receipt() string { return b.History[len(b.History)-1].Receipt() }

// receipts are the receipt as it is, and as it was before it kept the hash to
// itself, which stands in older results.
func (b *Ballot) receipts() [2]string {
	return [2]string{b.receipt(), b.History[len(b.History)-1].Hash[:16]}
}

// form gives the grades as a form holds them.
func (b *Ballot) form() *gradesForm {
	return &gradesForm{Effect: strconv.Itoa(b.Effect), Money: strconv.Itoa(b.Money), Residents: strconv.Itoa(b.Residents), Text: b.Text}
}
