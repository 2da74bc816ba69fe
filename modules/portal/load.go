package portal

// Load is what work asks of one community, or what a community carries: the
// burden meter, its caps and an application speak of the same things.
type Load struct {
	Items       int64 `json:"items"`
	Hours       int64 `json:"hours"`                 // person-hours a month
	Inspections int64 `json:"inspections,omitempty"` // a month
	Meetings    int64 `json:"meetings,omitempty"`    // a month
	Groups      int64 `json:"groups,omitempty"`      // apps and chat groups to keep up with
	Ledgers     int64 `json:"ledgers,omitempty"`
	Plaques     int64 `json:"plaques,omitempty"`
}

// LoadKinds are what a load is made of, in the order it is shown.
var LoadKinds = []string{"items", "hours", "inspections", "meetings", "groups", "ledgers", "plaques"}

// Of gives one kind of it.
func (x *Load) Of(kind string) int64 { return *x.at(kind) }

func (x *Load) at(kind string) *int64 {
	switch kind {
	case "items":
		return &x.Items
	case "hours":
		return &x.Hours
	case "inspections":
		return &x.Inspections
	case "meetings":
		return &x.Meetings
	case "groups":
		return &x.Groups
	case "ledgers":
		return &x.Ledgers
	}
	return &x.Plaques
}

// Plus is both together.
func (x Load) Plus(y Load) Load {
	for _, k := range LoadKinds {
		*x.at(k) += *y.at(k)
	}
	return x
}

// Over names the kinds of which there is more than the cap.
func (x Load) Over(most Load) (kinds []string) {
	for _, k := range LoadKinds {
		if *x.at(k) > *most.at(k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// Caps is what a community of so many committee members may carry.
func Caps(s interface{ Int(string) int }, members int64) Load {
	n := func(key string) int64 { return int64(s.Int("load." + key)) }
	return Load{Items: n("max_items"), Hours: n("cap_hours") * max(members, 1), Inspections: n("max_inspections"), Meetings: n("max_meetings"),
		Groups: n("max_groups"), Ledgers: n("max_ledgers"), Plaques: n("max_plaques")}
}
