package door

import (
	"context"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/lime"
)

// bills are those whose end was not told, by the JID of the account. They are
// kept as long as the gateway runs; the invoices behind them stay.
type bills struct {
	mu     sync.Mutex
	open   map[string][]bill
	closed map[string][]string       // ids of messages whose bill ended
	lines  map[string]map[int64]bool // of the statement that paid an open bill's neighbour
}

const (
	mostBills = 500   // of an account; the oldest is forgotten
	billLasts = 86400 // seconds, without Lightning
)

func (b *bills) start() {
	b.open, b.closed, b.lines = map[string][]bill{}, map[string][]string{}, map[string]map[int64]bool{}
}

// add keeps a bill, unless it was sent before.
func (b *bills) add(jid string, one bill) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.open[jid]
	if one.id != "" && (slices.Contains(b.closed[jid], one.id) || slices.ContainsFunc(all, func(old bill) bool { return old.id == one.id })) {
		return
	}
	if len(all) >= mostBills {
		all = all[1:]
	}
	b.open[jid] = append(slices.Clone(all), one)
}

// of lists the bills of an account.
func (b *bills) of(jid string) []bill {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open[jid]
}

// end ends a bill, by a line of the statement if that is not 0; false if it ended
// already, or the line paid for another.
func (b *bills) end(jid string, one bill, line int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.open[jid], one)
	if i < 0 || line != 0 && b.lines[jid][line] {
		return false
	}
	if line != 0 {
		if b.lines[jid] == nil {
			b.lines[jid] = map[int64]bool{}
		}
		b.lines[jid][line] = true
	}
	if one.id != "" {
		ids := append(b.closed[jid], one.id)
		b.closed[jid] = ids[max(0, len(ids)-mostBills):]
	}
	if b.open[jid] = slices.Delete(slices.Clone(b.open[jid]), i, i+1); len(b.open[jid]) == 0 {
		delete(b.open, jid)
		delete(b.lines, jid) // bills to come look at later lines
	}
	return true
}

// settle tells what became of the bills of an account.
func (d *Door) settle(ctx context.Context, jid string, p command.Pulse) {
	for _, b := range d.bills.of(jid) {
		if i := slices.IndexFunc(p.Invoices, func(i command.InvoiceRecord) bool { return b.hash != "" && i.Hash == b.hash && i.State == "paid" }); i >= 0 {
			d.ended(ctx, jid, b, 0, lime.InvoiceStatus{Status: lime.InvoiceCompleted, Date: date(p.Invoices[i].Settled), Code: b.hash})
			continue
		}
		paid := false
		for _, l := range p.Lines { // a neighbour who sends as much
			if !paid && b.payer != "" && l.Incoming && l.N > b.after && l.Peer == b.payer && l.Amount == b.amount {
				paid = d.ended(ctx, jid, b, l.N, lime.InvoiceStatus{Status: lime.InvoiceCompleted, Date: date(l.At), Code: "#" + number(l.N)})
			}
		}
		if !paid && b.ends <= d.now() {
			d.ended(ctx, jid, b, 0, lime.InvoiceStatus{Status: lime.InvoiceCancelled, Date: date(d.now()), Code: b.hash})
		}
	}
}

// ended tells the end of a bill, once.
func (d *Door) ended(ctx context.Context, jid string, b bill, line int64, s lime.InvoiceStatus) bool {
	if !d.bills.end(jid, b, line) {
		return false
	}
	m := &lime.Message{Header: lime.Header{ID: b.id, From: b.from, To: lime.Node{Identity: b.to}, PP: lime.Node{Identity: d.postmaster()}}, Content: s}
	if b.id != "" {
		m.Metadata = map[string]string{InReplyTo: b.id}
	} else {
		m.ID = lime.NewID()
	}
	if _, err := d.server.Deliver(ctx, m); err != nil {
		d.log.Warn("lime: an invoice's end was not told", "to", b.to.String(), "err", err)
	}
	return true
}
