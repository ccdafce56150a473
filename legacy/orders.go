package legacy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// dropped are the orders of one user that came over, as they are told.
type dropped struct {
	user *useraccount.User
	said []string
}

// told is how many orders a notice lists.
const told = 20

// orders writes the open orders down as expired: they were never confirmed,
// and whoever still wants to pay should say so again. Each user is told once.
func (i *importer) orders(ctx context.Context, s *Source) error {
	names := map[string]string{} // of the old file, to JIDs
	for _, p := range s.people {
		if _, taken := names[p.name]; !taken && p.name != "" {
			names[p.name] = address.Bare(p.jid)
		}
	}
	var all []*dropped // in the order of the file
	byUser := map[useraccount.ID]*dropped{}
	for _, o := range s.orders {
		u, said, err := i.order(ctx, o, names)
		if err != nil {
			return err
		}
		if said == "" {
			continue
		}
		d := byUser[u.ID]
		if d == nil {
			d = &dropped{user: u}
			byUser[u.ID], all = d, append(all, d)
		}
		d.said = append(d.said, said)
	}
	for _, d := range all {
		list := strings.Join(d.said[:min(len(d.said), told)], "; ")
		if len(d.said) > told {
			list += "; …"
		}
		if err := i.tell(ctx, d.user, "import.orders", map[string]any{"n": int64(len(d.said)), "list": list}); err != nil {
			return err
		}
	}
	return nil
}

// order writes one order down and says it in short; "" if there is nothing to
// tell.
func (i *importer) order(ctx context.Context, o order, names map[string]string) (*useraccount.User, string, error) {
	u, err := i.find(ctx, address.Bare(o.from))
	if err != nil {
		return nil, "", err
	}
	if u == nil {
		i.problem("payment %d: nobody has the JID %.100q", o.row, o.from)
		return nil, "", nil
	}
	price, err := amount.ParseBTC(o.price)
	if o.badPrice || err != nil || price <= 0 {
		i.problem("payment %d of %s: %.40q is no amount of BTC", o.row, u.JID, o.price)
		return nil, "", nil
	}
	d := paymentorder.Draft{SaidTo: clip(o.to, 100), Amount: price, Memo: clip(o.memo, 200), ClientKey: o.key()}
	if d.SaidTo == "" {
		i.problem("payment %d of %s: it has no recipient", o.row, u.JID)
		return nil, "", nil
	}
	switch _, err := paymentorder.ByKey(ctx, i.tx, u.ID, d.ClientKey); {
	case err == nil:
		i.report.OldOrders++
		return nil, "", nil
	case !fault.Is(err, fault.NotFound):
		return nil, "", err
	}
	if jid, ok := names[o.to]; ok {
		if d.ToUser, err = i.find(ctx, jid); err != nil {
			return nil, "", err
		}
	}
	if d.ToUser == nil { // an address, or a name that nobody has any more
		d.ToAddress = d.SaidTo
	}
	code := ""
	if paymentorder.IsCode(o.code) {
		code = o.code
	}
	if err := paymentorder.Past(ctx, i.tx, u, d, code, o.when(i.now), i.now); err != nil {
		return nil, "", err
	}
	i.report.Orders++
	return u, strings.TrimSpace(fmt.Sprintf("%s %s BTC → %s", code, price.BTC(), d.SaidTo)), nil
}

// key names an order by what it says, so that it comes over once.
func (o order) key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q %q %q %q %q %q", o.row, o.from, o.date, o.to, o.memo, o.code, o.price))
	return "import:" + hex.EncodeToString(sum[:12])
}

// when is the time of an order, in seconds; now if that can not be.
func (o order) when(now int64) int64 {
	t, err := time.Parse("2006-01-02 15:04:05", o.date)
	if err != nil || t.Year() < 2009 || t.Unix() > now {
		return now
	}
	return t.Unix()
}
