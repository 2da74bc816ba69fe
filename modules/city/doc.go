// Package city is the wing of the city itself: its places and departments, the
// people who work in it, and what it decides for itself.
//
// directory holds the tree of places and the departments; people their
// accounts and posts; settings the numbers that a city chooses, each with its
// basis. front is the start page with everybody's tasks; exports and digests
// keep on record what left the portal and what each day was. All other wings
// read these; of theirs only front knows any, because it shows first steps.
package city
