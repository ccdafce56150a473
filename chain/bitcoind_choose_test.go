package chain_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// choosing plays a bitcoind that chooses one coin, says something about its lock,
// and cannot sign, so that Prepare ends there.
type choosing struct {
	coin, psbt string
}

func newChoosing() choosing {
	txid := strings.Repeat("ab", 32)
	// A PSBT of version 2 (BIP 370) with an input of 50000 sat and no output.
	packet := "psbt\xff" + "\x01\xfb\x04\x02\x00\x00\x00" + "\x01\x04\x01\x01" + "\x00" +
		"\x01\x0e\x20" + strings.Repeat("\xab", 32) + "\x01\x0f\x04\x00\x00\x00\x00" +
		"\x01\x01\x0a\x50\xc3\x00\x00\x00\x00\x00\x00\x01\x51" + "\x00"
	return choosing{
		coin: fmt.Sprintf(`[{"txid":"%s","vout":0}]`, txid),
		psbt: base64.StdEncoding.EncodeToString([]byte(packet)),
	}
}

func (c choosing) fund() exchange {
	return exchange{
		Ask: "walletcreatefundedpsbt", Status: 200,
		Params: json.RawMessage(`[[],[{"` + stranger + `":0.00010000}],0,{"change_type":"bech32","feeRate":0.00002000,"replaceable":true}]`),
		Answer: json.RawMessage(`{"psbt":"` + c.psbt + `","fee":0.00001}`),
	}
}

// lock is lockunspent and what is said to it.
func (c choosing) lock(status int, fault string) exchange {
	return c.lockunspent("false", status, fault)
}

func (c choosing) unlock() exchange { return c.lockunspent("true", 200, "") }

func (c choosing) lockunspent(unlock string, status int, fault string) exchange {
	x := exchange{Ask: "lockunspent", Params: json.RawMessage("[" + unlock + "," + c.coin + "]"), Status: status}
	switch {
	case fault != "":
		x.Error = json.RawMessage(fault)
	case status == 200:
		x.Answer = json.RawMessage("true")
	}
	return x
}

// sign is refused: the wallet is locked.
func (c choosing) sign() exchange {
	return exchange{
		Ask: "walletprocesspsbt", Params: json.RawMessage(`["` + c.psbt + `"]`), Status: 500,
		Error: json.RawMessage(`{"code":-13,"message":"Please enter the wallet passphrase"}`),
	}
}

// firstLook is what every client asks before all else.
func firstLook() []exchange {
	ok := func(ask, params, answer string) exchange {
		return exchange{Ask: ask, Params: json.RawMessage(params), Status: 200, Answer: json.RawMessage(answer)}
	}
	return []exchange{
		ok("getblockchaininfo", "[]", `{"blocks":450,"headers":450,"bestblockhash":"00","initialblockdownload":false}`),
		ok("getblockhash", "[0]", `"0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"`),
		ok("getnetworkinfo", "[]", `{"subversion":"/x/"}`),
	}
}

// TestBitcoindLocksWhatItChose plays what becomes of the lock on a coin when an
// answer is lost or another gateway was faster.
func TestBitcoindLocksWhatItChose(t *testing.T) {
	const taken = `{"code":-8,"message":"Invalid parameter, output already locked"}`
	const spent = `{"code":-8,"message":"Invalid parameter, expected unspent output"}`
	c := newChoosing()
	signs := []exchange{c.fund(), c.lock(200, ""), c.sign(), c.unlock()}
	for name, tt := range map[string]struct {
		lines []exchange
		want  []error // of each call of Prepare, nil for one without a name
	}{
		"what cannot be signed is unlocked": {signs, []error{chain.ErrLocked}},
		"no answer: left alone, for the lock may be another's": {
			slices.Concat([]exchange{c.fund(), c.lock(503, "")}, signs),
			[]error{chain.ErrUnreachable, chain.ErrLocked},
		},
		"another was faster: chosen again": {
			slices.Concat([]exchange{c.fund(), c.lock(500, taken)}, signs),
			[]error{chain.ErrLocked},
		},
		"another is always faster: what it locked is left alone": {
			slices.Concat(slices.Repeat([]exchange{c.fund(), c.lock(500, taken)}, 5), signs),
			[]error{nil, chain.ErrLocked},
		},
		"spent meanwhile: chosen again": {
			slices.Concat([]exchange{c.fund(), c.lock(500, spent)}, signs),
			[]error{chain.ErrLocked},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tp := &tape{t: t, lines: slices.Concat(firstLook(), tt.lines)}
			tp.play()
			node := openBitcoind(t, chain.Config{Bitcoind: chain.BitcoindConfig{URL: tp.server.URL}})
			outs := []chain.Output{{Address: stranger, Amount: 10_000 * amount.Sat}}
			for i, want := range tt.want {
				if _, err := node.Prepare(t.Context(), outs, 2000, 1000*amount.Sat); err == nil || want != nil && !errors.Is(err, want) {
					t.Errorf("call %d: got %v, want %v", i+1, err, want)
				}
			}
		})
	}
}
