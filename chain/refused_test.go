package chain

import (
	"context"
	"errors"
	"testing"
)

// atTip is a node that has all blocks.
type atTip struct{ Node }

func (atTip) Info(context.Context) (Info, error) { return Info{Synced: true}, nil }

// Only a no that speaks against the transaction is one. What a mempool passes by
// for its fee may be mined by whoever else has it.
func TestWhatAMempoolPassesByIsNotRefused(t *testing.T) {
	for said, want := range map[string]error{
		"-26: mempool min fee not met, 110 < 1000":                ErrNotNow,
		"-26: min relay fee not met, 10 < 110":                    ErrNotNow,
		"-26: mempool full":                                       ErrNotNow,
		"-26: too-long-mempool-chain, too many descendants":       ErrNotNow,
		"transaction rejected by the mempool because of low fees": ErrNotNow,
		"-25: bad-txns-inputs-missingorspent":                     ErrRefused,
		"-26: txn-mempool-conflict":                               ErrRefused,
		"output already spent":                                    ErrRefused,
		"-26: insufficient fee, rejecting replacement, less fees than conflicting txs; 100 < 200": ErrRefused,
	} {
		got := refused(t.Context(), atTip{}, errors.New(said))
		if !errors.Is(got, want) || errors.Is(got, ErrRefused) != (want == ErrRefused) {
			t.Errorf("%q: got %v, want %v", said, got, want)
		}
	}
}
