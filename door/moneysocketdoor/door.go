// Package moneysocketdoor is the door for Moneysocket apps: programs that were let at a
// user's wallet, who pay and are paid through it within what the user allowed.
//
// It keeps a link for each app that the desk names: at a relay of its own,
// where the app comes in, or dialled, where the app's beacon says. What an app
// asks for goes to the desk, and what the desk answers, now or days later,
// goes to the app when it is there. The door itself keeps nothing: after a
// restart the desk names the same links and the same news.
//
// It knows nothing about money, and says no only where the protocol does. If
// the desk does not answer, the app hears nothing, because a no would be a lie.
package moneysocketdoor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// Options of a Door.
type Options struct {
	Desk      Desk
	Words     *i18n.Catalogue
	Languages []string       // of who has none of their own, preferred first
	Instance  string         // name of this process among those that share the desk
	Listen    string         // address and port of the relay; "" is none
	URL       string         // of the relay on the Internet: wss://example.org
	Cert, Key string         // files in PEM; both empty behind a proxy
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Open      bool           // the relay serves strangers among themselves, too
	// NetDial opens connections to where beacons say, and refuses what
	// users must not reach. Without it links with a beacon are not kept.
	NetDial    func(ctx context.Context, network, address string) (net.Conn, error)
	AllowPlain bool // ws:// as well, dialled and served: for tests, and at home
	Limits     Limits
	Log        *slog.Logger
}

// Limits bound what strangers can cost, and how often the desk is asked. The
// zero value is the defaults.
type Limits struct {
	Frames moneysocket.Limits // of connections
	Links  int                // that are kept: 10000
	Pace   time.Duration      // between two looks at the desk, at least: 5 ms, and more where looks take long
	Every  time.Duration      // and at most, while an app is there: 1 s
	Renew  time.Duration      // between two questions for the links: 5 s
	Again  time.Duration      // until the desk is asked again about money, at first: 200 ms
	Retry  time.Duration      // until a beacon is dialled again, at first: 5 s
	Late   time.Duration      // how long who comes for a link that is not known is kept: it may be new: 3 s
	Mute   time.Duration      // how long who comes in may say nothing that his link can read: 30 s
}

func (l Limits) filled() Limits {
	for of, usual := range map[*time.Duration]time.Duration{&l.Pace: 5 * time.Millisecond, &l.Every: time.Second, &l.Again: 200 * time.Millisecond,
		&l.Renew: 5 * time.Second, &l.Retry: 5 * time.Second, &l.Mute: 30 * time.Second, &l.Late: 3 * time.Second} {
		if *of <= 0 {
			*of = usual
		}
	}
	if l.Links <= 0 {
		l.Links = 10000
	}
	return l
}

// Door keeps the links. Serve opens it.
type Door struct {
	o      Options
	here   moneysocket.Location // what beacons say of the relay
	relay  *moneysocket.Relay   // nil without
	signal chan struct{}        // look at the desk

	silent silence // of the desk; keep's alone

	mu    sync.Mutex
	links map[wallet.AppID]*link             // by app
	at    map[moneysocket.RendezvousID]*link // the same, by where they wait or go to
	odd   map[wallet.AppID]string            // links that are not kept, and why
	fresh chan struct{}                      // closed when the links were compared with the desk's
	over  chan struct{}                      // closed when the door closes
	ended sync.WaitGroup                     // of links
}

// New returns a door that is still closed.
func New(o Options) (*Door, error) {
	switch {
	case o.Desk == nil || o.Words == nil || o.Instance == "":
		return nil, errors.New("moneysocket: no desk, no phrases or no name")
	case (o.Cert == "") != (o.Key == ""):
		return nil, errors.New("moneysocket: a certificate needs its key, and a key its certificate")
	}
	o.Limits = o.Limits.filled()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{o: o, signal: make(chan struct{}, 1), fresh: make(chan struct{}), over: make(chan struct{}), links: map[wallet.AppID]*link{}, at: map[moneysocket.RendezvousID]*link{}, odd: map[wallet.AppID]string{}}
	if o.Listen == "" {
		return d, nil
	}
	var err error
	if d.here, err = Location(o.URL, o.AllowPlain); err != nil {
		return nil, err
	}
	d.relay = &moneysocket.Relay{Allow: d.allows, Own: d.isOwn, Limits: o.Limits.Frames, Log: o.Log}
	return d, nil
}

// Location reads the URL of a relay as beacons carry it, wss://example.org or
// wss://example.org:8443; ws:// only if that is allowed. There is no place for
// a path in a beacon.
func Location(text string, plain bool) (moneysocket.Location, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return moneysocket.Location{}, fmt.Errorf("moneysocket: %q is not a URL like wss://example.org", text)
	}
	if u.Scheme != "wss" && (u.Scheme != "ws" || !plain) {
		return moneysocket.Location{}, fmt.Errorf("moneysocket: %q must begin with wss: apps in browsers reach no other", text)
	}
	l := moneysocket.Location{Host: strings.ToLower(u.Hostname()), Plain: u.Scheme == "ws"}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return moneysocket.Location{}, fmt.Errorf("moneysocket: %q has no port that can be", text)
		}
		l.Port = uint16(n)
	}
	return l, nil
}

// Notify says that something was committed: look at the desk now. It never
// blocks.
func (d *Door) Notify() {
	select {
	case d.signal <- struct{}{}:
	default:
	}
}

// allows says who may use the relay: our links and those who come to them. A
// link may have been made a moment ago, and apps in browsers ask only once.
func (d *Door) allows(id moneysocket.RendezvousID) bool {
	late := time.NewTimer(d.o.Limits.Late)
	defer late.Stop()
	for !d.o.Open && !d.isOwn(id) {
		d.mu.Lock()
		fresh := d.fresh
		d.mu.Unlock()
		d.Notify()
		select {
		case <-fresh:
		case <-d.over:
			return false
		case <-late.C:
			return d.isOwn(id)
		}
	}
	return true
}

// isOwn reports whether one of our links waits at that rendezvous.
func (d *Door) isOwn(id moneysocket.RendezvousID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.at[id]
	return l != nil && l.waits
}

// Counts is how busy a door is.
type Counts struct {
	Links, Ready int                // links that are kept, and apps that are there
	Relay        moneysocket.Counts // with the ends of our own links
}

// Counts returns how busy the door is.
func (d *Door) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := Counts{Links: len(d.links)}
	for _, l := range d.links {
		if l.state() == moneysocket.Ready {
			c.Ready++
		}
	}
	if d.relay != nil {
		c.Relay = d.relay.Counts()
	}
	return c
}
