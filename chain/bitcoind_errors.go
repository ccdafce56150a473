package chain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"

	"github.com/btcsuite/btcd/btcjson"
)

// Codes of bitcoind's RPC (src/rpc/protocol.h).
const (
	coreMisc             = -1
	coreAddress          = -5 // an address or key that is not valid or not known
	coreFunds            = -6
	coreParameter        = -8
	coreNotConnected     = -9
	coreInitialDownload  = -10
	coreKeypool          = -12
	coreUnlockNeeded     = -13
	coreNoWallet         = -18
	coreVerify           = -25
	coreRejected         = -26
	coreAlreadyInChain   = -27
	coreWarmup           = -28
	coreWalletNotNamed   = -19
	coreUnknownParameter = -3
)

// coreFaults maps the codes that mean one thing.
var coreFaults = map[btcjson.RPCErrorCode]error{
	coreFunds: ErrNoFunds, coreNotConnected: ErrWarmingUp, coreInitialDownload: ErrWarmingUp,
	coreKeypool: ErrLocked, coreUnlockNeeded: ErrLocked, coreNoWallet: ErrNoWallet,
	coreWalletNotNamed: ErrNoWallet, coreWarmup: ErrWarmingUp,
}

// coreSays maps what code -4, and sometimes -8, says in words.
var coreSays = []struct {
	text  string
	fault error
}{
	{"insufficient funds", ErrNoFunds},
	{"total exceeds your balance", ErrNoFunds}, // with the fee
	{"amount too small", ErrDust},
	{"fee exceeds maximum", ErrFeeTooHigh},
	{"exceeds maximum configured by user", ErrFeeTooHigh},
	{"invalid bitcoin address", ErrBadAddress},
	{"duplicated address", ErrBadAddress},
	{"keypool ran out", ErrLocked},
}

// coreHTTP maps answers that are no JSON: rpcclient keeps the status code in
// its text only.
var coreHTTP = []struct {
	text  string
	fault error
}{
	{"status code: 401", ErrAuth},
	{"status code: 403", ErrAuth}, // rpcallowip, rpcwhitelist
	{"status code: 503", ErrUnreachable},
	{"status code: 404", ErrNoWallet}, // no RPC on this path
}

// fault classifies an error of call. What is not in the tables stays
// unclassified, which means "don't know".
func (n *core) fault(err error) error {
	var no *btcjson.RPCError
	var broken net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		if fault, ok := coreFaults[no.Code]; ok {
			if errors.Is(fault, ErrNoWallet) {
				return fmt.Errorf("%w: %s: %w", fault, n.named(), err)
			}
			return fmt.Errorf("%w: %w", fault, err)
		}
		for _, s := range coreSays {
			if strings.Contains(strings.ToLower(no.Message), s.text) {
				return fmt.Errorf("%w: %w", s.fault, err)
			}
		}
		return err
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission): // the cookie
		n.pin.set(false)
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case errors.Is(err, errSilent), errors.As(err, &broken), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		n.pin.set(false) // whoever answers next may be another node
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	for _, s := range coreHTTP {
		if strings.Contains(err.Error(), s.text) {
			return fmt.Errorf("%w: %w", s.fault, err)
		}
	}
	return err
}

// named is the wallet as the configuration has it.
func (n *core) named() string {
	if n.wallet == "" {
		return "none is named"
	}
	return fmt.Sprintf("%q", n.wallet)
}

// code is the code of bitcoind's own no, 0 if err is something else.
func code(err error) btcjson.RPCErrorCode {
	var no *btcjson.RPCError
	if errors.As(err, &no) {
		return no.Code
	}
	return 0
}
