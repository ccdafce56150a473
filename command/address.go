package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
)

// Address shows the user's address, makes a new one, lists or labels them.
var Address = &Command{
	Name: "address", Who: Member, Where: AtGateway | AtAddress,
	Fields: []Field{
		{Name: "do", Kind: ChoiceField, Choices: []string{"show", "new", "list", "label"}, Default: "show", Optional: true},
		{Name: "address", Optional: true},
		{Name: "label", Optional: true, Rest: true},
	},
	Words: func(c *Call, words []string) (map[string]string, error) {
		if len(words) == 0 {
			return map[string]string{"do": "show"}, nil
		}
		args := map[string]string{"do": c.chosen("do", words[0], "show", "new", "list", "label")}
		rest := words[1:]
		switch {
		case args["do"] == "":
			return nil, c.asked("address").usage()
		case args["do"] == "label" && len(rest) > 0 && c.To.Kind != ToAddress:
			args["address"], rest = rest[0], rest[1:]
		}
		args["label"] = strings.Join(rest, " ")
		return args, nil
	},
	Run: addresses,
}

// asked is the call as one of the named command, for its usage.
func (c *Call) asked(name string) *Call {
	c.Command = c.named(name)
	return c
}

func addresses(ctx context.Context, c *Call) (Reply, error) {
	switch c.choice("do", "show", "new", "list", "label") {
	case "new":
		return c.newAddress(ctx)
	case "list":
		return c.listAddresses(ctx)
	case "label":
		return c.labelAddress(ctx)
	}
	a, err := c.current(ctx)
	if err != nil {
		return Reply{}, err
	}
	return c.showAddress(a, "address.yours"), nil
}

// showAddress says an address with its picture.
func (c *Call) showAddress(a deposit.Address, phrase string) Reply {
	r := say(phrase, map[string]any{"label": a.Label})
	r.add("address.when", map[string]any{"n": c.House.Confirmations, "minimum": int64(c.House.MinDeposit)})
	r.Copy = []string{a.Address}
	r.QR = address.BuildURI(a.Address, 0, "")
	r.Data = a
	return r
}

// current is the newest address that nobody paid to yet, or a new one.
func (c *Call) current(ctx context.Context) (deposit.Address, error) {
	all, err := deposit.Addresses(ctx, c.DB.Read(), c.Account.ID)
	if err != nil {
		return deposit.Address{}, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Used {
			return all[i], nil
		}
	}
	return c.makeAddress(ctx, "")
}

func (c *Call) newAddress(ctx context.Context) (Reply, error) {
	all, err := deposit.Addresses(ctx, c.DB.Read(), c.Account.ID)
	if err != nil {
		return Reply{}, err
	}
	unused := 0
	for _, a := range all {
		if !a.Used {
			unused++
		}
	}
	if unused >= c.House.AddressesUnused {
		return Reply{}, fault.New(fault.NotAllowed, "address.too-many", fault.Args{"n": int64(unused), "list": c.word("address")})
	}
	a, err := c.makeAddress(ctx, clip(c.Arg("label"), 60))
	if err != nil {
		return Reply{}, err
	}
	r := c.showAddress(a, "address.new")
	r.Greet = []Contact{c.addressContact(a, c.Account)}
	return r, nil
}

// makeAddress asks the node before the transaction: an address that is not
// written down because we died is only an address too many.
func (c *Call) makeAddress(ctx context.Context, label string) (deposit.Address, error) {
	text, err := c.Chain.Address(ctx, c.User)
	if err != nil {
		return deposit.Address{}, away(err)
	}
	a := deposit.Address{Address: text, User: c.Account.ID, Node: address.EncodeJID(text), Label: label, Created: c.Now}
	var r Reply
	r, err = c.once(ctx, func(tx *db.Tx) (Reply, error) {
		// The lock makes the count of unused addresses true until the commit.
		if _, err := ledger.Lock(ctx, tx, c.Account.Money); err != nil {
			return Reply{}, err
		}
		all, err := deposit.Addresses(ctx, tx, c.Account.ID)
		if err != nil {
			return Reply{}, err
		}
		unused := 0
		for _, o := range all {
			if !o.Used {
				unused++
			}
		}
		if unused >= c.House.AddressesUnused {
			return Reply{}, fault.New(fault.NotAllowed, "address.too-many", fault.Args{"n": int64(unused), "list": c.word("address")})
		}
		return Reply{Copy: []string{text}}, deposit.AddAddress(ctx, tx, c.Account.ID, text, label, c.Now)
	})
	if err != nil {
		return deposit.Address{}, err
	}
	if len(r.Copy) == 1 && r.Copy[0] != text { // the same request was met before
		if old, err := deposit.Owner(ctx, c.DB.Read(), r.Copy[0]); err != nil || old != nil {
			return *old, err
		}
	}
	return a, nil
}

func (c *Call) listAddresses(ctx context.Context) (Reply, error) {
	all, err := deposit.Addresses(ctx, c.DB.Read(), c.Account.ID)
	if err != nil {
		return Reply{}, err
	}
	r := say("address.list", map[string]any{"n": int64(len(all))})
	for _, a := range all {
		r.add("address.line", map[string]any{"address": a.Address, "label": a.Label, "received": int64(a.Received), "used": a.Used})
	}
	r.Data = all
	return r, nil
}

func (c *Call) labelAddress(ctx context.Context) (Reply, error) {
	text := c.Arg("address")
	if c.To.Kind == ToAddress {
		text = c.To.Name
	}
	a, err := address.Parse(text, c.House.Network)
	if err != nil {
		return Reply{}, err
	}
	label := clip(c.Arg("label"), 60)
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		ok, err := deposit.Label(ctx, tx, c.Account.ID, a.String(), label)
		if err != nil {
			return Reply{}, err
		}
		if !ok {
			return Reply{}, fault.New(fault.NotFound, "address.not-yours", fault.Args{"address": a.String()})
		}
		r := say("address.labelled", map[string]any{"address": a.String(), "label": label})
		r.Presence = true
		return r, nil
	})
}
