package command

import (
	"context"
	"errors"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// Pay drafts a payment order, which waits for its code.
var Pay = &Command{
	Name: "pay", Who: Member, Where: Anywhere, NeedsCode: true, MovesMoney: true, FindsAgain: true,
	Fields: []Field{
		{Name: "amount", Kind: AmountField, Optional: true}, // a link may have one
		{Name: "to"},
		{Name: "speed", Kind: ChoiceField, Choices: wallet.Speeds, Default: "normal", Optional: true},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: payWords,
	Run:   pay,
	Again: []Telling{tells((*Call).recap)},
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
	case c.To.Kind != wallet.GatewayContact:
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
		if s := c.chosen("speed", words[0], wallet.Speeds...); s != "" {
			args["speed"], words = s, words[1:]
		}
	}
	args["memo"] = strings.Join(words, " ")
	return args, nil
}

func pay(ctx context.Context, c *Call) (Reply, error) {
	if err := c.by.Sends(); err != nil {
		return Reply{}, err
	}
	if _, ok := c.optional("speed", wallet.Speeds...); !ok {
		return Reply{}, c.usage()
	}
	to, err := c.recipient(ctx, wallet.ErrPayHere)
	if err != nil {
		return Reply{}, err
	}
	if other, err := c.another(ctx, "to"); err != nil || other != "" {
		return c.askWhom(other), err
	}
	p := wallet.Payment{To: to, Speed: c.choice("speed", wallet.Speeds...), Memo: c.Arg("memo"), At: c.At, Corrects: c.Edits}
	if p.All = c.chosen("all", c.Arg("amount"), "all") == "all"; !p.All {
		if p.Amount, err = c.amountFor(to); err != nil {
			return Reply{}, err
		}
	}
	drafted, err := c.Service.Pay(ctx, c.by, p)
	if err != nil {
		return Reply{}, c.tooMuchBTC(p.Amount, err)
	}
	return c.recap(drafted), nil
}

// amountFor is what is said to be paid, 0 for as much as the recipient says.
func (c *Call) amountFor(to wallet.Recipient) (amount.Msat, error) {
	switch {
	case c.Arg("amount") != "":
		return c.Amount("amount")
	case to.Amount > 0:
		return 0, nil
	case to.Invoiced():
		return 0, wallet.ErrHowMuch.With(fault.Args{"who": c.Arg("to")})
	case to.User == nil:
		return 0, wallet.ErrHowMuch.With(fault.Args{"who": to.Name})
	}
	return c.Amount("amount") // which says what an amount is
}

// recap says what a code will do, with the rail and the most it can cost.
func (c *Call) recap(o wallet.Drafted) Reply {
	args := map[string]any{"amount": int64(o.Amount), "who": o.To, "fee": int64(o.FeeLimit), "memo": o.Memo, "speed": o.Speed}
	phrase := "pay.recap-inside"
	switch {
	case o.Rail == wallet.LightningRail && o.Inside:
		phrase = "pay.recap-invoice-inside"
	case o.Rail == wallet.LightningRail:
		phrase = "pay.recap-lightning"
	case !o.Inside:
		phrase = "pay.recap-chain-" + o.Speed
	}
	r := say(phrase, args)
	c.sayBTC(&r)
	if o.All && o.FeeLimit > 0 {
		r.add("pay.all-reserve", args)
	}
	if o.Told {
		r.add("pay.recap-told", args)
	} else if o.Memo != "" {
		r.add("pay.recap-memo", args)
	}
	if o.Stopped {
		r.add("pay.stopped", nil)
	}
	confirm, cancel := c.suggest("button.confirm", "confirm", o.Code), c.suggest("button.cancel", "cancel", o.Code)
	r.add("pay.code", map[string]any{"confirm": confirm.Text, "cancel": cancel.Text, "valid": o.Valid})
	r.Next = []Suggestion{confirm, cancel}
	return r
}

// tooMuchBTC says to the user in person how an amount was read, in place of what is short:
// they never wrote the sum that would be named there. An app hears what it hears of every
// amount.
func (c *Call) tooMuchBTC(m amount.Msat, err error) error {
	text := c.Arg("amount")
	short := errors.Is(err, wallet.ErrShort) || errors.Is(err, wallet.ErrPaymentLimit)
	if !short || !c.by.InPerson() || m <= min(c.by.User.Has.Balance, c.Policy.Limits.Payment) || !amount.ReadAsBTC(text, c.unit()) {
		return err
	}
	return fault.New(fault.InsufficientFunds, "pay.as-btc-too-much", fault.Args{"text": text, "amount": int64(m)})
}
