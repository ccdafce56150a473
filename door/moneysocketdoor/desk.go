package moneysocketdoor

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/wallet"
)

// Desk is what the door needs of the wallets; a [command.Desk] is one. An error
// always means that nothing is known: no is an answer.
type Desk interface {
	AppLinks(ctx context.Context, instance string) ([]wallet.AppLink, error)
	AppJoined(ctx context.Context, app wallet.AppID) error
	AppWallets(ctx context.Context, apps []wallet.AppID) (map[wallet.AppID]wallet.AppWallet, error)
	AppInvoice(ctx context.Context, app wallet.AppID, key string, m amount.Msat, memo string) (wallet.AppAnswer, error)
	AppPay(ctx context.Context, app wallet.AppID, key, invoice string) (wallet.AppAnswer, error)
	AppNews(ctx context.Context, apps []wallet.AppID) ([]wallet.AppAnswer, error)
	AppTold(ctx context.Context, news []wallet.AppAnswer) error
}

var _ Desk = (*command.Desk)(nil)
