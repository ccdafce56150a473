package moneysocketdoor

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// Why a link that the desk names is not kept.
var (
	errSeed    = errors.New("its seed is another link's, or not its beacon's")
	errNoRelay = errors.New("there is no relay where it could wait")
	errNoDial  = errors.New("no beacons are dialled here")
	errPlain   = errors.New("its beacon has no location with TLS")
)

// link is an app and its way to us.
type link struct {
	door     *Door
	app      wallet.AppLink
	way      moneysocket.Link
	waits    bool // at our relay
	provider *moneysocket.Provider
	stop     context.CancelFunc

	mu    sync.Mutex
	now   moneysocket.State
	anew  bool               // the desk does not know yet that the app came
	shown *wallet.AppWallet  // nil: nothing yet
	news  map[parcel]*errand // that are under way
	asks  map[string]int     // payments that the desk is asked about now, by the UUID of the request
}

// parcel is an answer as the provider knows it.
type parcel struct {
	uuid   string
	answer moneysocket.Answer
}

// errand is news of the desk that the provider has.
type errand struct {
	news wallet.AppAnswer
	sent bool // on a connection to the app
}

// mostNews is how many are under way on one link; the others wait at the desk.
const mostNews = 64

func (d *Door) newLink(a wallet.AppLink) (*link, error) {
	l := &link{door: d, app: a}
	var err error
	if l.way, l.waits, err = d.way(a); err != nil {
		return nil, err
	}
	p := &moneysocket.Provider{Invoice: l.invoice, Pay: l.pay, OnEvent: l.event, OnSent: l.sent, Account: a.Wallet, Log: d.o.Log}
	if l.waits {
		p.Mute = d.o.Limits.Mute
	}
	l.provider = p
	return l, nil
}

// way is how an app and we meet: at our relay, or where its beacon says. What
// is stored may be of an older program, or broken.
func (d *Door) way(a wallet.AppLink) (way moneysocket.Link, waits bool, err error) {
	if a.Beacon == "" {
		if d.relay == nil {
			return way, false, errNoRelay
		}
		return moneysocket.Incoming(d.relay, a.Seed), true, nil
	}
	b, err := moneysocket.ParseBeacon(a.Beacon)
	if err != nil {
		return way, false, fmt.Errorf("its beacon: %w", err)
	}
	if b.Seed != a.Seed {
		return way, false, errSeed
	}
	to := b.Locations[:0]
	for _, l := range b.Locations {
		if d.relay != nil && l.URL() == d.here.URL() {
			return moneysocket.Incoming(d.relay, a.Seed), true, nil // the way out would lead back here
		}
		if l.IsWebSocket() && (d.o.AllowPlain || !l.Plain) {
			to = append(to, l)
		}
	}
	switch b.Locations = to; {
	case d.o.NetDial == nil:
		return way, false, errNoDial
	case len(to) == 0:
		return way, false, errPlain
	}
	way = moneysocket.Outgoing(b, moneysocket.Dialer{NetDial: d.o.NetDial, Limits: d.o.Limits.Frames})
	way.First = d.o.Limits.Retry
	return way, false, nil
}

// event hears where the link is.
func (l *link) event(e moneysocket.Event) {
	if e.Hint != "" {
		return
	}
	l.mu.Lock()
	l.now = e.State
	l.anew = l.anew || e.State == moneysocket.Ready
	l.mu.Unlock()
	if e.State == moneysocket.Joined || e.State == moneysocket.Ready {
		l.door.Notify() // it wants to see a wallet, or its news
	}
}

func (l *link) state() moneysocket.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// cameAnew reports, once, that the app has come.
func (l *link) cameAnew() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.anew
	l.anew = false
	return was
}

func (l *link) comesAgain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.anew = true
}
