package lightningtest

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

func (b *bench) pay(t *testing.T) {
	before := b.local(t)
	p := b.bill(t, b.Far, 1_234_567)
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Succeeded)
	if o.Hash != p.Hash || sha256.Sum256(o.Preimage[:]) != o.Hash || o.Amount != 1_234_567 || o.Fee < 0 || o.Fee > p.FeeLimit || b.Can.Fees != (o.Fee > 0) {
		t.Errorf("got %+v", o)
	}
	b.costs(t, before, o.Amount+o.Fee)
	if found := b.find(t, p.Hash, lightning.Succeeded); found != o {
		t.Errorf("found as %+v, paid as %+v", found, o)
	}
}

func (b *bench) once(t *testing.T) {
	before := b.local(t)
	p := b.bill(t, b.Far, 1000*amount.Sat)
	first, err := b.Node.Pay(t.Context(), p)
	wants(t, first, err, lightning.Succeeded)
	for range 3 {
		again, err := b.Node.Pay(t.Context(), p)
		if err != nil || again != first {
			t.Errorf("again: got %+v (%v), want %+v", again, err, first)
		}
	}
	b.costs(t, before, first.Amount+first.Fee)
}

func (b *bench) crowd(t *testing.T) {
	before := b.local(t)
	p := b.bill(t, b.Far, 1000*amount.Sat)
	const n = 6
	outcomes := make([]lightning.Outcome, n)
	var all sync.WaitGroup
	for i := range n {
		node := b.Again(t)
		all.Go(func() {
			var err error
			if outcomes[i], err = node.Pay(t.Context(), p); err != nil {
				t.Errorf("daemon %d: %v", i, err)
			}
		})
	}
	all.Wait()
	for i, o := range outcomes {
		if o.State != lightning.Succeeded || o != outcomes[0] {
			t.Errorf("daemon %d: got %+v", i, o)
		}
	}
	b.costs(t, before, outcomes[0].Amount+outcomes[0].Fee)
}

func (b *bench) open(t *testing.T) {
	p := b.bill(t, b.Far, 0)
	p.Amount = 2_000_001
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Succeeded)
	if o.Amount != p.Amount {
		t.Errorf("paid %d msat, want %d", o.Amount, p.Amount)
	}
}

// far is more blocks than any payment may be locked.
const far = 1 << 30

// openBill is an invoice of the far peer that leaves the amount open. Who
// cannot pay it need not read it.
func (b *bench) openBill(t *testing.T) lightning.Payment {
	t.Helper()
	if b.Can.Open {
		return b.bill(t, b.Far, 0)
	}
	text, err := b.Far.Invoice(t.Context(), 0, "tea", hour)
	if err != nil {
		t.Fatal(err)
	}
	return lightning.Payment{Invoice: text, FeeLimit: limit, MaxCLTV: blocks}
}

func (b *bench) refused(t *testing.T) {
	fixed, open := b.bill(t, b.Far, 1000), b.openBill(t)
	text, err := b.Far.Invoice(t.Context(), 1000, "tea", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	expired := b.payment(t, text)
	inv, err := b.Node.Decode(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, time.Until(inv.Expires.Add(time.Second)))
	for name, tt := range map[string]struct {
		p      lightning.Payment
		change func(*lightning.Payment)
	}{
		"the invoice has expired":      {expired, func(*lightning.Payment) {}},
		"an open invoice, no amount":   {open, func(*lightning.Payment) {}},
		"an amount besides":            {fixed, func(p *lightning.Payment) { p.Amount = 2000 }},
		"a negative amount":            {open, func(p *lightning.Payment) { p.Amount = -1 }},
		"another hash":                 {fixed, func(p *lightning.Payment) { p.Hash[0]++ }},
		"a negative fee":               {fixed, func(p *lightning.Payment) { p.FeeLimit = -1 }},
		"no limit of blocks":           {fixed, func(p *lightning.Payment) { p.MaxCLTV = 0 }},
		"more blocks than are allowed": {fixed, func(p *lightning.Payment) { p.MaxCLTV = far }},
	} {
		t.Run(name, func(t *testing.T) {
			p := tt.p
			if tt.change(&p); p.MaxCLTV == far && !b.Can.Limit {
				t.Skip(noLimit)
			}
			if o, err := b.Node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) {
				t.Errorf("got %+v (%v)", o, err)
			}
			b.find(t, p.Hash, lightning.NotFound)
		})
	}
}

func (b *bench) own(t *testing.T) {
	inv := b.ask(t, 1000)
	p := b.payment(t, inv.Text)
	if o, err := b.Node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrRefused) {
		t.Errorf("got %+v (%v)", o, err)
	}
	b.find(t, inv.Hash, lightning.NotFound)
	if err := b.Far.Pay(t.Context(), inv.Text, 0); err != nil {
		t.Error(err)
	}
}

// feeLimit pays the neighbour, who costs nothing, and somebody behind him.
func (b *bench) feeLimit(t *testing.T) {
	near, far := b.bill(t, b.Near, 1000*amount.Sat), b.bill(t, b.Far, 1000*amount.Sat)
	near.FeeLimit, far.FeeLimit = 0, 0
	o, err := b.Node.Pay(t.Context(), near)
	wants(t, o, err, lightning.Succeeded)
	if o.Fee != 0 {
		t.Errorf("the neighbour took %d msat", o.Fee)
	}
	before := b.local(t)
	o, err = b.Node.Pay(t.Context(), far)
	wants(t, o, err, lightning.Failed, lightning.NoRoute)
	b.costs(t, before, 0)

	exact := b.bill(t, b.Far, 1000*amount.Sat)
	o, err = b.Node.Pay(t.Context(), exact)
	wants(t, o, err, lightning.Succeeded)
	below := b.bill(t, b.Far, 1000*amount.Sat)
	below.FeeLimit = o.Fee - 1
	fails, err := b.Node.Pay(t.Context(), below)
	wants(t, fails, err, lightning.Failed, lightning.NoRoute)
	below.FeeLimit++
	again, err := b.Node.Pay(t.Context(), below)
	wants(t, again, err, lightning.Succeeded)
	if again.Fee != o.Fee {
		t.Errorf("the fee is %d and was %d", again.Fee, o.Fee)
	}
}

func (b *bench) cltvLimit(t *testing.T) {
	for name, blocks := range map[string]int64{"not even to the payee": 1, "not over the neighbour": 20} {
		p := b.bill(t, b.Far, 1000) // which nobody has tried to pay
		inv, err := b.Node.Decode(t.Context(), p.Invoice)
		if err != nil {
			t.Fatal(err)
		}
		p.MaxCLTV = inv.MinFinalCLTV + blocks
		o, err := b.Node.Pay(t.Context(), p)
		if errors.Is(err, lightning.ErrRefused) {
			b.find(t, p.Hash, lightning.NotFound)
			continue
		}
		t.Log(name)
		wants(t, o, err, lightning.Failed, lightning.NoRoute)
	}
}

func (b *bench) noRoute(t *testing.T) {
	text, err := b.Lost(1000)
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.Node.Pay(t.Context(), b.payment(t, text))
	wants(t, o, err, lightning.Failed, lightning.NoRoute)
}

func (b *bench) noBalance(t *testing.T) {
	before := b.local(t)
	o, err := b.Node.Pay(t.Context(), b.bill(t, b.Far, before+amount.Sat))
	wants(t, o, err, lightning.Failed, lightning.NoBalance, lightning.NoRoute)
	b.costs(t, before, 0)
}

func (b *bench) wrong(t *testing.T) {
	before := b.local(t)
	p := b.bill(t, b.Far, 1000)
	if err := b.Far.Cancel(t.Context(), p.Hash); err != nil {
		t.Fatal(err)
	}
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Failed, lightning.Wrong)
	if found := b.find(t, p.Hash, lightning.Failed); found != o {
		t.Errorf("found as %+v, failed as %+v", found, o)
	}
	b.costs(t, before, 0)
}

func (b *bench) anew(t *testing.T) {
	p := b.bill(t, b.Far, 1000*amount.Sat)
	p.FeeLimit = 0
	o, err := b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Failed)
	p.FeeLimit = limit
	o, err = b.Node.Pay(t.Context(), p)
	wants(t, o, err, lightning.Succeeded)
	b.find(t, p.Hash, lightning.Succeeded)
}

func (b *bench) unheard(t *testing.T) {
	_, h := secret()
	b.find(t, h, lightning.NotFound)
}

func (b *bench) paid(t *testing.T) {
	good, bad := b.bill(t, b.Far, 1000*amount.Sat), b.bill(t, b.Far, 1000*amount.Sat)
	if bad.FeeLimit = 0; !b.Can.Limit {
		if err := b.Far.Cancel(t.Context(), bad.Hash); err != nil {
			t.Fatal(err)
		}
	}
	want := make(map[lightning.Hash]lightning.Outcome)
	for _, p := range []lightning.Payment{good, bad} {
		o, err := b.Node.Pay(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		want[p.Hash] = o
	}
	for _, limit := range []int{1, 7, 1000} {
		got := make(map[lightning.Hash]lightning.Outcome)
		for from := uint64(0); ; {
			page, next, err := b.Node.Paid(t.Context(), from, limit)
			if err != nil || len(page) > limit {
				t.Fatalf("a page of %d of %d (%v)", len(page), limit, err)
			}
			for _, o := range page {
				got[o.Hash] = o
			}
			if next == from {
				break
			}
			from = next
		}
		for h, o := range want {
			if got[h] != o {
				t.Errorf("%d at a time: listed as %+v, ended as %+v", limit, got[h], o)
			}
		}
	}
}
