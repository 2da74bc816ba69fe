// Package street is the wing of what one meets in the street and at the
// counter of a community.
//
// windows serve residents, plaques hang where a decision lets them hang,
// ledgers are what a community fills in, certificates what it stamps, and in
// supervision property managers and agents answer the committee. Windows,
// plaques and ledgers go when the item leaves that brought them.
package street
