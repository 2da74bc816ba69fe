// Package intake brings a centre's past orders into the portal, from the
// tables it has kept: Excel or CSV.
//
// Words: a batch is one table and what becomes of it. Its columns are mapped to
// what an order has; the portal guesses from their names and a person says. A
// dry run looks at every row and names what is wrong in which cell; nothing is
// imported by it. A row has a key, by its number in the old system or else by
// what it says, so that importing it again makes nothing twice.
//
// The life of a batch: brought, its columns mapped and the rows checked, as
// often as needed, then confirmed, imported and done, or dropped. The table
// lies beside the batch only until then, a day at the longest: it may hold
// telephone numbers. Of those an order keeps a keyed digest alone.
package intake

import (
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/web/workbook"
)

// States of a batch.
const (
	brought   = "brought"
	checked   = "checked"
	importing = "importing"
	imported  = "imported"
	dropped   = "dropped"
)

// Batch is one table and what becomes of it.
type Batch struct {
	lifecycle.Case
	Name     string    `json:"name"`  // of the file
	Table    string    `json:"table"` // key under which its rows lie
	Head     []string  `json:"head"`
	Rows     int       `json:"rows"`
	Mapping  Mapping   `json:"mapping"`
	District []string  `json:"district"`
	Report   *Report   `json:"report,omitempty"`
	Made     int       `json:"made,omitempty"`      // orders made
	Again    int       `json:"again,omitempty"`     // rows that were there already
	At       time.Time `json:"brought_at,omitzero"` // when the table was read
}

// Report is what the dry run found.
type Report struct {
	Good  int `json:"good"`  // rows that will become orders
	Again int `json:"again"` // rows that were imported before
	Bad   int `json:"bad"`   // rows with something wrong
}

// Mapping says which column holds what; values are names of columns, "" for none.
type Mapping struct {
	Opened    string `json:"opened" form:"choice,required,from=batch_columns,part=what"`
	Words     string `json:"words" form:"choice,required,from=batch_columns"`
	Type      string `json:"type,omitempty" form:"choice,from=batch_columns"`
	Category  string `json:"category,omitempty" form:"choice,from=batch_columns"`
	Community string `json:"community,omitempty" form:"choice,from=batch_columns,part=where"`
	Place     string `json:"place,omitempty" form:"choice,from=batch_columns"`
	Unit      string `json:"unit,omitempty" form:"choice,from=batch_columns,part=outcome"`
	Signed    string `json:"signed,omitempty" form:"choice,from=batch_columns"`
	Contacted string `json:"contacted,omitempty" form:"choice,from=batch_columns"`
	Closed    string `json:"closed,omitempty" form:"choice,from=batch_columns"`
	Result    string `json:"result,omitempty" form:"choice,from=batch_columns"`
	Solved    string `json:"solved,omitempty" form:"choice,from=batch_columns"`
	Grade     string `json:"grade,omitempty" form:"choice,from=batch_columns"`
	Number    string `json:"number,omitempty" form:"choice,from=batch_columns,part=known"`
	Phone     string `json:"phone,omitempty" form:"choice,from=batch_columns"`
}

// Wrong is what is wrong with one cell.
type Wrong struct {
	Row    int            `json:"row"`    // line of the file
	Column string         `json:"column"` // its name
	Value  string         `json:"value"`  // what stands there, its beginning
	Code   string         `json:"code"`   // translation key
	Args   map[string]any `json:"args,omitempty"`
	index  int            // of the row in the table
}

// keep is how long a table lies beside its batch.
const keep = 24 * time.Hour

// column finds a column by its name, -1 for none.
func column(t *workbook.Table, name string) int {
	for i, h := range t.Head {
		if name != "" && h == name {
			return i
		}
	}
	return -1
}
