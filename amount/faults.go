package amount

import "github.com/bitcoim/bitcoim/fault"

// ErrAmount is all that is wrong with a text that should say an amount. It says nothing
// but what was written. Who wrote it may write it in another way.
var ErrAmount = fault.NewGroup("an amount")
