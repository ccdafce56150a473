package regtest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Connect makes the other node a peer.
func (l *LND) Connect(ctx context.Context, other *LND) error {
	err := l.Call(ctx, "POST", "/v1/peers", map[string]any{
		"addr": map[string]string{"pubkey": other.PubKey, "host": other.P2P},
	}, nil)
	if err != nil && strings.Contains(err.Error(), "already connected") {
		return nil
	}
	return err
}

// Open opens a channel of sat satoshis to the other node and gives it push of
// them. It funds the wallet, mines six blocks, and returns when each of the two
// can pay the other.
func (l *LND) Open(ctx context.Context, other *LND, sat, push int64) (channel string, err error) {
	if err := l.Fund(ctx, sat+1_000_000); err != nil { // fees and anchors need some more
		return "", err
	}
	if err := l.Connect(ctx, other); err != nil {
		return "", err
	}
	key, err := hex.DecodeString(other.PubKey)
	if err != nil {
		return "", err
	}
	var point struct {
		TxID  []byte `json:"funding_txid_bytes"`
		Index int    `json:"output_index"`
	}
	err = l.Call(ctx, "POST", "/v1/channels", map[string]any{
		"node_pubkey": base64.StdEncoding.EncodeToString(key), "sat_per_vbyte": "10",
		"local_funding_amount": fmt.Sprint(sat), "push_sat": fmt.Sprint(push),
	}, &point)
	if err != nil {
		return "", err
	}
	for i, j := 0, len(point.TxID)-1; i < j; i, j = i+1, j-1 { // to the order that people read
		point.TxID[i], point.TxID[j] = point.TxID[j], point.TxID[i]
	}
	if _, err := l.chain.Mine(ctx, 6); err != nil {
		return "", err
	}
	channel = fmt.Sprintf("%x:%d", point.TxID, point.Index)
	for _, node := range []*LND{l, other} {
		if err := node.process.Ready(ctx, func(ctx context.Context) error { return node.usable(ctx, channel) }); err != nil {
			return "", err
		}
	}
	return channel, nil
}

// usable says nil when the channel is active and the node knows the terms of
// both ends (BOLT 7, channel_update): without them it finds no route.
func (l *LND) usable(ctx context.Context, channel string) error {
	var list struct {
		Channels []struct {
			Point  string `json:"channel_point"`
			ID     string `json:"chan_id"`
			Active bool
		}
	}
	if err := l.Call(ctx, "GET", "/v1/channels", nil, &list); err != nil {
		return err
	}
	for _, c := range list.Channels {
		if c.Point != channel || !c.Active {
			continue
		}
		var edge struct {
			One *struct{} `json:"node1_policy"`
			Two *struct{} `json:"node2_policy"`
		}
		if err := l.Call(ctx, "GET", "/v1/graph/edge/"+c.ID, nil, &edge); err != nil {
			return err
		}
		if edge.One == nil || edge.Two == nil {
			return errors.New("the channel's terms are not known yet")
		}
		return nil
	}
	return fmt.Errorf("channel %s is not active", channel)
}

// Invoice asks for sat satoshis and returns the BOLT 11 text.
func (l *LND) Invoice(ctx context.Context, sat int64, memo string) (invoice string, err error) {
	var answer struct {
		Request string `json:"payment_request"`
	}
	err = l.Call(ctx, "POST", "/v1/invoices", map[string]any{"value": fmt.Sprint(sat), "memo": memo}, &answer)
	return answer.Request, err
}

// Settle pays an invoice and waits until it is paid. It returns the preimage
// in hex.
func (l *LND) Settle(ctx context.Context, invoice string) (preimage string, err error) {
	var answer struct {
		Result struct {
			Status   string
			Preimage string `json:"payment_preimage"`
			Reason   string `json:"failure_reason"`
		}
	}
	err = l.Call(ctx, "POST", "/v2/router/send", map[string]any{
		"payment_request": invoice, "timeout_seconds": 30, "fee_limit_sat": "1000", "no_inflight_updates": true,
	}, &answer)
	if err == nil && answer.Result.Status != "SUCCEEDED" {
		err = fmt.Errorf("payment %s: %s", answer.Result.Status, answer.Result.Reason)
	}
	return answer.Result.Preimage, err
}
