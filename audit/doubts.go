package audit

import (
	"context"

	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
)

// doubts finds what a node shows that it never told: an account elsewhere tells
// an answer once, and it may have been told to nobody. Payments stop only for
// money that left it without a reason, and go on when there is one.
func (r *Report) doubts(ctx context.Context, node lightning.Node) error {
	n, ok := node.(lightning.Doubtful)
	if !ok {
		return nil
	}
	all, err := n.Doubts(ctx)
	for _, d := range all {
		if d.Lost {
			r.find(ruleJournal, d.What)
		} else {
			r.Findings = append(r.Findings, ledger.Finding{Rule: ruleJournal, What: d.What})
		}
	}
	return err
}
