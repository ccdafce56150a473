package lightning

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// socketNode is an account with a Moneysocket provider somewhere else (v0).
// The provider tells an answer once, to whoever is connected then, and cannot
// be asked what became of anything: the journal is what is known.
type socketNode struct {
	network string
	pubKey  string // the only payee that invoices of ours may have, if known
	timeout time.Duration
	budget  bool // the wad is no balance
	log     *slog.Logger
	app     *moneysocket.Consumer // nil if another process has the link
	life    context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
	over    sync.Once
	quiet   chan struct{} // closed when the consumer says nothing more

	mu      sync.Mutex
	file    *journal
	books   *books
	changed chan struct{} // closed and replaced when books or link change
	ready   bool          // the provider is there
	away    time.Time     // since when it is not
	why     error         // why not
	floor   uint64        // the highest index that somebody has seen

	came   []proof // told, and not yet in the journal
	bell   chan struct{}
	wad    amount.Msat       // the balance that was shown last
	fresh  bool              // and no preimage was told since
	strays map[Hash]Preimage // that fitted nothing when they came
}

// proof is a preimage as the provider told it.
type proof struct {
	Preimage
	fee amount.Msat // 0 if it tells none
}

// maxStrays is how many preimages that fit nothing are kept, for an invoice
// that is paid before we have written it down.
const maxStrays = 256

func openMoneysocket(cfg Config) (Node, error) {
	beacon, err := moneysocket.ParseBeacon(cfg.Beacon)
	if err != nil {
		return nil, fmt.Errorf("lightning: beacon: %w", err)
	}
	if cfg.Journal == "" {
		return nil, fmt.Errorf("lightning: moneysocket needs a file for its journal")
	}
	file, books, err := openJournal(cfg.Journal)
	if err != nil {
		return nil, fmt.Errorf("lightning: %w", err)
	}
	n := &socketNode{
		network: cfg.Network, pubKey: cfg.PubKey, timeout: cfg.Timeout, budget: cfg.Budget, log: cfg.Log, quiet: make(chan struct{}),
		file: file, books: books, changed: make(chan struct{}), away: time.Now(), why: errNotYet,
		bell: make(chan struct{}, 1), strays: map[Hash]Preimage{},
	}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	n.life, n.stop = context.WithCancel(context.Background())
	if file.view {
		n.why = ErrElsewhere
		return n, nil
	}
	link := moneysocket.Outgoing(beacon, moneysocket.Dialer{NetDial: cfg.NetDial, Limits: moneysocket.Limits{Rate: 1000}})
	link.First, link.Last = cfg.Redial, 30*time.Second
	n.app = &moneysocket.Consumer{
		Link: link, OnInfo: n.shows, OnPreimage: n.told, OnEvent: n.linkIs, Log: n.log, Patience: min(cfg.Timeout, 15*time.Second),
	}
	n.work.Go(func() {
		defer close(n.quiet)
		_ = n.app.Run(n.life)
	})
	n.work.Go(n.keep)
	return n, nil
}

// linkIs hears news of the link.
func (n *socketNode) linkIs(e moneysocket.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.ready
	n.ready = e.State == moneysocket.Ready || n.ready && e.State == moneysocket.Joined
	switch {
	case e.Hint == moneysocket.SameRole:
		n.why = errSameRole
		n.log.Warn("the beacon of the Lightning backend is another app's and no wallet's")
	case e.Err != nil:
		n.why = e.Err
	case e.State == moneysocket.Waiting:
		n.why = errAlone
	}
	if was != n.ready {
		n.away = time.Now()
		n.log.Info("the Moneysocket provider", "there", n.ready, "err", e.Err)
		n.news()
	}
}

// news wakes all who wait; the caller has the lock.
func (n *socketNode) news() {
	close(n.changed)
	n.changed = make(chan struct{})
}

// linked waits until the provider is there, for the timeout at most.
func (n *socketNode) linked(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, n.timeout)
	defer stop()
	for {
		n.mu.Lock()
		ready, changed, why := n.ready, n.changed, n.why
		n.mu.Unlock()
		switch {
		case ready:
			return nil
		case n.app == nil:
			return fmt.Errorf("%w: %w", ErrUnreachable, why)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w: %w", ErrUnreachable, ctx.Err(), why)
		case <-n.life.Done():
			return fmt.Errorf("%w: %w", ErrUnreachable, errClosed)
		}
	}
}

// shown is what the provider shows of the account, now.
func (n *socketNode) shown(ctx context.Context) (moneysocket.Info, error) {
	if err := n.linked(ctx); err != nil {
		return moneysocket.Info{}, err
	}
	info, err := n.app.Info(ctx)
	if err != nil {
		return info, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return info, nil
}

// Info says that the provider is there. It has no public key, no height and no
// network that it could tell: each invoice is compared with ours. So the key is known
// too while another process has the link, and comes with ErrElsewhere.
func (n *socketNode) Info(ctx context.Context) (Info, error) {
	shown, err := n.shown(ctx)
	if errors.Is(err, ErrElsewhere) {
		return Info{Kind: "moneysocket", Network: n.network, PubKey: n.pubKey}, err
	}
	if err != nil {
		return Info{}, err
	}
	return Info{Kind: "moneysocket", Version: "0", Network: n.network, PubKey: n.pubKey, Alias: shown.Account, Synced: true}, nil
}

// Balance is the wad. The provider says nothing of what could come in.
func (n *socketNode) Balance(ctx context.Context) (Balance, error) {
	shown, err := n.shown(ctx)
	return Balance{Local: amount.Msat(shown.Wad.Msats)}, err
}

// Close leaves the provider and waits until what it told is written down.
func (n *socketNode) Close() (err error) {
	n.over.Do(func() {
		n.mu.Lock()
		n.stop() // no payment begins after this
		n.mu.Unlock()
		n.work.Wait()
		err = n.file.Close()
	})
	return err
}

var _ Node = (*socketNode)(nil)
