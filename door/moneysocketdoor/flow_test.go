package moneysocketdoor_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// A link both ways: an app that comes to us, and one that we dial.
func TestWhatAnAppCanDo(t *testing.T) {
	for name, meet := range map[string]func(t *testing.T, d *desk) (h *house, a *app, id wallet.AppID){
		"it comes in": func(t *testing.T, d *desk) (*house, *app, wallet.AppID) {
			h := open(t, d, nil)
			link := d.link(seeded())
			return h, join(t, link.Seed, h.at), link.ID
		},
		"it is dialled": func(t *testing.T, d *desk) (*house, *app, wallet.AppID) {
			b := seeded()
			b.Locations = []moneysocket.Location{serve(t)}
			h := open(t, d, func(o *moneysocketdoor.Options) { o.Listen, o.URL = "", "" })
			return h, join(t, b.Seed, b.Locations[0]), d.link(b).ID
		},
		"its beacon names our relay": func(t *testing.T, d *desk) (*house, *app, wallet.AppID) {
			h := open(t, d, func(o *moneysocketdoor.Options) { o.NetDial = nil })
			b := seeded()
			b.Locations = []moneysocket.Location{{Host: "127.0.0.1", Port: 1, Plain: true}} // as the URL says
			return h, join(t, b.Seed, h.at), d.link(b).ID
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			h, a, id := meet(t, d)
			converse(t, d, a, id)
			if c := h.Counts(); c.Links != 1 || c.Ready != 1 {
				t.Errorf("counts: %+v", c)
			}
			until(t, "the desk knows that the app came", func() bool { return see(d, func() int { return len(d.joined) }) == 1 })
			until(t, "the desk has no news left", func() bool { return see(d, func() int { return len(d.news) }) == 0 })
		})
	}
}

// converse plays all that an app can do with a wallet of 1000 sat.
func converse(t *testing.T, d *desk, a *app, id wallet.AppID) {
	ctx := soon(t)
	info, err := a.Info(ctx)
	if err != nil || !info.Payer || !info.Payee || info.Wad.Msats != 1_000_000 || info.Account != "0b7aa6ce-6c5e-4a0d-b4a4-2e7f4b7f6a11" {
		t.Fatalf("info: got %+v, %v", info, err)
	}
	mine, err := a.Invoice(ctx, 2500, "one opinion")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Invoice(ctx, 2501, ""); err != nil {
		t.Errorf("an invoice for nothing in particular: %v", err)
	}
	d.paid(id, mine)
	if got := <-a.received; got.Bolt11 != mine || got.Msats != 2500 {
		t.Errorf("received: got %+v", got)
	}
	a.balance(t, 1_002_500)

	within, proof := bill(t.Name()+"within", 300_000)
	got, err := a.Prove(ctx, within)
	if fee, told := got.Fee(); err != nil || got.Preimage != proof || fee != 7 || !told || got.Ext != `{"fee_msats":7}` {
		t.Errorf("within the budget: got %+v, %v", got, err)
	}
	a.balance(t, 702_500)
	if got, err := a.Pay(ctx, within); err != nil || got != proof {
		t.Errorf("the same invoice with another uuid: got %q, %v", got, err)
	}
	for _, yes := range []bool{false, true} {
		above, proof := bill(t.Name()+"above", 600_000)
		if !yes {
			above, _ = bill(t.Name()+"denied", 600_000)
		}
		i, _ := moneysocket.ParseInvoice(above)
		answered := make(chan error, 1)
		go func() {
			got, err := a.Pay(ctx, above)
			if err == nil && got != proof {
				err = errors.New("a wrong proof")
			}
			answered <- err
		}()
		until(t, "the question is there", func() bool { return see(d, func() int { return len(d.waiting[i.Hash]) }) == 1 })
		d.decide(above, yes)
		err := <-answered
		if no, ok := errors.AsType[*moneysocket.Refused](err); yes && err != nil || !yes && (!ok || no.Text != "ann said no") {
			t.Errorf("above the budget, %v: got %v", yes, err)
		}
	}
	a.balance(t, 102_500)
	much, _ := bill(t.Name()+"much", 200_000)
	if no, ok := errors.AsType[*moneysocket.Refused](refusal(a.Pay(ctx, much))); !ok || no.Text != "not enough" {
		t.Errorf("too much: got %v", no)
	}
	if no, ok := errors.AsType[*moneysocket.Refused](refusal(a.Invoice(ctx, 1, "refuse"))); !ok || no.Text != "non merci" {
		t.Errorf("an invoice that is refused: got %v", no)
	}
	if n := see(d, func() int { return len(d.payments) }); n != 2 {
		t.Errorf("%d payments, want 2", n)
	}
}

func refusal(_ string, err error) error { return err }

// asks is how many msat the seller page of the reference programs asks for
// what costs 0.01 of its wallet's unit: it takes the price of a bitcoin from the
// wad (getDefactoRate of prototype/browser), and throws if that has no msat.
func asks(w moneysocket.Wad) string {
	units, ok := new(big.Rat).SetString(w.Units.String())
	if !ok || units.Sign() == 0 || w.Msats == 0 {
		return "it throws"
	}
	price := big.NewRat(int64(w.Msats), 100)
	return price.Quo(price, units).RatString()
}

func TestWhatAnAppSees(t *testing.T) {
	d := newDesk()
	h := open(t, d, nil)
	a := join(t, d.link(seeded()).Seed, h.at)
	a.balance(t, 1_000_000)
	for _, tt := range []struct {
		name   string
		change func()
		fits   func(moneysocket.Info) bool
	}{
		{"a balance that changed", func() { d.balance = 5 }, func(i moneysocket.Info) bool { return i.Wad.Msats == 5 && i.Payer }},
		{"nothing below zero, but what a shop can divide by", func() { d.balance = -5 }, func(i moneysocket.Info) bool { return i.Wad.Msats == 1 }},
		{"that it may spend nothing, if it is not paid either", func() { d.closed = true }, func(i moneysocket.Info) bool { return i.Wad.Msats == 0 && !i.Payee }},
		{"a price that a shop finds in the smallest amount", func() {
			d.closed = false
			d.fiat = &wallet.Fiat{Code: "EUR", Symbol: "€", Decimals: 2, Units: "0.00", PerBTC: "50000"}
		}, func(i moneysocket.Info) bool {
			return i.Wad.Msats == 1 && asks(i.Wad) == "20000" && i.Wad.String() == "€ 0.00 EUR"
		}},
		{"the price of another day in it", func() {
			d.fiat = &wallet.Fiat{Code: "EUR", Symbol: "€", Decimals: 2, Units: "0.00", PerBTC: "100001/2"}
		},
			func(i moneysocket.Info) bool { return i.Wad.Units == "0.000000500005" }},
		{"another currency", func() { d.balance, d.fiat = 5, &wallet.Fiat{Code: "EUR", Symbol: "€", Decimals: 2, Units: "1.23"} },
			func(i moneysocket.Info) bool { return i.Wad.String() == "€ 1.23 EUR" && i.Wad.Msats == 5 }},
		{"bitcoin, if the currency is nonsense", func() { d.fiat = &wallet.Fiat{Code: "EUR", Units: "1,23"} },
			func(i moneysocket.Info) bool { return i.Wad.Code == "BTC" && i.Wad.Msats == 5 }},
		{"a pause", func() { d.paused = true }, func(i moneysocket.Info) bool { return !i.Payer && i.Payee }},
	} {
		d.change(tt.change)
		a.sees(t, tt.name, tt.fits)
	}
	seen := see(d, func() int { return d.shown })
	until(t, "the desk is asked for longer than the pace of updates", func() bool { return see(d, func() int { return d.shown }) > seen+80 })
	if n := len(a.infos); n != 0 {
		t.Errorf("%d updates of what had not changed", n)
	}
}
