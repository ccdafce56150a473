package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// What is given to others to be paid is of the nodes that the books know. What comes to
// another wallet or Lightning node is credited to nobody until an operator declares it,
// and it may be somebody else's. Who answers is asked after the answer, for a node may be
// exchanged at any time, and no audit has looked since.

// ownAddress is a new address of the wallet.
func (s *Service) ownAddress(ctx context.Context, label string) (string, error) {
	text, err := s.Chain.Address(ctx, label)
	if err != nil {
		return "", ChainFault(err)
	}
	_, _, err = deposit.Ours(ctx, s.DB.Read(), keysOf{s.Chain})
	if errors.Is(err, deposit.ErrOtherWallet) {
		err = ChainFault(err)
	}
	return text, err
}

// ownNode is a fault unless the Lightning node is the one that was looked at.
func (s *Service) ownNode(ctx context.Context) error {
	_, err := invoice.Ours(ctx, s.DB.Read(), infoOf{s.Lightning.Node})
	if errors.Is(err, invoice.ErrOtherNode) {
		err = LightningFault(err)
	}
	return err
}

// keysOf asks a node, and says that it is away if it does not answer; that the database
// does not is another thing.
type keysOf struct{ node deposit.Keyed }

func (k keysOf) Keys(ctx context.Context) ([]string, error) {
	keys, err := k.node.Keys(ctx)
	if err != nil {
		err = ChainFault(err)
	}
	return keys, err
}

// infoOf is keysOf for a Lightning node.
type infoOf struct{ node invoice.Informed }

func (i infoOf) Info(ctx context.Context) (lightning.Info, error) {
	info, err := i.node.Info(ctx)
	if err != nil {
		err = LightningFault(err)
	}
	return info, err
}
