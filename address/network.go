package address

import (
	"github.com/btcsuite/btcd/chaincfg/v2"
)

// Network is a Bitcoin network by the name that the configuration and
// chain.Info use.
type Network string

// The networks there are. The empty Network knows no address.
const (
	Mainnet  Network = "mainnet"
	Testnet4 Network = "testnet4"
	Signet   Network = "signet"
	Regtest  Network = "regtest"
)

// Networks lists every network.
var Networks = []Network{Mainnet, Testnet4, Signet, Regtest}

// Params returns the consensus and address parameters of n, and ok = false
// for a network there is not.
func (n Network) Params() (params *chaincfg.Params, ok bool) {
	switch n {
	case Mainnet:
		return &chaincfg.MainNetParams, true
	case Testnet4:
		return &chaincfg.TestNet4Params, true
	case Signet:
		return &chaincfg.SigNetParams, true
	case Regtest:
		return &chaincfg.RegressionNetParams, true
	}
	return nil, false
}

// params is for the networks of Networks only.
func (n Network) params() *chaincfg.Params {
	params, _ := n.Params()
	return params
}

// kinOf lists the networks that have a prefix.
func kinOf(has func(Network) bool) []Network {
	var kin []Network
	for _, n := range Networks {
		if has(n) {
			kin = append(kin, n)
		}
	}
	return kin
}
