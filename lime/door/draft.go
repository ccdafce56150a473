package door

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/lime"
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
	args, err := want.args()
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
	reply, err := c.anew(ctx, "pay", args)
	if err != nil {
		return nil, err
	}
	made, err := view[drafted](reply.Data)
	if err != nil {
		return nil, err
	}
	r, err := c.made(ctx, made.Code)
	if err != nil {
		return nil, err
	}
	if waits := r.State == "new"; fee >= 0 && int64(r.FeeLimit) > fee && (waits || r.State == "cancelled") {
		_, _ = c.do(ctx, "cancel", map[string]string{"code": r.Code}) // else it lapses
		return nil, refuse(CodeFee, "lime.fee", map[string]any{"fee": int64(r.FeeLimit)})
	}
	if want.Confirm && r.State == "new" && !made.Asked {
		return c.confirm(ctx, made.Code)
	}
	o := c.door.orderOf(r, c.speech)
	o.Asked = made.Asked && o.State == Pending
	return o, nil
}

// made is the order that the command made, now or before. Codes come again in
// time, ids do not.
func (c *call) made(ctx context.Context, code string) (command.OrderRecord, error) {
	if c.ID == "" {
		return c.door.desk.Order(ctx, c.jid, code)
	}
	return c.door.desk.OrderAsked(ctx, c.jid, key("pay", c.app, c.ID))
}

// args are what the desk's pay is told.
func (a ask) args() (map[string]string, error) {
	args := map[string]string{"to": strings.TrimSpace(a.To), "memo": a.Memo, "speed": a.Speed}
	switch {
	case args["to"] == "":
		return nil, refuse(lime.InvalidArgument, "lime.nobody", nil)
	case a.Amount == "all":
		args["amount"] = "all"
	case a.Amount != "":
		m, err := money(string(a.Amount), a.Unit)
		if err != nil {
			return nil, err
		}
		if fine(m) != "" && !strings.EqualFold(a.Unit, "msat") { // who does not say msat does not read it in the answer
			return nil, refuse(lime.InvalidArgument, "lime.whole", map[string]any{"text": clip(string(a.Amount)), "msat": fine(m)})
		}
		args["amount"] = said(m)
	}
	return args, nil
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
