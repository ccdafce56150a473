package component_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// desk is a small honest desk: it knows some users and addresses, and runs
// what it is given.
type desk struct {
	mu         sync.Mutex
	accounts   map[string]wallet.Account
	contacts   map[string]wallet.Contact
	subscribed map[string]bool
	asked      []command.Request
	returned   []string         // user and number of notices that came back
	here       []string         // users who came
	faults     map[string]error // by contact

	ask func(ctx context.Context, r command.Request) (command.Reply, error)
}

func newDesk() *desk {
	return &desk{
		accounts: map[string]wallet.Account{
			"ann@example.org": {JID: "ann@example.org", Registered: true, Username: "ann", Unit: "sat"},
			"bob@example.org": {JID: "bob@example.org", Registered: true, Username: "bob", Lang: "fr", Unit: "sat"},
		},
		contacts: map[string]wallet.Contact{
			"bob":     {Kind: wallet.UserContact, Node: "bob", Name: "bob"},
			"bc1qann": {Kind: wallet.AddressContact, Node: "bc1qann", Name: "bc1qann", Mine: true},
		},
		subscribed: map[string]bool{"ann@example.org bc1qann": true},
	}
}

func (d *desk) Ask(ctx context.Context, r command.Request) (command.Reply, error) {
	d.mu.Lock()
	d.asked = append(d.asked, r)
	ask := d.ask
	d.mu.Unlock()
	if ask != nil {
		return ask(ctx, r)
	}
	return command.Reply{Lines: []command.Line{{Phrase: "test.echo", Args: map[string]any{"text": r.Text}}}}, nil
}

func (d *desk) requests() []command.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

func (d *desk) Returned(_ context.Context, user string, notice int64) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.returned = append(d.returned, fmt.Sprint(user, " ", notice))
	return strings.HasPrefix(user, "bob@"), nil
}

func (d *desk) Here(_ context.Context, user string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.here = append(d.here, user)
	return nil
}

func (d *desk) Menu(context.Context, string, string) ([]command.Spec, error) { return nil, nil }

func (d *desk) Account(_ context.Context, user string) (wallet.Account, error) {
	if a, ok := d.accounts[user]; ok {
		return a, nil
	}
	return wallet.Account{JID: user}, nil
}

func (d *desk) Caller(_ context.Context, by wallet.Caller) (wallet.Caller, error) { return by, nil }

func (d *desk) Contact(_ context.Context, by wallet.Caller, at string) (wallet.Contact, error) {
	if at == "" {
		k := wallet.Contact{Kind: wallet.GatewayContact}
		if viewer := d.accounts[by.JID]; viewer.Registered {
			k.Whose = viewer.Username
		}
		return k, nil
	}
	if err := d.faults[at]; err != nil {
		return wallet.Contact{}, err
	}
	if k, ok := d.contacts[at]; ok {
		return k, nil
	}
	return wallet.Contact{}, fault.New(fault.NotFound, "contact.unknown", nil)
}

func (d *desk) Contacts(_ context.Context, by wallet.Caller) ([]wallet.Contact, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []wallet.Contact
	for s, on := range d.subscribed {
		u, at, _ := strings.Cut(s, " ")
		if on && u == by.JID && at != "" {
			out = append(out, d.contacts[at])
		}
	}
	return out, nil
}

func (d *desk) AddressContacts(context.Context, wallet.Caller, string) ([]wallet.Contact, error) {
	return nil, nil
}

func (d *desk) Subscribe(_ context.Context, by wallet.Caller, at string, on bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.subscribed[by.JID+" "+at] = on
	return nil
}

func (d *desk) Find(_ context.Context, _, prompt string) (string, error) { return prompt, nil }

func (d *desk) Members(_ context.Context, after string, n int) ([]string, error) {
	var out []string
	for jid, a := range d.accounts {
		if a.Registered && jid > after {
			out = append(out, jid)
		}
	}
	slices.Sort(out)
	return out[:min(n, len(out))], nil
}

func (d *desk) Directory(context.Context, wallet.Caller) ([]wallet.Contact, error) {
	return nil, fault.New(fault.NotAllowed, "fault.not-allowed", nil)
}

// an hour ago, as a delay stamp says it.
func stamp() (time.Time, string) {
	t := time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
	return t, t.Format(time.RFC3339)
}
