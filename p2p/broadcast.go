package p2p

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

const (
	maxWeight   = 400_000   // of a transaction that nodes relay
	maxRawBytes = 256 << 20 // of all transactions that are looked after
)

// Broadcast is one transaction on its way. Its methods may be called from
// anywhere.
type Broadcast struct {
	c           *Client
	txid, wtxid chainhash.Hash
	raw         raw
	witness     bool
	want        wishes
	parents     []*Broadcast

	// guarded by the client's mu
	children  []*Broadcast
	exposures map[string]*exposure // by address of the peer
	seen      map[string]time.Time // likewise
	story     Report               // without what report fills in
	again     time.Time            // when to announce it once more
	over      bool                 // forgotten, or given up
	changed   chan struct{}        // closed at the next change; nil if nobody waits
	private   courier

	delivered, requested int // in an earlier life
}

// Broadcast takes a transaction and looks after it until it is mined,
// forgotten, or GiveUp has passed. It returns at once, unless Config.Rate
// makes it wait. A transaction that is looked after already is not begun
// again: its Broadcast is returned as it is. Nothing is sent before Run.
//
// The errors are ErrUsage, ErrFull, and that of ctx.
func (c *Client) Broadcast(ctx context.Context, tx *wire.MsgTx, options ...Option) (*Broadcast, error) {
	want := wishes{minSeen: 1}
	for _, o := range options {
		o(&want)
	}
	if want.mode == Private && c.cfg.Proxy == "" {
		return nil, fmt.Errorf("%w: a private broadcast needs a proxy", ErrUsage)
	}
	fresh := make([]*Broadcast, 0, 1+len(want.parents))
	for _, t := range append([]*wire.MsgTx{tx}, want.parents...) {
		b, err := c.newBroadcast(t, want)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, b)
	}
	if err := c.accept.Wait(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	b, err := c.adopt(fresh[0], now)
	if err != nil {
		return nil, err
	}
	for _, p := range fresh[1:] {
		p.want.resume, p.want.parents = nil, nil
		if p, err = c.adopt(p, now); err != nil {
			if b == fresh[0] { // not without its parents
				c.drop(b)
			}
			return nil, err
		}
		if !slices.Contains(b.parents, p) {
			b.parents, p.children = append(b.parents, p), append(p.children, b)
		}
	}
	c.plan(b, c.ranked(), now)
	c.rouse()
	return b, nil
}

// newBroadcast checks and encodes.
func (c *Client) newBroadcast(tx *wire.MsgTx, want wishes) (*Broadcast, error) {
	switch {
	case tx == nil || len(tx.TxIn) == 0 || len(tx.TxOut) == 0:
		return nil, fmt.Errorf("%w: a transaction without inputs or outputs", ErrUsage)
	case tx.TxIn[0].PreviousOutPoint.Hash == chainhash.Hash{}:
		return nil, fmt.Errorf("%w: a coinbase is not relayed", ErrUsage)
	case tx.SerializeSizeStripped()*3+tx.SerializeSize() > maxWeight && c.segwit():
		return nil, fmt.Errorf("%w: no node relays a transaction that is heavier than %d", ErrUsage, maxWeight)
	case tx.SerializeSize() > maxSkipped:
		return nil, fmt.Errorf("%w: a transaction of %d bytes", ErrUsage, tx.SerializeSize())
	}
	var buf bytes.Buffer
	buf.Grow(tx.SerializeSize())
	if err := tx.Serialize(&buf); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return &Broadcast{
		c: c, txid: tx.TxHash(), wtxid: tx.WitnessHash(), raw: buf.Bytes(), witness: tx.HasWitness(), want: want,
		exposures: map[string]*exposure{}, seen: map[string]time.Time{},
	}, nil
}

// adopt begins to look after b, or returns the one that we have already.
func (c *Client) adopt(b *Broadcast, now time.Time) (*Broadcast, error) {
	if old := c.live[b.txid]; old != nil {
		if (old.want.mode == Private) != (b.want.mode == Private) {
			return nil, fmt.Errorf("%w: %s is broadcast in another mode already", ErrUsage, b.txid)
		}
		return old, nil
	}
	if len(c.live) >= c.cfg.MaxTxs || c.bytes+len(b.raw) > maxRawBytes {
		return nil, ErrFull
	}
	b.story = Report{Txid: b.txid.String(), Wtxid: b.wtxid.String(), Mode: b.want.mode, Queued: now}
	if r := b.want.resume; r != nil {
		b.remember(*r)
	}
	b.again = now.Add(c.cfg.Times.again())
	c.live[b.txid] = b
	c.wtxids[b.wtxid] = b
	c.bytes += len(b.raw)
	return b, nil
}

// remember takes what an earlier life found out.
func (b *Broadcast) remember(r Report) {
	if r.Txid != b.story.Txid {
		return
	}
	r.Mode, r.Wtxid = b.want.mode, b.story.Wtxid
	for _, addr := range r.Given {
		b.exposures[addr] = &exposure{exposed: true, sent: true}
	}
	for _, addr := range r.SeenBy {
		if b.exposures[addr] == nil {
			b.seen[addr] = r.FirstSeen
		}
	}
	// Who delivered and who requested is not known any more: those are counted
	// anew, and until there are more of them the old figures hold.
	b.delivered, b.requested = r.Delivered, r.Requested
	r.Sent, r.Delivered, r.Requested, r.Seen = len(b.exposures), 0, 0, len(b.seen)
	b.story = r
}

// again is a moment for the next announcement.
func (t Times) again() time.Duration { return t.Again + rnd(t.Again/2) }

// Find returns the broadcast of a transaction that is looked after.
func (c *Client) Find(txid chainhash.Hash) (*Broadcast, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, ok := c.live[txid]
	return b, ok
}

// Report is what is known now.
func (b *Broadcast) Report() Report {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	return b.report()
}

// Forget ends the care for a transaction: it is announced no more, and served
// to nobody. What is known stays in Report.
func (b *Broadcast) Forget() {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.drop(b)
}

// drop is Forget with the lock held.
func (c *Client) drop(b *Broadcast) {
	if c.live[b.txid] != b {
		return
	}
	delete(c.live, b.txid)
	delete(c.wtxids, b.wtxid)
	c.bytes -= len(b.raw)
	b.over = true
	b.touch()
}

// SetMined says that our own node found it in a block.
func (b *Broadcast) SetMined(at Place) {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.mined(at)
}

// SetUnmined says that the block is no longer in the best chain: the
// transaction is announced again.
func (b *Broadcast) SetUnmined() {
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.story.Mined = nil
	b.touch()
	b.c.rouse()
}

// mined is SetMined with the lock held.
func (b *Broadcast) mined(at Place) {
	b.story.Mined = &at
	b.touch()
}

// Wait returns when there is evidence for the level, or the transaction is seen
// or mined, with the Report of that moment. Delivered is the level to wait for
// before one leaves, if nobody is there to see it. It fails with ErrRejected when all peers that were asked said
// no, ErrStopped when the transaction was forgotten, and the error of ctx;
// the Report is true in each case.
func (b *Broadcast) Wait(ctx context.Context, level Level) (Report, error) {
	for {
		b.c.mu.Lock()
		r := b.report()
		if b.changed == nil {
			b.changed = make(chan struct{})
		}
		changed, over, refused := b.changed, b.over, b.refused()
		b.c.mu.Unlock()
		switch {
		case r.reached(level):
			return r, nil
		case refused:
			return r, ErrRejected
		case over:
			return r, ErrStopped
		}
		select {
		case <-ctx.Done():
			return b.Report(), ctx.Err()
		case <-changed:
		}
	}
}

// touch tells those who wait. The lock is held.
func (b *Broadcast) touch() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
	if b.c.subs.want(Evidence) {
		r := b.report()
		b.c.subs.send(Event{Kind: Evidence, Report: &r})
	}
}

// refused reports whether everybody who was given it said no, and nobody else
// has it.
func (b *Broadcast) refused() bool {
	if b.story.Seen > 0 || b.story.Mined != nil || len(b.story.Rejections) == 0 {
		return false
	}
	for _, e := range b.exposures {
		if (e.exposed || e.offered) && !e.rejected {
			return false
		}
	}
	return true
}
