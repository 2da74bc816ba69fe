// Package rating is the wing of what follows from how work is done.
//
// In ratings the committees and residents judge every item; what falls short
// is put right by a deadline in rectification; what does not change leaves in
// withdrawal. Each step reads the grounds of the one before from the record.
package rating
