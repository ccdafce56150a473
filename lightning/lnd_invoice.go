package lightning

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lnd"
)

// lndInvoice is lnrpc.Invoice.
type lndInvoice struct {
	Memo            string `json:"memo"`
	Preimage        []byte `json:"r_preimage"`
	Hash            []byte `json:"r_hash"`
	Msat            int64  `json:"value_msat,string"`
	Created         int64  `json:"creation_date,string"`
	SettledAt       int64  `json:"settle_date,string"`
	Text            string `json:"payment_request"`
	DescriptionHash []byte `json:"description_hash"`
	Expiry          int64  `json:"expiry,string"` // seconds
	CLTV            int64  `json:"cltv_expiry,string"`
	SettleIndex     uint64 `json:"settle_index,string"`
	Paid            int64  `json:"amt_paid_msat,string"`
	State           string `json:"state"`
	Keysend         bool   `json:"is_keysend"`
	AMP             bool   `json:"is_amp"`
}

// Invoice asks /v1/invoices, and for the one that exists if there is one.
func (n *lndNode) Invoice(ctx context.Context, ask Ask) (Invoice, error) {
	if ask.Preimage == (Preimage{}) || ask.Amount < 0 || ask.Amount > amount.Max || ask.Expiry < time.Second || !utf8.ValidString(ask.Description) {
		return Invoice{}, fmt.Errorf("%w: preimage, amount, description or expiry is missing or wrong", ErrRefused)
	}
	hash := Hash(sha256.Sum256(ask.Preimage[:]))
	in := map[string]any{
		"r_preimage": ask.Preimage[:], "value_msat": fmt.Sprint(int64(ask.Amount)), "memo": ask.Description,
		"description_hash": ask.DescriptionHash, "expiry": fmt.Sprint(int64(ask.Expiry / time.Second)), "private": n.private,
	}
	var said struct { // lnrpc.AddInvoiceResponse
		Hash []byte `json:"r_hash"`
		Text string `json:"payment_request"`
	}
	var made lndInvoice
	err := n.ask(ctx, http.MethodPost, "/v1/invoices", in, &said)
	switch {
	case says(err, "already exists"):
		if made, err = n.lookup(ctx, hash); err != nil {
			return Invoice{}, err
		}
	case code(err) == lnd.Unknown && says(err, "too large", "too big", "description hash is", "expiry of", "negative value", "invoice amount"):
		return Invoice{}, fmt.Errorf("%w: %w", ErrRefused, err) // invoicesrpc/addinvoice.go
	case err != nil:
		return Invoice{}, err
	default:
		made.Hash, made.Text = said.Hash, said.Text
		made.Memo, made.DescriptionHash, made.Msat = ask.Description, ask.DescriptionHash, int64(ask.Amount)
		made.Expiry = int64(ask.Expiry / time.Second)
	}
	scan, err := scanFor(n.network, made.Text)
	if err != nil {
		return Invoice{}, err
	}
	if Hash(scan.Hash) != hash || string(made.Hash) != string(hash[:]) {
		return Invoice{}, fmt.Errorf("%w: LND made one for %x", ErrBadInvoice, made.Hash)
	}
	payee, err := n.ours(ctx)
	if err != nil {
		return Invoice{}, err
	}
	return Invoice{
		Text: scan.Text, Hash: hash, Payee: payee, Ours: true,
		Amount: amount.Msat(made.Msat), Description: made.Memo, DescriptionHash: emptyToNil(made.DescriptionHash),
		Created: scan.Created, Expires: scan.Created.Add(time.Duration(made.Expiry) * time.Second),
		MinFinalCLTV: scan.FinalCLTV,
	}, nil
}

func emptyToNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// lookup asks /v1/invoice for an invoice of ours.
func (n *lndNode) lookup(ctx context.Context, h Hash) (lndInvoice, error) {
	var found lndInvoice
	err := n.read(ctx, "/v1/invoice/"+h.String(), &found)
	if says(err, lndNoInvoice...) {
		err = fmt.Errorf("%w: %w", ErrNoInvoice, err)
	}
	return found, err
}

// lndNoInvoice is how LND says that it does not know an invoice (invoices).
var lndNoInvoice = []string{"unable to locate invoice", "there are no existing invoices"}

// Cancel asks invoicesrpc.CancelInvoice, which may be repeated.
func (n *lndNode) Cancel(ctx context.Context, h Hash) error {
	err := n.ask(ctx, http.MethodPost, "/v2/invoices/cancel", map[string]any{"payment_hash": h[:]}, new(struct{}))
	switch {
	case says(err, "already settled"):
		return fmt.Errorf("%w: %w", ErrSettled, err)
	case says(err, "already canceled"):
		return nil
	case says(err, "still open", "already accepted"):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case says(err, lndNoInvoice...):
		return fmt.Errorf("%w: %w", ErrNoInvoice, err)
	}
	return err
}
