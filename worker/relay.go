package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/p2p"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Relay hands stored transactions to the Bitcoin network, beside the own node,
// and watches them go round. It credits nothing and ends no order.
type Relay struct {
	DB    *db.DB
	Net   *p2p.Client
	Mode  p2p.Mode
	Clock func() time.Time
	Log   *slog.Logger
	Alarm time.Duration // a payment that no other node has announced by then
	Wake  func()        // there are notices

	mu   sync.Mutex
	live map[paymentorder.ID]*relayed
}

// relayed is a transaction that is looked after.
type relayed struct {
	*p2p.Broadcast
	saved   string // the report that is written down
	told    bool
	alarmed bool
}

// Take begins with a transaction as soon as it is stored, so that no
// announcement of it is missed.
func (r *Relay) Take(ctx context.Context, o *paymentorder.Order) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.tend(ctx, o); err != nil {
		r.Log.Warn("a payment is not with the network yet", "order", o.ID, "err", err)
	}
}

// Step takes up what was stored since, writes down what was learned, and lets
// go of what is in a block.
func (r *Relay) Step(ctx context.Context) (bool, error) {
	orders, err := paymentorder.Stored(ctx, r.DB.Read())
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	there := map[paymentorder.ID]bool{}
	var errs []error
	for _, o := range orders {
		there[o.ID] = true
		if err := r.tend(ctx, &o); err != nil {
			errs = append(errs, fmt.Errorf("order %d: %w", o.ID, err))
		}
	}
	for id, b := range r.live {
		if !there[id] { // in a block, or over
			b.Forget()
			delete(r.live, id)
		}
	}
	return false, errors.Join(errs...)
}

func (r *Relay) tend(ctx context.Context, o *paymentorder.Order) error {
	b := r.live[o.ID]
	if b == nil {
		if r.live == nil {
			r.live = map[paymentorder.ID]*relayed{}
		}
		var err error
		if b, err = r.begin(ctx, o); err != nil {
			return err
		}
		r.live[o.ID] = b
	}
	report := b.Report()
	if !b.alarmed && report.Level < p2p.Seen && r.Alarm > 0 && r.Clock().Sub(report.Queued) > r.Alarm {
		b.alarmed = true
		r.Log.Warn("no other node announces a payment", "order", o.ID, "txid", o.TxID, "level", report.Level.String(), "given", report.Delivered)
	}
	if report.Conflict != "" && !b.alarmed {
		b.alarmed = true
		r.Log.Warn("a peer knows of another transaction with the coins of a payment", "order", o.ID, "txid", o.TxID, "other", report.Conflict)
	}
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	if string(text) == b.saved {
		return nil
	}
	given := max(report.Requested, report.Delivered)
	told := b.told
	err = r.DB.Tx(ctx, func(tx *db.Tx) error {
		told = b.told
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		err = o.SaveRelay(ctx, tx, paymentorder.Relay{Report: string(text), Given: given, Seen: report.Seen}, now)
		if err != nil || told || report.Seen == 0 {
			return err
		}
		told = true
		return r.tell(ctx, tx, o, given, report.Seen, now)
	})
	if err != nil {
		return err
	}
	if told && !b.told && r.Wake != nil {
		r.Wake()
	}
	b.saved, b.told = string(text), told
	return nil
}

// begin gives the stored transaction to the network, with what was known of it
// before a restart.
func (r *Relay) begin(ctx context.Context, o *paymentorder.Order) (*relayed, error) {
	signed, err := o.Effect(ctx, r.DB.Read())
	if err != nil {
		return nil, err
	}
	var tx wire.MsgTx
	if err := tx.Deserialize(bytes.NewReader(signed.Raw)); err != nil {
		return nil, err
	}
	known, err := o.Relayed(ctx, r.DB.Read())
	if err != nil {
		return nil, err
	}
	// Whoever says that this is too little (BIP 133) would drop it without a word.
	options := []p2p.Option{p2p.In(r.Mode), p2p.FeeRate(signed.Fee.Sats() * 1000 / p2p.VSize(&tx))}
	made := &relayed{}
	if known != nil {
		var report p2p.Report
		if json.Unmarshal([]byte(known.Report), &report) == nil {
			options = append(options, p2p.Resume(report))
		}
		made.told = known.Told
	}
	made.Broadcast, err = r.Net.Broadcast(ctx, &tx, options...)
	return made, err
}

// tell says once that others relay the payment.
func (r *Relay) tell(ctx context.Context, tx *db.Tx, o *paymentorder.Order, given, seen int, now int64) error {
	first, err := o.TellRelay(ctx, tx)
	if err != nil || !first {
		return err
	}
	u, err := useraccount.ByID(ctx, tx, o.User)
	if err != nil || !u.Notify || !u.Active {
		return err
	}
	return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "order.relayed", Lang: u.Lang, Unit: u.Unit,
		Args: map[string]any{"amount": int64(o.Amount), "who": o.SaidTo, "given": int64(given), "seen": int64(seen), "txid": o.TxID}}, now)
}

// Blocks has the workers look at the chain as soon as a peer announces a
// block, and says when the own node does not come after. An announcement
// is no proof of anything.
type Blocks struct {
	DB    *db.DB
	Net   *p2p.Client
	Chain chain.Node
	Clock func() time.Time
	Log   *slog.Logger
	Lag   time.Duration // the own node may be that late
	Wake  func()        // those who look at the chain

	late time.Time // when a block was first announced that the node has not; zero if there is none
}

// Step listens until the context ends.
func (b *Blocks) Step(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := b.Net.Subscribe(ctx, p2p.NewBlock)
	tick := time.NewTicker(max(b.Lag/4, time.Second))
	defer tick.Stop()
	highest := int32(0)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return false, nil
			}
			highest = max(highest, e.Block.Height)
			if err := b.announced(ctx); err != nil {
				return false, err
			}
		case <-tick.C:
			b.compare(ctx, highest)
		}
	}
}

func (b *Blocks) announced(ctx context.Context) error {
	err := b.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return paymentorder.LookNow(ctx, tx, now)
	})
	b.Wake()
	return err
}

// compare warns, once for each time, when peers have been ahead for too long.
func (b *Blocks) compare(ctx context.Context, highest int32) {
	info, err := b.Chain.Info(ctx)
	if err != nil || int64(highest) <= info.Height {
		b.late = time.Time{}
		return
	}
	switch now := b.Clock(); {
	case b.late.IsZero():
		b.late = now
	case now.Sub(b.late) > b.Lag:
		b.Log.Warn("the own node is behind what peers announce", "node", info.Height, "peers", highest, "for", now.Sub(b.late).Round(time.Second))
		b.late = now // and say so again when as much time has passed
	}
}
