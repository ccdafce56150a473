package config

import (
	"slices"
	"time"
)

const day = 24 * time.Hour

// key is one line of the file: where its value goes, what it must be, and
// what the example says about it.
type key struct {
	section, name string
	at            any
	rule          rule
	about         string
	sample        string // shown in the example, commented out, when there is no default
}

func (k key) id() string { return k.section + "." + k.name }

// sections are in the order of the example.
var sections = []struct{ name, about string }{
	{"xmpp", "The XMPP server, and the gateway as users see it."},
	{"database", "Where accounts, orders and the books are kept."},
	{"chain", "How bitcoins come and go."},
	{"bitcoind", `The wallet, if chain.backend = "bitcoind".`},
	{"lnd", `The node, if chain.backend or lightning.backend is "lnd".`},
	{"lightning", "Invoices: made, paid, and who may have how many."},
	{"web", "The door for browsers, and for wallets that pay a Lightning Address (LUD-16)."},
	{"apps", "Programs that users let at their wallets, each with a budget."},
	{"moneysocket", "The door for Moneysocket apps."},
	{"lime", "The door for bots that speak LIME."},
	{"rates", "What a bitcoin costs in other currencies: shown to apps, and never booked."},
	{"egress", "Whom the gateway calls because a user asks for it: public addresses, by https."},
	{"p2p", "Payments on the chain, handed to the Bitcoin network beside the own node, and watched."},
	{"limits", "What one user can do, and so what one stolen account can cost."},
	{"registration", "Who may have a wallet."},
	{"log", "What the daemon writes to standard error."},
	{"messages", "The words that users read."},
	{"audit", "The books are compared with themselves and with the node."},
}

// keys is every key there is, in the order of the example. A Secret may also
// be given as name_file, the path of a file that holds it.
func (c *Config) keys() []key { return slices.Concat(c.wallets(), c.doors(), c.bounds()) }

// wallets are the keys of the servers that the gateway stands between.
func (c *Config) wallets() []key {
	return []key{
		{"xmpp", "domain", &c.XMPP.Domain, isDomain,
			"Needed. The domain of the gateway, as the server's component section names it.",
			`"bitcoin.example.org"`},
		{"xmpp", "server", &c.XMPP.Server, isAddress,
			"The component listener of the XMPP server. Its traffic is not encrypted: keep it on one machine.", ""},
		{"xmpp", "secret", &c.XMPP.Secret, anything,
			"Needed. The secret that the server's component section names.",
			`"/etc/bitcoim/xmpp-secret"`},
		{"xmpp", "name", &c.XMPP.Name, isPlain,
			"The name of the gateway in service discovery and in rosters.", ""},
		{"xmpp", "languages", &c.XMPP.Languages, isLanguage,
			"Languages of the gateway's name; the first is also for users whose own is not known.", ""},
		{"xmpp", "presence_rate", &c.XMPP.PresenceRate, between(1, 10_000),
			"Presence stanzas sent per second, at most. A reconnect sends some for every user.", ""},
		{"xmpp", "links", &c.XMPP.Links, anything,
			"End replies with xmpp: links to what may follow, for clients that show them as buttons.", ""},
		{"xmpp", "admins", &c.XMPP.Admins, isJID,
			"JIDs of those who may see the list of users and their addresses.",
			`["admin@example.org"]`},
		{"xmpp", "served_domains", &c.XMPP.ServedDomains, isDomain,
			"Domains whose users may speak to the gateway. Empty means the parent of xmpp.domain:\n" +
				"bitcoin.example.org serves the users of example.org.",
			`["example.org"]`},
		{"xmpp", "open_to_all", &c.XMPP.OpenToAll, anything,
			"Serve the users of every domain. Their own servers then decide who they are.", ""},
		{"xmpp", "support_contacts", &c.XMPP.SupportContacts, isURI,
			"Where users find help, as URIs (XEP-0157).",
			`["xmpp:help@example.org", "mailto:help@example.org"]`},
		{"xmpp", "abuse_contacts", &c.XMPP.AbuseContacts, isURI,
			"Where abuse is reported.",
			`["mailto:abuse@example.org"]`},
		{"xmpp", "admin_contacts", &c.XMPP.AdminContacts, isURI,
			"Who runs the gateway.",
			`["xmpp:admin@example.org"]`},

		{"database", "driver", &c.Database.Driver, oneOf("sqlite", "postgres"),
			`"sqlite" needs nothing else. "postgres" is for production and for several instances.`, ""},
		{"database", "file", &c.Database.File, anything,
			"The file of SQLite. Its folder must be writable, and on a local disk.", ""},
		{"database", "dsn", &c.Database.DSN, anything,
			`How to reach PostgreSQL: "host=/run/postgresql dbname=bitcoim user=bitcoim sslmode=disable".`,
			`"/etc/bitcoim/dsn"`},
		{"database", "max_connections", &c.Database.MaxConnections, between(2, 1_000),
			"Connections to PostgreSQL, at most, of each instance: a quarter of them only read.", ""},

		{"chain", "backend", &c.Chain.Backend, oneOf("bitcoind", "lnd"),
			`Whose wallet holds the coins: "bitcoind" or "lnd".`, ""},
		{"chain", "network", &c.Chain.Network, oneOf("mainnet", "testnet4", "signet", "regtest"),
			`"mainnet", "testnet4", "signet" or "regtest". The gateway stops if the node is on another one.`, ""},
		{"chain", "confirmations", &c.Chain.Confirmations, between(1, 100),
			"Confirmations until a deposit counts. A deposit keeps the number of when it was first seen.", ""},
		{"chain", "confirmations_large", &c.Chain.ConfirmationsLarge, between(1, 100),
			"Confirmations until a large deposit counts.", ""},
		{"chain", "large_sat", &c.Chain.LargeSat, sats(1),
			"Deposits of this many satoshis and more are large.", ""},
		{"chain", "confirmations_huge", &c.Chain.ConfirmationsHuge, between(1, 100),
			"Confirmations until a huge deposit counts.", ""},
		{"chain", "huge_sat", &c.Chain.HugeSat, sats(1),
			"Deposits of more satoshis than this are huge.", ""},
		{"chain", "final_depth", &c.Chain.FinalDepth, between(1, 100),
			"Confirmations after which a transaction is final and not looked at again.", ""},
		{"chain", "min_deposit_sat", &c.Chain.MinDepositSat, sats(1),
			"Smaller deposits are not credited: spending them would cost more than they bring.", ""},
		{"chain", "min_payment_sat", &c.Chain.MinPaymentSat, sats(330),
			"The smallest payment to an address. The network refuses dust.", ""},
		{"chain", "poll", &c.Chain.Poll, between(100*time.Millisecond, time.Hour),
			"How often the node is asked for news.", ""},
		{"chain", "timeout", &c.Chain.Timeout, between(time.Second, 10*time.Minute),
			"How long one call to the node may take.", ""},
		{"chain", "fallback_fee_rate", &c.Chain.FallbackFeeRate, between(int64(0), 1_000_000),
			"Fee rate in satoshis per 1000 virtual bytes where the node has no estimate.\n" +
				"0 means that payments to addresses wait for an estimate.", ""},
		{"chain", "explorer_url", &c.Chain.ExplorerURL, isExplorer,
			"A page about an address, offered to users. The site learns who asks. Empty means none.",
			`"https://explorer.example.org/address/{address}"`},

		{"bitcoind", "url", &c.Bitcoind.URL, isNodeURL,
			"The RPC interface. It is not encrypted: keep it on one machine.", ""},
		{"bitcoind", "wallet", &c.Bitcoind.Wallet, isPlain,
			"A wallet that only the gateway uses.", ""},
		{"bitcoind", "user", &c.Bitcoind.User, anything,
			"The name in the rpcauth line of bitcoin.conf.",
			`"bitcoim"`},
		{"bitcoind", "password", &c.Bitcoind.Password, anything,
			"Its password.",
			`"/etc/bitcoim/bitcoind-password"`},
		{"bitcoind", "cookie_file", &c.Bitcoind.CookieFile, anything,
			"Instead of user and password. The cookie may do everything; a user of its own is better.",
			`"/var/lib/bitcoind/.cookie"`},

		{"lnd", "url", &c.LND.URL, isLNDURL,
			"The REST interface.", ""},
		{"lnd", "cert_file", &c.LND.CertFile, anything,
			"The certificate of the REST interface. No other one is trusted. Empty means any that the\n" +
				"system's authorities signed.",
			`"/etc/bitcoim/lnd.cert"`},
		{"lnd", "macaroon_file", &c.LND.MacaroonFile, anything,
			"A macaroon that allows what the gateway does and no more.",
			`"/etc/bitcoim/lnd.macaroon"`},

		{"lightning", "backend", &c.Lightning.Backend, oneOf("none", "lnd", "moneysocket"),
			"\"lnd\"; \"moneysocket\", which is an account with somebody who has a node; or \"none\": then there is\n" +
				"the chain, and users of the gateway.", ""},
		{"lightning", "beacon", &c.Lightning.Beacon, anything,
			"Where the provider of backend \"moneysocket\" is met. Whoever has it can spend the account.",
			`"/etc/bitcoim/beacon"`},
		{"lightning", "journal", &c.Lightning.Journal, anything,
			"What such a provider cannot be asked later. It belongs to the database: back up both together.", ""},
		{"lightning", "budget", &c.Lightning.Budget, anything,
			"Whether such a provider shows a budget, as another bitcoim does. Else what it shows is taken for\n" +
				"the balance, and compared with the journal.", ""},
		{"lightning", "node", &c.Lightning.Node, isPublicKey,
			"The public key of the node. If another one answers, nothing is sent.",
			`"02d5b4e6a1c09f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a3928170655"`},
		{"lightning", "fee_per_million", &c.Lightning.FeePerMillion, between(int64(0), 100_000),
			"What is set aside for the fee of a payment, in millionths of it. What is not needed comes back.", ""},
		{"lightning", "fee_least_sat", &c.Lightning.FeeLeastSat, sats(0),
			"What is set aside at least.", ""},
		{"lightning", "max_cltv", &c.Lightning.MaxCLTV, between(144, 2_016),
			"Blocks that the money of one payment may be locked on its way.", ""},
		{"lightning", "final_cltv", &c.Lightning.FinalCLTV, between(18, 1_008),
			"Invoices whose payee may keep the money waiting for more blocks are refused.", ""},
		{"lightning", "expiry", &c.Lightning.Expiry, between(time.Minute, LongestExpiry),
			"How long the invoices of users can be paid.", ""},
		{"lightning", "open_invoices", &c.Lightning.OpenInvoices, between(1, 10_000),
			"Invoices of one user that wait to be paid. Strangers who pay a user by name have as many.", ""},
		{"lightning", "in_flight", &c.Lightning.InFlight, between(1, 100),
			"Payments of one user that have not ended. A payee who holds them back blocks channels of the node.", ""},
		{"lightning", "in_flight_sat", &c.Lightning.FlightSat, sats(1),
			"What they may take together, with what is set aside for their fees.", ""},
		{"lightning", "in_flight_domain", &c.Lightning.FlightDomain, between(1, 100_000),
			"The same for all users of one XMPP server: whoever has many accounts has them there. Less than hands\n" +
				"leaves others a way.", ""},
		{"lightning", "in_flight_domain_sat", &c.Lightning.DomainSat, sats(1),
			"What they may take together.", ""},
		{"lightning", "in_flight_all", &c.Lightning.FlightAll, between(1, 100_000),
			"The same for everybody.", ""},
		{"lightning", "in_flight_all_sat", &c.Lightning.AllSat, sats(1),
			"What they may take together: no more of your channels is ever kept waiting.", ""},
		{"lightning", "hands", &c.Lightning.Hands, between(1, 483),
			"Payments that are sent at the same time.", ""},
		{"lightning", "poll", &c.Lightning.Poll, between(100*time.Millisecond, time.Hour),
			"How often the node is asked about a payment that takes long.", ""},
		{"lightning", "timeout", &c.Lightning.Timeout, between(time.Second, 10*time.Minute),
			"How long one call to the node may take.", ""},
	}
}

// bounds are the keys of what users may do, and of the operator's own.
func (c *Config) bounds() []key {
	return []key{
		{"limits", "payment_sat", &c.Limits.PaymentSat, sats(1),
			"The largest payment.", ""},
		{"limits", "day_sat", &c.Limits.DaySat, sats(1),
			"The most that a user can send in 24 hours.", ""},
		{"limits", "first_day_sat", &c.Limits.FirstDaySat, sats(1),
			"The same for the first 24 hours after registration.", ""},
		{"limits", "balance_sat", &c.Limits.BalanceSat, sats(1),
			"The most that a user should keep here.", ""},
		{"limits", "open_orders", &c.Limits.OpenOrders, between(1, 1_000),
			"Payments of one user that wait for their code.", ""},
		{"limits", "addresses_unused", &c.Limits.AddressesUnused, between(1, 1_000),
			"Addresses of one user that never received anything.", ""},
		{"limits", "commands_per_minute", &c.Limits.CommandsPerMinute, between(1, 100_000),
			"What a user asks at all doors, with bots and apps; a busy bot needs more. Looking is apart: 20 times.", ""},
		{"limits", "commands_burst", &c.Limits.CommandsBurst, between(1, 1_000),
			"The same, at once.", ""},
		{"limits", "order_ttl", &c.Limits.OrderTTL, between(5*time.Second, day),
			"How long a payment waits for its code.", ""},
		{"limits", "stale", &c.Limits.Stale, between(time.Second, day),
			"Messages that the server kept for longer than this move no money.", ""},

		{"registration", "mode", &c.Registration.Mode, oneOf("open", "domains", "closed"),
			`"open" to all whom the gateway serves, to the "domains" below, or "closed".`, ""},
		{"registration", "domains", &c.Registration.Domains, isDomain,
			`The domains of mode "domains".`,
			`["example.org"]`},

		{"log", "level", &c.Log.Level, oneOf("debug", "info", "warn", "error"),
			`"debug", "info", "warn" or "error". Only "debug" shows amounts.`, ""},
		{"log", "format", &c.Log.Format, oneOf("text", "json"),
			`"text" or "json".`, ""},

		{"messages", "dir", &c.Messages.Dir, anything,
			"A folder of phrase files (en.toml, fr.toml) that replace built-in phrases one by one.",
			`"/etc/bitcoim/messages"`},

		{"audit", "every", &c.Audit.Every, between(time.Second, day),
			"How often. A mismatch stops payments to the outside.", ""},
	}
}
