// Package hotline is the wing of the residents' one number.
//
// calls tells who rings, console is where operators work, orders follow every
// request to its end. gazetteer finds places, dispatch the unit that handles a
// category there, knowledge the answer; both learn from orders, which hear their
// own rulings and answers and hand them down. intake brings in past orders, rates
// judge the units month by month, and open311 lets other programs read and file:
// these and the console stand on the orders, and on nothing of each other.
package hotline
