package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// pipeline is how many requests are under way at once.
const pipeline = 64

// caller calls a node's RPC in the fastest way there is: by its websocket,
// with many requests under way. btcd closes other connections after each.
type caller struct{ client *rpcclient.Client }

func newCaller(node regtest.RPC) (*caller, error) {
	pem, err := os.ReadFile(node.Cert)
	if err != nil {
		return nil, err
	}
	client, err := rpcclient.New(&rpcclient.ConnConfig{
		Host: node.Host, Endpoint: "ws", User: node.User, Pass: node.Pass, Certificates: pem, DisableAutoReconnect: true,
	}, nil)
	return &caller{client}, err
}

func (c *caller) stop() {
	c.client.Shutdown()
	c.client.WaitForShutdown()
}

// each sends all transactions by sendrawtransaction.
func (c *caller) each(ctx context.Context, txs []*wire.MsgTx) error {
	var under []rpcclient.FutureSendRawTransactionResult
	for i := 0; i < len(txs) || len(under) > 0; {
		if i < len(txs) && len(under) < pipeline {
			under = append(under, c.client.SendRawTransactionAsync(txs[i], true))
			i++
			continue
		}
		if _, err := under[0].Receive(); err != nil {
			return fmt.Errorf("sendrawtransaction: %w", err)
		}
		if under = under[1:]; ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// waiting is how many transactions are in the mempool.
func (c *caller) waiting() (int, error) {
	raw, err := c.client.RawRequest("getmempoolinfo", nil)
	if err != nil {
		return 0, err
	}
	var info struct{ Size int }
	err = json.Unmarshal(raw, &info)
	return info.Size, err
}
