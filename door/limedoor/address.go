package limedoor

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeAddress is a Bitcoin address of an account.
const TypeAddress lime.MediaType = "application/vnd.bitcoim.address+json"

// Address is where an account is paid on the chain.
type Address struct {
	Address  string `json:"address"`
	URI      string `json:"uri"`
	Label    string `json:"label,omitempty"`
	Received int64  `json:"received"` // sat, so far
	Used     bool   `json:"used"`
	Created  string `json:"created,omitempty"`
}

// MediaType is TypeAddress.
func (Address) MediaType() lime.MediaType { return TypeAddress }

func addressOf(v wallet.Address) Address {
	return Address{Address: v.Address, URI: v.URI(), Label: v.Label, Received: v.Received.Sats(), Used: v.Used, Created: date(v.Created)}
}

func (d *Door) addresses(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/addresses", func(ctx context.Context, c *call) (lime.Document, error) {
		skip, take, err := c.Page(most)
		if err != nil {
			return nil, err
		}
		all, err := c.addresses(ctx)
		return part(all, TypeAddress, skip, take), err
	})
	d.handle(m, lime.Set, "/addresses", newAddress)
	d.handle(m, lime.Get, "/addresses/{address}", func(ctx context.Context, c *call) (lime.Document, error) { return c.address(ctx) })
	d.handle(m, lime.Merge, "/addresses/{address}", labelAddress)
	d.handle(m, lime.Delete, "/addresses/{address}", func(ctx context.Context, c *call) (lime.Document, error) { // which hides it
		_, err := does(ctx, c, "address", []string{"hide", c.Var("address")}, false, func(ctx context.Context, by wallet.Caller) (wallet.HiddenAddress, error) {
			return d.desk.HideAddress(ctx, by, c.Var("address"))
		})
		return nil, err
	})
}

// addresses are those of the account that are not hidden, oldest first.
func (c *call) addresses(ctx context.Context) (all []lime.Document, err error) {
	by, err := c.caller(ctx, "address")
	if err != nil {
		return nil, err
	}
	own, err := c.door.desk.Addresses(ctx, by)
	for _, a := range own {
		all = append(all, addressOf(a))
	}
	return all, err
}

// address is the one in the path. Base58 has a case, so it must be as it was given.
func (c *call) address(ctx context.Context) (lime.Document, error) {
	all, err := c.addresses(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if a := d.(Address); a.Address == c.Var("address") || strings.EqualFold(a.Address, c.Var("address")) && strings.HasPrefix(a.Address, "bc") {
			return a, nil
		}
	}
	return nil, refuse(lime.NotFound, "address.not-yours", map[string]any{"address": clip(c.Var("address"))})
}

func newAddress(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[Address](c.Resource, TypeAddress)
	if err != nil {
		return nil, err
	}
	a, err := does(ctx, c, "address", []string{"new", want.Label}, false, func(ctx context.Context, by wallet.Caller) (wallet.NewAddress, error) {
		return c.door.desk.NewAddress(ctx, by, want.Label)
	})
	if err != nil {
		return nil, err
	}
	return addressOf(a.Address), nil
}

func labelAddress(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[Address](c.Resource, TypeAddress)
	if err != nil {
		return nil, err
	}
	_, err = does(ctx, c, "address", []string{"label", c.Var("address"), want.Label}, false, func(ctx context.Context, by wallet.Caller) (wallet.LabelledAddress, error) {
		return c.door.desk.LabelAddress(ctx, by, c.Var("address"), want.Label)
	})
	if err != nil {
		return nil, err
	}
	return c.address(ctx)
}

// part is what of a list was asked for.
func part(all []lime.Document, t lime.MediaType, skip, take int) lime.Collection {
	from := min(skip, len(all))
	return lime.Collection{Total: len(all), ItemType: t, Items: all[from:min(from+take, len(all))]}
}
