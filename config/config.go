// Package config reads the one configuration file, the environment and the
// files that hold secrets. It reports everything that is wrong at once, with
// line numbers, and knows nobody else.
package config

import "time"

// Config is all that an operator can say. Amounts are whole satoshis.
type Config struct {
	XMPP         XMPP
	Database     Database
	Chain        Chain
	Bitcoind     Bitcoind
	LND          LND
	Lightning    Lightning
	Web          Web
	Apps         Apps
	Moneysocket  Moneysocket
	LIME         LIME
	Rates        Rates
	Egress       Egress
	P2P          P2P
	Limits       Limits
	Registration Registration
	Log          Log
	Messages     Messages
	Audit        Audit
}

// XMPP is the gateway as its server and its users see it.
type XMPP struct {
	Domain          string // JID of the component, lower case
	Server          string // host:port of the component listener (XEP-0114)
	Secret          Secret
	Name            string   // as service discovery shows it
	Languages       []string // first is the default; BCP 47 tags
	PresenceRate    int      // presence stanzas sent per second, at most
	Links           bool     // xmpp: links under replies
	Admins          []string // bare JIDs, lower case
	ServedDomains   []string // domains whose users may speak to the gateway
	OpenToAll       bool     // users of every domain may
	SupportContacts []string // URIs (XEP-0157)
	AbuseContacts   []string
	AdminContacts   []string
}

// Database is where the money is kept.
type Database struct {
	Driver         string // "sqlite" or "postgres"
	File           string // of sqlite
	DSN            Secret // of postgres
	MaxConnections int
}

// Chain is how bitcoins come and go.
type Chain struct {
	Backend            string // "bitcoind" or "lnd"
	Network            string // "mainnet", "testnet4", "signet" or "regtest"
	Confirmations      int    // until a deposit counts
	ConfirmationsLarge int    // until a large deposit counts
	LargeSat           int64  // deposits from here on are large
	ConfirmationsHuge  int    // until a huge deposit counts
	HugeSat            int64  // deposits above this are huge
	FinalDepth         int    // confirmations after which nothing is looked at again
	MinDepositSat      int64
	MinPaymentSat      int64
	Poll               time.Duration
	Timeout            time.Duration // of one call to the node
	FallbackFeeRate    int64         // sat/kvB when the node has no estimate, 0 for none
	ExplorerURL        string        // with {address} in it, or empty
}

// Bitcoind is the wallet of a Bitcoin Core node.
type Bitcoind struct {
	URL        string
	Wallet     string
	User       string
	Password   Secret
	CookieFile string // instead of user and password
}

// LND is an LND node, by its REST interface: a wallet on the chain, channels,
// or both.
type LND struct {
	URL          string
	CertFile     string // "" for the system's authorities
	MacaroonFile string
}

// LongestExpiry is the most that Lightning.Expiry may be, now or in any earlier file.
const LongestExpiry = 7 * day

// Lightning is how invoices are made and paid.
type Lightning struct {
	Backend       string        // "none", "lnd" or "moneysocket"
	Beacon        Secret        // of the provider, if it is "moneysocket"
	Journal       string        // file of what such a provider cannot be asked
	Budget        bool          // such a provider shows a budget, and no balance that could be compared
	Node          string        // public key of the node, "" for whichever answers first
	FeePerMillion int64         // of a payment, set aside for its fee
	FeeLeastSat   int64         // the least that is set aside
	MaxCLTV       int           // blocks that a payment's money may be locked
	FinalCLTV     int           // blocks of these that the payee may ask for
	Expiry        time.Duration // of invoices that we make
	OpenInvoices  int           // of one user
	InFlight      int           // payments of one user that have not ended
	FlightSat     int64         // what they may take together
	FlightDomain  int           // payments of the users of one domain that have not ended
	DomainSat     int64         // what they may take together
	FlightAll     int           // payments of everybody that have not ended
	AllSat        int64         // what they may take together
	Hands         int           // payments at once
	Poll          time.Duration // of payments that take long
	Timeout       time.Duration // of one call to the node
}

// Web is the door for browsers and for wallets that ask for invoices.
type Web struct {
	Listen   string // host:port; "" is off
	URL      string // the public address, https
	CertFile string // of our own TLS; "" behind a proxy
	KeyFile  string
	Proxies  []string // addresses whose X-Forwarded-For is believed
}

// Apps is what programs may do that users let at their wallets.
type Apps struct {
	Budget string // of a link that names none: "1000 sat/day"
}

// Moneysocket is the door for Moneysocket apps.
type Moneysocket struct {
	Enabled    bool
	Listen     string // host:port of the relay; "" is none
	URL        string // of the relay, as it stands in beacons
	CertFile   string // of our own TLS; "" behind a proxy
	KeyFile    string
	Proxies    []string // addresses whose X-Forwarded-For is believed
	Open       bool     // the relay serves strangers among themselves
	Dial       bool     // go to the beacons of apps
	AllowPlain bool     // ws:// as well
}

// LIME is the door for bots.
type LIME struct {
	TCP        string // host:port, upgraded to TLS; "" is off
	TLS        string // host:port with TLS from the first byte
	WS         string // host:port of websockets
	CertFile   string
	KeyFile    string
	RequireTLS bool
	URLs       []string // where bots are told to connect
	Pages      []string // hosts of web pages that may connect
	Proxies    []string // addresses whose X-Forwarded-For is believed
	Register   bool     // accounts without an XMPP server
	Guests     bool
}

// On reports whether the door is there at all.
func (l LIME) On() bool { return l.TCP != "" || l.TLS != "" || l.WS != "" }

// Rates is where the prices of bitcoin in other currencies come from.
type Rates struct {
	File  string
	URL   string
	Every time.Duration // 0: what is usual for the source
	Stale time.Duration // older ones are none
}

// Egress is whom the gateway may call, because a user asks for it.
type Egress struct {
	Allow  []string // host:port that are not public and may be called all the same
	CAFile string   // authorities in place of the system's
}

// P2P is how payments are handed to the Bitcoin network beside the own node.
type P2P struct {
	Enabled  bool
	Main     string   // host:port of the own node
	Peers    []string // host:port of others
	Discover bool     // find others
	MaxPeers int
	Mode     string // "auto", "inv", "push" or "private"
	Proxy    string // host:port of a SOCKS5 proxy
	DataDir  string
	Alarm    time.Duration // a payment that nobody relays by then
	Lag      time.Duration // the own node may be that late
}

// Limits bound what one user can do, and so what one stolen account costs.
type Limits struct {
	PaymentSat        int64
	DaySat            int64
	FirstDaySat       int64
	BalanceSat        int64
	OpenOrders        int
	AddressesUnused   int
	CommandsPerMinute int
	CommandsBurst     int
	OrderTTL          time.Duration
	Stale             time.Duration // older messages (XEP-0203) move no money
}

// Registration is who may have a wallet.
type Registration struct {
	Mode    string   // "open", "domains" or "closed"
	Domains []string // of mode "domains"
}

// Log is what the daemon writes to standard error.
type Log struct {
	Level  string // "debug", "info", "warn" or "error"
	Format string // "text" or "json"
}

// Messages are the words that users read.
type Messages struct {
	Dir string // phrase files here override the built-in ones
}

// Audit is the comparison of the books with themselves and with the node.
type Audit struct {
	Every time.Duration
}
