package wallet

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

// AppWallets says what apps may see. Those that were taken away are left out.
func (s *Service) AppWallets(ctx context.Context, apps []app.ID) (map[app.ID]AppWallet, error) {
	now := s.Clock().Unix()
	all, err := app.Wallets(ctx, s.DB.Read(), apps, now)
	if err != nil {
		return nil, err
	}
	shown := make(map[app.ID]AppWallet, len(all))
	for _, w := range all {
		seen := AppWallet{Pays: !w.Suspended && w.MayPay(now) == nil, Receives: s.Lightning.Node != nil && w.May(now) == nil}
		if m := w.Spendable(now); seen.Pays && m > 0 {
			seen.Amount = min(s.Lightning.Fees.All(m), s.Policy.Limits.Payment)
		}
		if w.Fiat != "" {
			if f, err := s.Worth(seen.Amount, w.Fiat); err == nil { // else there is no rate, and bitcoin is said
				seen.Fiat = &f
			}
		}
		shown[w.ID] = seen
	}
	return shown, nil
}
