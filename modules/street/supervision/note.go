// Package supervision lets a residents' committee supervise the intermediaries
// and property managers that work inside its community (R13).
//
// Words: a note (监督意见单) names the organisation, the matter and what is
// asked of it. Whoever manages an organisation in the community answers for it;
// all who do so read the notes of that community and of no other.
//
// The life of a note: the head of the committee issues it; it is answered
// within some working days; the committee accepts the answer or sends the note
// back, once. Silence brings it before the street, where it may still be
// answered, or be closed unanswered with a reason.
package supervision

import (
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Note is one supervision note.
type Note struct {
	lifecycle.Case
	Content
	Answers  []Answer `json:"answers,omitempty"`
	SentBack string   `json:"sent_back,omitempty"` // why the first answer was not enough
	Closed   string   `json:"closed,omitempty"`    // why the street closed it unanswered
}

// Content is what the committee writes.
type Content struct {
	Community    string `json:"community" form:"choice,required,from=own_communities"`
	Organisation string `json:"organisation" form:"text,required,max=60"`
	Kind         string `json:"kind" form:"choice,required,of=property intermediary other"`
	Matter       string `json:"matter" form:"text,required,max=80"`
	Facts        string `json:"facts" form:"longtext,max=1000"`
	Demand       string `json:"demand" form:"longtext,required,max=1000"`
}

// Answer is what the organisation said.
type Answer struct {
	Text string      `json:"text"`
	On   schema.Date `json:"on"`
	Late bool        `json:"late,omitempty"` // after the street had to step in
}
