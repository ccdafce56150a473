package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
)

var errBooks = errors.New("the books do not agree")

// stranger makes an address whose owner nobody knows.
func stranger() (string, error) {
	hash := make([]byte, 20)
	if _, err := rand.Read(hash); err != nil {
		return "", err
	}
	a, err := address.NewAddressWitnessPubKeyHash(hash, &chaincfg.RegressionNetParams)
	if err != nil {
		return "", err
	}
	return a.EncodeAddress(), nil
}

// entry is a transaction of a block, as nodes tell it.
type entry struct {
	Vout []struct {
		Value        json.Number
		ScriptPubKey struct {
			Address   string   // Bitcoin Core since 22
			Addresses []string // older ones, and btcd
		}
	}
}

// paid counts what the best chain pays to an address: it must be one output.
func (s *scene) paid(ctx context.Context, to string, sat int64) error {
	height, err := s.world.Chain.Height(ctx)
	if err != nil {
		return err
	}
	times := 0
	for h := height; h > height-20; h-- {
		hash, err := s.world.Chain.Hash(ctx, h)
		if err != nil {
			return err
		}
		var block struct {
			Tx    []entry // Bitcoin Core
			RawTx []entry // btcd, whose Tx is empty then
		}
		if err := s.world.Chain.RPC.Call(ctx, "getblock", &block, hash, 2); err != nil {
			return err
		}
		for _, tx := range append(block.Tx, block.RawTx...) {
			for _, out := range tx.Vout {
				if out.ScriptPubKey.Address != to && strings.Join(out.ScriptPubKey.Addresses, "") != to {
					continue
				}
				if got := strings.TrimRight(out.Value.String(), "0"); got != strings.TrimRight(fmt.Sprintf("0.%08d", sat), "0") {
					return fmt.Errorf("the chain pays %s BTC to %s, not %d sat", out.Value, to, sat)
				}
				times++
			}
		}
	}
	if times != 1 {
		return fmt.Errorf("the chain pays %s %d times", to, times)
	}
	note("the chain pays %d sat to %s, once", sat, to)
	return nil
}

var balanceLine = regexp.MustCompile(`You have ([0-9 ]+)(?:\.([0-9]+))? sat`)

// told reads a balance, in msat.
func told(said string) (int64, error) {
	m := balanceLine.FindStringSubmatch(plain(said))
	if m == nil {
		return 0, fmt.Errorf("no balance in %q", said)
	}
	return strconv.ParseInt(strings.ReplaceAll(m[1], " ", "")+(m[2] + "000")[:3], 10, 64)
}

// report is what an audit says; amounts are in msat.
type report struct {
	Findings                        []any
	Owed, Wallet, Channels, Surplus int64
	Coins, Payments, Receipts       int
}

func (s *scene) audit(ctx context.Context) (r report, err error) {
	out, err := s.world.Gateways[0].Run(ctx, "audit", "-world", "-json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return r, err
}

// operator asks what the operator has before anybody comes.
func (s *scene) operator(ctx context.Context, _, _ *person) error {
	r, err := s.audit(ctx)
	if err != nil {
		return err
	}
	s.surplus = r.Surplus
	note("audit: nobody is owed anything; the operator's own: %d msat", r.Surplus)
	if len(r.Findings) > 0 || r.Owed != 0 {
		return fmt.Errorf("%w: %+v", errBooks, r)
	}
	return nil
}

// books compares what people are told, what the ledger says and what the
// node has, to the satoshi.
func (s *scene) books(ctx context.Context, alice, bob *person) error {
	if _, err := alice.asks(ctx, "history 20", "Newest first", "+100 000 sat", "-20 000 sat", "-6 000 sat", "-5 000 sat  bob", "“lunch”"); err != nil {
		return err
	}
	if _, err := bob.asks(ctx, "history in", "+5 000 sat  alice", "“lunch”", "+1 000 sat  alice", "“twice”"); err != nil {
		return err
	}
	people := int64(0)
	for _, p := range []*person{alice, bob} {
		said, err := p.asks(ctx, "balance", "You have")
		if err != nil {
			return err
		}
		m, err := told(said)
		if err != nil {
			return err
		}
		people += m
	}
	r, err := s.audit(ctx)
	if err != nil {
		return err
	}
	note("audit: owed %d msat; %d deposit(s), %d payment(s) and %d receipt(s) compared; wallet %d, channels %d, the operator's own %d msat",
		r.Owed, r.Coins, r.Payments, r.Receipts, r.Wallet, r.Channels, r.Surplus)
	want := report{Owed: people, Coins: 1, Payments: 2, Surplus: s.surplus}
	if s.world.Net != nil {
		want.Payments, want.Receipts = 6, 2
	}
	if len(r.Findings) > 0 || r.Surplus != want.Surplus || r.Owed != want.Owed || r.Coins != want.Coins || r.Payments != want.Payments ||
		r.Receipts != want.Receipts || r.Wallet+r.Channels != r.Owed+r.Surplus {
		return fmt.Errorf("%w: people were told %d msat; %+v, want %+v", errBooks, people, r, want)
	}
	return nil
}
