package command_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/wallet"
)

// keyring is a wallet that gives an address to whoever asks.
type keyring struct {
	chain.Node
	key  string
	made *int
}

func (k keyring) Address(context.Context, string) (string, error) {
	*k.made++
	return "bcrt1q" + k.key + string(rune('a'+*k.made)), nil
}

// forgetful is a wallet that gives an address, and then does not say whose it is.
type forgetful struct{ keyring }

func (forgetful) Keys(context.Context) ([]string, error) { return nil, chain.ErrUnreachable }

func (k keyring) Keys(context.Context) ([]string, error) { return []string{k.key, "watched"}, nil }

// named is a Lightning node of another name.
type named struct {
	lightning.Node
	key string
}

func (n named) Info(context.Context) (lightning.Info, error) {
	return lightning.Info{PubKey: n.key, Synced: true}, nil
}

// Another wallet or Lightning node has the place of ours, and no look has found it yet.
// Nobody is given what would be paid to it.
func TestNothingOfAnotherNodeIsGivenToBePaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		made := 0
		ours, theirs := keyring{key: "first", made: &made}, keyring{key: "third", made: &made}
		w := newTown(t, d, ours)
		w.overLightning()
		is := nodes.channels
		info, err := is.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'first second', 1), ($2, $3, 1)`,
				deposit.MarkKeys, invoice.MarkNode, info.PubKey)
			return err
		})
		w.enrol("ann")
		refused := func(text string, who string) {
			t.Helper()
			if _, err := w.says(who, "", text); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%s: got %v", text, err)
			}
		}
		shown := func(text string) wallet.Receivable {
			t.Helper()
			return w.receivable("ann", text)
		}

		w.desk.Chain = theirs
		refused("address new", "ann")
		refused("register bob", "bob")
		w.desk.Chain = forgetful{ours}
		refused("address new", "ann")
		w.desk.Chain = theirs
		if got := shown("receive 5000"); got.Address != "bcrt1qfirstb" || got.Invoice == "" {
			t.Errorf("another wallet: got %+v", got)
		}
		w.desk.Chain, w.desk.Lightning.Node = ours, named{is, "another"}
		if got := shown("receive 5001"); got.Address != "bcrt1qfirstb" || got.Invoice != "" {
			t.Errorf("another Lightning node: got %+v", got)
		}
		w.desk.Lightning.Node = is
		w.must("ann", "", "address new")
		w.must("bob", "", "register bob")
		if got := shown("receive 5002"); got.Invoice == "" {
			t.Errorf("ours: got %+v", got)
		}
	})
}

// Another node has never heard of the invoice of a bill. That does not end the bill: it
// can be paid at ours.
func TestAnotherNodeEndsNoBill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		made := 0
		w := newTown(t, d, keyring{key: "first", made: &made})
		w.enrol("ann")
		w.write(func(tx *db.Tx) error {
			if _, err := tx.ExecContext(t.Context(), `INSERT INTO node_cursor (name, value, at) VALUES ($1, 'ours', 1)`, invoice.MarkNode); err != nil {
				return err
			}
			now := w.now.Unix()
			return invoice.AddBill(t.Context(), tx, invoice.Bill{User: w.user("ann").ID, Message: "m", Hash: lightning.Preimage{1}.Hash().String(),
				Amount: 1000, Created: now - 60, Ends: now - 1})
		})
		for _, tt := range []struct {
			key  string
			over bool
		}{{"another", false}, {"ours", true}} {
			w.desk.Lightning.Node = named{&asked{says: lightning.ErrNoInvoice}, tt.key}
			if err := w.desk.LapseBills(t.Context(), w.caller("ann")); fault.Is(err, fault.Unavailable) == tt.over {
				t.Errorf("%s: got %v", tt.key, err)
			}
			if due, err := invoice.DueBills(t.Context(), d.Read(), w.user("ann").ID, w.now.Unix(), 9); err != nil || (len(due) == 0) != tt.over {
				t.Errorf("%s: %d bills are due (%v)", tt.key, len(due), err)
			}
		}
	})
}
