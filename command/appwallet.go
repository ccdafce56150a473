package command

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
)

// AppWallet is what an app may see of a wallet.
type AppWallet struct {
	Pays     bool        // invoices, within the budget or by leave of the user
	Receives bool        // makes invoices
	Amount   amount.Msat // what the app could spend now, less by the fee
	Fiat     *Fiat       // how the user wants apps to say it; nil: in bitcoin
}

// Fiat is an amount in another currency.
type Fiat struct {
	Code     string // ISO 4217
	Symbol   string
	Decimals int
	Units    string // decimal number, rounded towards zero to Decimals
	PerBTC   string // what a bitcoin costs, exactly, as [big.Rat] reads it
}

// AppWallets says what apps may see. Those that were taken away are left out.
func (d *Desk) AppWallets(ctx context.Context, apps []AppID) (map[AppID]AppWallet, error) {
	now := d.Clock().Unix()
	all, err := app.Wallets(ctx, d.DB.Read(), apps, now)
	if err != nil {
		return nil, err
	}
	shown := make(map[AppID]AppWallet, len(all))
	for _, w := range all {
		s := AppWallet{Pays: !w.Suspended && w.MayPay(now) == nil, Receives: d.Lightning.Node != nil && w.May(now) == nil}
		if m := w.Spendable(now); s.Pays && m > 0 {
			s.Amount = min(d.Lightning.Fees.All(m), d.House.Limits.Payment)
		}
		if w.Fiat != "" {
			if f, err := d.Worth(s.Amount, w.Fiat); err == nil { // else there is no rate, and bitcoin is said
				s.Fiat = &f
			}
		}
		shown[w.ID] = s
	}
	return shown, nil
}
