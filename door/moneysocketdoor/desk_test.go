package moneysocketdoor_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// desk is one wallet in memory, with apps, a budget and a memory of what it
// was asked. Several doors may share it.
type desk struct {
	mu      sync.Mutex
	doors   []*moneysocketdoor.Door
	links   []wallet.AppLink
	held    map[wallet.AppID]string // by which instance, of those that are dialled
	away    error                   // the database does not answer
	balance amount.Msat
	budget  amount.Msat // above it, a payment needs leave
	fiat    *wallet.Fiat
	paused  bool
	closed  bool         // nobody is paid
	refusal *fault.Error // of each invoice
	lang    string       // of the user

	made     map[string]wallet.AppAnswer // invoices, by app and key
	keys     map[string]string           // payment hash, by app and key
	answers  map[string]wallet.AppAnswer // of payments, by payment hash
	waiting  map[string][]wallet.AppAnswer
	asked    map[string]int // AppPay, by payment hash
	invoiced int            // AppInvoice
	payments []string       // payment hashes
	news     []wallet.AppAnswer
	joined   []wallet.AppID
	failed   int // questions that got no answer
	looks    int // AppLinks
	shown    int // AppWallets
}

func newDesk() *desk {
	return &desk{balance: 1_000_000, budget: 500_000, held: map[wallet.AppID]string{}, made: map[string]wallet.AppAnswer{}, keys: map[string]string{},
		answers: map[string]wallet.AppAnswer{}, waiting: map[string][]wallet.AppAnswer{}, asked: map[string]int{}}
}

var _ moneysocketdoor.Desk = (*desk)(nil)

var errAway = errors.New("the database does not answer")

// notify tells the doors that something changed.
func (d *desk) notify() {
	for _, door := range d.doors {
		door.Notify()
	}
}

// change does something to the desk, and gives the signal.
func (d *desk) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
	d.notify()
}

// link adds an app, dialled if there is a beacon.
func (d *desk) link(b moneysocket.Beacon) wallet.AppLink {
	a := wallet.AppLink{User: "ann@example.org", Name: "app", Seed: b.Seed, Wallet: "0b7aa6ce-6c5e-4a0d-b4a4-2e7f4b7f6a11"}
	if len(b.Locations) > 0 {
		a.Beacon = b.String()
	}
	d.change(func() {
		a.ID = wallet.AppID(len(d.links) + 1)
		d.links = append(d.links, a)
	})
	return a
}

func (d *desk) unlink(app wallet.AppID) {
	d.change(func() { d.links = slices.DeleteFunc(d.links, func(a wallet.AppLink) bool { return a.ID == app }) })
}

func (d *desk) AppLinks(_ context.Context, instance string) (all []wallet.AppLink, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away != nil {
		return nil, d.away
	}
	d.looks++
	for _, a := range d.links {
		if a.Beacon != "" && d.held[a.ID] == "" {
			d.held[a.ID] = instance
		}
		if a.Beacon == "" || d.held[a.ID] == instance {
			all = append(all, a)
		}
	}
	return all, nil
}

func (d *desk) AppJoined(_ context.Context, app wallet.AppID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away == nil {
		d.joined = append(d.joined, app)
	}
	return d.away
}

func (d *desk) AppWallets(_ context.Context, apps []wallet.AppID) (map[wallet.AppID]wallet.AppWallet, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[wallet.AppID]wallet.AppWallet{}
	d.shown++
	for _, a := range d.links {
		if slices.Contains(apps, a.ID) {
			all[a.ID] = wallet.AppWallet{Pays: !d.paused, Receives: !d.closed, Amount: d.balance, Fiat: d.fiat}
		}
	}
	return all, d.away
}

func at(app wallet.AppID, key string) string { return fmt.Sprint(app, " ", key) }

func (d *desk) AppInvoice(_ context.Context, app wallet.AppID, key string, m amount.Msat, memo string) (wallet.AppAnswer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.invoiced++
	if d.away != nil {
		d.failed++
		return wallet.AppAnswer{}, d.away
	}
	if d.refusal != nil {
		return wallet.AppAnswer{App: app, Key: key, Refused: d.refusal, Lang: d.lang, Unit: "mBTC"}, nil
	}
	if memo == "refuse" {
		return wallet.AppAnswer{App: app, Key: key, Refused: no("non merci")}, nil
	}
	a, ok := d.made[at(app, key)]
	if !ok {
		_, hash := preimage(fmt.Sprint("in ", len(d.made)))
		a = wallet.AppAnswer{App: app, Key: key, Invoice: invoice(m, hash)}
		d.made[at(app, key)] = a
	}
	return a, nil
}

func (d *desk) AppPay(_ context.Context, app wallet.AppID, key, bolt11 string) (wallet.AppAnswer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, err := moneysocket.ParseInvoice(bolt11)
	if err != nil {
		return wallet.AppAnswer{App: app, Key: key, Refused: no("unreadable")}, nil
	}
	d.asked[i.Hash]++
	if d.away != nil {
		d.failed++
		return wallet.AppAnswer{}, d.away
	}
	if was, ok := d.keys[at(app, key)]; ok && was != i.Hash {
		return wallet.AppAnswer{App: app, Key: key, Refused: no("used")}, nil
	}
	d.keys[at(app, key)] = i.Hash
	a := wallet.AppAnswer{App: app, Key: key}
	switch done, ok := d.answers[i.Hash]; {
	case ok:
		a.Preimage, a.Fee, a.Refused = done.Preimage, done.Fee, done.Refused
	case amount.Msat(i.Amount) > d.balance:
		a.Refused = no("not enough")
	case amount.Msat(i.Amount) > d.budget || len(d.waiting[i.Hash]) > 0:
		a.Waiting = true
		if !slices.Contains(d.waiting[i.Hash], a) {
			d.waiting[i.Hash] = append(d.waiting[i.Hash], a)
		}
	default:
		a = d.pay(a, i)
	}
	return a, nil
}

// pay moves the money. The caller has the lock.
func (d *desk) pay(a wallet.AppAnswer, i moneysocket.Invoice) wallet.AppAnswer {
	d.balance -= amount.Msat(i.Amount)
	d.payments = append(d.payments, i.Hash)
	a.Preimage, a.Fee = preimageOf(i.Hash), 7
	d.answers[i.Hash] = a
	d.notify()
	return a
}

// decide answers the question about an invoice.
func (d *desk) decide(bolt11 string, yes bool) {
	i, _ := moneysocket.ParseInvoice(bolt11)
	d.change(func() {
		end := wallet.AppAnswer{Refused: no("ann said no")}
		if yes {
			end = d.pay(end, i)
			end.Refused = nil
		}
		d.answers[i.Hash] = end
		for _, a := range d.waiting[i.Hash] {
			a.Waiting, a.Preimage, a.Fee, a.Refused = false, end.Preimage, end.Fee, end.Refused
			d.news = append(d.news, a)
		}
		delete(d.waiting, i.Hash)
	})
}

// keyOf is the app's key of the request for an invoice.
func keyOf(d *desk, app wallet.AppID, bolt11 string) string {
	for _, a := range d.made {
		if a.App == app && a.Invoice == bolt11 {
			return a.Key
		}
	}
	return ""
}

// paid is that somebody pays an app's invoice.
func (d *desk) paid(app wallet.AppID, bolt11 string) {
	i, _ := moneysocket.ParseInvoice(bolt11)
	d.change(func() {
		d.balance += amount.Msat(i.Amount)
		d.news = append(d.news, wallet.AppAnswer{App: app, Key: keyOf(d, app, bolt11), Preimage: preimageOf(i.Hash), Incoming: true})
	})
}

func (d *desk) AppNews(_ context.Context, apps []wallet.AppID) (all []wallet.AppAnswer, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range d.news {
		if slices.Contains(apps, a.App) {
			all = append(all, a)
		}
	}
	return all, d.away
}

func (d *desk) AppTold(_ context.Context, news []wallet.AppAnswer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away == nil {
		d.news = slices.DeleteFunc(d.news, func(a wallet.AppAnswer) bool { return slices.Contains(news, a) })
	}
	return d.away
}

// see reads the desk.
func see[T any](d *desk, f func() T) T {
	d.mu.Lock()
	defer d.mu.Unlock()
	return f()
}

var preimages sync.Map // by hash

// preimage is one of the test's, and its hash.
func preimage(name string) (text, hash string) {
	b := sha256.Sum256([]byte("preimage " + name))
	sum := sha256.Sum256(b[:])
	text, hash = hex.EncodeToString(b[:]), hex.EncodeToString(sum[:])
	preimages.Store(hash, text)
	return text, hash
}

func preimageOf(hash string) string {
	text, _ := preimages.Load(hash)
	s, _ := text.(string)
	return s
}

// invoice is BOLT 11 text with a good checksum and no good signature.
func invoice(m amount.Msat, hash string) string {
	b, _ := hex.DecodeString(hash)
	groups, _ := bech32.ConvertBits(b, 8, 5, true)
	data := make([]byte, 7, 200)
	data = append(data, 1, 52/32, 52%32)
	data = append(append(data, groups...), make([]byte, 104)...)
	text, _ := bech32.Encode(fmt.Sprintf("lnbcrt%dp", m*10), data)
	return text
}

// bill is an invoice of somebody else, and what proves its payment.
func bill(name string, m amount.Msat) (bolt11, proof string) {
	text, hash := preimage(name)
	return invoice(m, hash), text
}
