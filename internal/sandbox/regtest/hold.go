package regtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HoldInvoice asks for sat satoshis and takes them only when Release is
// called: until then a payment is in flight.
func (l *LND) HoldInvoice(ctx context.Context, preimage [32]byte, sat int64, expiry time.Duration) (invoice string, err error) {
	hash := sha256.Sum256(preimage[:])
	var answer struct {
		Request string `json:"payment_request"`
	}
	err = l.Call(ctx, "POST", "/v2/invoices/hodl", map[string]any{
		"hash": hash[:], "value": fmt.Sprint(sat), "expiry": fmt.Sprint(int64(expiry / time.Second)),
	}, &answer)
	return answer.Request, err
}

// Held waits until a payment for the hold invoice has come in.
func (l *LND) Held(ctx context.Context, preimage [32]byte) error {
	return l.Await(ctx, sha256.Sum256(preimage[:]), "ACCEPTED")
}

// Await waits until an invoice is "OPEN", "ACCEPTED", "SETTLED" or "CANCELED".
func (l *LND) Await(ctx context.Context, hash [32]byte, want string) error {
	return l.process.Ready(ctx, func(ctx context.Context) error {
		var invoice struct{ State string }
		err := l.Call(ctx, "GET", "/v1/invoice/"+hex.EncodeToString(hash[:]), nil, &invoice)
		if err == nil && invoice.State != want {
			err = fmt.Errorf("the invoice is %s, not %s", invoice.State, want)
		}
		return err
	})
}

// Release takes the payment of a hold invoice.
func (l *LND) Release(ctx context.Context, preimage [32]byte) error {
	return l.Call(ctx, "POST", "/v2/invoices/settle", map[string]any{"preimage": preimage[:]}, nil)
}

// Cancel sends the payment of a hold invoice back, or ends an invoice that is
// not paid.
func (l *LND) Cancel(ctx context.Context, hash [32]byte) error {
	return l.Call(ctx, "POST", "/v2/invoices/cancel", map[string]any{"payment_hash": hash[:]}, nil)
}

// Charge sets what the node takes for payments that it sends on through a
// channel, and waits until the others know.
func (l *LND) Charge(ctx context.Context, channel string, baseMsat int64, ppm uint32, others ...*LND) error {
	txid, index, _ := strings.Cut(channel, ":")
	vout, err := strconv.Atoi(index)
	if err != nil {
		return fmt.Errorf("channel %q: %w", channel, err)
	}
	err = l.Call(ctx, "POST", "/v1/chanpolicy", map[string]any{
		"chan_point":    map[string]any{"funding_txid_str": txid, "output_index": vout},
		"base_fee_msat": fmt.Sprint(baseMsat), "fee_rate_ppm": ppm, "time_lock_delta": 80,
	}, nil)
	if err != nil {
		return err
	}
	for _, other := range append(others, l) {
		err := other.process.Ready(ctx, func(ctx context.Context) error { return other.charged(ctx, l, channel, ppm) })
		if err != nil {
			return err
		}
	}
	return nil
}

// charged says nil when the node knows what the end of a channel charges.
func (l *LND) charged(ctx context.Context, end *LND, channel string, ppm uint32) error {
	type policy struct {
		PPM int64 `json:"fee_rate_milli_msat,string"`
	}
	var graph struct {
		Edges []struct {
			Point string  `json:"chan_point"`
			One   string  `json:"node1_pub"`
			Has1  *policy `json:"node1_policy"`
			Has2  *policy `json:"node2_policy"`
		}
	}
	if err := l.Call(ctx, "GET", "/v1/graph", nil, &graph); err != nil {
		return err
	}
	for _, e := range graph.Edges {
		p := e.Has2
		if e.One == end.PubKey {
			p = e.Has1
		}
		if e.Point == channel && p != nil && p.PPM == int64(ppm) {
			return nil
		}
	}
	return fmt.Errorf("it is not known that channel %s takes %d ppm", channel, ppm)
}
