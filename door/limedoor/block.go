package limedoor

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// TypeBlock is the newest block of the chain.
const TypeBlock lime.MediaType = "application/vnd.bitcoim.block+json"

// Block is the newest that the gateway's node knows.
type Block struct {
	Height int64  `json:"height"`
	Hash   string `json:"hash"`
}

// MediaType is TypeBlock.
func (Block) MediaType() lime.MediaType { return TypeBlock }

func (d *Door) blocks(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/blocks", func(ctx context.Context, c *call) (lime.Document, error) {
		if err := c.mayLook(ctx); err != nil {
			return nil, err
		}
		height, hash, err := d.desk.Tip(ctx)
		return Block{height, hash}, err
	})
	d.observable(m, "/blocks")
}
