package chaintest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

func (b *bench) quote(t *testing.T) {
	b.give(t, 1_000_000)
	before := b.balance(t)
	fee, err := b.Node.Quote(t.Context(), b.out(200_000), Rate)
	if err != nil {
		t.Fatal(err)
	}
	if fee < 100*5*amount.Sat || fee > 2000*5*amount.Sat {
		t.Errorf("got %d msat", fee)
	}
	// All coins are needed here, so none may be locked.
	all, err := b.Node.Quote(t.Context(), b.out(before.Confirmed.Sats()-20_000), Rate)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Node.Prepare(t.Context(), b.out(before.Confirmed.Sats()-20_000), Rate, all)
	if err != nil {
		t.Fatalf("quoted %d msat: %v", all, err)
	}
	defer b.release(t, p)
	if p.Fee != all {
		t.Errorf("quoted %d msat, took %d", all, p.Fee)
	}
	if after := b.balance(t); after != before {
		t.Errorf("balance was %+v, is %+v: locked coins count", before, after)
	}
}

func (b *bench) quiet(t *testing.T) {
	b.give(t, 500_000)
	p := b.pay(t, 100_000)
	defer b.release(t, p)
	var tx wire.MsgTx
	if err := tx.Deserialize(bytes.NewReader(p.Raw)); err != nil || tx.TxHash().String() != p.TxID || len(tx.TxIn) != len(p.Inputs) {
		t.Fatalf("got %+v (%v)", p, err)
	}
	if got, err := b.Node.Tx(t.Context(), p.TxID); err != nil || got.State != chain.Unknown {
		t.Errorf("got %+v (%v)", got, err)
	}
	for range 2 { // locked coins may be locked again
		if err := b.Node.Hold(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
}

func (b *bench) distinct(t *testing.T) {
	b.give(t, 200_000)
	b.give(t, 200_000)
	seen := make(map[chain.Outpoint]bool)
	for range 2 {
		p := b.pay(t, 50_000)
		defer b.release(t, p)
		for _, in := range p.Inputs {
			if seen[in] {
				t.Errorf("%v is in both", in)
			}
			seen[in] = true
		}
	}
}

func (b *bench) crowd(t *testing.T) {
	const each, coins = 3, 18 // a wallet may take several coins for one payment
	for range coins {
		b.fund(t, b.address(t), 300_000)
	}
	b.mine(t, 1)
	until(t, func(ctx context.Context) error {
		got, err := b.Node.Balance(ctx)
		if err == nil && got.Confirmed < coins*300_000*amount.Sat {
			err = fmt.Errorf("got balance %+v", got)
		}
		return err
	})
	nodes := []chain.Node{b.Node, b.Again(t)}
	type result struct {
		p   chain.Prepared
		err error
	}
	results := make(chan result)
	for i := range 2 * each {
		go func() {
			p, err := nodes[i%2].Prepare(t.Context(), b.out(250_000), Rate, high)
			results <- result{p, err}
		}()
	}
	seen := make(map[chain.Outpoint]bool)
	for range 2 * each {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
			continue
		}
		defer b.release(t, r.p)
		for _, in := range r.p.Inputs {
			if seen[in] {
				t.Errorf("%v is in two", in)
			}
			seen[in] = true
		}
	}
}

// most is a payment that takes more than half of all coins, so that two of
// them cannot both be.
func (b *bench) most(t *testing.T) int64 {
	t.Helper()
	return b.balance(t).Confirmed.Sats() - 20_000
}

func (b *bench) limit(t *testing.T) {
	b.give(t, 500_000)
	most := b.most(t)
	fee, err := b.Node.Quote(t.Context(), b.out(most), Rate)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Node.Prepare(t.Context(), b.out(most), Rate, fee-amount.Sat)
	wantErr(t, err, chain.ErrFeeTooHigh)
	b.release(t, b.pay(t, most)) // the coins are free, and free again
	b.release(t, b.pay(t, most))
}

// lostFunds takes so much that no coin is left over for a second try.
func (b *bench) lostFunds(t *testing.T) {
	b.give(t, 500_000)
	b.gather(t)
	most := b.most(t)
	stored := b.pay(t, most) // what is stored stays locked, whatever is lost
	if err := b.Node.Hold(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	b.LoseFunds()
	_, err := b.Node.Prepare(t.Context(), b.out(most), Rate, high)
	if err == nil {
		t.Fatal("one coin pays twice")
	}
	b.release(t, stored)
	for range 2 {
		b.LoseFunds()
		p, err := b.Node.Prepare(t.Context(), b.out(most), Rate, high)
		if err != nil {
			wantErr(t, err, chain.ErrUnreachable)
			if p, err = b.Node.Prepare(t.Context(), b.out(most), Rate, high); err != nil {
				t.Fatalf("after the lost answer: %v", err)
			}
		}
		b.release(t, p)
	}
}

// gather makes one coin of all.
func (b *bench) gather(t *testing.T) {
	t.Helper()
	fee, err := b.Node.Quote(t.Context(), []chain.Output{{Address: b.address(t), Amount: amount.FromSats(b.most(t))}}, Rate)
	if err != nil {
		t.Fatal(err)
	}
	// What is left is dust, and goes to the miner.
	all, err := b.Node.Prepare(t.Context(), []chain.Output{{Address: b.address(t), Amount: b.balance(t).Confirmed - fee - 100*amount.Sat}}, Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	b.broadcast(t, all)
	b.mine(t, 1)
	b.settle(t, all.TxID)
}

func (b *bench) impossible(t *testing.T) {
	all := b.balance(t).Confirmed.Sats()
	for _, tt := range []struct {
		name string
		outs []chain.Output
		want error
	}{
		{"all there is, with nothing for the fee", b.out(all), chain.ErrNoFunds},
		{"more than there is", b.out(all + 1_000_000), chain.ErrNoFunds},
		{"dust", b.out(200), chain.ErrDust},
		{"nothing", b.out(0), chain.ErrDust},
		{"less than nothing", b.out(-10_000), chain.ErrDust},
		{"an address of another network", []chain.Output{{Address: b.Foreign, Amount: 10_000_000}}, chain.ErrBadAddress},
		{"no address", []chain.Output{{Address: "ann@example.org", Amount: 10_000_000}}, chain.ErrBadAddress},
		{"one address twice", append(b.out(10_000), b.out(20_000)...), chain.ErrBadAddress},
		{"no output", nil, chain.ErrBadAddress},
	} {
		_, err := b.Node.Quote(t.Context(), tt.outs, Rate)
		if _, err2 := b.Node.Prepare(t.Context(), tt.outs, Rate, high); err == nil || err2 == nil {
			t.Errorf("%s: got %v and %v", tt.name, err, err2)
		} else {
			wantErr(t, err, tt.want)
			wantErr(t, err2, tt.want)
		}
	}
	if _, err := b.Node.Prepare(t.Context(), []chain.Output{{Address: b.Stranger, Amount: 10_000_001}}, Rate, high); err == nil {
		t.Error("a fraction of a satoshi is paid")
	}
}
