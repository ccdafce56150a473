package component_test

import (
	"cmp"
	"context"
	"encoding/xml"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

// visit is a door in front of a town.
type visit struct {
	*door
	town *town
}

const english = `
[unit]
sat = "sat"
[for]
minutes = "{n} min"
[phrase]
"disco.name" = "{name}"
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
"test.code" = "Say {confirm} or {cancel} within {valid|for}."
"adhoc.valid" = "Within {valid|for}."
"test.paid" = "Paid."
"test.dropped" = "Dropped."
"test.first" = "First."
"test.second" = "Second."
"test.wrong" = "Wrong."
"user.not-served" = "For {domains}."
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
