package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// bank is a database and a wallet, and a payer with money that the wallet has.
type bank struct {
	*testing.T
	config string
	db     *db.DB
	chain  *regtest.Chain
	node   chain.Node
	ann    *useraccount.User
	ahead  time.Duration
}

const stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

func openBank(t *testing.T) *bank {
	t.Helper()
	needs.Programs(t)
	b := &bank{T: t, config: filepath.Join(t.TempDir(), "bitcoim.toml")}
	bin, err := nodes.Build(t.Context(), os.Stderr)
	b.must(err)
	b.chain, err = regtest.Start(t.Context(), t.TempDir(), bin)
	b.must(err)
	t.Cleanup(func() { b.must(b.chain.Stop()) })
	lnd, err := regtest.StartLND(t.Context(), t.TempDir(), bin, b.chain)
	b.must(err)
	t.Cleanup(func() { b.must(lnd.Stop()) })
	b.must(lnd.Fund(t.Context(), 300_000))
	b.must(os.WriteFile(b.config, fmt.Appendf(nil, `
[xmpp]
domain = "bitcoin.localhost"
secret = "secret"
[database]
driver = "sqlite"
file = %q
[chain]
backend = "lnd"
network = "regtest"
fallback_fee_rate = 2000
[lnd]
url = "https://%s"
cert_file = %q
macaroon_file = %q
`, filepath.Join(filepath.Dir(b.config), "bitcoim.db"), lnd.RESTAddr, lnd.TLSCertPath, lnd.MacaroonPath), 0o600))
	_, err = b.run("db", "upgrade")
	b.must(err)
	c, err := (&program{config: b.config}).load()
	b.must(err)
	b.db, err = makeDB(t.Context(), c)
	b.must(err)
	b.db.SetClock(func() time.Time { return time.Now().Add(b.ahead) })
	t.Cleanup(func() { b.must(b.db.Close()) })
	b.node, err = openChain(t.Context(), c)
	b.must(err)
	t.Cleanup(func() { b.must(b.node.Close()) })
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) (err error) {
		if b.ann, _, err = useraccount.Register(t.Context(), tx, "ann@localhost", 1); err != nil {
			return err
		}
		from, err := ledger.System(t.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: b.ann.Money,
			Amount: 100_000 * amount.Sat, At: 1})
	}))
	return b
}

func (b *bank) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// run is one command line.
func (b *bank) run(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(b.Context(), append([]string{"-config", b.config}, args...), &out, &out)
	return out.String(), err
}

// works lets a worker look at the orders until one is in a state.
func (b *bank) works(o *paymentorder.Order, want paymentorder.State) {
	b.Helper()
	pay := &worker.Pay{DB: b.db, Chain: b.node, Clock: func() time.Time { return time.Now().Add(b.ahead) }, Log: slog.New(slog.DiscardHandler),
		Poll: time.Second, Final: 6}
	deadline := time.Now().Add(time.Minute)
	for {
		b.ahead += 700 * time.Second
		_, err := pay.Step(b.Context())
		if errors.Is(err, worker.ErrIdle) {
			err = nil
		}
		o, err2 := paymentorder.ByID(b.Context(), b.db.Read(), o.ID)
		b.must(err2)
		if o.State == want {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("order is %s (%v), want %s", o.State, err, want)
		}
	}
}

// signed is an order whose transaction is stored and was not sent.
func (b *bank) signed() (*paymentorder.Order, chain.Prepared) {
	b.Helper()
	l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
	d := paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: 20_000 * amount.Sat, FeeLimit: 5_000 * amount.Sat, FeeRate: 2000}
	signed, err := b.node.Prepare(b.Context(), []chain.Output{{Address: d.ToAddress, Amount: d.Amount}}, 2000, d.FeeLimit)
	b.must(err)
	var o *paymentorder.Order
	b.must(b.db.Tx(b.Context(), func(tx *db.Tx) (err error) {
		now, err := tx.Now(b.Context())
		if err != nil {
			return err
		}
		if o, err = l.Draft(b.Context(), tx, b.ann, d, now); err != nil {
			return err
		}
		r, err := l.Confirm(b.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		if err != nil {
			return err
		}
		return r.Order.Store(b.Context(), tx, signed, now)
	}))
	return o, signed
}

func (b *bank) has(money, held amount.Msat) {
	b.Helper()
	for a, want := range map[ledger.Account]amount.Msat{b.ann.Money: money, b.ann.Held: held} {
		if got, err := ledger.Balance(b.Context(), b.db.Read(), a); err != nil || got != want*amount.Sat {
			b.Errorf("got %d msat (%v), want %d sat", got, err, want)
		}
	}
}

func TestOrderRelease(t *testing.T) {
	b := openBank(t)
	if out, err := b.run("order", "stuck"); err != nil || out != "no payment is stuck\n" {
		t.Errorf("got %q (%v)", out, err)
	}
	// Somebody spends the coin by hand.
	o, signed := b.signed()
	id := fmt.Sprint(o.ID)
	if _, err := b.run("order", "release", id, "why"); err == nil || !strings.Contains(err.Error(), "only one that is held or stuck, or under way") {
		t.Errorf("got %v", err)
	}
	b.must(b.node.Release(t.Context(), signed))
	other, err := b.node.Prepare(t.Context(), []chain.Output{{Address: stranger, Amount: 200_000 * amount.Sat}}, 9000, amount.Max)
	b.must(err)
	b.must(b.node.Broadcast(t.Context(), other))
	_, err = b.chain.Mine(t.Context(), 6)
	b.must(err)
	b.works(o, paymentorder.Stuck)
	b.has(75_000, 25_000)

	out, err := b.run("order", "stuck")
	if err != nil || !strings.Contains(out, "ann@localhost") || !strings.Contains(out, signed.TxID) || !strings.HasPrefix(out, id) {
		t.Errorf("got %q (%v)", out, err)
	}
	for _, wrong := range [][]string{{"order"}, {"order", "release", id}, {"order", "release"}, {"order", "burn", id, "why"}} {
		if _, err := b.run(wrong...); !errors.Is(err, errUsage) {
			t.Errorf("%v: got %v", wrong, err)
		}
	}
	if _, err := b.run("order", "release", "99", "why"); err == nil {
		t.Error("an order of nobody is released")
	}
	if _, err := b.run("order", "release", id, "why"); err == nil || !strings.Contains(err.Error(), "-i-have-checked") {
		t.Errorf("got %v", err)
	}
	b.has(75_000, 25_000)
	if out, err := b.run("order", "release", "-i-have-checked", id, "spent", "by", "hand"); err != nil {
		t.Errorf("got %q (%v)", out, err)
	}
	b.has(100_000, 0)
	var told, recorded []string
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error {
		return errors.Join(
			tx.SelectContext(t.Context(), &told, `SELECT phrase || ' ' || args FROM notice ORDER BY id DESC LIMIT 1`),
			tx.SelectContext(t.Context(), &recorded, `SELECT act || ' ' || target || ' ' || reason FROM operator_act`))
	}))
	if len(told) != 1 || !strings.HasPrefix(told[0], "order.released ") || !strings.Contains(told[0], "25000000") {
		t.Errorf("told %q", told)
	}
	if len(recorded) != 1 || recorded[0] != "release order:"+id+" spent by hand" {
		t.Errorf("recorded %q", recorded)
	}
	if _, err := b.run("order", "release", "-i-have-checked", id, "again"); err == nil {
		t.Error("it is released twice")
	}
	if found, err := audit.Books(t.Context(), b.db.Read()); err != nil || len(found) > 0 {
		t.Errorf("got %v (%v)", found, err)
	}

	// One that only looks dead: the node takes it, or has it.
	o, signed = b.signed()
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.One(t.Context(), `UPDATE payment_order SET state = 'stuck' WHERE id = $1`, o.ID)
		return err
	}))
	for _, want := range []string{"took transaction " + signed.TxID, "waits for a block", "is in block"} {
		if want == "is in block" {
			_, err := b.chain.Mine(t.Context(), 1)
			b.must(err)
			for s, i := (chain.TxStatus{}), (chain.Info{}); s.State != chain.Confirmed || !i.Synced; {
				s, err = b.node.Tx(t.Context(), signed.TxID)
				b.must(err)
				i, err = b.node.Info(t.Context())
				b.must(err)
			}
		}
		if _, err := b.run("order", "release", "-i-have-checked", fmt.Sprint(o.ID), "why"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	b.works(o, paymentorder.Confirming)
	b.has(80_000-signed.Fee/amount.Sat, 0)
}
