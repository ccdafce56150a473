package command_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// overLightning gives the town Lightning, by the node that holds the wallet.
// Invoices of a real node are of now, so that is what the clock says from here.
func (w *town) overLightning() {
	w.t.Helper()
	node(w.t)
	w.now = time.Now().Truncate(time.Second)
	w.desk.Lightning = wallet.Lightning{Node: nodes.channels, Fees: paymentorder.Fees{PerMillion: 10_000, Least: 10 * amount.Sat},
		Expiry: time.Hour, Open: 5, FinalCLTV: 144}
}

// stranger is an invoice over so many msat of somebody outside.
func (w *town) stranger(msat int64, memo string) bill {
	var h lightning.Hash
	_, _ = rand.Read(h[:]) // never fails
	return bill{msat: msat, hash: h, memo: memo, made: w.now, lasts: time.Hour}
}

// decoded is what the node reads in an invoice.
func (w *town) decoded(text string) lightning.Invoice {
	w.t.Helper()
	in, err := nodes.channels.Decode(context.Background(), text)
	if err != nil {
		w.t.Fatalf("%.40s: %v", text, err)
	}
	return in
}

// arrives books msat that the node received for an invoice of one of ours.
func (w *town) arrives(text string, msat int64) {
	w.t.Helper()
	w.coins++
	r := lightning.Receipt{Hash: w.decoded(text).Hash, Amount: amount.Msat(msat), SettleIndex: uint64(w.coins)}
	w.write(func(tx *db.Tx) error {
		what, err := invoice.Settle(context.Background(), tx, r, "", w.now.Unix())
		if err == nil && what != invoice.Booked {
			err = fmt.Errorf("the receipt is booked as %d", what)
		}
		return err
	})
}

// steps of a payment over Lightning, as the worker writes them down.
var steps = map[string]func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, u *useraccount.User, at int64, fee amount.Msat) error{
	"begins": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, _ *useraccount.User, at int64, _ amount.Msat) error {
		return o.Begin(ctx, tx, at, at)
	},
	"flies": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, _ *useraccount.User, at int64, _ amount.Msat) error {
		return o.Broadcasted(ctx, tx, at)
	},
	"sticks": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, _ *useraccount.User, at int64, _ amount.Msat) error {
		return o.MarkConflicted(ctx, tx, at)
	},
	"arrived": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, u *useraccount.User, at int64, fee amount.Msat) error {
		return o.Proved(ctx, tx, u, lightning.Outcome{State: lightning.Succeeded, Amount: o.Amount, Fee: fee, Preimage: proof}, at)
	},
	"bounces": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, u *useraccount.User, at int64, _ amount.Msat) error {
		return o.Bounced(ctx, tx, u, "order.failed-route", at)
	},
	"inside": func(ctx context.Context, tx *db.Tx, o *paymentorder.Order, u *useraccount.User, at int64, _ amount.Msat) error {
		ok, err := invoice.SetAside(ctx, tx, o.Hash.String)
		if err != nil || !ok {
			return errors.Join(err, errors.New("it is not to be had"))
		}
		if err := o.Begin(ctx, tx, at, at); err != nil {
			return err
		}
		to, err := useraccount.ByID(ctx, tx, o.ToUser.V)
		if err != nil {
			return err
		}
		if _, err := o.PaidInside(ctx, tx, u, to, proof.Hex(), at); err != nil {
			return err
		}
		_, err = invoice.PaidInside(ctx, tx, o.Hash.String, o.Amount, at)
		return err
	},
}

// proof is what payees of these tests reveal.
var proof = lightning.Preimage([]byte("what payees of these tests show."))

// goes takes somebody's order a step further.
func (w *town) goes(who, code, how string, fee amount.Msat) {
	w.t.Helper()
	u, ctx := w.user(who), context.Background()
	w.write(func(tx *db.Tx) error {
		o, err := paymentorder.ByCode(ctx, tx, u.ID, code)
		if err != nil {
			return err
		}
		return steps[how](ctx, tx, o, u, w.now.Unix(), fee)
	})
}

// lightning reads the directions that the README tells.
func (s *scene) lightning(words []string) {
	s.t.Helper()
	switch words[0] {
	case "on":
		s.overLightning()
	case "open":
		s.desk.Lightning.Open = int(s.number(words[1]))
	case "lasts":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			s.errorf("%v", err)
		}
		s.desk.Lightning.Expiry = d
	case "services":
		s.services()
	default:
		s.errorf("Lightning has no %q", words)
	}
}

// invoice reads "NAME 2500.5 tea", in sat, with "cltv=200", "lasts=1m",
// "network=bc", "of={invoice}" for somebody else's payment hash, and "by=us" for
// one that the operator's node made.
func (s *scene) invoice(words []string) {
	s.t.Helper()
	var m amount.Msat
	var err error
	if words[1] != "open" {
		m = s.sats(words[1])
	}
	b, ours := s.stranger(int64(m), ""), false
	var memo []string
	for _, word := range words[2:] {
		key, value, said := strings.Cut(s.fill(word), "=")
		switch {
		case !said:
			memo = append(memo, word)
		case key == "cltv":
			b.cltv, err = strconv.ParseInt(value, 10, 64)
		case key == "lasts":
			b.lasts, err = time.ParseDuration(value)
		case key == "network":
			b.prefix = value
		case key == "of":
			b.hash = s.decoded(value).Hash
		case key == "by":
			ours = true
		}
		if err != nil {
			s.errorf("%v", err)
		}
	}
	b.memo = strings.Join(memo, " ")
	if !ours {
		s.known[words[0]] = b.text(s.t)
		return
	}
	p := lightning.Preimage(b.hash)
	in, err := nodes.channels.Invoice(context.Background(), lightning.Ask{Preimage: p, Amount: m, Expiry: time.Hour})
	if err != nil {
		s.errorf("%v", err)
	}
	s.known[words[0]] = in.Text
}

// sats is number with three places after the point: what a balance is.
func (s *scene) sats(text string) amount.Msat {
	total := amount.Msat(0)
	for part := range strings.SplitSeq(s.fill(text), "+") {
		whole, places, _ := strings.Cut(part, ".")
		m := amount.FromSats(s.number(whole))
		if places != "" {
			m += amount.Msat(s.number((places + "00")[:3]))
		}
		total += m
	}
	return total
}
