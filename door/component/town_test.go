package component_test

import (
	"context"
	"strings"
	"sync"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// The people of the town: ann and bob are members, carl is nobody yet, root
// is an admin. Ann has an address. Only root and they themselves may know
// who they are, and dora is known to nobody else at all.
const (
	ann  = "ann@example.org"
	bob  = "bob@example.org"
	carl = "carl@example.org"
	root = "root@example.org"
	dora = "dora@example.org"

	coin     = "1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw"
	coinNode = "1dxfn72vhrxrvyjttxjbmnxypxyxmgiwfw-x0l0p0"
)

// town is a desk that knows who may know whom, and does what a test tells it.
type town struct {
	*desk
	menu []command.Spec
	do   func(command.Request) (command.Reply, error)
	away error // what the desk says instead of anything else

	mu   sync.Mutex
	said []command.Request
}

func newTown() *town {
	return &town{desk: newDesk(), menu: []command.Spec{
		{Name: "pay", NeedsCode: true, Fields: []command.Field{
			{Name: "amount", Kind: command.AmountField},
			{Name: "to"},
			{Name: "memo", Optional: true, Rest: true},
		}},
		{Name: "balance"},
		{Name: "set", Fields: []command.Field{
			{Name: "unit", Kind: command.ChoiceField, Choices: []string{"sat", "btc"}, Default: "sat"},
			{Name: "loud", Kind: command.BoolField, Optional: true},
		}},
		{Name: "register", Fields: []command.Field{{Name: "name", Optional: true}}},
	}}
}

func (w *town) Account(_ context.Context, user string) (wallet.Account, error) {
	a := wallet.Account{JID: user, Unit: "sat"}
	switch user {
	case ann, bob, root, dora:
		a.Registered, a.Username = true, user[:strings.Index(user, "@")]
	}
	if user == bob {
		a.Lang = "fr"
	}
	if user == dora {
		a.Username = "" // of the old days
	}
	a.Admin = user == root
	return a, nil
}

func (w *town) Contact(_ context.Context, by wallet.Caller, at string) (wallet.Contact, error) {
	viewer := by.JID
	if at != "" && w.away != nil {
		return wallet.Contact{}, w.away
	}
	of := map[string]string{"ann": ann, "bob": bob, "dora": dora, "dora\\40example.org": dora}
	switch owner := of[at]; {
	case at == "":
		return wallet.Contact{Kind: wallet.GatewayContact}, nil
	case at == coinNode:
		k := wallet.Contact{Kind: wallet.AddressContact, Node: at, Name: coin, URL: "https://explorer.example/" + coin}
		if viewer == ann || viewer == root {
			k.Owner = "ann"
		}
		if viewer == ann {
			k.Mine, k.Label = true, "shop"
		}
		return k, nil
	case owner == "", owner == dora && viewer != dora && viewer != root:
	default:
		k := wallet.Contact{Kind: wallet.UserContact, Node: at, Name: at, Mine: viewer == owner}
		if viewer == owner || viewer == root {
			k.RealJID = owner
		}
		return k, nil
	}
	return wallet.Contact{}, fault.New(fault.NotFound, "contact.unknown", nil)
}

func (w *town) Contacts(_ context.Context, by wallet.Caller) ([]wallet.Contact, error) {
	if by.JID != ann {
		return nil, nil
	}
	return []wallet.Contact{
		{Kind: wallet.UserContact, Node: "bob", Name: "bob"},
		{Kind: wallet.AddressContact, Node: coinNode, Name: coin, Mine: true},
		{Kind: wallet.AddressContact, Node: "bc1other", Name: "bc1other"},
	}, nil
}

func (w *town) AddressContacts(_ context.Context, by wallet.Caller, username string) ([]wallet.Contact, error) {
	if username != "ann" || by.JID != ann && by.JID != root {
		return nil, wallet.ErrAdminsOnly
	}
	return []wallet.Contact{{Kind: wallet.AddressContact, Node: coinNode, Name: coin, Mine: by.JID == ann}}, nil
}

func (w *town) Directory(_ context.Context, by wallet.Caller) ([]wallet.Contact, error) {
	if by.JID != root {
		return nil, fault.New(fault.NotAllowed, "fault.not-allowed", nil)
	}
	return []wallet.Contact{{Kind: wallet.UserContact, Node: "ann", Name: "ann"}, {Kind: wallet.UserContact, Node: "bob", Name: "bob"}}, nil
}

func (w *town) Find(_ context.Context, viewer, prompt string) (string, error) {
	switch {
	case w.away != nil:
		return "", w.away
	case prompt == coin:
		return coinNode, nil
	case prompt == "bob", prompt == "dora" && viewer == root:
		return prompt, nil
	case prompt == "1broken":
		return "", fault.New(fault.Invalid, "address.mistyped", nil)
	case prompt == "later":
		return "", fault.New(fault.Unavailable, "chain.away", nil)
	}
	return "", fault.New(fault.NotFound, "contact.unknown", nil)
}

func (w *town) Menu(_ context.Context, user, _ string) ([]command.Spec, error) {
	return w.menu, w.opening(user)
}

func (w *town) Subscribe(_ context.Context, by wallet.Caller, _ string, _ bool) error {
	return w.opening(by.JID)
}

// far is a server that the town does not serve.
const far = "@far.example"

// opening is the fault of who need not come, nil for all others.
func (w *town) opening(user string) error {
	if strings.HasSuffix(user, far) {
		return wallet.ErrNotServed.With(fault.Args{"domains": "example.org"})
	}
	return w.away
}

func (w *town) Ask(_ context.Context, r command.Request) (command.Reply, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, r)
	if err := w.opening(r.User); err != nil {
		return command.Reply{}, err
	}
	if w.do == nil {
		return command.Reply{}, nil
	}
	return w.do(r)
}

// asked forgets and returns what the desk was asked.
func (w *town) asked() []command.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}
