package portal

import "slices"

// Category is what a request to the hotline is about (R52). Categories are a
// closed list of the portal, because dispatch rules, service standards, Open311
// and the rates all speak of them; what each is called is "category.CODE" in
// the translations, with ".words" behind it the words callers use.
type Category struct {
	Code   string
	Group  string // lighting, utilities, …: category_group.GROUP
	Stream string // administrative or social (R69)
	Class  string // how urgent it is by itself: emergency, utility, ordinary, complex (R58)
}

// The streams of requests (R69).
const (
	Administrative = "administrative" // a public body handles it
	Social         = "social"         // an affiliated vendor or a volunteer does it
)

// Categories are all categories, by code.
var Categories = []Category{
	{"101", "roads", Administrative, "ordinary"},       // street lamp
	{"102", "roads", Administrative, "ordinary"},       // road surface
	{"103", "roads", Administrative, "emergency"},      // manhole cover
	{"201", "utilities", Administrative, "utility"},    // water
	{"202", "utilities", Administrative, "utility"},    // power
	{"203", "utilities", Administrative, "utility"},    // gas
	{"204", "utilities", Administrative, "utility"},    // heating
	{"205", "utilities", Administrative, "emergency"},  // burst pipe in the street
	{"301", "environment", Administrative, "ordinary"}, // rubbish
	{"302", "environment", Administrative, "ordinary"}, // noise
	{"303", "environment", Administrative, "ordinary"}, // sewage
	{"401", "housing", Administrative, "ordinary"},     // lift
	{"402", "housing", Administrative, "complex"},      // property management
	{"403", "housing", Administrative, "complex"},      // illegal building
	{"501", "order", Administrative, "ordinary"},       // parking
	{"502", "order", Administrative, "ordinary"},       // street trading
	{"601", "market", Administrative, "ordinary"},      // food safety
	{"602", "market", Administrative, "ordinary"},      // a consumer's dispute
	{"701", "welfare", Administrative, "ordinary"},     // social security
	{"702", "welfare", Administrative, "ordinary"},     // care of the old and the disabled
	{"703", "welfare", Administrative, "ordinary"},     // work and training
	{"801", "community", Administrative, "ordinary"},   // the residents' committee
	{"802", "community", Administrative, "ordinary"},   // forms, visits and surveys at the door
	{"899", "community", Administrative, "ordinary"},   // anything else
	{"901", "home_services", Social, "ordinary"},       // cleaning
	{"902", "home_services", Social, "ordinary"},       // nursing
	{"903", "home_services", Social, "ordinary"},       // moving
	{"904", "home_services", Social, "ordinary"},       // domestic help by the hour
	{"905", "home_services", Social, "ordinary"},       // pipes in the home
	{"906", "home_services", Social, "ordinary"},       // housing agency
	{"907", "home_services", Social, "ordinary"},       // appliances
	{"908", "home_services", Social, "ordinary"},       // locks
}

// CategoryOf finds a category by its code.
func CategoryOf(code string) (Category, bool) {
	i := slices.IndexFunc(Categories, func(c Category) bool { return c.Code == code })
	if i < 0 {
		return Category{}, false
	}
	return Categories[i], true
}
