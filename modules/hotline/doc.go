// Package hotline is the wing of the residents' one number.
//
// calls tells who rings, console is the operators' desk, orders follow every
// request to its end. gazetteer finds places, dispatch the unit that handles a
// category there, knowledge the answer; both learn from finished orders.
// intake brings in past orders, rates judge the units month by month, and
// open311 lets other programs read and file.
package hotline
