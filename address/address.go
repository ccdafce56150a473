// Package address reads and writes who money may go to: Bitcoin addresses,
// their form as local parts of JIDs, payment URIs, JIDs and usernames.
package address

import (
	"errors"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/address/v2/base58"
	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/fault"
)

// Address is a Bitcoin address of one network, known to be well formed. The
// zero Address is none.
type Address struct {
	text   string
	script string
}

// String returns the address in its canonical spelling: base58 as it is,
// bech32 in lower case.
func (a Address) String() string { return a.text }

// IsZero reports whether a is no address.
func (a Address) IsZero() bool { return a.text == "" }

// Script returns the output script that pays to a.
func (a Address) Script() []byte { return []byte(a.script) }

// Local returns a as the local part of a JID; see EncodeJID.
func (a Address) Local() string { return EncodeJID(a.text) }

// longest is the longest a segwit address may be (BIP 173), in characters.
const longest = 90

// Parse reads an address of the given network: P2PKH and P2SH in base58
// (BIP 13), witness version 0 in bech32 (BIP 173) and versions 1 to 16 in
// bech32m (BIP 350). Bech32 may be in capitals, as in QR codes.
//
// Every error is ErrInvalid, ErrMistyped, ErrMisplaced or ErrOtherNetwork.
func Parse(text string, network Network) (Address, error) {
	if len(text) > longest {
		return Address{}, refuse(ErrInvalid, text)
	}
	if hrp, data, version, err := bech32.DecodeGeneric(text); err == nil {
		return parseSegwit(text, strings.ToLower(hrp), data, version, network)
	}
	if looksSegwit(text) {
		return Address{}, mistyped(text, notBech32)
	}
	payload, version, err := base58.CheckDecode(text)
	switch {
	case errors.Is(err, base58.ErrChecksum) && len(text) > 24 && len(text) < 36, err != nil && looksBase58(text):
		return Address{}, mistyped(text, notBase58)
	case err != nil || len(payload) != 20:
		return Address{}, refuse(ErrInvalid, text)
	}
	kin := kinOf(func(n Network) bool {
		return version == n.params().PubKeyHashAddrID || version == n.params().ScriptHashAddrID
	})
	switch {
	case len(kin) == 0:
		return Address{}, refuse(ErrInvalid, text)
	case !slices.Contains(kin, network):
		return Address{}, otherNetwork(text, network, kin)
	}
	if version == network.params().ScriptHashAddrID {
		return Address{text, opHash160 + push(payload) + opEqual}, nil
	}
	return Address{text, opDup + opHash160 + push(payload) + opEqualVerify + opCheckSig}, nil
}

func parseSegwit(text, hrp string, data []byte, encoding bech32.Version, network Network) (Address, error) {
	kin := kinOf(func(n Network) bool { return hrp == n.params().Bech32HRPSegwit })
	if len(kin) == 0 || len(data) == 0 || data[0] > 16 {
		return Address{}, refuse(ErrInvalid, text)
	}
	version := data[0]
	program, err := bech32.ConvertBits(data[1:], 5, 8, false)
	good := err == nil && len(program) >= 2 && len(program) <= 40
	if version == 0 {
		good = good && encoding == bech32.Version0 && (len(program) == 20 || len(program) == 32)
	} else {
		good = good && encoding == bech32.VersionM
	}
	switch {
	case !good:
		return Address{}, refuse(ErrInvalid, text)
	case !slices.Contains(kin, network):
		return Address{}, otherNetwork(text, network, kin)
	}
	return Address{strings.ToLower(text), opWitness(version) + push(program)}, nil
}

func refuse(f *fault.Error, text string) error {
	return f.With(fault.Args{"address": shown(text)})
}

func otherNetwork(text string, network Network, kin []Network) error {
	other := string(kin[0])
	if len(kin) > 1 {
		other = "testnet" // these networks share their prefixes
	}
	return ErrOtherNetwork.With(fault.Args{
		"address": text, "network": string(network), "other": other,
	})
}

// shown is text as a fault may quote it: short, and good for JSON.
func shown(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return text
}
