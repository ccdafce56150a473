package app

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
)

// Wallet is what an app's view of a wallet is made of.
type Wallet struct {
	App
	JID       string
	Fiat      string // ISO 4217, "" for bitcoin
	Suspended bool
	Balance   amount.Msat
	Spent     amount.Msat // of the budget
}

// Wallets reads those of several apps at once; of people who left, and of apps
// that were taken away or are over, there is none.
func Wallets(ctx context.Context, q sqlx.QueryerContext, ids []ID, now int64) ([]Wallet, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	text, by, err := sqlx.In(begin+`
SELECT `+fields+`, u.jid, u.fiat, u.suspended, m.bal AS balance,`+spentSince+` AS spent
FROM app a
JOIN whole w ON w.id = a.id
JOIN user_account u ON u.id = a.user_id
JOIN account m ON m.id = u.money
WHERE a.id IN (?) AND a.ended IS NULL AND (a.expires IS NULL OR a.expires > ?) AND u.active = 1`,
		now-lengths[Day], now-lengths[Week], now-lengths[Month], ids, ids, now)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	var all []Wallet
	if err := sqlx.SelectContext(ctx, q, &all, sqlx.Rebind(sqlx.DOLLAR, text), by...); err != nil {
		return nil, fmt.Errorf("app: wallets: %w", err)
	}
	return all, nil
}

// Spendable is what the app may spend unasked now, with the fees, in msat:
// nothing while it may not pay.
func (w *Wallet) Spendable(now int64) amount.Msat {
	if w.Suspended || w.MayPay(now) != nil {
		return 0
	}
	return max(0, min(w.Balance, w.Budget-w.Spent))
}
