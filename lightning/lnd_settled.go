package lightning

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	lndPage = 1000        // invoices of one question
	lndPoll = time.Second // while no invoice of the node was ever paid
)

// Settled asks /v1/invoices/subscribe, which replays what comes after a settle
// index, but nothing after 0. So the first ones are listed, as long as there
// are none.
func (n *lndNode) Settled(ctx context.Context, after uint64, deliver func(Receipt) error) error {
	if _, err := n.ours(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(lndPoll)
	defer tick.Stop()
	for after == 0 {
		first, err := n.all(ctx)
		if err != nil {
			return err
		}
		for _, r := range first {
			if err := deliver(r); err != nil {
				return err
			}
			after = r.SettleIndex
		}
		if after != 0 {
			break
		}
		select {
		case <-ctx.Done():
			return n.fault(ctx, ctx.Err())
		case <-tick.C:
		}
	}
	return n.watched(ctx, func(ctx context.Context) error { return n.subscribe(ctx, after, deliver) })
}

// subscribe delivers until the stream ends.
func (n *lndNode) subscribe(ctx context.Context, after uint64, deliver func(Receipt) error) error {
	var own error // an error that is not the stream's
	path := fmt.Sprintf("/v1/invoices/subscribe?settle_index=%d", after)
	err := n.rest.Stream(ctx, http.MethodGet, path, nil, func(m json.RawMessage) error {
		r, ok, err := receiptOf(m)
		if err == nil && ok && r.SettleIndex > after {
			after = r.SettleIndex
			err = deliver(r)
		}
		own = err
		return err
	})
	if own != nil {
		return own
	}
	return n.fault(ctx, err)
}

// watched runs a stream that may be silent for long, and ends it when the node
// does not answer in the meantime.
func (n *lndNode) watched(ctx context.Context, stream func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var silent error
	var watch sync.WaitGroup
	watch.Go(func() {
		defer cancel()
		tick := time.NewTicker(n.timeout)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if _, err := n.Info(ctx); err != nil && ctx.Err() == nil {
				silent = err
				return
			}
		}
	})
	err := stream(ctx)
	cancel()
	watch.Wait()
	if silent != nil {
		return silent
	}
	return err
}

// all lists every receipt, in the order of the settle index.
func (n *lndNode) all(ctx context.Context) ([]Receipt, error) {
	var all []Receipt
	for from := uint64(0); ; {
		page, next, err := n.Received(ctx, from, lndPage)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); next == from {
			break
		}
		from = next
	}
	slices.SortFunc(all, func(a, b Receipt) int {
		if a.SettleIndex < b.SettleIndex {
			return -1
		}
		return 1
	})
	return all, nil
}

var _ Node = (*lndNode)(nil)
