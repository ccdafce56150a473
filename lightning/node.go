// Package lightning speaks to a Lightning node: it makes invoices, pays them,
// and says what came. It knows no users, and keeps state of its own only where
// a wallet elsewhere can not be asked what became of a payment.
package lightning

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/amount"
)

// Node is a Lightning node. One file per kind; lightningtest holds them all
// to the same contract.
//
// Every error is one of the faults in errors.go. None of them but ErrRefused
// means that nothing happened: a payment whose Pay failed may still arrive.
type Node interface {
	// Info says who the node is and whether it can work.
	Info(ctx context.Context) (Info, error)
	// Decode reads a BOLT 11 invoice. No other reader of invoices decides
	// anything. ErrBadInvoice says what is wrong with it, another network
	// and a tag that comes twice included; ErrRefused that it is one which this
	// node can not pay, as a wallet that pays no open amount.
	Decode(ctx context.Context, text string) (Invoice, error)
	// Invoice makes an invoice. With the same preimage again it returns the
	// invoice that was made before, so that a lost answer does no harm.
	Invoice(ctx context.Context, ask Ask) (Invoice, error)
	// Cancel makes an invoice of ours unpayable. Nil means that it is and was
	// never paid, also when it was cancelled before; ErrSettled that it was
	// paid; ErrRefused that a payment is on its way in and may yet settle;
	// ErrNoInvoice that the node has none such, now.
	Cancel(ctx context.Context, h Hash) error
	// Pay hands a payment to the node and waits for its end, or for the end
	// of the context: then a payment that the node has begun is InFlight, and
	// that is no error. It may be repeated: a payment that the node has is
	// followed, not made again, unless it failed before. Do not call it again
	// for a hash whose failure was acted upon.
	// ErrRefused means that this call began nothing (the invoice has expired,
	// pays ourselves, or is malformed), and that nothing was paid or is on its
	// way. The Outcome beside it is that of an attempt before which failed,
	// or none.
	Pay(ctx context.Context, p Payment) (Outcome, error)
	// Find says how far a payment is, at once. NotFound is an Outcome, not an
	// error.
	Find(ctx context.Context, h Hash) (Outcome, error)
	// Settled delivers the invoices that were paid, in the order of their
	// index, those after the index given first, and then as they come. It
	// returns when the context ends, the connection is lost, or deliver
	// returns an error.
	Settled(ctx context.Context, after uint64, deliver func(Receipt) error) error
	// Received lists up to limit settled invoices, from the invoice index
	// given on (exclusive), and the index to go on from; the same index means
	// that there are no more. It finds what Settled missed.
	Received(ctx context.Context, from uint64, limit int) ([]Receipt, uint64, error)
	// Paid lists up to limit outgoing payments in every state, from the
	// payment index given on (exclusive), and the index to go on from.
	Paid(ctx context.Context, from uint64, limit int) ([]Outcome, uint64, error)
	// Balance is what the node's channels hold for us.
	Balance(ctx context.Context) (Balance, error)
	// Close ends idle connections.
	Close() error
}

// Hash is a payment hash: the SHA-256 of the preimage.
type Hash [32]byte

// Preimage is the secret that proves a payment.
type Preimage [32]byte

// Info is what a node says of itself.
type Info struct {
	Kind    string // "lnd" or "moneysocket"
	Version string
	Network string // "mainnet", "testnet4", "signet", "regtest"
	PubKey  string // hexadecimal, 33 bytes
	Alias   string
	Height  int64
	Synced  bool // to chain and graph, as far as it knows
}

// Invoice is what a BOLT 11 invoice says.
type Invoice struct {
	Text            string // lower case
	Hash            Hash
	Payee           string // public key, hexadecimal
	Amount          amount.Msat
	Description     string
	DescriptionHash []byte // nil, or 32 bytes
	Created         time.Time
	Expires         time.Time
	MinFinalCLTV    int64 // blocks
	Ours            bool  // its payee is this node
}

// Ask is an invoice to be made.
type Ask struct {
	Preimage        Preimage
	Amount          amount.Msat // 0: the payer chooses
	Description     string      // up to 639 bytes, or
	DescriptionHash []byte      // 32 bytes
	Expiry          time.Duration
}

// Payment is an invoice to be paid.
type Payment struct {
	Invoice  string      // BOLT 11
	Hash     Hash        // of the invoice, as stored
	Amount   amount.Msat // only if the invoice leaves it open, else 0
	FeeLimit amount.Msat // never exceeded; 0 pays over direct channels only
	MaxCLTV  int64       // blocks the money may be locked
}

// State is how far a payment is.
type State uint8

const (
	NotFound  State = iota // the node never heard of it, or has forgotten
	InFlight               // may succeed or fail
	Succeeded              // paid, with the preimage as proof
	Failed                 // not paid, and no part of it will be
)

// Outcome is how far a payment is.
type Outcome struct {
	Hash     Hash
	State    State
	Preimage Preimage    // of a payment that succeeded; its SHA-256 is Hash
	Amount   amount.Msat // without fee
	Fee      amount.Msat
	Reason   Reason // of a payment that failed
	// Attempt grows with each time that the node begins to pay, 0 if the node
	// does not count. What failed once may be begun again for the same hash.
	Attempt uint64
	// Begun is when the node began, the zero time if it does not say.
	Begun time.Time
	// Self says, where payments are listed, that the payee is the node itself:
	// it moves coins between its channels, and only the fee leaves.
	Self bool
}

// Reason is why a payment failed.
type Reason string

// The reasons that users are told.
const (
	NoRoute   Reason = "no-route" // nor one within the fee limit
	TimedOut  Reason = "timeout"
	Wrong     Reason = "wrong-details" // the payee does not know the invoice, or it has expired
	NoBalance Reason = "no-balance"    // of the node
	Other     Reason = "other"
)

// Receipt is an invoice of ours that was paid.
type Receipt struct {
	Hash        Hash
	Preimage    Preimage
	Amount      amount.Msat // really paid, which may be more than was asked
	Settled     time.Time
	SettleIndex uint64
	Keysend     bool // came without an invoice
}

// Balance is what the node's channels hold.
type Balance struct {
	Local   amount.Msat // ours, reserves and what is on its way out included
	Remote  amount.Msat // what could come in
	Pending amount.Msat // in channels that open or close
}
