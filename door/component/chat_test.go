package component_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/fault"
)

func TestAnAnswerGoesBackWhereTheQuestionCameFrom(t *testing.T) {
	d := open(t)
	d.says(chat("m1", "hello &lt;you&gt;", `<thread>th</thread><active xmlns='http://jabber.org/protocol/chatstates'/>`))
	e := d.hears()
	if got, want := d.body(e), "You said hello <you>."; got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	for name, tt := range map[string]struct{ got, want string }{
		"type":   {e.Value("type"), "chat"},
		"from":   {e.Value("from"), domain},
		"to":     {e.Value("to"), "ann@example.org/phone"},
		"thread": {e.ChildText("", "thread"), "th"},
		"lang":   {e.Value("lang"), "en"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s %q, want %q", name, tt.got, tt.want)
		}
	}
	if e.Child("http://jabber.org/protocol/chatstates", "active") == nil {
		t.Error("no chat state")
	}
	if e.Child("urn:xmpp:receipts", "request") != nil {
		t.Error("an answer asks for a receipt")
	}
	d.says(chat("m2", "hello again", ""))
	if d.hears().Child("http://jabber.org/protocol/chatstates", "active") != nil {
		t.Error("a chat state for a client that says none")
	}
}

func TestWhatTheDeskIsAsked(t *testing.T) {
	const phone = "ann@example.org/phone"
	when, late := stamp()
	for name, tt := range map[string]struct {
		stanza string
		want   command.Request
	}{
		"the gateway": {chat("m1", "balance"),
			command.Request{User: "ann@example.org", Text: "balance", ID: "m1", Stream: phone}},
		"an id that is a UUID": {chat("7c4a6f9e-6a0f-4d0e-9d0c-3a8a5c1f2b77", "balance"),
			command.Request{User: "ann@example.org", Text: "balance", ID: "7c4a6f9e-6a0f-4d0e-9d0c-3a8a5c1f2b77"}},
		"a UUID and a number": {chat("7C4A6F9E6A0F4D0E9D0C3A8A5C1F2B77-12", "balance"),
			command.Request{User: "ann@example.org", Text: "balance", ID: "7C4A6F9E6A0F4D0E9D0C3A8A5C1F2B77-12"}},
		"an origin-id that is none": {chat("m1", "help", `<origin-id xmlns='urn:xmpp:sid:0'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "m1", Stream: phone}},
		"a contact, however its domain is written": {
			`<message from='Ann@Example.org/x' to='BC1qann@BITCOIN.example.org' id='m1' xml:lang='fr'><body>history</body></message>`,
			command.Request{User: "ann@example.org", At: "bc1qann", Text: "history", ID: "m1", Stream: "Ann@Example.org/x", Lang: "fr"}},
		"origin-id before id": {chat("m1", "help", `<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "o1"}},
		"a correction": {chat("m2", "help", `<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "m2", Stream: phone, Edits: "m1"}},
		"a late message": {chat("m1", "help", `<delay xmlns='urn:xmpp:delay' stamp='`+late+`'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "m1", Stream: phone, Sent: when}},
		"a late message of an old server": {chat("m1", "help", `<x xmlns='jabber:x:delay' stamp='`+when.Format("20060102T15:04:05")+`'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "m1", Stream: phone, Sent: when}},
		"one that was late twice": {chat("m1", "help", `<delay xmlns='urn:xmpp:delay' stamp='`+when.Add(time.Minute).Format(time.RFC3339)+`'/><x xmlns='jabber:x:delay' stamp='`+when.Format("20060102T15:04:05")+`'/>`),
			command.Request{User: "ann@example.org", Text: "help", ID: "m1", Stream: phone, Sent: when}},
		"two bodies are one command": {chat("m1", "one", `<body>two</body>`),
			command.Request{User: "ann@example.org", Text: "one", ID: "m1", Stream: phone}},
		"the body without a language": {
			`<message from='ann@example.org/x' to='` + domain + `' id='m1'><body xml:lang='de'>de</body><body>none</body></message>`,
			command.Request{User: "ann@example.org", Text: "none", ID: "m1", Stream: "ann@example.org/x"}},
		"the body in the stanza's language": {
			`<message from='ann@example.org/x' to='` + domain + `' id='m1' xml:lang='fr'><body xml:lang='de'>de</body><body xml:lang='fr'>fr</body></message>`,
			command.Request{User: "ann@example.org", Text: "fr", ID: "m1", Stream: "ann@example.org/x", Lang: "fr"}},
		"a reply without what it quotes": {chat("m1", "&gt; Pay? é\nconfirm k7fw",
			`<reply xmlns='urn:xmpp:reply:0' id='a'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='9'/></fallback>`),
			command.Request{User: "ann@example.org", Text: "confirm k7fw", ID: "m1", Stream: phone}},
		"a JID that only the server understands": {
			`<message from='€@example.org/&#x1FAE9;' to='` + domain + `' id='m1'><body>help</body></message>`,
			command.Request{User: "€@example.org", Text: "help", ID: "m1", Stream: "€@example.org/\U0001FAE9"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.says(tt.stanza)
			d.body(d.hears())
			got := d.desk.requests()
			if len(got) != 1 {
				t.Fatalf("asked %d times: %v", len(got), got)
			}
			if !got[0].Sent.Equal(tt.want.Sent) {
				t.Errorf("sent %v, want %v", got[0].Sent, tt.want.Sent)
			}
			got[0].Sent, tt.want.Sent = time.Time{}, time.Time{}
			if r, w := got[0], tt.want; r.User != w.User || r.At != w.At || r.Text != w.Text || r.ID != w.ID ||
				r.Stream != w.Stream || r.Edits != w.Edits || r.Lang != w.Lang {
				t.Errorf("asked %+v, want %+v", r, w)
			}
		})
	}
}

func TestWhatIsNoCommand(t *testing.T) {
	d := open(t)
	for name, stanza := range map[string]string{
		"typing":         `<message type='chat' from='ann@example.org/x' to='` + domain + `'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
		"a receipt":      `<message from='ann@example.org/x' to='` + domain + `'><received xmlns='urn:xmpp:receipts' id='1'/></message>`,
		"a chat marker":  `<message from='ann@example.org/x' to='bc1qann@` + domain + `'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>`,
		"nothing at all": `<message from='ann@example.org/x' to='` + domain + `'/>`,
		"blank":          chat("m1", " \n"),
		"an error":       strings.Replace(chat("m1", "pay 1 bob"), "'chat'", "'error'", 1),
		"a room":         strings.Replace(chat("m1", "pay 1 bob"), "'chat'", "'groupchat'", 1),
		"a headline":     strings.Replace(chat("m1", "pay 1 bob"), "'chat'", "'headline'", 1),
		"a carbon": `<message from='ann@example.org/x' to='` + domain + `'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
			chat("m1", "pay 1 bob") + `</forwarded></sent></message>`,
		"a forwarded one":    chat("m1", "see", `<forwarded xmlns='urn:xmpp:forward:0'>`+chat("m1", "pay 1 bob")+`</forwarded>`),
		"a room's private":   chat("m1", "pay 1 bob", `<x xmlns='http://jabber.org/protocol/muc#user'/>`),
		"a server":           strings.Replace(chat("m1", "help"), "ann@example.org/phone", "example.org", 1),
		"ourselves":          strings.Replace(chat("m1", "help"), "ann@example.org/phone", domain, 1),
		"keys for OMEMO":     `<message from='ann@example.org/x' to='` + domain + `'><encrypted xmlns='eu.siacs.conversations.axolotl'><header/></encrypted></message>`,
		"our own contact":    strings.Replace(chat("m1", "help"), "ann@example.org/phone", "bob@"+domain, 1),
		"a reaction":         chat("m1", "ok", `<reactions xmlns='urn:xmpp:reactions:0' id='x'/>`),
		"a body with markup": chat("m1", "pay <b>1</b> bob"),
		"a quoted command": chat("m1", "confirm k7fw",
			`<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='12'/></fallback>`),
		"words for old clients": chat("m1", "retracted", `<fallback xmlns='urn:xmpp:fallback:0' for='urn:x'/>`),
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.says(stanza)
			d.hearsNothing()
			if got := d.desk.requests(); len(got) > 0 {
				t.Errorf("asked %v", got)
			}
		})
	}
}

func TestFaultsAreMessages(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		from string
		want string
	}{
		"a fault":                   {fault.New(fault.InsufficientFunds, "fault.short", nil), "ann", "Not enough."},
		"in the user's language":    {fault.New(fault.InsufficientFunds, "fault.short", nil), "bob", "Pas assez."},
		"ours is a reference":       {errors.New("disk"), "ann", "Oops, "},
		"even if it looks harmless": {fault.Wrap(errors.New("disk"), fault.Internal, "fault.short", nil), "ann", "Oops, "},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(_ *component.Config, k *desk) {
				k.ask = func(context.Context, command.Request) (command.Reply, error) { return command.Reply{}, tt.err }
			})
			d.says(strings.Replace(chat("m1", "pay 1 bob"), "ann@", tt.from+"@", 1))
			if got := d.body(d.hears()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAPanicLosesOneStanza(t *testing.T) {
	d := open(t, func(_ *component.Config, k *desk) {
		k.ask = func(context.Context, command.Request) (command.Reply, error) { panic("boom") }
	})
	d.says(chat("m1", "pay 1 bob"))
	if got := d.body(d.hears()); !strings.HasPrefix(got, "Oops, ") {
		t.Errorf("got %q", got)
	}
	d.hearsNothing()
}

func TestReceipt(t *testing.T) {
	d := open(t)
	d.says(chat("m1", "help", `<request xmlns='urn:xmpp:receipts'/>`))
	if got := d.hears().Child("urn:xmpp:receipts", "received").Value("id"); got != "m1" {
		t.Errorf("receipt for %q", got)
	}
	d.body(d.hears())
}

func TestComposingWhileSlow(t *testing.T) {
	go1 := make(chan struct{})
	d := open(t, func(cfg *component.Config, k *desk) {
		cfg.Timing.Slow = time.Nanosecond
		k.ask = func(context.Context, command.Request) (command.Reply, error) {
			<-go1
			return command.Reply{Copy: []string{"done"}}, nil
		}
	})
	d.says(chat("m1", "pay 1 bob"))
	if e := d.hears(); e.Child("http://jabber.org/protocol/chatstates", "composing") == nil {
		t.Errorf("heard %s", text(e))
	}
	close(go1)
	d.body(d.hears())
}

func TestTheSameRequestHasTheSameAnswerID(t *testing.T) {
	d := open(t)
	own := func(id string) string { return `<origin-id xmlns='urn:xmpp:sid:0' id='` + id + `'/>` }
	d.says(chat("m1", "help", own("o1")), chat("m2", "help", own("o1")), chat("m1", "help", own("o2")))
	a, b, c := d.hears().Value("id"), d.hears().Value("id"), d.hears().Value("id")
	if a != b || a == c {
		t.Errorf("ids %s, %s, %s", a, b, c)
	}
}

// The client may use the id again after a login, and would drop the answer.
func TestAnIDThatMayComeAgainHasAnotherAnswerID(t *testing.T) {
	d := open(t)
	d.says(chat("m1", "help"), chat("m1", "help"))
	if a, b := d.hears().Value("id"), d.hears().Value("id"); a == b {
		t.Errorf("ids %s, %s", a, b)
	}
}

func TestLimits(t *testing.T) {
	for name, stanza := range map[string]string{
		"encrypted":            chat("m1", "OMEMO", `<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x</payload></encrypted>`),
		"encrypted by OTR":     chat("m1", "?OTR:AAMC"),
		"encrypted by a name":  chat("m1", "pay 1 bob", `<encryption xmlns='urn:xmpp:eme:0' namespace='urn:x:tomorrow'/>`),
		"OTR's first question": chat("m1", "?OTRv23? I would like to speak privately"),
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.says(stanza)
			if got := d.body(d.hears()); got != "I cannot read this." {
				t.Errorf("got %q", got)
			}
			if len(d.desk.requests()) > 0 {
				t.Error("the desk was asked")
			}
		})
	}
	t.Run("too long", func(t *testing.T) {
		d := open(t)
		d.says(chat("m1", strings.Repeat("a", 5000)))
		if got := d.body(d.hears()); got != "Too long: 4096 at most." {
			t.Errorf("got %q", got)
		}
	})
	t.Run("too fast", func(t *testing.T) {
		d := open(t, func(cfg *component.Config, _ *desk) {
			cfg.Limits.Burst, cfg.Limits.PerSecond = 2, 1e-9
		})
		for range 5 {
			d.says(chat("m1", "help"))
		}
		want := []string{"You said help.", "You said help.", "Too fast."}
		for _, w := range want {
			if got := d.body(d.hears()); got != w {
				t.Errorf("got %q, want %q", got, w)
			}
		}
		d.hearsNothing()
		d.says(strings.Replace(chat("m1", "help"), "ann@", "bob@", 1))
		if got := d.body(d.hears()); got != "You said help." {
			t.Errorf("bob got %q", got)
		}
	})
}
