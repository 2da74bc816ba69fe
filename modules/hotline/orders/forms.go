package orders

import (
	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/server/schema"
)

// Filing is what is asked of whoever opens an order. Phone and name go to the
// contact beside the order, never into it.
type Filing struct {
	Words        string        `json:"words" form:"longtext,required,max=4000"`
	Category     string        `json:"category" form:"choice,from=categories"`
	Type         string        `json:"type" form:"choice,of=consult help complaint report suggestion praise"`
	Community    string        `json:"community" form:"choice,from=communities"`
	Place        string        `json:"place" form:"text,max=200"`
	Phone        string        `json:"phone" form:"text,max=20"`
	Name         string        `json:"name" form:"text,max=40"`
	Needs        []string      `json:"needs" form:"choices,of=cantonese dialect english sight hearing elder"`
	Confidential bool          `json:"confidential" form:"check"`
	Files        []schema.File `json:"files,omitempty" form:"files,max=4"`
	Known
}

// Known is what the portal itself knows of a filing.
type Known struct {
	Channel   string      `json:"-"`
	Class     string      `json:"-"`
	Item      items.Ref   `json:"-"`
	Lat, Long int64       `json:"-"` // micro-degrees
	Consent   string      `json:"-"`
	Source    string      `json:"-"` // its number elsewhere
	AskedOn   schema.Date `json:"-"`
	caller    string
	contact   string
	twin      string
}

// onBehalf is a filing by committee staff, who ask the resident first.
type onBehalf struct {
	Filing
	Agreed string `json:"agreed" form:"choice,required,of=in_person by_phone in_writing"`
}

// The inputs of the centre's acts.
type (
	passForm struct {
		Line  string `json:"line" form:"choice,required,of=110 119 120 122"`
		Words string `json:"words" form:"longtext,required,max=1000"`
		Place string `json:"place" form:"text,max=200"`
	}
	transferForm struct {
		Line string `json:"line" form:"choice,required,of=110 119 120 122"`
		Note string `json:"note" form:"text,max=200"`
	}
	answerForm struct {
		Answer  string        `json:"answer" form:"longtext,required,max=2000"`
		Article knowledge.Ref `json:"article" form:"choice,from=order_articles"`
	}
	triageForm struct {
		Category     string    `json:"category" form:"choice,required,from=categories"`
		Type         string    `json:"type" form:"choice,required,of=consult help complaint report suggestion praise"`
		Class        string    `json:"class" form:"choice,of=emergency utility ordinary complex"`
		Community    string    `json:"community" form:"choice,from=communities"`
		Item         items.Ref `json:"item" form:"choice,from=order_items"`
		Confidential bool      `json:"confidential" form:"check"`
		Agreed       bool      `json:"agreed" form:"check"`
	}
	retypeForm struct {
		Type   string `json:"type" form:"choice,required,of=consult help complaint report suggestion praise"`
		Agreed bool   `json:"agreed" form:"check"`
		How    string `json:"how" form:"text,required,max=200"`
	}
	unitForm struct {
		Unit  string `json:"unit" form:"choice,required,from=units"`
		Basis string `json:"basis" form:"text,max=200"`
	}
	rulingForm struct {
		Unit   string `json:"unit" form:"choice,required,from=units"`
		Ground string `json:"ground" form:"longtext,required,max=1000"`
	}
	groundForm struct {
		Ground string `json:"ground" form:"longtext,required,max=1000"`
	}
	declineForm struct {
		Why       string `json:"why" form:"choice,required,of=court in_dispute other_channel anonymous_report not_public repeated"`
		WhereToGo string `json:"where_to_go" form:"longtext,required,max=1000"`
	}
	mergeForm struct {
		Into string `json:"into" form:"text,required,max=40"`
	}
	grantForm struct {
		Why  string `json:"why" form:"longtext,required,max=500"`
		Told string `json:"told" form:"choice,required,of=phone message page"`
	}
	refuseForm struct {
		Why string `json:"why" form:"longtext,required,max=500"`
	}
	forgetForm struct {
		Demand string `json:"demand" form:"longtext,required,max=500"` // who asked for it, and how that was checked
	}
	revealForm struct {
		Why string `json:"why" form:"choice,required,of=contact callback emergency check own_data"`
	}
)

// The inputs of the unit's acts.
type (
	contactForm struct {
		How  string `json:"how" form:"choice,required,of=phone visit message no_phone"`
		Note string `json:"note" form:"text,max=300"`
	}
	planForm struct {
		Plan string `json:"plan" form:"longtext,required,max=1000"`
	}
	returnForm struct {
		Reason   string `json:"reason" form:"choice,required,of=wrong_place ownership_unclear overlapping_duty"`
		Document string `json:"document" form:"text,required,max=200"`
		Belongs  string `json:"belongs" form:"choice,from=units"`
		Text     string `json:"text" form:"longtext,max=1000"`
	}
	extendForm struct {
		N      int64  `json:"n" form:"number,required,min=1,max=60"`
		Reason string `json:"reason" form:"longtext,required,max=500"`
		Ground string `json:"ground" form:"text,required,max=200"`
	}
	pauseForm struct {
		Why  string `json:"why" form:"choice,required,of=caller parts weather access"`
		Note string `json:"note" form:"text,required,max=300"`
	}
	excuseForm struct {
		Excuse string `json:"excuse" form:"longtext,required,max=1000"`
	}
	replyForm struct {
		Text   string        `json:"text" form:"longtext,required,max=2000"`
		Result string        `json:"result" form:"choice,required,of=done partly cannot"`
		Files  []schema.File `json:"files,omitempty" form:"files,max=4"`
	}
	excludeForm struct {
		Ground string `json:"ground" form:"choice,required,of=no_jurisdiction repeat unlawful_demand beyond_control"`
		Text   string `json:"text" form:"longtext,required,max=1000"`
	}
)

// The inputs of callback staff and of callers.
type (
	voiceForm struct {
		Solved  string `json:"solved" form:"choice,required,of=solved partly not"`
		Grade   string `json:"grade" form:"choice,required,of=100 80 60 30 0"`
		Cause   string `json:"cause" form:"choice,of=handling beyond policy"`
		Comment string `json:"comment" form:"longtext,max=1000"`
	}
	rateForm struct {
		Solved  string `json:"solved" form:"choice,required,of=solved partly not"`
		Grade   string `json:"grade" form:"choice,required,of=100 80 60 30 0"`
		Comment string `json:"comment" form:"longtext,max=1000"`
	}
	secondForm struct {
		Found   string `json:"found" form:"choice,required,of=same other"`
		Comment string `json:"comment" form:"longtext,max=1000"`
	}
	sayForm struct {
		Text string `json:"text" form:"longtext,required,max=1000"`
	}
	addForm struct {
		Text  string        `json:"text" form:"longtext,max=1000"`
		Files []schema.File `json:"files,omitempty" form:"files,max=4"`
	}
	flagForm struct {
		Policy bool   `json:"policy" form:"check"`
		Why    string `json:"why" form:"longtext,required,max=500"`
	}
)

// The inputs of what the portal does for other modules.
type (
	jobForm struct {
		Job    string `json:"job" form:"text,required,max=64"`
		Vendor string `json:"vendor" form:"text,max=64"`
	}
	jobDoneForm struct {
		Job  string `json:"job" form:"text,required,max=64"`
		Text string `json:"text" form:"longtext,required,max=2000"`
	}
	followForm struct {
		Unit string `json:"unit" form:"text,max=64"`
		Text string `json:"text" form:"longtext,required,max=2000"`
	}
)
