package command

import (
	"context"
	"strings"

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
	Again:   []Telling{tells((*Call).ownAddress), tells((*Call).newAddress), tells((*Call).labelledAddress), tells((*Call).hiddenAddress)},
}

var addressDoes = []string{"show", "new", "list", "label", "hide"}

// longestList is how many addresses one answer of chat lists.
const longestList = 50

func addressWords(c *Call, words []string) (map[string]string, error) {
	if len(words) == 0 {
		return nil, nil
	}
	args := map[string]string{"do": words[0]}
	rest := words[1:]
	if c.chosen("do", words[0], "label", "hide") != "" && len(rest) > 0 && c.To.Kind != wallet.AddressContact {
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
	which := c.Arg("address") // the one that is named, or spoken to
	if which == "" && c.To.Kind == wallet.AddressContact {
		which = c.To.Name
	}
	switch {
	case do == "new":
		return saying(c.newAddress)(c.Service.NewAddress(ctx, c.by, c.Arg("label")))
	case do == "list":
		return saying(c.listedAddresses)(c.Service.Addresses(ctx, c.by))
	case (do == "label" || do == "hide") && which == "":
		return Reply{}, c.usage()
	case do == "label":
		return saying(c.labelledAddress)(c.LabelAddress(ctx, c.by, which, c.Arg("label")))
	case do == "hide":
		return saying(c.hiddenAddress)(c.HideAddress(ctx, c.by, which))
	}
	return saying(c.ownAddress)(c.Service.Address(ctx, c.by))
}

// ownAddress says the user's address with its picture.
func (c *Call) ownAddress(a wallet.Address) Reply { return c.showAddress(a, "address.yours") }

func (c *Call) newAddress(a wallet.NewAddress) Reply {
	r := c.showAddress(a.Address, "address.new")
	r.Greet = []wallet.Contact{a.Contact()}
	return r
}

func (c *Call) showAddress(a wallet.Address, phrase string) Reply {
	r := say(phrase, map[string]any{"label": a.Label})
	r.add("address.when", map[string]any{"n": c.Policy.Confirmations, "minimum": int64(c.Policy.MinDeposit)})
	r.Copy = []string{a.Address}
	r.QR = a.URI()
	return r
}

func (c *Call) listedAddresses(all []wallet.Address) Reply {
	r := say("address.list", map[string]any{"n": int64(len(all))})
	if len(all) > longestList {
		all = all[len(all)-longestList:]
		r.add("address.newest", map[string]any{"n": int64(len(all))})
	}
	for _, a := range all {
		r.add("address.line", map[string]any{"address": a.Address, "label": a.Label, "received": int64(a.Received), "used": a.Used})
	}
	return r
}

func (c *Call) labelledAddress(a wallet.LabelledAddress) Reply {
	r := say("address.labelled", map[string]any{"address": a.Address, "label": a.Label})
	r.Presence = true
	return r
}

func (c *Call) hiddenAddress(a wallet.HiddenAddress) Reply {
	r := say("address.hidden", map[string]any{"address": a.Address})
	r.Presence = true
	return r
}
