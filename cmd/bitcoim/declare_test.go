package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/useraccount"
)

// An audit found a receipt that is not credited, and it was credited before the operator
// declared it: he hears so, before he settles it with the user besides.
func TestWhatIsCreditedByNowIsNotDeclared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		got := lightning.Receipt{Hash: lightning.Hash{7}, Amount: 400_000, SettleIndex: 1}
		found := freeze.Cause{Ref: got.Hash.String(), Reason: freeze.Uncredited, What: "400000 msat that came are not credited"}
		f.do(func(tx *db.Tx) error {
			u, _, err := useraccount.Register(t.Context(), tx, "ann@example.org", 1)
			if err != nil {
				return err
			}
			return invoice.Add(t.Context(), tx, invoice.Invoice{Hash: found.Ref, User: u.ID, Text: "lnbc1", Amount: got.Amount, Created: 1, Expires: 2})
		})
		f.stop(found)
		f.do(func(tx *db.Tx) error { _, err := invoice.Settle(t.Context(), tx, got, "node", 2); return err })
		if err := declare(t.Context(), &program{out: &bytes.Buffer{}}, d, found.Ref, "a test", false); !errors.Is(err, errCredited) {
			t.Errorf("got %v", err)
		}
		if on, err := freeze.Acknowledged(t.Context(), d.Read(), found); on || err != nil {
			t.Errorf("it is declared: %v (%v)", on, err)
		}
	})
}

// What may have been sent is not declared as if it were still to be: not what no node says.
func TestWhatNoNodeSaysIsNotDeclaredAhead(t *testing.T) {
	var c config.Config
	c.Chain.Backend, c.Chain.Network, c.Bitcoind.URL, c.Bitcoind.User = "bitcoind", "regtest", "http://127.0.0.1:1", "me"
	c.Bitcoind.Password = config.NewSecret("secret")
	if err := unseen(t.Context(), c, strings.Repeat("ab", 32)); err == nil || !strings.Contains(err.Error(), "is not known") {
		t.Errorf("got %v", err)
	}
	if err := unseen(t.Context(), c, "order:7"); !errors.Is(err, errNoID) {
		t.Errorf("got %v", err)
	}
}

// reading is a node that knows nothing of a transaction, because it has not read all blocks.
type reading struct {
	chain.Node
	synced, scans bool
	sent          error
}

func (n reading) Info(context.Context) (chain.Info, error) { return chain.Info{Synced: n.synced}, nil }
func (n reading) Rescans(context.Context) (bool, error)    { return n.scans, nil }
func (n reading) Spent(context.Context, string) (chain.Sent, chain.Prepared, error) {
	return chain.Sent{}, chain.Prepared{}, n.sent
}

// A wallet that reads the chain again has forgotten what it sent, until it comes to it.
func TestWhatAWalletForgotIsNotDeclaredAhead(t *testing.T) {
	for name, tt := range map[string]struct {
		node reading
		want error
	}{
		"the wallet rescans":  {reading{synced: true, scans: true, sent: chain.ErrNotSent}, chain.ErrWarmingUp},
		"the node is behind":  {reading{sent: chain.ErrNotSent}, chain.ErrWarmingUp},
		"it was not sent":     {reading{synced: true, sent: chain.ErrNotSent}, nil},
		"it was sent already": {reading{synced: true}, errSent},
	} {
		if err := unseenBy(t.Context(), tt.node, strings.Repeat("ab", 32)); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}

// An id of a transaction is the same in capitals. Other names have none, or mean them.
func TestANameIsDeclaredInCapitals(t *testing.T) {
	id := strings.Repeat("ab", 32)
	for said, want := range map[string]string{strings.ToUpper(id): id, strings.ToUpper(id) + ":1": id + ":1", id: id,
		"wallet:Key": "wallet:Key", "ABCD": "ABCD", "order:7": "order:7"} {
		if got := inSmall(said); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
	d, bitcoim := upgraded(t)
	freezer{t, d}.stop(freeze.Cause{Ref: id, Reason: freeze.Paid, What: "a test"})
	if out, err := bitcoim("audit", "-declare", strings.ToUpper(id), "-reason", "a test"); err != nil || !strings.Contains(out, id+" stops payments no more") {
		t.Errorf("%s: %v", out, err)
	}
}
