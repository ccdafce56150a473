package limedoor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// settle tells those who are here, and listen, what became of their bills. The
// desk keeps the bills, for all instances of the gateway.
func (d *Door) settle(ctx context.Context, here []*person) error {
	if len(here) == 0 {
		return nil
	}
	all, err := d.desk.Billing(ctx)
	if err != nil {
		return err
	}
	billing := make(map[string]bool, len(all))
	for _, jid := range all {
		billing[jid] = true
	}
	here = slices.DeleteFunc(slices.Clone(here), func(one *person) bool { return !billing[one.jid] || !d.listens(one.identity) })
	if err := d.lapse(ctx, here); err != nil {
		d.log.Warn("lime: bills whose time ran out are not looked after", "err", err)
	}
	for _, one := range here {
		by, err := d.desk.Caller(ctx, wallet.Caller{JID: one.jid})
		if err == nil {
			err = d.desk.EndBills(ctx, by, func(e wallet.BillEnd) bool { return d.ended(ctx, one.identity, e) })
		}
		if err != nil {
			d.log.Warn("lime: what became of bills is not known", "of", one.identity.String(), "err", err)
		}
	}
	return nil
}

// lapse ends bills whose time ran out. A node that does not answer does not keep
// the others from being told, nor does one user's failure keep others' bills open.
func (d *Door) lapse(ctx context.Context, all []*person) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var failed []error
	for _, one := range all {
		if ctx.Err() != nil {
			break
		}
		by, err := d.desk.Caller(ctx, wallet.Caller{JID: one.jid})
		if err == nil {
			err = d.desk.LapseBills(ctx, by)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", one.jid, err))
		}
	}
	return errors.Join(failed...)
}

// ended tells the end of a bill; false if nobody listens.
func (d *Door) ended(ctx context.Context, to lime.Identity, e wallet.BillEnd) bool {
	from, err := lime.ParseNode(e.Node)
	if err != nil {
		d.log.Error("lime: a bill was sent to what is no node", "node", e.Node, "err", err)
	}
	status := lime.InvoiceStatus{Status: lime.InvoiceCancelled, Date: date(e.At), Code: e.Code}
	if e.Paid {
		status.Status = lime.InvoiceCompleted
	}
	m := &lime.Message{Header: lime.Header{ID: e.Message, From: from, To: lime.Node{Identity: to}, PP: lime.Node{Identity: d.postmaster()}}, Content: status}
	if e.Message != "" {
		m.Metadata = map[string]string{InReplyTo: e.Message}
	} else {
		m.ID = lime.NewID()
	}
	if !d.listens(to) { // else it would wait in the inbox, and be told again
		return false
	}
	n, err := d.server.Deliver(ctx, m)
	if err != nil {
		d.log.Warn("lime: an invoice's end was not told", "to", to.String(), "err", err)
	}
	return n > 0
}

// listens reports whether a session of an account takes what is sent to the
// account.
func (d *Door) listens(i lime.Identity) bool {
	for _, c := range d.server.Sessions(i) {
		p := c.Presence()
		switch p.Status {
		case lime.Available, lime.Busy, lime.Away:
			if p.RoutingRule != lime.RouteInstance {
				return true
			}
		}
	}
	return false
}
