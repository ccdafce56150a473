package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Report is what an audit saw. Amounts are in msat.
type Report struct {
	Findings []ledger.Finding `json:"findings"`
	Owed     amount.Msat      `json:"owed"` // to users, held money included
	// The rest is of the world, and only there if it was asked.
	World     bool        `json:"world"`
	Wallet    amount.Msat `json:"wallet,omitempty"`   // what the node holds
	Expected  amount.Msat `json:"expected,omitempty"` // what it should hold by the books
	Channels  amount.Msat `json:"channels,omitempty"` // what the Lightning node holds besides
	Surplus   amount.Msat `json:"surplus"`            // the operator's own, or minus what is missing
	Coins     int         `json:"coins,omitempty"`    // deposits compared one by one
	Payments  int         `json:"payments,omitempty"` // payments compared one by one
	Receipts  int         `json:"receipts,omitempty"` // over Lightning, compared one by one
	Node      string      `json:"node,omitempty"`
	NodeBlock int64       `json:"node_block,omitempty"`
}

// World compares the books with the nodes, coin by coin and payment by payment;
// ln is nil without Lightning. Coins may move between wallet and channels, so
// what users are owed is compared with both together.
func World(ctx context.Context, q sqlx.QueryerContext, node chain.Node, ln lightning.Node) (Report, error) {
	r, err := Ledger(ctx, q)
	if err != nil {
		return r, err
	}
	info, err := node.Info(ctx)
	if err != nil {
		return r, err
	}
	r.World, r.Node, r.NodeBlock = true, info.Kind+" "+info.Version, info.Height
	outside, err := ledger.System(ctx, q, "chain")
	if err != nil {
		return r, err
	}
	bal, err := ledger.Balance(ctx, q, outside)
	if err != nil {
		return r, err
	}
	r.Expected = -bal
	if err := r.coins(ctx, q, node); err != nil {
		return r, err
	}
	if err := r.payments(ctx, q, node); err != nil {
		return r, err
	}
	if ln != nil {
		if err := r.lightning(ctx, q, ln); err != nil {
			return r, err
		}
	}
	b, err := node.Balance(ctx)
	if err != nil {
		return r, err
	}
	r.Wallet = b.Confirmed + b.Unconfirmed
	r.Surplus = r.Wallet + r.Channels - r.Expected
	if r.Surplus < 0 {
		r.find("wallet and channels hold what users are owed", fmt.Sprintf("%d msat are missing", -r.Surplus))
	}
	return r, nil
}

// Ledger is the report of an audit without the node.
func Ledger(ctx context.Context, q sqlx.QueryerContext) (Report, error) {
	found, err := Books(ctx, q)
	if err != nil {
		return Report{}, err
	}
	r := Report{Findings: found}
	err = sqlx.GetContext(ctx, q, &r.Owed, `SELECT CAST(COALESCE(SUM(bal), 0) AS BIGINT) FROM account WHERE kind <> 'system'`)
	return r, err
}

func (r *Report) find(rule, what string) {
	r.Findings = append(r.Findings, ledger.Finding{Rule: rule, What: what})
}

func (r *Report) coins(ctx context.Context, q sqlx.QueryerContext, node chain.Node) error {
	coins, err := deposit.All(ctx, q)
	if err != nil {
		return err
	}
	for _, c := range coins {
		s, err := node.Tx(ctx, c.TxID)
		if err != nil {
			return err
		}
		there := s.State == chain.Confirmed || s.State == chain.Mempool
		if c.State == deposit.Credited && s.State != chain.Confirmed {
			r.find("a credited coin is in the best chain", c.Key()+" is not")
		}
		if c.State != deposit.Credited && there {
			r.Expected += c.Amount // in the wallet, not yet on the books
		}
		r.Coins++
	}
	return nil
}

func (r *Report) payments(ctx context.Context, q sqlx.QueryerContext, node chain.Node) error {
	orders, err := paymentorder.Outside(ctx, q)
	if err != nil {
		return err
	}
	for _, o := range orders {
		s, err := node.Tx(ctx, o.TxID)
		if err != nil {
			return err
		}
		mined := o.State == paymentorder.Confirming || o.State == paymentorder.Done
		switch {
		case mined && s.State != chain.Confirmed:
			r.find("a payment on the books is in the best chain", fmt.Sprintf("order %d, %s, is not", o.ID, o.TxID))
		case !mined && (s.State == chain.Mempool || s.State == chain.Confirmed):
			r.Expected -= o.Amount + amount.Msat(o.Fee.Int64) // left the wallet, not yet the books
		}
		r.Payments++
	}
	return nil
}
