package component

import (
	"context"
	"encoding/xml"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/keyqueue"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/wallet"
)

// Config is what the operator says about the door.
type Config struct {
	Domain  string // the component's own JID, such as bitcoin.example.org
	Secret  string // of XEP-0114
	Addr    string // host:port of the server's component listener
	Name    string // how the gateway is called in rosters and disco
	Version string // of the program

	Languages []string // in order of preference of the operator

	Contacts Contacts

	Limits       Limits
	Pace         *wallet.Pace // of all doors; nil: this door has its own, by Limits
	PresenceRate float64      // presences sent per second at most; 0 is 200
	Links        bool         // end a reply with xmpp: links to what may follow

	// Alone reports whether no other instance serves Domain now. Only a lone
	// instance greets everybody at the start and says goodbye at the end.
	// Nil is always alone.
	Alone func(ctx context.Context) bool

	Timing Timing
}

// Contacts are URIs of the people behind the gateway (XEP-0157).
type Contacts struct{ Abuse, Admin, Support []string }

// Limits of what one user may ask.
type Limits struct {
	Burst      int     // messages and commands at once; 0 is 20
	PerSecond  float64 // messages and commands per second after the burst; 0 is 5
	Body       int     // bytes of a message body; 0 is 4096
	Workers    int     // commands at work at the same time; 0 is 16
	Waiters    int     // commands that wait for somebody else and hold up nobody; 0 is 256
	Stanza     int     // bytes of a stanza; 0 is 64 KiB
	Waiting    int     // stanzas that one user may have waiting; 0 is 2500
	WaitingAll int     // stanzas waiting together; 0 is 100000
	Memory     int     // bytes of stanzas waiting together; 0 is 256 MiB
}

// Timing is how long the door waits for what.
type Timing struct {
	Ping    time.Duration // between pings to ourselves through the server; 0 is 10 s
	Silence time.Duration // nothing heard for so long is a dead connection; 0 is 60 s
	Dial    time.Duration // to connect and shake hands; 0 is 15 s
	Ask     time.Duration // for one command; 0 is 60 s
	Slow    time.Duration // after which "composing" is shown; 0 is 1 s
	Drain   time.Duration // to finish work when stopping; 0 is 15 s
	Alive   time.Duration // until another instance that died is known to be dead; 0 is 20 s
	Back    Backoff       // between attempts to connect
}

// Component is the door: it connects to one server, and comes back when the
// connection is lost.
type Component struct {
	cfg     Config
	desk    Desk
	cat     *i18n.Catalogue
	log     *slog.Logger
	started time.Time

	services  map[xml.Name]Service
	caps      map[wallet.ContactKind]string // verification strings (XEP-0115)
	pace      *wallet.Pace
	presences *presenceQueue // presences waiting to be sent
	tally     tally

	quick         map[string]bool  // words of what is answered without waiting
	requests      *keyqueue.Queues // iqs and messages, by bare JID
	subscriptions *keyqueue.Queues // subscriptions, by bare JID
	held          *held            // stanzas in them

	mu   sync.Mutex
	link *link         // the connection, nil while away
	up   chan struct{} // closed when link comes
}

// ErrAway is what Tell and the like return while there is no connection.
var ErrAway = fmt.Errorf("component: not connected: %w", outbox.ErrAway)

// aside is how long a command may keep one of the workers to itself. One that
// takes longer waits for somebody: a node, or a host of a stranger's choice.
const aside = 250 * time.Millisecond

// New makes a door. Nothing is dialled before Run.
func New(cfg Config, desk Desk, cat *i18n.Catalogue, log *slog.Logger) *Component {
	cfg.Domain = address.Fold(cfg.Domain)
	cfg.defaults()
	c := &Component{
		cfg:      cfg,
		desk:     desk,
		cat:      cat,
		log:      log,
		started:  time.Now(),
		services: make(map[xml.Name]Service, len(services)),
		up:       make(chan struct{}),
	}
	for _, s := range services {
		c.services[xml.Name{Space: s.Space, Local: s.Local}] = s
	}
	if c.pace = cfg.Pace; c.pace == nil {
		c.pace = wallet.NewPace(rate.Limit(cfg.Limits.PerSecond), cfg.Limits.Burst)
	}
	c.presences = newPresenceQueue(cfg.Limits.WaitingAll, max(1, cfg.Limits.WaitingAll/10))
	l := cfg.Limits
	c.held = newHeld(l.Memory)
	c.requests = keyqueue.New(l.Workers, l.Waiting, l.WaitingAll)
	c.requests.Slow, c.requests.Spare, c.requests.Kept = aside, l.Waiters, l.Workers/4
	c.requests.Group, c.requests.OfGroup = ownerOf, max(l.Workers, l.Waiters/2)
	c.quick = wordsOf(cat, asksNoNode(command.Index))
	c.subscriptions = keyqueue.New(l.Workers/4+1, l.Waiting, l.WaitingAll)
	c.subscriptions.Group = ownerOf
	home := ownerOf(c.cfg.Domain) // whose users have room, however many domains fill the rest
	c.requests.Home, c.subscriptions.Home, c.held.home, c.presences.home = home, home, home, home
	c.caps = c.capsOfAll()
	return c
}

func (c *Config) defaults() {
	or(&c.Name, c.Domain)
	or(&c.PresenceRate, 200)
	or(&c.Limits.Burst, 20)
	or(&c.Limits.PerSecond, 5)
	or(&c.Limits.Body, 4096)
	or(&c.Limits.Workers, 16)
	or(&c.Limits.Waiters, 256)
	or(&c.Limits.Stanza, 64<<10)
	or(&c.Limits.Memory, 256<<20)
	or(&c.Limits.Waiting, 2500)
	or(&c.Limits.WaitingAll, 100_000)
	or(&c.Timing.Ping, 10*time.Second)
	or(&c.Timing.Silence, time.Minute)
	or(&c.Timing.Dial, 15*time.Second)
	or(&c.Timing.Ask, time.Minute)
	or(&c.Timing.Slow, time.Second)
	or(&c.Timing.Drain, 15*time.Second)
	or(&c.Timing.Alive, 20*time.Second)
	c.Timing.Back.defaults()
	if c.Alone == nil {
		c.Alone = func(context.Context) bool { return true }
	}
}

// or sets *p to d if it has its zero value.
func or[T comparable](p *T, d T) {
	var zero T
	if *p == zero {
		*p = d
	}
}

// jid is the JID of the contact with local part at, of the gateway for "".
func (c *Component) jid(at string) string {
	if at == "" {
		return c.cfg.Domain
	}
	return at + "@" + c.cfg.Domain
}

// words is the printer for a language and a unit. The first known of langs
// is taken, else the operator's first.
func (c *Component) words(unit string, langs ...string) i18n.Printer {
	return c.cat.Printer(c.match(langs...), unit)
}

// match is the catalogue's language nearest to the first of langs that is known.
func (c *Component) match(langs ...string) string {
	tags := make([]string, 0, len(langs)+len(c.cfg.Languages))
	for _, l := range langs {
		if l != "" {
			tags = append(tags, l)
		}
	}
	return c.cat.Match(append(tags, c.cfg.Languages...)...)
}
