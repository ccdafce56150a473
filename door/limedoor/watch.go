package limedoor

import (
	"context"
	"slices"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// How often is looked at what no signal came for: other instances of the gateway
// write into the same database, and the chain moves by itself.
const (
	every       = time.Second
	everyBlock  = 10 * time.Second
	everyGuard  = 5 * time.Second
	overlap     = 60 // seconds that two looks have in common
	longestLook = 10 * time.Second
	// shortestRest is how long signals wait after a look.
	shortestRest = 20 * time.Millisecond
)

// attend looks at what its sessions want to hear of, until ctx ends.
func (d *Door) attend(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	blocks, guards := time.NewTicker(everyBlock), time.NewTicker(everyGuard)
	defer blocks.Stop()
	defer guards.Stop()
	n, signal, signalled, guarded := &events{}, d.signal, false, time.Now()
	var doubtful map[who]bool
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
			signal = d.signal
			continue
		case <-tick.C:
		case <-signal:
			signalled = true
		case <-blocks.C:
			d.lookAtChain(ctx)
			continue
		case <-guards.C:
			signalled, guarded = true, time.Time{}
		}
		if signalled && time.Since(guarded) >= every {
			doubtful = d.guard(ctx, doubtful)
			signalled, guarded = len(doubtful) > 0, time.Now()
		}
		began := time.Now()
		here := d.here()
		look, cancel := context.WithTimeout(ctx, longestLook)
		if err := d.tell(look, n, here); err != nil && ctx.Err() == nil {
			d.log.Warn("lime: the notices could not be read", "err", err)
		}
		for _, one := range here {
			if watched, _ := d.people.wants(one); watched {
				if err := d.look(look, one); err != nil && ctx.Err() == nil {
					d.log.Warn("lime: an account could not be looked at", "err", err)
				}
			}
		}
		if err := d.settle(look, here); err != nil && ctx.Err() == nil {
			d.log.Warn("lime: the bills could not be read", "err", err)
		}
		cancel()
		// Many commits signal many times, and to look at all costs as many queries as
		// there are accounts.
		signal = nil
		rest.Reset(max(shortestRest, 4*time.Since(began)))
	}
}

// snapshot is an account as it was seen.
type snapshot struct {
	at       int64
	balance  Balance
	last     int64
	orders   map[string]wallet.OrderRecord
	invoices map[string]wallet.InvoiceRecord
}

// look compares an account with how it was seen before, and tells observers
// what changed. The first look tells nothing.
func (d *Door) look(ctx context.Context, one *person) error {
	one.looking.Lock()
	defer one.looking.Unlock()
	old := one.seen
	since := d.now() - overlap
	if old != nil {
		since = min(since, old.at-overlap)
	}
	by, err := d.desk.Caller(ctx, wallet.Caller{JID: one.jid})
	if err != nil {
		return err
	}
	p, err := d.desk.Snapshot(ctx, by, since)
	if err != nil {
		return err
	}
	s := &snapshot{at: d.now(), balance: balanceOf(p.Balance, p.Incoming, p.Held), last: p.Last,
		orders: map[string]wallet.OrderRecord{}, invoices: map[string]wallet.InvoiceRecord{}}
	for _, o := range p.Orders {
		s.orders[o.Code] = o // of one code, the newest
	}
	for _, i := range p.Invoices {
		s.invoices[i.Hash] = i
	}
	one.seen = s
	if old != nil {
		d.compare(ctx, by, one, old, s, p)
	}
	return nil
}

// compare tells observers what is new.
func (d *Door) compare(ctx context.Context, by wallet.Caller, one *person, old, now *snapshot, p wallet.Snapshot) {
	who := one.identity
	if now.balance != old.balance {
		d.server.Observe(who, "/balance", now.balance)
	}
	moved := map[string]bool{} // transactions
	for _, l := range p.Lines {
		if l.N > old.last {
			d.server.Observe(who, "/history", entryOf(l))
			moved[l.TxID] = true
		}
	}
	for _, o := range p.Orders {
		before, known := old.orders[o.Code]
		if now.orders[o.Code] != o || known && before == o || !known && o.Ended != 0 && o.Ended < old.at-overlap {
			continue
		}
		d.server.Observe(who, "/orders/"+o.Code, d.orderOf(o, one.speech))
		moved[o.TxID] = true
		if o.State == wallet.OrderDone && before.State != wallet.OrderDone {
			d.receipt(ctx, who, o)
		}
	}
	for _, i := range p.Invoices {
		if before, known := old.invoices[i.Hash]; !known || before != i {
			d.server.Observe(who, "/invoices/"+i.Hash, invoiceOf(i))
		}
	}
	delete(moved, "")
	for txid := range moved {
		if lines, err := d.desk.Transaction(ctx, by, txid); err == nil {
			d.server.Observe(who, "/transactions/"+txid, transactionOf(lines))
		}
	}
}

// receipt is sent for a payment that is done to those of the payer's sessions
// that say they read receipts.
func (d *Door) receipt(ctx context.Context, who lime.Identity, o wallet.OrderRecord) {
	for _, c := range d.server.Sessions(who) {
		if !slices.Contains(c.Capability().ContentTypes, lime.TypePaymentReceipt) {
			continue
		}
		code := o.Hash
		if code == "" {
			code = o.Code
		}
		total := lime.Decimal(number((o.Amount + o.Fee).CeilSats()))
		_ = c.Send(ctx, &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: lime.PaymentReceipt{PaidOn: date(o.Ended), Code: code,
			Method: lime.PaymentMethod{Name: string(o.Rail)}, Currency: "SAT", Total: total,
			Items: []lime.InvoiceItem{{Quantity: "1", Currency: "SAT", Total: lime.Decimal(number(o.Amount.CeilSats())), Description: o.Memo}}}})
	}
}

// lookAtChain tells of a new block.
func (d *Door) lookAtChain(ctx context.Context) {
	var all []*person
	for _, one := range d.here() {
		if _, blocks := d.people.wants(one); blocks {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	height, hash, err := d.desk.Tip(ctx)
	if err != nil || hash == d.tip {
		return
	}
	if d.tip != "" {
		for _, one := range all {
			d.server.Observe(one.identity, "/blocks", Block{height, hash})
		}
	}
	d.tip = hash
}
