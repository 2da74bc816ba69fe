package directory

import (
	"gatehouse/server/lifecycle"
)

// Department is an office that may bring work to communities.
type Department struct {
	lifecycle.Case
	Script
	Code    string `json:"code"`
	Level   string `json:"level"` // city, district or street
	Place   string `json:"place"` // where it sits
	Channel string `json:"channel,omitempty"`
	Kind    string `json:"kind"` // functional, office (the gatekeeping office) or finance
	Duty    string `json:"duty,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// DepartmentForm founds a department.
type DepartmentForm struct {
	Code     string `json:"code" form:"text,required,max=40"`
	Level    string `json:"level" form:"choice,required,of=city district street"`
	Place    string `json:"place" form:"choice,required,from=areas"`
	Kind     string `json:"kind" form:"choice,required,of=functional office finance"`
	Channel  string `json:"channel" form:"choice,from=departments_district"`
	NameHans string `json:"name_hans" form:"text,required,max=60"`
	NameHant string `json:"name_hant" form:"text,max=60"`
	NameEn   string `json:"name_en" form:"text,max=80"`
	Duty     string `json:"duty" form:"longtext,max=1000"`
	Phone    string `json:"phone" form:"text,max=40"`
}

// DepartmentChange amends a department: all but its code, level and place.
type DepartmentChange struct {
	Channel  string `json:"channel" form:"choice,from=departments_district"`
	NameHans string `json:"name_hans" form:"text,required,max=60"`
	NameHant string `json:"name_hant" form:"text,max=60"`
	NameEn   string `json:"name_en" form:"text,max=80"`
	Duty     string `json:"duty" form:"longtext,max=1000"`
	Phone    string `json:"phone" form:"text,max=40"`
}
