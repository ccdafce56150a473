package chain

import (
	"fmt"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/txscript/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// networks are the chains we know, by the name that Info and the
// configuration use.
var networks = map[string]*chaincfg.Params{
	"mainnet":  &chaincfg.MainNetParams,
	"testnet":  &chaincfg.TestNet3Params,
	"testnet4": &chaincfg.TestNet4Params,
	"signet":   &chaincfg.SigNetParams,
	"regtest":  &chaincfg.RegressionNetParams,
	"simnet":   &chaincfg.SimNetParams,
}

// play reports whether blocks of the network come only when somebody asks for
// one, so that an old tip is no sign of a node that lags.
func play(network string) bool { return network == "regtest" || network == "simnet" }

func paramsOf(network string) (*chaincfg.Params, error) {
	p, ok := networks[network]
	if !ok {
		return nil, fmt.Errorf("chain: unknown network %q", network)
	}
	return p, nil
}

// CheckAddress tells whether money can be sent to addr on the network:
// base58 P2PKH and P2SH, and segwit versions 0 and 1 (BIP 173, BIP 350). The
// error is ErrBadAddress.
func CheckAddress(network, addr string) error {
	p, err := paramsOf(network)
	if err != nil {
		return err
	}
	_, err = scriptOf(p, addr)
	return err
}

// scriptOf returns the output script that pays addr.
func scriptOf(p *chaincfg.Params, addr string) ([]byte, error) {
	a, err := address.DecodeAddress(addr, p)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBadAddress, err)
	}
	// A public key in hexadecimal is decoded too, but nobody means that.
	if _, ok := a.(*address.AddressPubKey); ok {
		return nil, fmt.Errorf("%w: a public key is no address", ErrBadAddress)
	}
	if !a.IsForNet(p) {
		return nil, fmt.Errorf("%w: not an address of %s", ErrBadAddress, p.Name)
	}
	script, err := txscript.PayToAddrScript(a)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBadAddress, err)
	}
	return script, nil
}

// payment is an Output as the chain writes it.
type payment struct {
	address string
	script  []byte
	sat     btcutil.Amount
}

// paymentsOf reads what was asked before any node sees it. Two outputs for
// one address are refused, because nodes take a map and would lose one.
func paymentsOf(p *chaincfg.Params, outs []Output) ([]payment, error) {
	if len(outs) == 0 {
		return nil, fmt.Errorf("%w: no output", ErrBadAddress)
	}
	pays, total := make([]payment, 0, len(outs)), amount.Msat(0)
	seen := make(map[string]bool, len(outs))
	for _, o := range outs {
		script, err := scriptOf(p, o.Address)
		if err != nil {
			return nil, err
		}
		if seen[string(script)] {
			return nil, fmt.Errorf("%w: %s twice in one transaction", ErrBadAddress, o.Address)
		}
		seen[string(script)] = true
		if least := dustLimit(script); o.Amount < msats(least) {
			return nil, fmt.Errorf("%w: %d msat to %s, the least is %d sat", ErrDust, o.Amount, o.Address, least)
		}
		if o.Amount%amount.Sat != 0 {
			return nil, fmt.Errorf("chain: %d msat is no whole satoshi", o.Amount)
		}
		if o.Amount > amount.Max-total {
			return nil, fmt.Errorf("%w: more than all the money there is", ErrNoFunds)
		}
		total += o.Amount
		pays = append(pays, payment{address: o.Address, script: script, sat: sats(o.Amount)})
	}
	return pays, nil
}

// dustLimit is the least an output of this script may hold, or
// nodes do not relay it: three satoshi for every byte that it and the input
// that spends it one day take.
func dustLimit(script []byte) btcutil.Amount {
	size := btcutil.Amount(8 + 1 + len(script))
	if txscript.IsWitnessProgram(script) {
		return 3 * (size + 67)
	}
	return 3 * (size + 148)
}
