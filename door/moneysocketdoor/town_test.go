package moneysocketdoor_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/nodetest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
	"github.com/bitcoim/bitcoim/worker"
)

// purse is the one LND of this test process, and who speaks to it.
var purse struct {
	nodetest.Wallet
	node lightning.Node
}

func TestMain(m *testing.M) {
	purse.Connect = func(ctx context.Context, lnd chain.LNDConfig) (err error) {
		purse.node, err = lightning.Open(ctx, lightning.Config{Kind: "lnd", Network: "regtest", LND: lnd})
		return err
	}
	nodetest.Main(m, func() error {
		if purse.node == nil {
			return nil
		}
		return purse.node.Close()
	}, purse.Stop)
}

// town is a gateway with its books and its worker, and a door that is opened
// and closed by the test.
type town struct {
	*testing.T
	*db.DB
	desk   *command.Desk
	signal worker.Signal
	doors  atomic.Pointer[house]
	asked  int
}

func newTown(t *testing.T, d *db.DB, at moneysocket.Location) *town {
	t.Helper()
	purse.Start(t)
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, DB: d}
	plenty := amount.FromSats(1_000_000)
	w.desk = command.New(&wallet.Service{DB: d, Words: words, Clock: time.Now, Notify: w.wake,
		Lightning: wallet.Lightning{Node: purse.node, Fees: paymentorder.Fees{PerMillion: 10_000, Least: 10 * amount.Sat}, Expiry: time.Hour, Open: 50, FinalCLTV: 144},
		Apps:      wallet.Apps{Moneysocket: true, Here: true, Location: at},
		Policy: wallet.Policy{Domain: "bitcoin.example.org", Network: "regtest", Languages: []string{"en"}, Served: []string{"example.org"},
			Limits: paymentorder.Limits{Payment: plenty, Day: plenty, FirstDay: plenty, Balance: plenty, OpenOrders: 20, TTL: 600}, Version: "1.0"}})
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	pay := &worker.Invoices{DB: d, Node: purse.node, Clock: time.Now, Log: log, Poll: time.Second, Wait: 10 * time.Second, MaxCLTV: 1008,
		Frozen: new(atomic.Bool), Wake: w.wake, Hands: make(chan struct{}, 4)}
	background(t, func(ctx context.Context) {
		defer pay.Rest()
		_ = worker.Loop{Name: "invoices", Poll: time.Second, Signal: &w.signal, Step: pay.Step, Log: log}.Run(ctx)
	})
	return w
}

// wake is what a commit does: the worker and the door look.
func (w *town) wake() {
	w.signal.Notify()
	if h := w.doors.Load(); h != nil {
		h.Notify()
	}
}

// says is a line of chat.
func (w *town) says(who, text string) command.Reply {
	w.Helper()
	w.asked++
	r, err := w.desk.Ask(w.Context(), command.Request{User: who + "@example.org", Text: text, ID: fmt.Sprint("auto-", w.asked)})
	if err != nil {
		w.Fatalf("%s says %q: %v", who, text, err)
	}
	return r
}

// enrol is somebody with so many satoshis, and the beacon of his app.
func (w *town) enrol(who string, sat int64, budget string) moneysocket.Beacon {
	w.Helper()
	w.do(func(tx *db.Tx) error {
		u, _, err := useraccount.Register(w.Context(), tx, who+"@example.org", 1)
		if err != nil || sat == 0 {
			return err
		}
		outside, err := ledger.System(w.Context(), tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(w.Context(), tx, ledger.Transfer{Ref: "import:" + who, Step: "open", Debit: outside, Credit: u.Money, Amount: amount.FromSats(sat), At: 1})
	})
	b, err := moneysocket.ParseBeacon(w.says(who, "link moneysocket game budget "+budget).QR)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

func (w *town) do(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.Tx(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// has is what somebody owns.
func (w *town) has(who string) (m amount.Msat) {
	w.Helper()
	u, err := useraccount.ByJID(w.Context(), w.Read(), who+"@example.org")
	if err == nil {
		m, err = ledger.Balance(w.Context(), w.Read(), u.Money)
	}
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// hears waits until somebody is asked about a payment, and returns what he may
// answer.
func (w *town) hears(who string) (allow, deny string) {
	w.Helper()
	until(w, who+" is asked", func() bool {
		var n *outbox.Notice
		w.do(func(tx *db.Tx) error {
			claimed, err := outbox.Claim(w.Context(), tx, "", 1, time.Now().Unix(), 30)
			if err != nil || len(claimed) == 0 {
				return err
			}
			n = &claimed[0][0].Notice
			return outbox.MarkDelivered(w.Context(), tx, time.Now().Unix(), n.ID)
		})
		if n == nil || n.Phrase != "app.asks" || !strings.HasPrefix(n.User, who+"@") {
			return false
		}
		allow, deny = n.Next[0], n.Next[1]
		return true
	})
	return allow, deny
}
