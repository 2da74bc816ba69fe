// Package gate is the wing that gives the portal its name: no work of a
// department enters a community but through it.
//
// catalogue keeps the item lists that say what may be asked at all; agreements
// are what government and committee agree on each year; a department applies
// in admission, and what is admitted lives on as items, community by
// community. transition brings in what ran before the gate stood, emergencies
// go first and are filed later. A committee says no in refusals; work that was
// forced is reported in bypass. burden and calculator show what all of it
// weighs.
package gate
