// Package money is the wing where money follows work.
//
// books hold every fen twice: where it came from and where it went. funding
// claims, confirms and disputes the instalments of an item; sheets pay by the
// signed sheet; contracts buy services. spending is what became of the money:
// campaigns, uses, refunds. Each posts to the books what it moved, and none
// moves money that they do not hold.
package money
