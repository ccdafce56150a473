package limedoor

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// ask is the document by which an order is asked for.
type ask struct {
	To      string       `json:"to"`
	Amount  lime.Decimal `json:"amount"` // in unit; "all"; nothing if an invoice or a link says it
	Unit    string       `json:"unit"`   // sat, msat, bit, mbtc or btc
	Memo    string       `json:"memo"`
	Speed   string       `json:"speed"`
	MaxFee  lime.Decimal `json:"maxFee"` // sat
	Confirm bool         `json:"confirm"`
}

// draftOrder makes an order. The command's id is its key: the same id again is
// the same order, as it is by then.
func draftOrder(ctx context.Context, c *call) (lime.Document, error) {
	want, err := document[ask](c.Resource, TypeOrder)
	if err != nil {
		return nil, err
	}
	p, err := want.payment()
	if err != nil {
		return nil, err
	}
	var fee int64 = -1
	if want.MaxFee != "" && want.MaxFee != "0" {
		m, err := money(string(want.MaxFee), "sat")
		if err != nil {
			return nil, err
		}
		fee = int64(m)
	} else if want.MaxFee == "0" {
		fee = 0
	}
	if want.Confirm {
		if err := c.own(); err != nil {
			return nil, err
		}
		if c.app == 0 { // a budget is what stands in for the code
			return nil, refuse(CodeNeedsCode, "lime.needs-code", nil)
		}
	}
	made, err := does(ctx, c, "pay", want, true, func(ctx context.Context, by wallet.Caller) (wallet.Drafted, error) {
		return c.door.desk.Pay(ctx, by, p)
	})
	if err != nil {
		return nil, err
	}
	r, err := c.made(ctx, made.Code)
	if err != nil {
		return nil, err
	}
	if waits := r.State == wallet.OrderNew; fee >= 0 && int64(r.FeeLimit) > fee && (waits || r.State == wallet.OrderCancelled) {
		_ = c.cancel(ctx, r.Code) // else it lapses
		return nil, refuse(CodeFee, "lime.fee", map[string]any{"fee": int64(r.FeeLimit)})
	}
	if want.Confirm && r.State == wallet.OrderNew {
		return c.confirm(ctx, made.Code)
	}
	return c.door.orderOf(r, c.speech), nil
}

// made is the order that the command made, now or before. Codes come again in
// time, ids do not.
func (c *call) made(ctx context.Context, code string) (wallet.OrderRecord, error) {
	by, err := c.caller(ctx, "pay")
	switch {
	case err != nil:
		return wallet.OrderRecord{}, err
	case by.Key.ID == "":
		return c.door.desk.Order(ctx, by, code)
	}
	return c.door.desk.OrderAsked(ctx, by)
}

// payment is what the wallet is asked to pay.
func (a ask) payment() (wallet.Payment, error) {
	p := wallet.Payment{Whom: strings.TrimSpace(a.To), Memo: a.Memo, Speed: a.Speed, All: a.Amount == "all"}
	switch {
	case p.Whom == "":
		return p, refuse(lime.InvalidArgument, "lime.nobody", nil)
	case a.Amount == "" || p.All:
		return p, nil
	}
	m, err := money(string(a.Amount), a.Unit)
	if err != nil {
		return p, err
	}
	if fine(m) != "" && !strings.EqualFold(a.Unit, "msat") { // who does not say msat does not read it in the answer
		return p, refuse(lime.InvalidArgument, "lime.whole", map[string]any{"text": clip(string(a.Amount)), "msat": fine(m)})
	}
	p.Amount = m
	return p, nil
}

// document reads a resource of one of our own types. Plain JSON will do as well.
func document[T any](d lime.Document, want lime.MediaType) (v T, err error) {
	if d == nil {
		return v, lime.Errorf(lime.EmptyDocument, "a resource is missing")
	}
	if t := d.MediaType(); t != want && t != "application/json" {
		return v, lime.Errorf(lime.InvalidResource, "%s is wanted here", want)
	}
	raw, is := d.(lime.Raw)
	if !is {
		return v, lime.Errorf(lime.InvalidResource, "%s is wanted here", want)
	}
	if err := json.Unmarshal(raw.JSON, &v); err != nil {
		return v, lime.Errorf(lime.Validation, "the resource makes no sense")
	}
	return v, nil
}
