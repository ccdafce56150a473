package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// A payment that waits for a node that is away is listed with that, and nothing is said
// of a node that no payment waits for.
func TestOrderListSaysThatTheNodeIsAway(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "bitcoim.toml")
	writeConfig(t, config, filepath.Join(dir, "bitcoim.db"), "127.0.0.1:1")
	lists := func() string {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-config", config, "order", "list"}, &out, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if text := lists(); text != "no payment is under way\n" {
		t.Errorf("with no payment:\n%s", text)
	}
	c, err := (&program{config: config}).load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := makeDB(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	l := paymentorder.Limits{Payment: amount.Max, Day: amount.Max, FirstDay: amount.Max, Balance: amount.Max, OpenOrders: 9, TTL: 600}
	err = d.Tx(t.Context(), func(tx *db.Tx) error {
		now, err := tx.Now(t.Context())
		if err != nil {
			return err
		}
		u, _, err := useraccount.Register(t.Context(), tx, "ann@localhost", now)
		if err != nil {
			return err
		}
		from, err := ledger.System(t.Context(), tx, "chain")
		if err != nil {
			return err
		}
		err = ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: u.Money, Amount: amount.FromSats(50_000), At: now})
		if err != nil {
			return err
		}
		o, err := l.Draft(t.Context(), tx, u, paymentorder.Draft{ToAddress: stranger, SaidTo: stranger, Amount: amount.FromSats(20_000),
			FeeLimit: amount.FromSats(5_000), FeeRate: 2000}, now)
		if err != nil {
			return err
		}
		_, err = l.Confirm(t.Context(), tx, o.User, o.Code, paymentorder.InPerson())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := lists()
	for _, want := range []string{"payments on the chain wait for the node: ", "127.0.0.1:1", "held, nothing is signed yet"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("want %q once in\n%s", want, text)
		}
	}
	if strings.Index(text, "held, nothing") > strings.Index(text, "wait for the node") {
		t.Errorf("who waits for a node that is silent reads no order:\n%s", text)
	}
}

// Two nodes may be one, which is silent: both are asked at once. One that no payment waits
// for is not asked.
func TestOrderListAsksBothNodesAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	asked := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	waits := func(i int) func(context.Context) error {
		return func(ctx context.Context) error {
			close(asked[i])
			select {
			case <-asked[1-i]:
				return errors.New("is away")
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	nodes := []nodeOf{{paymentorder.OnChain, "on the chain", waits(0)}, {paymentorder.Lightning, "over Lightning", waits(1)},
		{paymentorder.Inside, "inside", func(context.Context) error { return errors.New("nobody waits for it") }}}
	chain, ln := paymentorder.Order{}, paymentorder.Order{}
	chain.ToAddress.Valid, ln.Hash.Valid = true, true
	got := notReady(ctx, []paymentorder.Order{ln, chain}, nodes)
	want := []string{"payments on the chain wait for the node: is away", "payments over Lightning wait for the node: is away"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
