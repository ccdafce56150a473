package limedoor

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// understood is what may be sent to us.
var understood = lime.Capability{
	ContentTypes: []lime.MediaType{lime.TextPlain, lime.TypeInvoice},
	ResourceTypes: []lime.MediaType{lime.TypeAccount, lime.TypeContact, lime.TypeDelegation, TypeBalance, TypeAddress, TypeInvoice, TypeOrder,
		TypeEntry, TypeRate, TypeFees, TypeTransaction, TypeApp, TypeBlock},
}

// mux is everything that can be asked for. Each resource is a file.
func (d *Door) mux() *limeserver.Mux {
	m := limeserver.NewMux()
	for _, resource := range []func(*limeserver.Mux){
		d.accounts, d.addresses, d.apps, d.balances, d.blocks, d.contacts, d.delegations, d.history, d.invoices, d.orders, d.rates, d.transactions,
	} {
		resource(m)
	}
	d.chat(m)
	d.requests(m)
	m.Messages(lime.TypeChatState, func(context.Context, *limeserver.Channel, *lime.Message) error { return nil }, limeserver.ForGuests())
	return m
}

// observable lets sessions subscribe to a resource of their own account.
func (d *Door) observable(m *limeserver.Mux, path string) {
	m.Observable(path, func(ctx context.Context, r *limeserver.Request) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		c, err := d.call(ctx, r)
		if err == nil {
			err = c.own()
		}
		if err == nil {
			err = c.mayLook(ctx)
		}
		if err == nil && path == "/orders/{code}" {
			_, err = c.order(ctx, c.code())
		}
		if err == nil && path == "/transactions/{txid}" {
			_, err = c.transaction(ctx)
		}
		if err != nil {
			return d.reason(c.speech, err)
		}
		d.people.mark(r.Owner, path == "/blocks")
		one := d.people.find(r.Owner)
		if one == nil || path == "/blocks" {
			return nil
		}
		if err := d.look(ctx, one); err != nil { // the first snapshot, before the first change
			return d.reason(c.speech, err)
		}
		return nil
	})
}
