package limedoor

import (
	"context"
	"errors"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeOrder is a payment order.
const TypeOrder lime.MediaType = "application/vnd.bitcoim.order+json"

// Order is a payment from the moment it is asked for. Amounts are in sat, and
// amount and fee are total. What is not whole stands beside them in msat, where
// that holds, too.
type Order struct {
	Code    string `json:"code,omitempty"`
	To      string `json:"to,omitempty"`
	Rail    string `json:"rail,omitempty"` // inside, chain or lightning
	Amount  int64  `json:"amount"`
	Fine    string `json:"amountMsat,omitempty"`
	Fee     int64  `json:"fee"` // the most that it can be, and once it is known, what it was
	FineFee string `json:"feeMsat,omitempty"`
	Total   int64  `json:"total"` // the most that leaves the account
	FineAll string `json:"totalMsat,omitempty"`
	State   string `json:"state"`
	Asked   bool   `json:"asked,omitempty"`   // it is above the budget: the owner was asked
	Stopped bool   `json:"stopped,omitempty"` // confirmed, and waits until the operator lets payments out again: it may be cancelled
	// MayBeMade says that it is confirmed, and that the node may have made it already:
	// nobody knows yet, and it may not be cancelled.
	MayBeMade bool   `json:"mayBeMade,omitempty"`
	Memo      string `json:"memo,omitempty"`
	TxID      string `json:"txid,omitempty"`
	Hash      string `json:"hash,omitempty"`
	Proof     string `json:"preimage,omitempty"`
	Blocks    int64  `json:"confirmations,omitempty"`
	Reason    string `json:"reason,omitempty"` // why it failed
	Created   string `json:"created,omitempty"`
	Expires   string `json:"expires,omitempty"` // of the code
	Ended     string `json:"ended,omitempty"`
}

// MediaType is TypeOrder.
func (Order) MediaType() lime.MediaType { return TypeOrder }

// States of an order, as programs are told them.
const (
	Pending   = "pending"   // waits for its code
	Confirmed = "confirmed" // the money is set aside
	Sending   = "sending"
	Sent      = "sent"
	Failed    = "failed" // the money is back
	Cancelled = "cancelled"
	Expired   = "expired"
	Held      = "held" // nobody knows yet what became of it; the money is set aside
)

// states are how the wallet calls them.
var states = map[wallet.OrderState]string{
	wallet.OrderNew: Pending, wallet.OrderHeld: Confirmed, wallet.OrderSending: Sending, wallet.OrderInFlight: Sending,
	wallet.OrderConfirming: Sent, wallet.OrderDone: Sent, wallet.OrderFailed: Failed, wallet.OrderCancelled: Cancelled,
	wallet.OrderExpired: Expired, wallet.OrderStuck: Held,
}

func (d *Door) orderOf(r wallet.OrderRecord, s speech) Order {
	fee := r.FeeLimit
	if r.Paid {
		fee = r.Fee
	}
	total := (r.Amount + fee).CeilSats()
	o := Order{Code: r.Code, To: r.To, Rail: string(r.Rail), Amount: total - fee.CeilSats(), Fine: fine(r.Amount),
		Fee: fee.CeilSats(), FineFee: fine(fee), Total: total, FineAll: fine(r.Amount + fee), State: states[r.State],
		Stopped: r.Pause == wallet.Stopped, MayBeMade: r.Pause == wallet.MayBeMade, Memo: r.Memo, TxID: r.TxID, Hash: r.Hash, Proof: r.Preimage,
		Blocks: r.Confirmations, Created: date(r.Created), Ended: date(r.Ended)}
	if o.State == Pending {
		o.Expires = date(r.Expires)
	}
	if o.State == Failed {
		o.Reason = d.why(r, s)
	}
	return o
}

// why says why an order failed. Its reason is a phrase, or an operator's words.
func (d *Door) why(r wallet.OrderRecord, s speech) string {
	p := d.words.Printer(s.lang, s.unit)
	return p.Say(r.Reason, map[string]any{"amount": int64(r.Amount), "who": r.To, "back": int64(r.Amount + r.FeeLimit), "reason": r.Reason})
}

func (d *Door) orders(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/orders", listOrders)
	d.handle(m, lime.Get, "/orders/{code}", readOrder)
	d.handle(m, lime.Set, "/orders", draftOrder)
	d.handle(m, lime.Merge, "/orders/{code}", moveOrder)
	d.handle(m, lime.Set, "/orders/{code}/confirm", confirmOrder)
	d.handle(m, lime.Delete, "/orders/{code}", func(ctx context.Context, c *call) (lime.Document, error) {
		_, err := cancelOrder(ctx, c)
		return nil, err
	})
	d.observable(m, "/orders")
	d.observable(m, "/orders/{code}")
}

// most is how many documents one list holds.
const most = 50

func listOrders(ctx context.Context, c *call) (lime.Document, error) {
	skip, take, err := c.Page(most)
	if err != nil {
		return nil, err
	}
	by, err := c.caller(ctx, "orders")
	if err != nil {
		return nil, err
	}
	all, total, err := c.door.desk.Orders(ctx, by, skip, take)
	list := lime.Collection{Total: total, ItemType: TypeOrder, Items: make([]lime.Document, 0, len(all))}
	for _, r := range all {
		list.Items = append(list.Items, c.door.orderOf(r, c.speech))
	}
	return list, err
}

func readOrder(ctx context.Context, c *call) (lime.Document, error) {
	return c.order(ctx, c.code())
}

// code is the one in the path, as people write it.
func (c *call) code() string { return strings.ToLower(c.Var("code")) }

func (c *call) order(ctx context.Context, code string) (lime.Document, error) {
	by, err := c.caller(ctx, "order")
	if err != nil {
		return nil, err
	}
	r, err := c.door.desk.Order(ctx, by, code)
	if err != nil {
		return nil, err
	}
	return c.door.orderOf(r, c.speech), nil
}

func (c *call) cancel(ctx context.Context, code string) error {
	_, err := does(ctx, c, "cancel", code, false, func(ctx context.Context, by wallet.Caller) (wallet.Cancelled, error) {
		return c.door.desk.Cancel(ctx, by, code)
	})
	return err
}

// cancelOrder drops an order that waits. One that is dropped already is as good.
func cancelOrder(ctx context.Context, c *call) (lime.Document, error) {
	err := c.cancel(ctx, c.code())
	if err != nil && !errors.Is(err, wallet.ErrCancelled) {
		return nil, err
	}
	return c.order(ctx, c.code())
}

// moveOrder makes an order what it shall be: confirmed or cancelled.
func moveOrder(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[struct {
		State string `json:"state"`
	}](c.Resource, TypeOrder)
	if err != nil {
		return nil, err
	}
	switch want.State {
	case Confirmed:
		return confirmOrder(ctx, c)
	case Cancelled:
		return cancelOrder(ctx, c)
	}
	return nil, refuse(lime.InvalidArgument, "lime.state", map[string]any{"state": clip(want.State)})
}

// confirmOrder gives the code. An order that was confirmed before is answered as
// it is: to say it twice is no mistake.
func confirmOrder(ctx context.Context, c *call) (lime.Document, error) {
	if err := c.own(); err != nil { // who acts for another may ask for a payment, and not make it
		return nil, err
	}
	return c.confirm(ctx, c.code())
}

func (c *call) confirm(ctx context.Context, code string) (lime.Document, error) {
	done, err := does(ctx, c, "confirm", code, false, func(ctx context.Context, by wallet.Caller) (wallet.Confirmed, error) {
		return c.door.desk.Confirm(ctx, by, code)
	})
	if err != nil && !errors.Is(err, wallet.ErrConfirmed) && !errors.Is(err, wallet.ErrFailed) {
		return nil, err
	}
	doc, err := c.order(ctx, code)
	if o, is := doc.(Order); is {
		o.Asked = done.Asked && o.State == Pending
		doc = o
	}
	return doc, err
}
