package component_test

import (
	"cmp"
	"context"
	"encoding/xml"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/component"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/xep0114"
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

	mu   sync.Mutex
	said []command.Request
}

func newTown() *town {
	return &town{desk: newDesk(), menu: []command.Spec{
		{Name: "pay", Confirms: true, Fields: []command.Field{
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

func (w *town) Account(_ context.Context, user string) (command.Account, error) {
	a := command.Account{JID: user, Unit: "sat"}
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

func (w *town) Contact(_ context.Context, viewer, at string) (command.Contact, error) {
	of := map[string]string{"ann": ann, "bob": bob, "dora": dora, "dora\\40example.org": dora}
	switch owner := of[at]; {
	case at == "":
		return command.Contact{Kind: command.ToGateway}, nil
	case at == coinNode:
		k := command.Contact{Kind: command.ToAddress, Node: at, Name: coin, Address: coin, URL: "https://explorer.example/" + coin}
		if viewer == ann || viewer == root {
			k.Owner = "ann"
		}
		if viewer == ann {
			k.Mine, k.Label = true, "shop"
		}
		return k, nil
	case owner == "", owner == dora && viewer != dora && viewer != root:
	default:
		k := command.Contact{Kind: command.ToUser, Node: at, Name: at, Mine: viewer == owner}
		if viewer == owner || viewer == root {
			k.RealJID = owner
		}
		return k, nil
	}
	return command.Contact{}, fault.New(fault.NotFound, "contact.unknown", nil)
}

func (w *town) Contacts(_ context.Context, user string) ([]command.Contact, error) {
	if user != ann {
		return nil, nil
	}
	return []command.Contact{
		{Kind: command.ToUser, Node: "bob", Name: "bob"},
		{Kind: command.ToAddress, Node: coinNode, Name: coin, Mine: true},
		{Kind: command.ToAddress, Node: "bc1other", Name: "bc1other"},
	}, nil
}

func (w *town) Directory(_ context.Context, admin string) ([]command.Contact, error) {
	if admin != root {
		return nil, fault.New(fault.NotAllowed, "fault.not-allowed", nil)
	}
	return []command.Contact{{Kind: command.ToUser, Node: "ann", Name: "ann"}, {Kind: command.ToUser, Node: "bob", Name: "bob"}}, nil
}

func (w *town) Find(_ context.Context, viewer, prompt string) (string, error) {
	switch {
	case prompt == coin:
		return coinNode, nil
	case prompt == "bob", prompt == "dora" && viewer == root:
		return prompt, nil
	case prompt == "1broken":
		return "", fault.New(fault.Invalid, "address.mistyped", nil)
	case prompt == "later":
		return "", fault.New(fault.Later, "chain.away", nil)
	}
	return "", fault.New(fault.NotFound, "contact.unknown", nil)
}

func (w *town) Menu(context.Context, string, string) ([]command.Spec, error) { return w.menu, nil }

func (w *town) Ask(_ context.Context, r command.Request) (command.Reply, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, r)
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

// visit is a door in front of a town.
type visit struct {
	*door
	town *town
}

const english = `
[unit]
sat = "sat"
[phrase]
"disco.name" = "Bitcoin payment orders via XMPP"
"disco.users" = "Users"
"disco.owner" = "Owner"
"disco.identity" = "Real identity"
"disco.commands" = "Commands"
"disco.addresses.yours" = "Your addresses"
"disco.addresses.theirs" = "Their addresses"
"disco.policy" = "Policy."
"vcard.gateway" = "A wallet."
"gateway.desc" = "Who?"
"gateway.prompt" = "Address or name"
"gateway.unknown" = "Nobody."
"register.title" = "Account"
"register.instructions.new" = "Choose a name."
"register.instructions.registered" = "Change your name."
"field.username" = "Username"
"field.amount" = "Amount"
"field.to" = "To"
"field.memo" = "Memo"
"field.unit" = "Unit"
"field.loud" = "Loud"
"choice.unit.sat" = "satoshi"
"choice.unit.btc" = "bitcoin"
"command.pay.title" = "Pay"
"command.balance.title" = "Balance"
"command.set.title" = "Settings"
"command.register.title" = "Register"
"adhoc.answer" = "Do it?"
"adhoc.result" = "Result"
"adhoc.copy" = "To copy"
"adhoc.qr" = "To scan"
"adhoc.missing" = "{field} is missing."
"adhoc.choice" = "{field} is not one of the choices."
"button.confirm" = "Confirm"
"button.cancel" = "Cancel"
"test.recap" = "Pay {amount|money} to {who}."
"test.paid" = "Paid."
"test.dropped" = "Dropped."
"test.first" = "First."
"test.second" = "Second."
"test.wrong" = "Wrong."
`

const french = `
[phrase]
"disco.name" = "Paiements Bitcoin par XMPP"
"command.pay.title" = "Payer"
"command.balance.title" = "Solde"
"field.amount" = "Montant"
"gateway.unknown" = "Personne."
"register.title" = "Compte"
"test.recap" = "Payer {amount|money} à {who}."
"test.wrong" = "Faux."
`

// visiting opens a door in front of a town.
func visiting(t *testing.T, change ...func(*component.Config)) *visit {
	t.Helper()
	server, err := xep0114.Listen(domain, "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := i18n.LoadFS(fstest.MapFS{"en.toml": {Data: []byte(english)}, "fr.toml": {Data: []byte(french)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg := component.Config{
		Domain: domain, Secret: "secret", Addr: server.Addr(), Name: "Bank", Version: "2.0",
		Languages: []string{"en", "fr"},
		Alone:     func(context.Context) bool { return false },
		Limits:    component.Limits{Burst: 1000},
	}
	for _, f := range change {
		f(&cfg)
	}
	w := newTown()
	c := component.New(cfg, w, cat, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		server.Close()
	})
	ready, end := context.WithTimeout(ctx, 10*time.Second)
	defer end()
	if err := server.Ready(ready); err != nil {
		t.Fatal(err)
	}
	return &visit{&door{t: t, server: server, c: c}, w}
}

// asks sends an iq of somebody's, in a language or "", and returns the answer
// without its addresses.
func (v *visit) asks(kind, from, to, payload, lang string) *component.Element {
	v.t.Helper()
	attr := ""
	if lang != "" {
		attr = ` xml:lang='` + lang + `'`
	}
	v.says(`<iq type='` + kind + `' from='` + from + `/x' to='` + to + `' id='q1'` + attr + `>` + payload + `</iq>`)
	for {
		e := v.hears()
		if e.Name.Local != "iq" {
			continue
		}
		if e.Value("id") != "q1" || e.Value("to") != from+"/x" || e.Value("from") != to {
			v.t.Fatalf("answered to somebody else: %s", text(e))
		}
		e.Attr = []xml.Attr{{Name: xml.Name{Local: "type"}, Value: e.Value("type")}}
		return e
	}
}

// canon is XML with its attributes in order, a line for each element, and
// namespaces where they change.
func canon(e *component.Element) string {
	var b strings.Builder
	write(&b, e, "", "")
	return b.String()
}

func write(b *strings.Builder, e *component.Element, space, indent string) {
	b.WriteString(indent + "<" + e.Name.Local)
	if e.Name.Space != space {
		b.WriteString(" xmlns='" + e.Name.Space + "'")
	}
	attrs := slices.Clone(e.Attr)
	slices.SortFunc(attrs, func(a, b xml.Attr) int { return cmp.Compare(a.Name.Local, b.Name.Local) })
	for _, a := range attrs {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			b.WriteString(" " + a.Name.Local + "='" + a.Value + "'")
		}
	}
	b.WriteString(">" + strings.TrimSpace(e.Text) + "\n")
	for _, c := range e.Children {
		write(b, c, e.Name.Space, indent+"  ")
	}
}

// same compares an answer with the one a test writes down.
func (v *visit) same(got *component.Element, want string) {
	v.t.Helper()
	g, w := canon(got), canon(parse(v.t, []byte(want)))
	if g != w {
		v.t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
