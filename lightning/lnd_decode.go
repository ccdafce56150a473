package lightning

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/lnd"
)

// lndRequest is lnrpc.PayReq.
type lndRequest struct {
	Payee           string `json:"destination"`
	Hash            string `json:"payment_hash"`
	Msat            int64  `json:"num_msat,string"`
	Created         int64  `json:"timestamp,string"`
	Expiry          int64  `json:"expiry,string"` // seconds
	Description     string `json:"description"`
	DescriptionHash string `json:"description_hash"`
	CLTV            int64  `json:"cltv_expiry,string"`
}

// Decode asks /v1/payreq. What LND and a stricter reader could take for
// different things does not get there.
func (n *lndNode) Decode(ctx context.Context, text string) (Invoice, error) {
	scan, err := scanFor(n.network, text)
	if err != nil {
		return Invoice{}, err
	}
	us, err := n.ours(ctx)
	if err != nil {
		return Invoice{}, err
	}
	var r lndRequest
	err = n.ask(ctx, http.MethodGet, "/v1/payreq/"+scan.Text, nil, &r)
	switch {
	case code(err) == lnd.Unknown:
		return Invoice{}, fmt.Errorf("%w: %w", ErrBadInvoice, err)
	case err != nil:
		return Invoice{}, err
	case r.Hash != Hash(scan.Hash).String() || r.Created != scan.Created.Unix():
		return Invoice{}, fmt.Errorf("%w: two readers, two meanings", ErrBadInvoice)
	case !sane(r.Msat) || r.Expiry < 0 || r.Expiry > int64(bolt11.MaxExpiry/time.Second) || r.CLTV < 0:
		return Invoice{}, fmt.Errorf("%w: %d msat, %d seconds, %d blocks", ErrBadInvoice, r.Msat, r.Expiry, r.CLTV)
	}
	inv := Invoice{
		Text: scan.Text, Hash: scan.Hash, Payee: strings.ToLower(r.Payee), Ours: strings.EqualFold(r.Payee, us),
		Amount: amount.Msat(r.Msat), Description: r.Description,
		Created: scan.Created, Expires: scan.Created.Add(time.Duration(r.Expiry) * time.Second), MinFinalCLTV: r.CLTV,
	}
	if r.DescriptionHash != "" {
		if inv.DescriptionHash, err = hex.DecodeString(r.DescriptionHash); err != nil || len(inv.DescriptionHash) != 32 {
			return Invoice{}, fmt.Errorf("%w: description hash %q", ErrBadInvoice, r.DescriptionHash)
		}
	}
	return inv, nil
}
