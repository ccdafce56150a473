// Package chain speaks to a Bitcoin wallet: it gives out addresses, lists the
// coins that came, and sends by fund, sign, store, publish. It keeps no
// state of its own and knows no users.
package chain

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
)

// Node is a wallet on the chain. One file per kind; chaintest holds them all
// to the same contract.
//
// Every error is one of the faults in errors.go, and none of them but
// ErrRefused means that nothing happened.
type Node interface {
	// Info says which chain the node is on and how far it is.
	Info(ctx context.Context) (Info, error)
	// Address returns a fresh segwit receiving address. The label (a bare
	// JID) is a help for the operator and decides nothing.
	Address(ctx context.Context, label string) (string, error)
	// Since lists every output paid to the wallet that is unconfirmed or was
	// confirmed after the cursor, and a new cursor that lies Overlap blocks
	// below the tip, so a reorganisation shallower than that is seen by
	// listing again. The empty cursor lists everything. Change is not listed
	// where the node can tell.
	Since(ctx context.Context, cursor string) (Receipts, error)
	// Sent lists every transaction that spent a coin of the wallet and is
	// unconfirmed or was confirmed after the cursor, one of Since. What was
	// abandoned, or contradicted by a block, is not listed. ErrOtherPast means
	// that the cursor is none of this node's past.
	Sent(ctx context.Context, cursor string) ([]Sent, error)
	// Spent is what Sent says of one transaction, and the transaction itself, as whoever
	// signed it could have stored it. ErrNotSent means that Sent never lists it.
	Spent(ctx context.Context, txid string) (Sent, Prepared, error)
	// Keys names the keys of the wallet, by which it is known again: two answers
	// of one wallet have a name in common. A rescan does not change them.
	Keys(ctx context.Context) ([]string, error)
	// Rescans reports whether the wallet is reading past blocks again. Until it
	// has, it may not know what was paid to it.
	Rescans(ctx context.Context) (bool, error)
	// Quote returns the network fee that Prepare would need now. It locks
	// and signs nothing.
	Quote(ctx context.Context, outs []Output, rate FeeRate) (amount.Msat, error)
	// Prepare funds and signs a transaction and locks its coins. Nothing
	// leaves the node. It checks the outputs itself and fails with
	// ErrFeeTooHigh (coins unlocked again) if the fee is above maxFee.
	Prepare(ctx context.Context, outs []Output, rate FeeRate, maxFee amount.Msat) (Prepared, error)
	// Hold locks the coins again, after a restart of the node. Coins that are
	// locked already or spent by this very transaction are no error; coins
	// that are gone are ErrRefused. It holds longer than Prepare does, whose
	// lock may end with the node (bitcoind) or in minutes (LND), so call it
	// also when the transaction is stored.
	Hold(ctx context.Context, p Prepared) error
	// Release unlocks the coins of a transaction that was never broadcast
	// and never will be.
	Release(ctx context.Context, p Prepared) error
	// Broadcast hands the stored transaction to the network. It may be
	// repeated: nil means the node has it, be it new, in its mempool or in a
	// block. ErrRefused means that an input is spent otherwise, ErrNotNow that the
	// mempool passes it by for now, by whatever rule (too low a fee).
	Broadcast(ctx context.Context, p Prepared) error
	// Tx says what became of a transaction that touched the wallet.
	Tx(ctx context.Context, txid string) (TxStatus, error)
	// FeeRate estimates what it takes to be mined within target blocks.
	FeeRate(ctx context.Context, target int) (FeeRate, error)
	// Balance is what the wallet holds.
	Balance(ctx context.Context) (Balance, error)
	// Close ends idle connections.
	Close() error
}

// Overlap is how many blocks below the tip a cursor stays.
const Overlap = 100

// Info is what a node says of itself.
type Info struct {
	Kind    string // "bitcoind" or "lnd"
	Version string
	Network string // "mainnet", "testnet4", "signet", "regtest"
	Height  int64
	Hash    string // of the best block
	Synced  bool   // has the chain's tip, as far as it knows
}

// Outpoint names one output of one transaction.
type Outpoint struct {
	TxID string `json:"txid"`
	Vout uint32 `json:"vout"`
}

// Coin is one output paid to the wallet.
type Coin struct {
	Outpoint
	Address       string
	Amount        amount.Msat // whole satoshis
	Confirmations int64       // 0 in the mempool
	BlockHash     string      // "" in the mempool
	Height        int64       // 0 in the mempool
}

// Receipts is one answer of Since.
type Receipts struct {
	Coins  []Coin
	Cursor string
	Height int64 // of the best block when listed
}

// Output is one payment to one address.
type Output struct {
	Address string
	Amount  amount.Msat // whole satoshis
}

// Prepared is a signed transaction, to be stored before it is broadcast.
type Prepared struct {
	TxID   string
	Raw    []byte // consensus serialisation with witness (BIP 144)
	Fee    amount.Msat
	Inputs []Outpoint
}

// FeeRate is in satoshi per 1000 virtual bytes.
type FeeRate int64

// State is what became of a transaction.
type State uint8

const (
	Unknown    State = iota // the wallet never heard of it
	Mempool                 // waiting
	Confirmed               // in the best chain
	Conflicted              // another transaction took its coins, in the best chain
)

// TxStatus is what became of a transaction.
type TxStatus struct {
	State         State
	Confirmations int64
	BlockHash     string
	Height        int64
}

// Balance is what the wallet holds, spendable or not.
type Balance struct {
	Confirmed   amount.Msat // at least one confirmation, locked coins included
	Unconfirmed amount.Msat // own change and incoming, in the mempool
}
