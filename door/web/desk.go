package web

import (
	"context"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

// Desk is what the door needs of the wallet.
type Desk interface {
	// Payee says who has a name, in lower case. Nobody is fault.NotFound. It
	// should take the same time whether there is somebody or not.
	Payee(ctx context.Context, name string) (Payee, error)
	// Invoice makes an invoice that commits to hash (BOLT 11, h). The faults
	// of a request that can not be met are shown; all others are not.
	Invoice(ctx context.Context, name string, m amount.Msat, hash [32]byte, comment string) (Invoice, error)
}

// Payee is somebody who can be paid.
type Payee struct {
	Name     string // in lower case
	JID      string // bare; "" to show none
	Min, Max amount.Msat
	Comment  int // longest note in characters; 0: none
}

// Invoice is a request for a payment.
type Invoice struct {
	Text    string // BOLT 11
	Hash    [32]byte
	Expires time.Time
}

// address is the Lightning Address of p (LUD-16).
func (d *Door) address(p Payee) string { return p.Name + "@" + d.host }

// offer is what p takes. The metadata is hashed, so its words must not depend
// on who asks. Who can take nothing now has a fault of kind Unavailable.
func (d *Door) offer(p Payee) (lnurl.Offer, error) {
	least := max(p.Min, 1) // LUD-06 knows nothing less
	if p.Max < least {
		return lnurl.Offer{}, fault.New(fault.Unavailable, "web.later", nil)
	}
	words := d.o.Phrases.Printer(d.o.Phrases.Match(d.o.Language), "").Say("web.payment-to", map[string]any{"address": d.address(p)})
	m, err := lnurl.NewMetadata(words, d.address(p), "")
	if err != nil {
		return lnurl.Offer{}, err
	}
	return lnurl.Offer{
		Host: d.host, Address: d.address(p), Callback: d.url + "/lnurlp/" + p.Name,
		Min: least, Max: p.Max, Comment: min(p.Comment, lnurl.LongestComment), Metadata: m,
	}, nil
}

// link is the LNURL of p, for QR codes.
func (d *Door) link(p Payee) (string, error) {
	return lnurl.Encode(d.url + "/.well-known/lnurlp/" + p.Name)
}

// isName reports whether somebody could have that name at all (LUD-16).
func isName(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}
