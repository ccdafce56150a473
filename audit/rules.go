package audit

import (
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
)

// The rules that are proved with the nodes, in words; see Rules for those of the
// books.
const (
	ruleSent     = "the books know what the wallet sent"
	rulePaid     = "the books know what the Lightning node paid"
	ruleProof    = "a payment that was given back was not made"
	ruleEarlier  = "no payment is older than its order, or of another amount"
	ruleNodes    = "the nodes are those that were looked at before"
	ruleMemory   = "the nodes have not forgotten what they showed before"
	ruleOwed     = "wallet and channels hold what users are owed"
	ruleApart    = "the wallet holds what users are owed but for what came over Lightning" // if no Lightning node is asked, and the wallet has not all
	ruleCoin     = "a credited coin is in the best chain"
	ruleMined    = "a payment on the books is in the best chain"
	ruleReceipt  = "every receipt of a user is credited"
	ruleAmount   = "a receipt is credited by what was paid"
	ruleCredited = "what is credited was paid"
	ruleMade     = "a payment that is done was made"
	ruleJournal  = "the account shows what its journal explains" // which an account elsewhere can break
)

// broken is the rule that is broken by what has a name.
var broken = map[freeze.Reason]string{
	freeze.Spent:     ruleSent,
	freeze.Paid:      rulePaid,
	freeze.Proof:     ruleProof,
	freeze.Earlier:   ruleEarlier,
	freeze.OtherNode: ruleNodes,
	freeze.Restored:  ruleMemory,
	freeze.Unmade:    ruleMade,
	freeze.Unmined:   ruleMined,
	freeze.Unburied:  ruleCoin,

	freeze.Uncredited:  ruleReceipt,
	freeze.Miscredited: ruleAmount,
	freeze.Unreceived:  ruleCredited,
}

// checked are the rules that a look proves which came to its end.
func (r *Report) checked(ln lightning.Node) []string {
	all := []string{ruleNodes, ruleMemory, ruleSent, ruleProof, ruleCoin, ruleMined}
	if ln != nil {
		all = append(all, rulePaid, ruleEarlier, ruleReceipt, ruleAmount, ruleMade)
	}
	if _, elsewhere := ln.(lightning.Doubtful); elsewhere {
		all = append(all, ruleJournal)
	}
	if ln != nil && r.whole {
		all = append(all, ruleCredited)
	}
	if r.owedIsThere || r.Surplus < 0 {
		return append(all, ruleOwed)
	}
	return append(all, ruleApart)
}
