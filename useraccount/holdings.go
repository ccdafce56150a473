package useraccount

import "github.com/bitcoim/bitcoim/amount"

// Holdings is what a user had at the moment the account was read, to be
// shown. One statement reads all of it, so what is being set aside is not seen
// twice. What can be spent, the ledger decides when it is spent.
type Holdings struct {
	Balance amount.Msat `json:"balance"` // to spend
	Held    amount.Msat `json:"held"`    // set aside for payments under way
	Pending amount.Msat `json:"pending"` // received and not confirmed
}
