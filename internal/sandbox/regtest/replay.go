package regtest

import (
	"context"
	"fmt"
)

// btcd deletes its regtest chain whenever it starts, so we keep the blocks and
// give them back.

type block struct{ hash, raw string }

// keep copies what is new in the best chain.
func (c *Chain) keep(ctx context.Context) error {
	if c.Kind != "btcd" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	height, err := c.Height(ctx)
	if err != nil {
		return err
	}
	have, err := c.shared(ctx, height)
	if err != nil {
		return err
	}
	numbers := make([][]any, 0, height-have)
	for n := have + 1; n <= height; n++ {
		numbers = append(numbers, []any{n})
	}
	hashes, err := c.RPC.batch(ctx, "getblockhash", numbers)
	if err != nil {
		return err
	}
	wanted := make([][]any, 0, len(hashes))
	for _, h := range hashes {
		wanted = append(wanted, []any{h, 0})
	}
	raws, err := c.RPC.batch(ctx, "getblock", wanted)
	if err != nil {
		return err
	}
	c.kept = c.kept[:have]
	for i, raw := range raws {
		c.kept = append(c.kept, block{hashes[i], raw})
	}
	return nil
}

// shared is the height up to which the kept blocks are in the best chain.
func (c *Chain) shared(ctx context.Context, height int64) (int64, error) {
	for n := min(height, int64(len(c.kept))); n > 0; n-- {
		hash, err := c.Hash(ctx, n)
		if err != nil {
			return 0, err
		}
		if hash == c.kept[n-1].hash {
			return n, nil
		}
	}
	return 0, nil
}

// replay gives the kept blocks above height back to the node.
func (c *Chain) replay(ctx context.Context, height int64) error {
	lost := c.kept[min(height, int64(len(c.kept))):]
	params := make([][]any, len(lost))
	for i, b := range lost {
		params[i] = []any{b.raw}
	}
	refusals, err := c.RPC.batch(ctx, "submitblock", params)
	if err != nil {
		return err
	}
	for i, refusal := range refusals {
		if refusal != "" {
			return fmt.Errorf("block %s: %s", lost[i].hash, refusal)
		}
	}
	return nil
}
