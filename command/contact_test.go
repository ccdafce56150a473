package command_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// The ancestor resolved any name and any real JID for anybody. Whoever has no
// account here gets the same answer for a user as for nobody, to every
// question there is.
func TestStrangersFindNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "gone")
		w.must("gone", "", "unregister yes")
		ctx := context.Background()
		say := func(err error) string {
			if err == nil {
				return "found"
			}
			return fmt.Sprint(fault.Of(err).Kind, fault.Of(err).Phrase)
		}
		for _, stranger := range []string{"eve@far.example", "new@" + home, jid("gone")} {
			by := w.caller(stranger)
			questions := map[string]func(name string) string{
				"as a contact":      func(name string) string { _, err := w.desk.Contact(ctx, by, name); return say(err) },
				"by its real JID":   func(name string) string { _, err := w.desk.Contact(ctx, by, name+`\40`+home); return say(err) },
				"to be added":       func(name string) string { _, err := w.desk.Find(ctx, stranger, name); return say(err) },
				"to be added whole": func(name string) string { _, err := w.desk.Find(ctx, stranger, name+"@"+gateway); return say(err) },
				"its menu":          func(name string) string { _, err := w.desk.Menu(ctx, stranger, name); return say(err) },
			}
			for _, text := range []string{"pay 5 %s", "pay %s 5", "request 5 %s", "history with %s", "pay all %s", "pay 5 %s@" + gateway} {
				questions[text] = func(name string) string {
					_, err := w.says(stranger, "", fmt.Sprintf(text, name))
					return say(err)
				}
			}
			for _, text := range []string{"pay 5", "help", "balance", "history", ""} {
				questions["at it: "+text] = func(name string) string { _, err := w.says(stranger, name, text); return say(err) }
			}
			for question, ask := range questions {
				if there, not := ask("ann"), ask("nobody-at-all"); there != not || there == "found" {
					t.Errorf("%s asks %s: %q for a user, %q for nobody", stranger, question, there, not)
				}
			}
			if _, err := w.desk.AddressContacts(ctx, by, "ann"); !errors.Is(err, wallet.ErrAdminsOnly) {
				t.Errorf("%s reads whose the addresses are: %v", stranger, err)
			}
			if _, err := w.desk.Directory(ctx, by); !fault.Is(err, fault.NotAllowed) {
				t.Errorf("%s reads the directory: %v", stranger, err)
			}
		}
		// A real JID is found by nobody, not even by a neighbour.
		for _, viewer := range []string{"ann", "root"} {
			if _, err := w.desk.Contact(ctx, w.caller(viewer), `ann\40`+home); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s finds a real JID: %v", viewer, err)
			}
		}
	})
}

func TestContact(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.desk.Policy.ExplorerURL = "https://explorer.example/{address}"
	w.enrol("ann", "bob")
	ctx := context.Background()
	for _, tt := range []struct {
		name, viewer, at string
		want             wallet.Contact
	}{
		{"the gateway, to a stranger", "eve@far.example", "", wallet.Contact{Kind: wallet.GatewayContact, Name: gateway}},
		{"a neighbour", "ann", "bob", wallet.Contact{Kind: wallet.UserContact, Node: "bob", Name: "bob"}},
		{"a neighbour, to an admin without an account", "root", "bob", wallet.Contact{Kind: wallet.UserContact, Node: "bob", Name: "bob", RealJID: jid("bob")}},
		{"somebody's address, to a stranger", "eve@far.example", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", wallet.Contact{Kind: wallet.AddressContact,
			Node: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", Name: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
			URL: "https://explorer.example/bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := w.desk.Contact(ctx, w.caller(tt.viewer), tt.at)
			tt.want.Unit = "sat"
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
	self, err := w.desk.Contact(ctx, w.caller("ann"), "ann")
	if err != nil || !self.Mine || self.RealJID != jid("ann") || self.Whose != "ann" {
		t.Errorf("ann sees herself as %+v, %v", self, err)
	}
	w.must("ann", "", "set presence off")
	for _, at := range []string{"", "ann"} {
		if c, err := w.desk.Contact(ctx, w.caller("ann"), at); err != nil || c.Whose != "" || c.Sum != 0 {
			t.Errorf("%q shows a balance that is not to be shown: %+v, %v", at, c, err)
		}
	}
	for _, at := range []string{"bob\x00", "Bob'; --", "BOB", "bob@x", "\xff", strings.Repeat("b", 2000), "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081"} {
		_, err := w.desk.Contact(ctx, w.caller("ann"), at)
		if at == "BOB" && err == nil {
			continue // servers fold the case of local parts; a door that does not is served
		}
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: got %v, want nobody", at, err)
		}
	}
}

func TestFind(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann", "bob")
	for prompt, want := range map[string]string{
		"bob": "bob", " BOB ": "bob", "bob@" + gateway: "bob", "Bob@Bitcoin.Example.org": "bob",
		"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080":                     "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
		"BCRT1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KYGT080":                     "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
		"bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=0.01": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
		"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn":                               "mipcbbfg9gmich81kj8tqqdgozub1zjrfn-3bmg8n",
		"":                                                                 "",
		"@" + gateway:                                                      "",
		"carol":                                                            "",
		"bob@" + home:                                                      "",
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2":                               "",
		"bitcoin:?lightning=lnbcrt1pjexample":                              "",
		"bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7x":                             "",
	} {
		at, err := w.desk.Find(context.Background(), jid("ann"), prompt)
		if want == "" {
			if fault.Of(err).Phrase != "gateway.unknown" {
				t.Errorf("%q: got %q, %v", prompt, at, err)
			}
			continue
		}
		if strings.HasPrefix(want, "mipc") {
			want = strings.Split(want, "-")[0]
			at, _, _ = strings.Cut(at, "-")
		}
		if err != nil || at != want {
			t.Errorf("%q: got %q, %v, want %q", prompt, at, err, want)
		}
	}
}

func TestRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob", "cat")
		ctx := context.Background()
		own := w.newest("ann").Node
		subscribe := func(who, at string, on bool) {
			t.Helper()
			if err := w.desk.Subscribe(ctx, w.caller(who), at, on); err != nil {
				t.Fatal(err)
			}
		}
		contacts := func(who string) (nodes []string) {
			t.Helper()
			all, err := w.desk.Contacts(ctx, w.caller(who))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				nodes = append(nodes, c.Node)
			}
			return nodes
		}
		for _, at := range []string{"", "bob", "bob", "cat", own} {
			subscribe("ann", at, true)
		}
		subscribe("ann", "cat", false)
		subscribe("new@"+home, "bob", true) // nobody's
		if err := w.desk.Subscribe(ctx, w.caller("eve@far.example"), "bob", true); !errors.Is(err, wallet.ErrNotServed) {
			t.Errorf("who is not served subscribes: %v", err)
		}
		subscribe("eve@far.example", "bob", false)
		if got := contacts("ann"); !slices.Equal(got, []string{own, "bob"}) {
			t.Errorf("ann's contacts: %q", got)
		}
		if got := contacts("new@" + home); got != nil {
			t.Errorf("a stranger's contacts: %q", got)
		}
		w.must("bob", "", "name robert yes") // the old name leaves the rosters
		if got := contacts("ann"); !slices.Equal(got, []string{own}) {
			t.Errorf("ann's contacts after the renaming: %q", got)
		}
		all, err := w.desk.Members(ctx, jid("ann"), 1)
		if err != nil || !slices.Equal(all, []string{jid("bob")}) {
			t.Errorf("members after ann: %q, %v", all, err)
		}
		admin, err := w.desk.Directory(ctx, w.caller("root"))
		for who, sees := range map[string]bool{"ann": true, "bob": false, "root": true} {
			theirs, err := w.desk.AddressContacts(ctx, w.caller(who), "ann")
			if (err == nil) != sees || sees && (len(theirs) != 1 || theirs[0].Node != own || theirs[0].Mine != (who == "ann")) {
				t.Errorf("%s sees ann's addresses as %+v, %v", who, theirs, err)
			}
		}
		if err != nil || len(admin) != 3 || admin[1].Name != "robert" || admin[1].RealJID != jid("bob") {
			t.Errorf("the directory: %+v, %v", admin, err)
		}
		w.must("ann", "", "unregister yes")
		subscribe("ann", "robert", true)
		if got := contacts("ann"); !slices.Equal(got, []string{own}) {
			t.Errorf("who left keeps %q", got)
		}
	})
}

func TestAccount(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann", "gone")
	w.must("ann", "", "set unit btc")
	w.must("ann", "", "set language fr")
	w.must("gone", "", "unregister yes")
	for who, want := range map[string]wallet.Account{
		"ann":             {JID: jid("ann"), Registered: true, Username: "ann", Lang: "fr", Unit: "btc", Since: w.now.Unix()},
		"gone":            {JID: jid("gone"), Unit: "sat", Since: w.now.Unix()},
		"root":            {JID: jid("root"), Admin: true, Unit: "sat"},
		"eve@far.example": {JID: "eve@far.example", Unit: "sat"},
	} {
		if got, err := w.desk.Account(context.Background(), jid(who)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", who, got, err, want)
		}
	}
}

// What a message did is remembered for as long as the operator keeps it; then
// its id is like new.
func TestForget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 1000, 100)
		pay := func() {
			t.Helper()
			if _, err := w.ask(command.Request{User: jid("ann"), Text: "pay 1 bob", ID: "m1"}); err != nil {
				t.Fatal(err)
			}
		}
		forget := func(before int64) {
			t.Helper()
			w.write(func(tx *db.Tx) error { return wallet.Forget(context.Background(), tx, before) })
		}
		pay()
		forget(w.now.Unix())
		pay()
		if n := w.orders(); n != 1 {
			t.Errorf("%d orders while the key is kept, want 1", n)
		}
		forget(w.now.Unix() + 1)
		pay()
		if n := w.orders(); n != 2 {
			t.Errorf("%d orders when it is forgotten, want 2", n)
		}
	})
}

// An account that came over from the ancestor may have no name. It works, and
// asks for one where one is needed.
func TestAnAccountWithoutAName(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("bob")
	w.write(func(tx *db.Tx) error {
		_, _, err := useraccount.Register(context.Background(), tx, jid("old"), w.now.Unix())
		return err
	})
	if c, err := w.desk.Contact(context.Background(), w.caller("old"), ""); err != nil || c.Whose != "old" {
		t.Errorf("the gateway: %+v, %v", c, err)
	}
	for _, text := range []string{"name", "register", "request 5 bob"} {
		if _, err := w.says("old", "", text); fault.Of(err).Phrase != "register.choose" {
			t.Errorf("%s: got %v", text, err)
		}
	}
	if r := w.must("old", "", "address"); len(r.Copy) != 1 {
		t.Errorf("address: %+v", r)
	}
	w.must("old", "", "name older")
	w.must("old", "", "request 5 bob")
}
