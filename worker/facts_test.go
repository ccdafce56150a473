package worker_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"crypto/rand"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// money is an error unless the user has so many satoshis to spend, and held.
func (c *town) money(u *useraccount.User, money, held int64) error {
	has, err := ledger.Balance(c.Context(), c.Read(), u.Money)
	if err != nil {
		return err
	}
	set, err := ledger.Balance(c.Context(), c.Read(), u.Held)
	if err == nil && (has != amount.FromSats(money) || set != amount.FromSats(held)) {
		err = fmt.Errorf("the user has %d sat and %d held, want %d and %d", has.Sats(), set.Sats(), money, held)
	}
	return err
}

// order is a confirmed payment of sat satoshis to an address that nobody else
// is paid at, with at most limit for the fee.
func (c *town) order(u *useraccount.User, sat, limit int64) *paymentorder.Order {
	c.Helper()
	o := &paymentorder.Order{}
	d := paymentorder.Draft{ToAddress: c.payee(), SaidTo: "somebody", Amount: amount.FromSats(sat), FeeLimit: amount.FromSats(limit),
		Speed: "normal", FeeRate: 2000}
	c.do(func(tx *db.Tx) (err error) {
		if o, err = limits.Draft(c.Context(), tx, u, d, c.clock().Unix()); err != nil {
			return err
		}
		_, err = limits.Confirm(c.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
	return o
}

// payee is a fresh address of nobody.
func (c *town) payee() string {
	c.Helper()
	hash := make([]byte, 20)
	if _, err := rand.Read(hash); err != nil {
		c.Fatal(err)
	}
	a, err := address.NewAddressWitnessPubKeyHash(hash, &chaincfg.RegressionNetParams)
	if err != nil {
		c.Fatal(err)
	}
	return a.EncodeAddress()
}

func (c *town) fresh(o *paymentorder.Order) *paymentorder.Order {
	c.Helper()
	o, err := paymentorder.ByID(c.Context(), c.Read(), o.ID)
	if err != nil {
		c.Fatal(err)
	}
	return o
}

// is is an error unless the order is in that state.
func (c *town) is(o *paymentorder.Order, want paymentorder.State) error {
	c.Helper()
	if got := c.fresh(o); got.State != want {
		return fmt.Errorf("order %d is %s (%s), want %s", o.ID, got.State, got.Reason, want)
	}
	return nil
}

// sent works until the order is with the network.
func (c *town) sent(o *paymentorder.Order) {
	c.Helper()
	c.work("the payment is sent", func() error { return c.is(o, paymentorder.InFlight) })
}

// done mines and works until the order is buried.
func (c *town) done(o *paymentorder.Order) {
	c.Helper()
	mined := 0
	c.work("the payment is done", func() error {
		state := c.fresh(o).State
		if state == paymentorder.InFlight && mined == 0 || state == paymentorder.Confirming && mined < final {
			mined++
			c.mine(1)
		}
		return c.is(o, paymentorder.Done)
	})
}

// settled mines and works until the order is buried, and checks that it was paid
// once and that nothing is left over.
func (c *town) settled(o *paymentorder.Order) {
	c.Helper()
	c.done(o)
	c.once(o)
	c.clean()
}

// coin is an error unless a deposit is in that state.
func (c *town) coin(txid string, want deposit.State) error {
	for vout := range uint32(3) {
		got, err := deposit.Find(c.Context(), c.Read(), chain.Outpoint{TxID: txid, Vout: vout})
		if err != nil {
			return err
		}
		if got != nil && got.State == want {
			return nil
		}
		if got != nil {
			return fmt.Errorf("coin is %s, want %s", got.State, want)
		}
	}
	return fmt.Errorf("coin was never seen, want %s", want)
}

// paid counts the transactions that pay an order, in the best chain since the
// test began and in the mempool.
func (c *town) paid(o *paymentorder.Order) int {
	c.Helper()
	ctx, n := c.Context(), 0
	addr, err := address.DecodeAddress(c.fresh(o).ToAddress.String, &chaincfg.RegressionNetParams)
	if err != nil {
		c.Fatal(err)
	}
	script, err := txscript.PayToAddrScript(addr)
	if err != nil {
		c.Fatal(err)
	}
	count := func(tx *wire.MsgTx) {
		for _, out := range tx.TxOut {
			if bytes.Equal(out.PkScript, script) {
				n++
			}
		}
	}
	tip, err := c.chain.Height(ctx)
	if err != nil {
		c.Fatal(err)
	}
	for h := c.started; h <= tip; h++ {
		hash, err := c.chain.Hash(ctx, h)
		if err != nil {
			c.Fatal(err)
		}
		var raw string
		var b wire.MsgBlock
		if err := c.chain.RPC.Call(ctx, "getblock", &raw, hash, 0); err != nil {
			c.Fatal(err)
		}
		if err := b.Deserialize(hex.NewDecoder(strings.NewReader(raw))); err != nil {
			c.Fatal(err)
		}
		for _, tx := range b.Transactions {
			count(tx)
		}
	}
	waiting, err := c.chain.Mempool(ctx)
	if err != nil {
		c.Fatal(err)
	}
	for _, txid := range waiting {
		var raw string
		var tx wire.MsgTx
		if err := c.chain.RPC.Call(ctx, "getrawtransaction", &raw, txid); err != nil {
			c.Fatal(err)
		}
		if err := tx.Deserialize(hex.NewDecoder(strings.NewReader(raw))); err != nil {
			c.Fatal(err)
		}
		count(&tx)
	}
	return n
}

// once checks that an order was paid by one transaction.
func (c *town) once(o *paymentorder.Order) {
	c.Helper()
	if n := c.paid(o); n != 1 {
		c.Errorf("order %d was paid %d times", o.ID, n)
	}
}

// clean checks the books against the wallet, and that the operator is neither
// richer nor poorer. It is for the end, when nothing moves.
func (c *town) clean() {
	c.Helper()
	c.until("the books are clean", func() error {
		r, err := audit.World(c.Context(), c.DB, c.node, nil, audit.Lately)
		if err != nil {
			return err
		}
		for _, f := range r.Findings {
			return fmt.Errorf("%s: %s", f.Rule, f.What)
		}
		if r.Surplus != c.surplus {
			return fmt.Errorf("the operator has %d msat more than at the start (%d in the wallet, %d by the books)", r.Surplus-c.surplus, r.Wallet, r.Expected)
		}
		return nil
	})
}

// told counts the notices with a phrase.
func (c *town) told(u *useraccount.User, phrase string) int {
	c.Helper()
	var n int
	c.do(func(tx *db.Tx) error {
		return tx.GetContext(c.Context(), &n, `SELECT COUNT(*) FROM notice WHERE jid = $1 AND phrase = $2`, u.JID, phrase)
	})
	return n
}

func draftTo(to *useraccount.User, sat int64) paymentorder.Draft {
	return paymentorder.Draft{ToUser: to, SaidTo: to.JID, Amount: amount.FromSats(sat)}
}

// imported gives a user money that the wallet does not have.
func (c *town) imported(u *useraccount.User, sat int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		from, err := ledger.System(c.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(c.Context(), tx, ledger.Transfer{Ref: "import:" + rand.Text(), Step: "open", Debit: from, Credit: u.Money,
			Amount: amount.FromSats(sat), At: 1})
	})
}
