package archtest_test

// module is the path of the module, with a slash.
const module = "github.com/bitcoim/bitcoim/"

// room is a package and whom of ours it may import.
type room struct {
	name string
	may  string
}

// What belongs together in the table below.
const (
	values = "address amount fault "
	people = "useraccount paymentorder deposit invoice statement outbox ledger "
	door   = "command wallet outbox i18n keyqueue " + values
)

// house is the map, from the front step to the cellar: a room imports rooms
// below it and never one above. Rooms that are not built yet are on it too, so
// that their place is kept. The packages below internal/ that are not named
// here are for tests, and nothing in the house imports them.
var house = []room{
	{"cmd/bitcoim", "*"},

	// back rooms: what goes on by itself or is done by hand
	{"worker", "app chain db freeze internal/failpoint lightning lnurl p2p wallet " + people + values},
	{"legacy", "db i18n " + people + values},
	{"audit", "chain cursor db freeze lightning " + people + values},

	// doors: a protocol, and nothing else
	{"door/component", "door/component/wire " + door},
	{"door/moneysocketdoor", "httpserve moneysocket " + door},
	{"door/limedoor", "httpserve lime lime/limeserver internal/throttle " + door},
	{"door/web", "httpserve lnurl " + door},

	// the desk
	{"command", "i18n wallet " + values},

	// what can be done with a wallet
	{"wallet", "app bolt11 chain db i18n lightning lnurl moneysocket fiat " + people + values},

	// people and plans
	{"deposit", "chain cursor db ledger outbox paymentorder statement useraccount " + values},
	{"paymentorder", "app chain db freeze ledger lightning outbox statement useraccount " + values},
	{"invoice", "cursor db ledger lightning outbox statement useraccount " + values},
	{"app", "db outbox useraccount " + values},
	{"statement", "db " + values},
	{"useraccount", "db ledger " + values},
	{"outbox", "db"},
	{"freeze", "db"},
	{"cursor", "db"},

	// truth
	{"ledger", "db " + values},

	// the outside: nodes, without SQL and without users
	{"chain/chaintest", "chain " + values},
	{"chain", "answer lnd " + values},
	{"lightning/lightningtest", "lightning " + values},
	{"lightning", "answer bolt11 lnd moneysocket " + values},
	{"p2p", values},
	{"lnd", "answer"},
	{"lnurl", "bolt11 egress " + values},
	{"egress", values},
	{"bip353", values},
	{"httpserve", ""},
	{"fiat", values},

	// protocols, for any program
	{"moneysocket/js", "moneysocket"},
	{"moneysocket", "bolt11"},
	{"lime/limetest", "lime lime/limeclient lime/limeserver"},
	{"lime/limeclient", "lime lime/internal/channel lime/internal/handshake lime/internal/paths lime/internal/transport"},
	{"lime/limeserver", "lime lime/internal/ascii lime/internal/channel lime/internal/handshake lime/internal/paths lime/internal/transport internal/throttle"},
	{"lime/internal/channel", "lime lime/internal/transport"},
	{"lime/internal/handshake", "lime"},
	{"lime/internal/paths", "lime"},
	{"lime/internal/transport", "lime lime/internal/jsonscan"},
	{"lime", "lime/internal/ascii lime/internal/jsonscan"},
	{"lime/internal/ascii", ""},
	{"lime/internal/jsonscan", ""},
	{"internal/throttle", ""},

	// the cellar
	{"db", ""},

	// tools that know nobody
	{"answer", ""},
	{"bolt11", ""},
	{"door/component/wire", ""},
	{"keyqueue", ""},
	{"config", ""},
	{"contrib", ""},
	{"i18n", "amount"},
	{"address", "amount fault"},
	{"amount", "fault"},
	{"fault", ""},
	{"internal/failpoint", ""},
	{"internal/sdnotify", ""},
}

// foreign says who may use a library that brings a world of its own.
var foreign = map[string]string{
	"github.com/jackc/pgx/v5":                "db",
	"modernc.org/sqlite":                     "db legacy",
	"mellium.im/xmpp":                        "door/component door/component/wire",
	"github.com/btcsuite/btcd/rpcclient":     "chain",
	"github.com/coder/websocket":             "moneysocket lime/internal/transport door/web",
	"github.com/BurntSushi/toml":             "config i18n",
	"github.com/jmoiron/sqlx":                "cmd/bitcoim worker audit legacy wallet app paymentorder deposit invoice statement useraccount outbox freeze cursor ledger db",
	"database/sql":                           "legacy wallet app paymentorder deposit invoice statement useraccount outbox cursor ledger db",
	"net/http":                               "chain lnd lightning egress moneysocket door/moneysocketdoor httpserve lime/internal/transport lime/limeserver lime/limetest door/limedoor door/web cmd/bitcoim",
	"github.com/prometheus/client_golang":    "door/web cmd/bitcoim",
	"github.com/btcsuite/btcd/btcutil":       "", // the version 1 of btcd's modules, which do not go together with 2
	"github.com/btcsuite/btcd/wire":          "",
	"github.com/btcsuite/btcd/txscript":      "",
	"github.com/btcsuite/btcd/chaincfg":      "",
	"github.com/btcsuite/btcd/address":       "",
	"github.com/btcsuite/btcwallet":          "",
	"github.com/lightningnetwork/lnd":        "",
	"github.com/lightninglabs/neutrino":      "",
	"github.com/mattn/go-sqlite3":            "",
	"github.com/stretchr/testify":            "",
	"golang.org/x/exp":                       "",
	"math/rand":                              "", // math/rand/v2 or crypto/rand
	"unsafe":                                 "",
	"github.com/bitcoim/bitcoim/cmd/bitcoim": "",
}

// badNames are packages that mean everything and so nothing.
var badNames = []string{"util", "utils", "helper", "helpers", "common", "manager", "managers", "model", "models", "service", "services",
	"core", "misc", "base", "shared", "types"}
