package door

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
)

// Desk is what the door needs of the wallets; a [command.Desk] is one. An error
// always means that nothing is known: no is an answer.
type Desk interface {
	AppLinks(ctx context.Context, instance string) ([]command.AppLink, error)
	AppJoined(ctx context.Context, app command.AppID) error
	AppWallets(ctx context.Context, apps []command.AppID) (map[command.AppID]command.AppWallet, error)
	AppInvoice(ctx context.Context, app command.AppID, key string, m amount.Msat, memo string) (command.AppAnswer, error)
	AppPay(ctx context.Context, app command.AppID, key, invoice string) (command.AppAnswer, error)
	AppNews(ctx context.Context, apps []command.AppID) ([]command.AppAnswer, error)
	AppTold(ctx context.Context, news []command.AppAnswer) error
}

var _ Desk = (*command.Desk)(nil)
