package p2p

import (
	"context"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// look fetches new blocks while a transaction wants to be looked for in them.
func (c *Client) look(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-c.blocks.fetch:
			if !c.wantBlocks() {
				continue
			}
			m, _, err := c.Request(ctx, &wire.MsgGetData{InvList: []*wire.InvVect{{Type: c.blockType(), Hash: f.Hash}}}, From(f.from))
			if err != nil {
				m, _, err = c.Request(ctx, &wire.MsgGetData{InvList: []*wire.InvVect{{Type: c.blockType(), Hash: f.Hash}}})
			}
			if block, ok := m.(*wire.MsgBlock); ok && err == nil {
				c.find(btcutil.NewBlock(block), f.Block)
			} else {
				c.log.Warn("block not fetched", "block", f.Hash, "err", err)
			}
		}
	}
}

func (c *Client) blockType() wire.InvType {
	if c.segwit() {
		return wire.InvTypeWitnessBlock
	}
	return wire.InvTypeBlock
}

func (c *Client) wantBlocks() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.live {
		if b.want.blocks && b.story.Mined == nil {
			return true
		}
	}
	return false
}

// find looks for our transactions in a block.
func (c *Client) find(block *btcutil.Block, at Block) {
	if !whole(block, at.Hash) {
		c.log.Warn("a block that is not what its header says", "block", at.Hash)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, tx := range block.Transactions() {
		if b := c.live[*tx.Hash()]; b != nil && b.want.blocks && b.story.Mined == nil {
			b.mined(Place{Block: at.Hash.String(), Height: at.Height})
		}
	}
}
