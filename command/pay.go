package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// speeds are how fast a payment on the chain shall be mined.
var speeds = []string{"slow", "normal", "fast"}

// Pay drafts a payment order, which waits for its code.
var Pay = &Command{
	Name: "pay", Who: Member, Where: Anywhere, Confirms: true, Moves: true,
	Fields: []Field{
		{Name: "amount", Kind: AmountField, Optional: true}, // a link may have one
		{Name: "to"},
		{Name: "speed", Kind: ChoiceField, Choices: speeds, Default: "normal", Optional: true},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: payWords,
	Run:   pay,
}

// payWords reads "5000 bob lunch", "5000 to bob", "all bob", "0.001 BTC bc1q...
// fast rent", a payment link with or without an amount after it, and on a
// contact the same with or without the recipient.
func payWords(c *Call, words []string) (map[string]string, error) {
	args := map[string]string{}
	if len(words) > 0 && c.chosen("all", words[0], "all") == "all" {
		args["amount"], words = words[0], words[1:]
	} else {
		args["amount"], words = cutAmount(words)
	}
	switch {
	case c.To.Kind != ToGateway:
		words = c.whomHere("to", args, words)
	case len(words) == 0:
		return nil, c.usage()
	default:
		whom := c.skip("to", words)
		args["to"], words = whom[0], whom[1:]
		if args["amount"] == "" { // a link or an address first, the amount after it
			args["amount"], words = cutAmount(words)
		}
	}
	if len(words) > 0 {
		if s := c.chosen("speed", words[0], speeds...); s != "" {
			args["speed"], words = s, words[1:]
		}
	}
	args["memo"] = strings.Join(words, " ")
	return args, nil
}

func pay(ctx context.Context, c *Call) (Reply, error) {
	if c.Account.Suspended {
		return Reply{}, useraccount.ErrSuspended.With(fault.Args{"reason": c.Account.Reason})
	}
	if _, ok := c.optional("speed", speeds...); !ok {
		return Reply{}, c.usage()
	}
	to, err := c.recipient(ctx, errPayHere)
	if err != nil {
		return Reply{}, err
	}
	if other, err := c.another(ctx, "to"); err != nil || other != "" {
		return c.askWhom(other), err
	}
	d := paymentorder.Draft{ToUser: to.user, SaidTo: to.name, SaidAt: c.At, Memo: clip(c.Arg("memo"), memoLength), ClientKey: c.root()}
	if d.Memo == "" {
		d.Memo = clip(to.memo, memoLength)
	}
	invoiced := to.invoice != nil || to.offer != nil
	if to.user == nil && !invoiced {
		d.ToAddress = to.address
	}
	balance := c.Account.Has.Balance // as this request found it; whether it is there, the code will ask
	if to.user == nil {              // what was asked of others may have taken a while
		if balance, err = ledger.Balance(ctx, c.DB.Read(), c.Account.Money); err != nil {
			return Reply{}, err
		}
	}
	all := c.chosen("all", c.Arg("amount"), "all") == "all"
	switch {
	case all && balance <= 0:
		return Reply{}, errNothing
	case all && to.invoice != nil && to.amount > 0:
		all, d.Amount = false, to.amount // which is all that it takes
	case all:
		d.Amount = balance // less by the fee, for who is outside
	case c.Arg("amount") == "" && to.amount > 0:
		d.Amount = to.amount
	case c.Arg("amount") == "" && invoiced:
		return Reply{}, errHowMuch.With(fault.Args{"pay": c.word("pay"), "who": c.Arg("to")})
	case c.Arg("amount") == "" && to.user == nil:
		return Reply{}, errHowMuch.With(fault.Args{"pay": c.word("pay"), "who": to.name})
	default:
		if d.Amount, err = c.Amount("amount"); err != nil {
			return Reply{}, err
		}
		if err := c.tooMuchBTC(d.Amount, balance); err != nil {
			return Reply{}, err
		}
	}
	told := false
	if invoiced {
		if told, err = c.overLightning(ctx, &d, &to, balance, all); err != nil {
			return Reply{}, err
		}
	} else if d.ToAddress != "" {
		if err := c.quote(ctx, &d, balance, all); err != nil {
			return Reply{}, err
		}
	}
	if total := d.Amount + d.FeeLimit; d.Amount <= 0 || total > balance {
		return Reply{}, paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(total)})
	}
	return c.draft(ctx, d, all, told)
}

// quote asks the node what the fee may be, and agrees to half as much again:
// the coins of the wallet may have changed when the code comes.
func (c *Call) quote(ctx context.Context, d *paymentorder.Draft, balance amount.Msat, all bool) error {
	d.Speed = c.choice("speed", speeds...)
	if d.Speed == "" {
		d.Speed = "normal"
	}
	rate, err := chain.FeeRateFor(ctx, c.Chain, d.Speed)
	if err != nil {
		return away(err)
	}
	d.FeeRate = int64(rate)
	ask := d.Amount
	if all { // the fee hangs on the coins, hardly on the amount
		ask = max(balance-balance/10, c.House.MinPayment)
	}
	if ask%amount.Sat != 0 {
		if !all {
			return errWholeSat.With(fault.Args{"amount": int64(d.Amount)})
		}
		ask -= ask % amount.Sat
	}
	if ask < c.House.MinPayment {
		return ErrTooSmall.With(fault.Args{"minimum": int64(c.House.MinPayment)})
	}
	if !all && ask > balance {
		return paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(ask)})
	}
	if !all && ask > c.House.Limits.Payment {
		return paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(c.House.Limits.Payment)})
	}
	fee, err := c.Chain.Quote(ctx, []chain.Output{{Address: d.ToAddress, Amount: ask}}, rate)
	if err != nil {
		return away(err)
	}
	d.FeeLimit = (fee + fee/2).CeilSat()
	if all {
		d.Amount = (balance - d.FeeLimit) / amount.Sat * amount.Sat
		if d.Amount < c.House.MinPayment {
			return paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(c.House.MinPayment + d.FeeLimit)})
		}
	}
	return nil
}

// draft writes the order down; told says that the payee will read the note.
func (c *Call) draft(ctx context.Context, d paymentorder.Draft, all, told bool) (Reply, error) {
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		u, to, err := useraccount.Locked(ctx, tx, c.Account, d.ToUser)
		if err != nil {
			return Reply{}, err
		}
		if err := c.makeWay(ctx, tx, u.Now); err != nil {
			return Reply{}, err
		}
		above, err := c.aboveBudget(ctx, tx, d, u.Now)
		if err != nil {
			return Reply{}, err
		}
		asked := d
		asked.ToUser, asked.Today = to, !above
		o, err := c.House.Limits.Draft(ctx, tx, u, asked, u.Now)
		if err != nil {
			return Reply{}, err
		}
		return c.recap(o, all, told), nil
	})
}

// recap says what a code will do, with the rail and the most it can cost.
func (c *Call) recap(o *paymentorder.Order, all, told bool) Reply {
	args := map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "fee": int64(o.FeeLimit), "memo": o.Memo, "speed": o.Speed}
	phrase := "pay.recap-inside"
	switch {
	case o.Lightning() && o.Inside():
		phrase = "pay.recap-invoice-inside"
	case o.Lightning():
		phrase = "pay.recap-lightning"
	case !o.Inside():
		phrase = "pay.recap-chain-" + o.Speed
	}
	r := say(phrase, args)
	c.sayBTC(&r)
	if all && o.FeeLimit > 0 {
		r.add("pay.all-reserve", args)
	}
	if told {
		r.add("pay.recap-told", args)
	} else if o.Memo != "" {
		r.add("pay.recap-memo", args)
	}
	confirm, cancel := c.suggest("button.confirm", "confirm", o.Code), c.suggest("button.cancel", "cancel", o.Code)
	r.add("pay.code", map[string]any{"confirm": confirm.Text, "cancel": cancel.Text, "valid": o.Expires - c.Now})
	r.Next = []Suggestion{confirm, cancel}
	r.Data = OrderView{Code: o.Code, Amount: o.Amount, FeeLimit: o.FeeLimit, To: o.SaidTo, State: string(o.State)}
	return r
}

// OrderView is an order for doors that speak to machines. Amounts are in msat.
type OrderView struct {
	Code     string      `json:"code"`
	Amount   amount.Msat `json:"amount"`
	FeeLimit amount.Msat `json:"fee_limit"`
	To       string      `json:"to"`
	State    string      `json:"state"`
	TxID     string      `json:"txid,omitempty"`
	Asked    bool        `json:"asked,omitempty"`   // it waits for the user's leave, not for the code
	Stopped  bool        `json:"stopped,omitempty"` // it is confirmed and waits until payments are not stopped any more
}
