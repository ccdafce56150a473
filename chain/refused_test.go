package chain

import (
	"context"
	"errors"
	"testing"
)

// atTip is a node that has all blocks.
type atTip struct{ Node }

func (atTip) Info(context.Context) (Info, error) { return Info{Synced: true}, nil }

// Only a no that speaks of spent coins contradicts a transaction. What one
// mempool passes by, for whatever reason, may be mined by whoever else has it.
func TestWhatAMempoolPassesByIsNotRefused(t *testing.T) {
	for said, want := range map[string]error{
		"-26: mempool min fee not met, 110 < 1000":                                    ErrNotNow,
		"-26: min relay fee not met, 10 < 110":                                        ErrNotNow,
		"-26: mempool full":                                                           ErrNotNow,
		"-26: too-long-mempool-chain, too many descendants":                           ErrNotNow,
		"-26: too-large-cluster":                                                      ErrNotNow,
		"-26: TRUC-violation, tx would exceed descendant count limit":                 ErrNotNow,
		"-26: insufficient fee (including sibling eviction), rejecting replacement x": ErrNotNow,
		"-26: dust":         ErrNotNow,
		"-26: scriptpubkey": ErrNotNow,
		"-26: tx-size":      ErrNotNow,
		"-26: non-mandatory-script-verify-flag (x)":                                ErrNotNow,
		"-25: Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)": ErrNotNow,
		"-26: something that a node says next year":                                ErrNotNow,
		"transaction rejected by the mempool because of low fees":                  ErrNotNow,
		"insufficient fee":                    ErrNotNow, // LND, of a replacement or not
		"-25: bad-txns-inputs-missingorspent": ErrRefused,
		"-26: txn-mempool-conflict":           ErrRefused,
		"-26: bad-txns-spends-conflicting-tx, x spends conflicting transaction y":                 ErrRefused,
		"-26: replacement-failed, insufficient feerate: does not improve feerate diagram":         ErrRefused,
		"-26: too many potential replacements, rejecting replacement x":                           ErrRefused,
		"-26: replacement-adds-unconfirmed, replacement x contains unconfirmed input":             ErrRefused,
		"-26: insufficient fee, rejecting replacement, less fees than conflicting txs; 100 < 200": ErrRefused,
		"transaction rejected: output already spent":                                              ErrRefused,
		"orphan transaction x references outputs of unknown or fully-spent transaction y":         ErrRefused,
		"x: replacement transaction has an insufficient fee rate: needs more than 2, has 1":       ErrRefused,
		"output already spent in mempool: x":                                                      ErrRefused,
	} {
		got := refusal(t.Context(), atTip{}, errors.New(said))
		if !errors.Is(got, want) || errors.Is(got, ErrRefused) != errors.Is(want, ErrRefused) {
			t.Errorf("%q: got %v, want %v", said, got, want)
		}
	}
}
