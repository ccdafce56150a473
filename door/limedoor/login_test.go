package limedoor_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/sandbox/certificate/certtest"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

func TestLogin(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t)) // passwords are slow to check
	w.enrol("ann", "bob")
	key, bobs := w.link("ann", "budget 5000/day"), w.link("bob", "receive-only")
	paused := w.key("ann", "link lime sleeper")
	w.says("ann", "app sleeper pause")
	gone := w.key("ann", "link lime leaver")
	w.says("ann", "unlink leaver")
	w.person("ann")
	for name, tt := range map[string]struct {
		who   string
		proof lime.Authentication
		in    bool
	}{
		"a key":                        {"ann", lime.WithKey(key), true},
		"a name in capitals":           {"ANN", lime.WithKey(key), true},
		"a password":                   {"ann", lime.WithPassword("secret word"), true},
		"a guest":                      {"", lime.AsGuest(), true},
		"somebody else's key":          {"ann", lime.WithKey(bobs), false},
		"no key":                       {"ann", lime.WithKey(""), false},
		"a key for nobody":             {"carol", lime.WithKey(key), false},
		"a key for what is no name":    {"a'; --", lime.WithKey(key), false},
		"a key as a password":          {"ann", lime.WithPassword(key), false},
		"a wrong password":             {"ann", lime.WithPassword("secret"), false},
		"no password":                  {"ann", lime.WithPassword(""), false},
		"a password of who has none":   {"bob", lime.WithPassword(""), false},
		"a password of nobody":         {"carol", lime.WithPassword("secret word"), false},
		"the key of a bot that pauses": {"ann", lime.WithKey(paused), false},
		"the key of a bot that went":   {"ann", lime.WithKey(gone), false},
		"a token":                      {"ann", lime.WithToken(key, "xmpp"), false},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := w.enter(tt.who, tt.proof)
			if tt.in != (err == nil) || err != nil && codeOf(err) != lime.AuthenticationFailed {
				t.Fatalf("got %v", err)
			}
			if tt.in && tt.who != "" && b.Local().String()[:len("ann@"+gateway)] != "ann@"+gateway {
				t.Errorf("got %s", b.Local())
			}
		})
	}
}

// A bot that its user takes away loses its session, and can do nothing before.
func TestABotThatIsTakenAway(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		sleeps := w.bot("ann", w.key("ann", "link lime aa"))
		stays, goes := w.bot("ann", w.link("ann", "budget 5000/day")), w.bot("ann", w.link("ann", "budget 5000/day"))
		apps, err := w.desk.LinkedApps(t.Context(), w.caller("ann"))
		if err != nil {
			t.Fatal(err)
		}
		w.says("ann", "unlink "+apps[len(apps)-1].Name)
		for _, uri := range []lime.URI{"/balance", "/orders", "/history", "/invoices", "/account"} {
			if _, err := goes.do(lime.Get, uri, nil); err == nil {
				t.Errorf("it read %s", uri)
			}
		}
		if _, err := goes.order("x", `{"to":"bob","amount":1}`); err == nil {
			t.Error("it made an order")
		}
		goes.ends()
		w.says("ann", "app aa pause")
		sleeps.ends()
		if _, err := stays.do(lime.Get, "/balance", nil); err != nil {
			t.Error(err)
		}
	})
}

// Somebody without XMPP opens an account, logs in, is paid and pays.
func TestAnAccountOfLIMEAlone(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t)) // passwords are slow to check
	w.enrol("ann")
	g := w.guest()
	doc := resource(lime.TypeAccount, `{"fullName":"Dan","culture":"fr","password":"c2VjcmV0IHdvcmQ="}`)
	if _, err := g.do(lime.Set, "lime://dan@"+gateway+"/account", doc); err != nil {
		t.Fatal(err)
	}
	b, err := w.enter("dan", lime.WithPassword("secret word"))
	if err != nil {
		t.Fatal(err)
	}
	w.says("ann", "confirm "+w.drafts("ann", "pay 500 dan"))
	if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 500 {
		t.Errorf("got %+v", got)
	}
	o := must[limedoor.Order](b, lime.Set, "/orders", resource(limedoor.TypeOrder, `{"to":"ann","amount":"all"}`))
	if o = must[limedoor.Order](b, lime.Set, lime.URI("/orders/"+o.Code+"/confirm"), resource(limedoor.TypeOrder, `{}`)); o.State != limedoor.Sent {
		t.Errorf("got %+v", o)
	}
	if _, err := b.do(lime.Delete, "/account", nil); err != nil {
		t.Fatal(err)
	}
	// Whoever comes after does not get what may still come to it.
	other := resource(lime.TypeAccount, `{"password":"YW5vdGhlciB3b3Jk"}`)
	if _, err := g.do(lime.Set, "lime://dan@"+gateway+"/account", other); codeOf(err) != limedoor.CodeDone {
		t.Errorf("another takes the account over: %v", err)
	}
	if _, err := g.do(lime.Set, "lime://dan@"+gateway+"/account", doc); err != nil {
		t.Errorf("it does not come back: %v", err)
	}
}

func TestGuestsAndRegistrationCanBeOff(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), func(o *limedoor.Options) { o.Guests, o.Register = false, false })
	if _, err := w.enter("", lime.AsGuest()); codeOf(err) != lime.AuthenticationFailed {
		t.Errorf("a guest came in: %v", err)
	}
	w = newTown(t, dbtest.SQLite(t), func(o *limedoor.Options) { o.Register = false })
	_, err := w.guest().do(lime.Set, "lime://dan@"+gateway+"/account", resource(lime.TypeAccount, `{"password":"c2VjcmV0IHdvcmQ="}`))
	if codeOf(err) != lime.NotAllowed {
		t.Errorf("a guest registered: %v", err)
	}
}

// The door is reached over TCP that upgrades, TLS and WebSockets.
func TestRoads(t *testing.T) {
	cert, key, pool := certtest.Write(t, gateway)
	w := newTown(t, dbtest.SQLite(t), func(o *limedoor.Options) {
		o.TCP, o.TLS, o.WS, o.Cert, o.Key, o.RequireTLS = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", cert, key, true
	})
	w.enrol("ann")
	proof := lime.WithKey(w.link("ann", "receive-only"))
	if got := len(w.door.Addresses()); got != 3 {
		t.Fatalf("got %v", w.door.Addresses())
	}
	for _, address := range w.door.Addresses() {
		t.Run(address[:strings.Index(address, ":")], func(t *testing.T) {
			d := &limeclient.Dialer{TLS: &tls.Config{RootCAs: pool, ServerName: gateway}}
			transport, err := d.Connect(soon(t), address)
			if err != nil {
				t.Fatal(err)
			}
			b, err := w.enterBy("ann", proof, transport, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 100_000 || b.Info().Encryption != lime.TLS {
				t.Errorf("got %+v over %v", got, b.Info())
			}
		})
	}
	t.Run("in clear text", func(t *testing.T) {
		d := &limeclient.Dialer{Node: lime.Node{Identity: lime.Identity{Name: "ann", Domain: gateway}}, Authentication: proof, Encryption: lime.NoEncryption}
		if c, err := d.Dial(soon(t), w.door.Addresses()[0]); err == nil {
			_ = c.Finish(soon(t))
			t.Error("a bot came in without TLS")
		}
	})
}

func TestOptionsThatCannotBe(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	good := limedoor.Options{Domain: gateway, Desk: w.desk, Words: w.desk.Words}
	for name, change := range map[string]func(o *limedoor.Options){
		"no domain":                   func(o *limedoor.Options) { o.Domain = "" },
		"no desk":                     func(o *limedoor.Options) { o.Desk = nil },
		"no phrases":                  func(o *limedoor.Options) { o.Words = nil },
		"a certificate without a key": func(o *limedoor.Options) { o.Cert = "x" },
		"a certificate that is none":  func(o *limedoor.Options) { o.Cert, o.Key = "nowhere", "nowhere" },
		"TLS without a certificate":   func(o *limedoor.Options) { o.TLS = "127.0.0.1:0" },
		"TLS must be and cannot":      func(o *limedoor.Options) { o.TCP, o.RequireTLS = "127.0.0.1:0", true },
		"accounts without passwords":  func(o *limedoor.Options) { o.Register = true },
	} {
		o := good
		change(&o)
		if _, err := limedoor.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	o := good
	o.TCP = "127.0.0.1:bad"
	d, err := limedoor.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Listen(t.Context()); err == nil {
		t.Error("it listens at what is no port")
	}
}
