// Package wallet is everything that can be done with a wallet: pay and be paid, look,
// let others draw on it. It takes values and returns values. Words, forms and JSON are
// made and read at the doors.
//
// Every rule about money is decided in here, for every door: who may, by which limits,
// out of whose budget, under the lock under which it is acted upon.
package wallet

import (
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Service does what callers ask. All its state is in the database, so any number of
// services may work on the same one.
type Service struct {
	DB        *db.DB
	Accounts  *useraccount.Finder // of those who ask at the same time; nil: of each alone
	Chain     ChainNode
	Lightning Lightning
	Exchange  *fiat.Source // for showing amounts to apps; nil: none
	Policy    Policy
	Apps      Apps
	Pace      *Pace           // of all doors; nil: nobody is too fast
	Words     *i18n.Catalogue // of the lines that notices propose
	Clock     func() time.Time
	Patience  time.Duration // that a write has; 0 is half a minute
	// Notify is called after a commit that gave the workers something to do.
	Notify func()
	// Unlooked is the number of the newest order that newer books may have paid, while this
	// gateway has not looked at the node of orders of this kind since it began, or could not
	// write down what it found there, and 0 after; nil: it has.
	Unlooked func(paymentorder.Kind) paymentorder.ID
}

// Policy is how the operator set the gateway up.
type Policy struct {
	Domain    string          // of the gateway
	Network   address.Network // of the chain
	Languages []string        // preferred, in order
	Admins    []string        // bare JIDs
	Served    []string        // domains whose users the gateway is for
	OpenToAll bool            // users of all other servers, too
	// RegistrationDomains narrow down whose users may open an account; empty
	// means all that are served.
	RegistrationDomains []string
	Closed              bool // nobody new may register
	Limits              paymentorder.Limits
	// On the chain
	Confirmations    int64       // of a usual deposit
	MinPayment       amount.Msat // smallest payment to an address
	MinDeposit       amount.Msat // smallest deposit that counts
	AddressesUnused  int         // unused addresses a user may have
	Stale            int64       // seconds after which a late request moves no money
	ExplorerURL      string      // with {address}; "" for none
	Version          string
	OperatorContacts string // shown by about, "" for none
}

// Lightning is how the operator set Lightning up.
type Lightning struct {
	Node   LightningNode // nil: the gateway has none
	Asks   *lnurl.Client // services of strangers; nil: they are not asked
	Fees   paymentorder.Fees
	Expiry time.Duration // of invoices that we make
	Open   int           // invoices of one user that can be paid at a time
	// FinalCLTV is the most blocks that a payee may keep a payment waiting.
	FinalCLTV int64
}

// committed tells the workers that there may be something to do.
func (s *Service) committed() {
	if s.Notify != nil {
		s.Notify()
	}
}

// unlooked is Unlooked, for who reads what the node may have done.
func (s *Service) unlooked(o *paymentorder.Order) paymentorder.ID {
	if s.Unlooked == nil {
		return 0
	}
	return s.Unlooked(o.Kind())
}
