// Package limedoor is the door for bots that speak LIME: the same wallet as in
// chat, as resources, as messages, and as news that are sent unasked.
//
// It decides nothing about money. What a session wants is asked of the desk in
// the name of the user, and of the app if a bot asks; the desk knows the rights
// and the budget of each.
package limedoor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/httpserve"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/keyqueue"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// Options of a Door.
type Options struct {
	Domain string // of the accounts; the gateway's own
	Host   string // instance of postmaster@Domain; "" is the name of this machine

	TCP  string // address and port, upgraded to TLS if there is a certificate; "" is off
	TLS  string // the same, with TLS from the first byte
	WS   string // WebSockets, of wss if there is a certificate
	Cert string // file in PEM
	Key  string // the same
	// Origins are the hosts of web pages that may connect, as path.Match patterns.
	Origins []string
	// Proxies are believed when they say for whom they open a WebSocket.
	Proxies httpserve.Proxies
	// RequireTLS lets nobody in over the network who does not encrypt.
	RequireTLS bool

	Register bool // guests may open accounts
	Guests   bool
	Limits   limeserver.Limits

	Desk      *command.Desk
	Passwords Passwords // nil: nobody logs in with one
	Words     *i18n.Catalogue
	Log       *slog.Logger
	Clock     func() time.Time // nil: time.Now
}

// Passwords keeps what users log in with. Each password of a user has a number:
// sessions that entered with an earlier one are over.
type Passwords interface {
	// Register opens an account with its first password, and changes none.
	Register(ctx context.Context, n wallet.Newcomer) error
	// Change gives a user another password, if the old one is still theirs.
	Change(ctx context.Context, jid, old, password string) (number int64, err error)
	// Check says whether it is theirs, in the same time for a JID that nobody has.
	Check(ctx context.Context, jid, password string) (number int64, ok bool, err error)
}

// Door lets bots in. Listen opens it, Serve answers.
type Door struct {
	o      Options
	desk   *command.Desk
	words  *i18n.Catalogue
	log    *slog.Logger
	clock  func() time.Time
	server *limeserver.Server
	cert   *httpserve.Certificate // nil without

	queues *keyqueue.Queues
	tasks  sync.WaitGroup // what was given to the queues

	signal chan struct{}
	people people
	tip    string // hash of the newest block that was seen

	opened *openings // accounts, by network
	logins *pace     // of logins with a password

	tcp, tls, ws net.Listener
}

// New makes a door that is still closed.
func New(o Options) (*Door, error) {
	switch {
	case o.Domain == "":
		return nil, errors.New("lime: no domain")
	case (o.Cert == "") != (o.Key == ""):
		return nil, errors.New("lime: a certificate needs its key, and a key its certificate")
	case o.Cert == "" && o.TLS != "":
		return nil, errors.New("lime: TLS needs a certificate")
	case o.Cert == "" && o.RequireTLS && o.TCP != "":
		return nil, errors.New("lime: to require TLS needs a certificate")
	case o.Register && o.Passwords == nil:
		return nil, errors.New("lime: to register needs a place for passwords")
	case o.Desk == nil || o.Words == nil:
		return nil, errors.New("lime: no desk or no phrases")
	}
	d := &Door{o: o, desk: o.Desk, words: o.Words, log: o.Log, clock: o.Clock, queues: keyqueue.New(queueWorkers, queueOfOne, queueOfAll), signal: make(chan struct{}, 1)}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.clock == nil {
		d.clock = time.Now
	}
	if o.Cert != "" {
		cert, err := httpserve.Load(o.Cert, o.Key)
		if err != nil {
			return nil, fmt.Errorf("lime: %w", err)
		}
		d.cert = cert
	}
	d.opened, d.logins = newOpenings(), newPace(time.Now)
	d.people.start()
	d.server = d.newServer()
	return d, nil
}

// What waits in the queues, which are the door's own: enough for all that the
// sessions of one user may have under way. They are the order of what a user
// asks here. Between two doors, as between two instances, the database decides
// who was first.
const (
	queueWorkers = 32
	queueOfOne   = 512
	queueOfAll   = 16384
)

func (d *Door) newServer() *limeserver.Server {
	s := &limeserver.Server{
		Domain:         d.o.Domain,
		Mux:            d.mux(),
		Authenticators: d.authenticators(),
		Directory:      anybody,
		Delegations:    delegations{d},
		Inbox:          &limeserver.MemoryInbox{},
		Capability:     understood,
		RequireTLS:     d.o.RequireTLS,
		Origins:        d.o.Origins,
		Client:         func(r *http.Request) string { return d.o.Proxies.Client(r).String() },
		Limits:         d.o.Limits,
		Log:            d.log,
	}
	if d.o.Host != "" {
		s.Node = lime.Node{Identity: d.postmaster(), Instance: d.o.Host}
	}
	if d.cert != nil {
		s.TLS = d.cert.Config()
	}
	return s
}

func (d *Door) postmaster() lime.Identity {
	return lime.Identity{Name: lime.Postmaster, Domain: d.o.Domain}
}

// anybody makes every name of the domain a contact of the gateway, as in chat:
// what is written to bob@domain is about bob. Who there is, the desk knows.
func anybody(context.Context, lime.Identity) (limeserver.Place, error) {
	return limeserver.AtServer, nil
}

// Accept runs one session on a transport, until its end.
func (d *Door) Accept(ctx context.Context, t lime.Transport) error { return d.server.Accept(ctx, t) }

// Notify says that something was committed: who observes an account wants to know.
// It does not wait.
func (d *Door) Notify() {
	select {
	case d.signal <- struct{}{}:
	default:
	}
}

func (d *Door) now() int64 { return d.clock().Unix() }
