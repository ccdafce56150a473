package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Address shows the user's address, makes a new one, lists, labels or hides them.
var Address = &Command{
	Name: "address", Who: Member, Where: AtGateway | AtAddress, Access: wallet.Receive,
	Fields: []Field{
		{Name: "do", Kind: ChoiceField, Choices: addressDoes, Default: "show", Optional: true},
		{Name: "address", Optional: true},
		{Name: "label", Optional: true, Rest: true},
	},
	Words:   addressWords,
	Changes: func(c *Call) bool { return c.choice("do", "new", "label", "hide") != "" },
	Run:     addresses,
}

var addressDoes = []string{"show", "new", "list", "label", "hide"}

// labelLength is how many characters of an address's label are kept,
// longestList how many addresses one answer lists.
const labelLength, longestList = 60, 50

func addressWords(c *Call, words []string) (map[string]string, error) {
	if len(words) == 0 {
		return nil, nil
	}
	args := map[string]string{"do": words[0]}
	rest := words[1:]
	if c.chosen("do", words[0], "label", "hide") != "" && len(rest) > 0 && c.To.Kind != ToAddress {
		args["address"], rest = rest[0], rest[1:]
	}
	args["label"] = strings.Join(rest, " ")
	return args, nil
}

func addresses(ctx context.Context, c *Call) (Reply, error) {
	do, ok := c.optional("do", addressDoes...)
	if !ok {
		return Reply{}, c.usage()
	}
	switch do {
	case "new":
		return c.newAddress(ctx)
	case "list":
		return c.listAddresses(ctx)
	case "label":
		return c.labelAddress(ctx)
	case "hide":
		return c.hideAddress(ctx)
	}
	return c.withAddress(ctx, func(a deposit.Address) Reply { return c.showAddress(a, "address.yours") })
}

// showAddress says an address with its picture.
func (c *Call) showAddress(a deposit.Address, phrase string) Reply {
	r := say(phrase, map[string]any{"label": a.Label})
	r.add("address.when", map[string]any{"n": c.Policy.Confirmations, "minimum": int64(c.Policy.MinDeposit)})
	r.Copy = []string{a.Address}
	r.QR = address.BuildURI(a.Address, 0, "")
	r.Data = addressView(a)
	return r
}

func (c *Call) listAddresses(ctx context.Context) (Reply, error) {
	all, err := deposit.Addresses(ctx, c.DB.Read(), c.by.User.ID)
	if err != nil {
		return Reply{}, err
	}
	all = deposit.Shown(all)
	r := say("address.list", map[string]any{"n": int64(len(all))})
	if len(all) > longestList {
		all = all[len(all)-longestList:]
		r.add("address.newest", map[string]any{"n": int64(len(all))})
	}
	for _, a := range all {
		r.add("address.line", map[string]any{"address": a.Address, "label": a.Label, "received": int64(a.Received), "used": a.Used})
	}
	views := make([]AddressView, len(all))
	for i, a := range all {
		views[i] = addressView(a)
	}
	r.Data = views
	return r, nil
}

// which is the address that is meant: the one that is named, or spoken to.
func (c *Call) which() (address.Address, error) {
	text := c.Arg("address")
	switch {
	case c.To.Kind == ToAddress && text == "":
		text = c.To.Name
	case text == "":
		return address.Address{}, c.usage()
	}
	return address.Parse(text, c.Policy.Network)
}

func (c *Call) labelAddress(ctx context.Context) (Reply, error) {
	a, err := c.which()
	if err != nil {
		return Reply{}, err
	}
	label := i18n.Clip(c.Arg("label"), labelLength)
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		ok, err := deposit.Label(ctx, tx, c.by.User.ID, a.String(), label)
		if err != nil {
			return Reply{}, err
		}
		if !ok {
			return Reply{}, wallet.ErrNotYours.With(fault.Args{"address": a.String()})
		}
		r := say("address.labelled", map[string]any{"address": a.String(), "label": label})
		r.Presence = true
		return r, nil
	})
}

// AddressView is an address for doors that speak to machines.
type AddressView struct {
	Address  string      `json:"address"`
	URI      string      `json:"uri"`
	Label    string      `json:"label"`
	Received amount.Msat `json:"received"` // credited so far
	Used     bool        `json:"used"`
	Created  int64       `json:"created"` // seconds
}

func addressView(a deposit.Address) AddressView {
	return AddressView{Address: a.Address, URI: address.BuildURI(a.Address, 0, ""), Label: a.Label, Received: a.Received, Used: a.Used, Created: a.Created}
}
