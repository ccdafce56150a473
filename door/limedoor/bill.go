package limedoor

import (
	"context"
	"strings"
	"unicode"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// longestName is how many bytes of an id, or of a node, are kept.
const longestName = 512

func (d *Door) requests(m *limeserver.Mux) { m.Messages(lime.TypeInvoice, d.bill) }

// bill makes of an invoice, which a bot sends as a message to the payment channel
// with the payer as an escaped name, a request that any wallet can pay, and tells
// a payer who is a user here. What becomes of it is told as an invoice-status.
// That is the convention of BLiP.
func (d *Door) bill(_ context.Context, c *limeserver.Channel, m *lime.Message) error {
	doc, err := lime.As[lime.Invoice](m.Content)
	if err != nil {
		return err
	}
	who, _ := c.Principal().(*principal)
	if !m.PP.IsZero() || who == nil {
		return lime.Errorf(lime.PermissionRequired, "nobody may ask for another")
	}
	if len(m.ID) > longestName || len(m.To.String()) > longestName || strings.ContainsFunc(m.ID+m.To.String(), unicode.IsControl) {
		return lime.Errorf(lime.Validation, "the id or the payer makes no sense")
	}
	total, _, err := d.price(string(doc.Total), doc.Currency)
	if err != nil {
		return d.reason(speech{lang: who.lang}, err)
	}
	payer := d.contactAt(m.To)
	if payer == "" {
		payer = address.Fold(lime.UnescapeName(doc.BillTo))
	}
	return d.answerLater(c, m, who.jid, func(ctx context.Context) error {
		by, s, err := d.caller(ctx, who.who(), who.lang, billKey(who, m.ID, "receive", total, title(doc)))
		if err != nil {
			return d.reason(s, err)
		}
		v, err := d.desk.Receive(ctx, by, wallet.Receiving{Amount: total, Memo: title(doc)})
		if err != nil {
			return d.reason(s, err)
		}
		name := d.userOf(ctx, payer)
		one := wallet.Bill{Message: m.ID, Node: m.To.In(d.o.Domain).String(), Payer: name, Hash: v.Hash, Address: v.Address, Amount: total, Ends: v.Expires}
		by.Key = billKey(who, m.ID, "bill", one)
		if _, err := d.desk.Bill(ctx, by, one); err != nil {
			return d.reason(s, err)
		}
		if name != "" { // a payer who does not want to hear of it has the link
			by.Key = billKey(who, m.ID, "request", total, name, title(doc))
			if err := d.askPayer(ctx, by, name, total, title(doc)); err != nil {
				d.log.Debug("lime: the payer was not told", "err", err)
			}
		}
		p := d.words.Printer(s.lang, s.unit)
		if err := d.sayBack(ctx, c, m, words(p, d.desk.SayReceivable(s.lang, s.unit, v))); err != nil {
			return err
		}
		link := lime.WebLink{URI: v.URI, Title: title(doc), Text: p.Say("lime.pay", map[string]any{"amount": int64(total)})}
		if err := d.sendBack(ctx, c, m, link); err != nil {
			return err
		}
		return nil
	})
}

// askPayer has a user here told of a bill.
func (d *Door) askPayer(ctx context.Context, by wallet.Caller, name string, m amount.Msat, memo string) error {
	to, err := d.desk.Recipient(ctx, by, name, false)
	if err == nil {
		_, err = d.desk.RequestMoney(ctx, by, wallet.MoneyRequest{To: to, Amount: m, Memo: memo})
	}
	return err
}

// billKey is the key of what a message with a bill asks the wallet for by a name.
func billKey(who *principal, id, name string, asked ...any) wallet.Key {
	return wallet.Key{ID: wallet.Fit(key("bill", who.app, id)), Asked: wallet.Fingerprint(name, asked)}
}

// title says what an invoice is for.
func title(doc lime.Invoice) string {
	if doc.Title != "" {
		return doc.Title
	}
	var all []string
	for _, item := range doc.Items {
		if item.Description != "" && len(all) < 10 {
			all = append(all, item.Description)
		}
	}
	return strings.Join(all, ", ")
}

// userOf is the username of somebody who is called by it or by a JID, "" if it is
// nobody here. Who asks does not hear which.
func (d *Door) userOf(ctx context.Context, payer string) string {
	if local, domain, _ := address.SplitJID(payer); local != "" && domain != "" {
		if address.Fold(domain) == address.Fold(d.o.Domain) {
			payer = local
		} else {
			a, err := d.desk.Account(ctx, payer)
			if err != nil || !a.Registered {
				return ""
			}
			return a.Username
		}
	}
	if address.ValidUsername(payer) != nil {
		return ""
	}
	return payer
}
