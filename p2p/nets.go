package p2p

import (
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Networks are the names that Network knows.
var Networks = []string{"mainnet", "testnet3", "testnet4", "signet", "regtest", "simnet", "bsv", "bsv-testnet", "bsv-stn", "bsv-regtest"}

// Network returns the parameters of a network: those of Bitcoin, and of
// Bitcoin SV, which differs in its magic, its seeds, and that it has no
// witnesses.
func Network(name string) (*chaincfg.Params, error) {
	switch name {
	case "main", "mainnet":
		return &chaincfg.MainNetParams, nil
	case "test", "testnet", "testnet3":
		return &chaincfg.TestNet3Params, nil
	case "testnet4":
		return &chaincfg.TestNet4Params, nil
	case "signet":
		return &chaincfg.SigNetParams, nil
	case "regtest":
		return &chaincfg.RegressionNetParams, nil
	case "simnet":
		return &chaincfg.SimNetParams, nil
	case "bsv", "bsv-mainnet":
		return bsv(chaincfg.MainNetParams, name, 0xe8f3e1e3, "8333", "seed.bitcoinsv.io"), nil
	case "bsv-testnet":
		return bsv(chaincfg.TestNet3Params, name, 0xf4f3e5f4, "18333", "testnet-seed.bitcoinsv.io"), nil
	case "bsv-stn":
		return bsv(chaincfg.TestNet3Params, name, 0xf9c4cefb, "9333", "stn-seed.bitcoinsv.io"), nil
	case "bsv-regtest":
		return bsv(chaincfg.RegressionNetParams, name, 0xfabfb5da, "18444", ""), nil
	}
	return nil, fmt.Errorf("%w: no network %q, only %v", ErrUsage, name, Networks)
}

// bsv changes what Bitcoin SV changed. Its magics are written in the order in
// which wire keeps them: the last byte first.
func bsv(p chaincfg.Params, name string, magic wire.BitcoinNet, port, seed string) *chaincfg.Params {
	p.Name, p.Net, p.DefaultPort, p.Bech32HRPSegwit, p.DNSSeeds = name, magic, port, "", nil
	if seed != "" {
		p.DNSSeeds = []chaincfg.DNSSeed{{Host: seed}}
	}
	return &p
}
