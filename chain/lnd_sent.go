package chain

import (
	"context"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
)

// lndChannels is how LND labels what it sends for its channels (package labels):
// openings, closings, sweeps and the fees of anchors, penalties.
var lndChannels = regexp.MustCompile(`^\d+:(openchannel|closechannel|sweep|justicetx)(:|$)`)

// Sent asks /v1/transactions. A transaction whose block is gone is listed as
// well: it was sent, wherever it is now.
func (n *lndWallet) Sent(ctx context.Context, cursor string) ([]Sent, error) {
	after := int64(0)
	if cursor != "" {
		var err error
		if after, err = strconv.ParseInt(cursor, 10, 32); err != nil || after < 0 {
			return nil, fmt.Errorf("chain: %q is no cursor of lnd", cursor)
		}
	}
	info, err := n.Info(ctx)
	switch {
	case err != nil:
		return nil, err
	case !info.Synced && info.Height < after:
		return nil, fmt.Errorf("%w: it is at block %d", ErrWarmingUp, info.Height)
	case info.Height < after:
		return nil, fmt.Errorf("%w: it is at block %d, and was above %d", ErrOtherPast, info.Height, after)
	}
	all, err := n.list(ctx, info, after+1, -1)
	if err != nil {
		return nil, err
	}
	var sent []Sent
	listed := map[string]bool{} // in two blocks, of which one is gone
	for _, t := range all {
		if !t.spends() || listed[t.TxHash] {
			continue
		}
		listed[t.TxHash] = true
		sent = append(sent, t.sent())
	}
	return sent, nil
}

// Spent asks walletrpc.GetTransaction. What LND takes for confirmed in a block that is
// gone was sent as well, and waits.
func (n *lndWallet) Spent(ctx context.Context, txid string) (Sent, Prepared, error) {
	if b, err := hex.DecodeString(txid); err != nil || len(b) != 32 {
		return Sent{}, Prepared{}, fmt.Errorf("chain: %q is no txid", txid)
	}
	t, known, err := n.transaction(ctx, txid)
	if err == nil && (!known || !t.spends()) {
		err = ErrNotSent
	}
	if err != nil {
		return Sent{}, Prepared{}, err
	}
	if t.Confirmations > 0 {
		info, err := n.Info(ctx)
		if err != nil {
			return Sent{}, Prepared{}, err
		}
		there, err := n.place(ctx, info, &t)
		if err != nil {
			return Sent{}, Prepared{}, err
		}
		if !there {
			t.Confirmations = 0
		}
	}
	raw, err := hex.DecodeString(t.Raw)
	if err != nil {
		return Sent{}, Prepared{}, fmt.Errorf("%w: %w", ErrWrongTx, err)
	}
	s := t.sent()
	p, err := whole(n.params, s, raw)
	return s, p, err
}

func (t *lndTx) sent() Sent {
	s := Sent{TxID: t.TxHash, Amount: -msats(t.Net), Confirmations: t.Confirmations, At: t.Time, Label: t.Label,
		Inside: lndChannels.MatchString(t.Label) || t.self()}
	for _, out := range t.Outputs {
		if !out.Ours {
			s.Paid = append(s.Paid, Output{Address: out.Address, Amount: msats(out.Amount)})
		}
	}
	return s
}

// spends reports whether the wallet paid for the transaction, or for a part.
func (t *lndTx) spends() bool {
	for _, in := range t.Inputs {
		if in.Ours {
			return true
		}
	}
	return false
}

// self reports whether the transaction pays nobody else.
func (t *lndTx) self() bool {
	for _, out := range t.Outputs {
		if !out.Ours {
			return false
		}
	}
	return len(t.Outputs) > 0
}

// Keys is the node's public key, which comes of the seed that the wallet's
// keys come of.
func (n *lndWallet) Keys(ctx context.Context) ([]string, error) {
	var in struct {
		PubKey string `json:"identity_pubkey"`
	}
	if err := n.ask(ctx, "GET", "/v1/getinfo", nil, &in); err != nil {
		return nil, err
	}
	if len(in.PubKey) != 66 {
		return nil, fmt.Errorf("chain: %q is no public key", in.PubKey)
	}
	return []string{in.PubKey}, nil
}

// Rescans is false: LND is not synced (Info) while it reads blocks again.
func (n *lndWallet) Rescans(context.Context) (bool, error) { return false, nil }
