package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/lnd"
)

// paySat is more than dust, so that each payment is in the channel's
// transactions, as payments are.
const paySat = 500

// till drives two nodes that have a channel with each other: the gateway's,
// and one that is paid.
type till struct {
	payer, payee *regtest.LND
	from, to     *lnd.Conn
	open         chan string // invoices of the payee
	perSecond    float64     // how fast they were paid once
	paid         atomic.Int64
}

func openTill(ctx context.Context, w *world.World) (t *till, err error) {
	t = &till{payer: w.Net.Nodes[0], payee: w.Net.Nodes[1], open: make(chan string, 1<<17)}
	if t.from, err = dial(t.payer); err != nil {
		return nil, err
	}
	if t.to, err = dial(t.payee); err != nil {
		return nil, err
	}
	// As every node of some age, it has been paid: what came before a gateway is not searched each second.
	t.paid.Store(1)
	if err := t.even(ctx); err != nil {
		return nil, err
	}
	const first = 4 * payers
	if err := t.stock(ctx, first); err != nil {
		return nil, err
	}
	s, err := job(first).times(ctx, payers, 0, t.pay)
	t.perSecond = s.perSecond
	return t, err
}

func dial(l *regtest.LND) (*lnd.Conn, error) {
	return lnd.Open(lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: l.MacaroonPath}, stuck)
}

func (t *till) close() {
	t.from.Close()
	t.to.Close()
}

// fill makes as many invoices as a round can need, and more.
func (t *till) fill(ctx context.Context, p plan) error {
	const measurements, early, spare = 4, 1.2, 1.5
	return t.stock(ctx, int(t.perSecond*p.each.Seconds()*measurements*early*spare)+4*payers)
}

func (t *till) stock(ctx context.Context, n int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(payers)
	for range n - len(t.open) {
		g.Go(func() error {
			text, err := ask(ctx, t.to, paySat)
			if err == nil {
				t.open <- text
			}
			return err
		})
	}
	return g.Wait()
}

// ask has a node make an invoice.
func ask(ctx context.Context, of *lnd.Conn, sat int64) (string, error) {
	var made struct {
		Text string `json:"payment_request"`
	}
	err := of.Call(ctx, http.MethodPost, "/v1/invoices", map[string]any{"value": fmt.Sprint(sat), "memo": "tea", "expiry": "3600"}, &made)
	return made.Text, err
}

// invoice has the gateway's node make one.
func (t *till) invoice(ctx context.Context, _ int) error {
	_, err := ask(ctx, t.from, paySat)
	return err
}

// next is an invoice that nobody has paid.
func (t *till) next() (string, error) {
	select {
	case text := <-t.open:
		t.paid.Add(1)
		return text, nil
	default:
		return "", errors.New("too few invoices were made: this was much faster than the last time")
	}
}

// pay has the gateway's node pay an invoice, and waits for the end.
func (t *till) pay(ctx context.Context, _ int) error {
	text, err := t.next()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stuck)
	defer cancel()
	order := map[string]any{"payment_request": text, "timeout_seconds": int(stuck / time.Second), "fee_limit_sat": "10", "no_inflight_updates": true}
	return t.from.Stream(ctx, http.MethodPost, "/v2/router/send", order, func(m json.RawMessage) error {
		var got struct {
			Status string
			Reason string `json:"failure_reason"`
		}
		switch err := json.Unmarshal(m, &got); {
		case err != nil:
			return err
		case got.Status != "SUCCEEDED":
			return fmt.Errorf("a payment is %s: %s", got.Status, got.Reason)
		}
		return lnd.ErrLast
	})
}

// even pays back what was paid, so that the channel never runs dry.
func (t *till) even(ctx context.Context) error {
	text, err := t.payer.Invoice(ctx, t.paid.Swap(0)*paySat, "")
	if err != nil {
		return err
	}
	_, err = t.payee.Settle(ctx, text)
	return err
}
