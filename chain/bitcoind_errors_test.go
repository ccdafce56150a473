package chain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcjson"
)

func TestBitcoindFault(t *testing.T) {
	rpc := func(code int, message string) error {
		return fmt.Errorf("call: %w", btcjson.NewRPCError(btcjson.RPCErrorCode(code), message))
	}
	for _, tt := range []struct {
		name string
		err  error
		want error // nil: not classified
	}{
		{"warming up", rpc(-28, "Loading block index..."), ErrWarmingUp},
		{"no peers", rpc(-9, "Bitcoin is not connected!"), ErrWarmingUp},
		{"initial download", rpc(-10, "Bitcoin is downloading blocks..."), ErrWarmingUp},
		{"locked", rpc(-13, "Error: Please enter the wallet passphrase with walletpassphrase first."), ErrLocked},
		{"locked, and its keys used up", rpc(-12, "Error: Keypool ran out, please call keypoolrefill first"), ErrLocked},
		{"no wallet", rpc(-18, "Requested wallet does not exist or is not loaded"), ErrNoWallet},
		{"no wallet named", rpc(-19, "Wallet file not specified"), ErrNoWallet},
		{"no funds", rpc(-4, "Insufficient funds"), ErrNoFunds},
		{"no funds, older", rpc(-6, "Insufficient funds"), ErrNoFunds},
		{"no funds for the fee", rpc(-4, "The total exceeds your balance when the 0.00001410 transaction fee is included."), ErrNoFunds},
		{"dust", rpc(-4, "Transaction amount too small"), ErrDust},
		{"fee", rpc(-4, "Fee exceeds maximum configured by -maxtxfee"), ErrFeeTooHigh},
		{"address", rpc(-5, "Invalid Bitcoin address: bc1"), ErrBadAddress},
		{"no method", rpc(-32601, "Method not found"), nil},
		{"something else", rpc(-4, "Signing transaction failed"), nil},
		{"wrong password", errors.New(`status code: 401, response: ""`), ErrAuth},
		{"method not allowed", errors.New(`status code: 403, response: ""`), ErrAuth},
		{"too many calls", errors.New(`status code: 503, response: "Work queue depth exceeded"`), ErrUnreachable},
		{"silence", fmt.Errorf("%w: %w", errSilent, context.DeadlineExceeded), ErrUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := new(core).fault(tt.err)
			if !errors.Is(got, tt.err) {
				t.Errorf("the cause is lost: %v", got)
			}
			if tt.want != nil && !errors.Is(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			for _, other := range []error{ErrRefused, ErrUnreachable, ErrNoFunds} {
				if !errors.Is(tt.want, other) && errors.Is(got, other) {
					t.Errorf("got %v", got)
				}
			}
		})
	}
}

// Who reads the error of a wallet that is not there reads which.
func TestAMissingWalletIsNamed(t *testing.T) {
	err := btcjson.NewRPCError(-18, "Requested wallet does not exist or is not loaded")
	for name, want := range map[string]string{"nosuch": `"nosuch"`, "": "none is named"} {
		if got := (&core{wallet: name}).fault(err).Error(); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s in it", got, want)
		}
	}
}
