package door

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/lime"
)

// bill is an invoice that a bot sent as a message, by the convention of BLiP: to
// the payment channel, with the payer as an escaped name. What becomes of it is
// told as an invoice-status.
type bill struct {
	id     string // of the message
	from   lime.Node
	to     lime.Identity // the bot's account
	hash   string        // of the payment over Lightning, "" without
	payer  string        // username, "" if it is nobody here
	amount amount.Msat
	after  int64 // number of the newest line of the statement, then
	made   int64 // seconds
	ends   int64
}

func (d *Door) requests(m *lime.Mux) { m.Messages(lime.TypeInvoice, d.bill) }

// bill makes of an invoice a request that any wallet can pay, and tells a payer
// who is a user here.
func (d *Door) bill(_ context.Context, c *lime.Channel, m *lime.Message) error {
	doc, err := lime.As[lime.Invoice](m.Content)
	if err != nil {
		return err
	}
	who, _ := c.Principal().(*principal)
	if !m.PP.IsZero() || who == nil {
		return lime.Errorf(lime.PermissionRequired, "nobody may ask for another")
	}
	total, _, err := d.price(string(doc.Total), doc.Currency)
	if err != nil {
		return d.reason(speech{lang: who.lang}, err)
	}
	payer := d.contactAt(m.To)
	if payer == "" {
		payer = strings.ToLower(lime.UnescapeName(doc.BillTo))
	}
	ask := command.Request{User: who.jid, App: who.app, Lang: who.lang, ID: key("bill", who.app, m.ID)}
	return d.answerLater(c, m, who.jid, func(ctx context.Context) error {
		ask.Name, ask.Args = "receive", map[string]string{"amount": said(total), "memo": title(doc)}
		reply, err := d.desk.Ask(ctx, ask)
		if err != nil {
			return d.reason(speech{reply.Lang, reply.Unit}, err)
		}
		v, err := view[command.ReceiveView](reply.Data)
		if err != nil {
			return err
		}
		name := d.userOf(ctx, payer)
		now, err := d.desk.Pulse(ctx, who.jid, d.now())
		if err != nil {
			return err
		}
		one := bill{id: m.ID, from: m.To.In(d.o.Domain), to: c.Remote().Identity, hash: v.Hash, payer: name, amount: total,
			after: now.Last, made: d.now(), ends: v.Expires}
		if one.hash == "" {
			one.ends = one.made + billLasts
		}
		d.bills.add(who.jid, one)
		d.people.mark(one.to, false)
		if name != "" { // a payer who does not want to hear of it has the link
			ask.Name, ask.Args = "request", map[string]string{"amount": said(total), "to": name, "memo": title(doc)}
			if _, err := d.desk.Ask(ctx, ask); err != nil {
				d.log.Debug("lime: the payer was not told", "err", err)
			}
		}
		p := d.words.Printer(reply.Lang, reply.Unit)
		if err := d.sayBack(ctx, c, m, words(p, reply)); err != nil {
			return err
		}
		link := lime.WebLink{URI: v.URI, Title: title(doc), Text: p.Say("lime.pay", map[string]any{"amount": int64(total)})}
		if err := d.sendBack(ctx, c, m, link); err != nil {
			return err
		}
		return nil
	})
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
		if strings.EqualFold(domain, d.o.Domain) {
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
