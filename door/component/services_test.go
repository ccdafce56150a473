package component_test

import (
	"strconv"
	"testing"
	"time"
)

func TestWhoIsThere(t *testing.T) {
	v := visiting(t)
	for name, tt := range map[string]struct{ from, to, payload, want string }{
		"ping":           {ann, domain, `<ping xmlns='urn:xmpp:ping'/>`, `<iq type='result'/>`},
		"ping a contact": {ann, "bob@" + domain, `<ping xmlns='urn:xmpp:ping'/>`, `<iq type='result'/>`},
		"ping nobody":    {ann, "nobody@" + domain, `<ping xmlns='urn:xmpp:ping'/>`, notFound},
		"version": {carl, domain, query("jabber:iq:version", ""),
			`<iq type='result'><query xmlns='jabber:iq:version'><name>bitcoim</name><version>2.0</version></query></iq>`},
		"version of a contact": {ann, coinJID, query("jabber:iq:version", ""),
			`<iq type='result'><query xmlns='jabber:iq:version'><name>bitcoim</name><version>2.0</version></query></iq>`},
		"version of nobody": {ann, "dora@" + domain, query("jabber:iq:version", ""), notFound},
		// In 2011 the next three raised an exception.
		"an address was active just now": {ann, coinJID, query("jabber:iq:last", ""),
			`<iq type='result'><query xmlns='jabber:iq:last' seconds='0'/></iq>`},
		"so was a user": {ann, "bob@" + domain, query("jabber:iq:last", ""),
			`<iq type='result'><query xmlns='jabber:iq:last' seconds='0'/></iq>`},
		"nobody never was": {ann, "nobody@" + domain, query("jabber:iq:last", ""), notFound},
		"the prompt": {ann, domain, query("jabber:iq:gateway", ""),
			`<iq type='result'><query xmlns='jabber:iq:gateway'><desc>Who?</desc><prompt>Address or name</prompt></query></iq>`},
		"no prompt at a contact": {ann, "bob@" + domain, query("jabber:iq:gateway", ""),
			`<iq type='error'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`},
		"the gateway's card": {carl, domain, `<vCard xmlns='vcard-temp'/>`,
			`<iq type='result'><vCard xmlns='vcard-temp'><FN>Bank</FN><DESC>A wallet.</DESC><URL>https://github.com/bitcoim/bitcoim</URL></vCard></iq>`},
		"a user's card": {ann, "bob@" + domain, `<vCard xmlns='vcard-temp'/>`,
			`<iq type='result'><vCard xmlns='vcard-temp'><NICKNAME>bob</NICKNAME></vCard></iq>`},
		"one's own card": {ann, "ann@" + domain, `<vCard xmlns='vcard-temp'/>`,
			`<iq type='result'><vCard xmlns='vcard-temp'><FN>ann@example.org</FN><NICKNAME>ann</NICKNAME></vCard></iq>`},
		"a card for an admin": {root, "bob@" + domain, `<vCard xmlns='vcard-temp'/>`,
			`<iq type='result'><vCard xmlns='vcard-temp'><FN>bob@example.org</FN><NICKNAME>bob</NICKNAME></vCard></iq>`},
		"a card of nobody": {ann, "dora@" + domain, `<vCard xmlns='vcard-temp'/>`, notFound},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.same(v.asks("get", tt.from, tt.to, tt.payload, ""), tt.want)
		})
	}
}

const notFound = `<iq type='error'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
	`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>contact.unknown</text></error></iq>`

func TestUptime(t *testing.T) {
	v := visiting(t)
	e := v.asks("get", ann, domain, query("jabber:iq:last", ""), "")
	n, err := strconv.Atoi(e.Children[0].Value("seconds"))
	if err != nil || n < 0 || n > 3600 {
		t.Errorf("up for %q seconds (%v)", e.Children[0].Value("seconds"), err)
	}
}

func TestTime(t *testing.T) {
	v := visiting(t)
	e := v.asks("get", ann, domain, `<time xmlns='urn:xmpp:time'/>`, "").Children[0]
	utc, err := time.Parse("2006-01-02T15:04:05Z", e.ChildText("urn:xmpp:time", "utc"))
	if err != nil || time.Since(utc).Abs() > time.Hour {
		t.Errorf("the time is %v (%v)", utc, err)
	}
	if zone := e.ChildText("urn:xmpp:time", "tzo"); zone != "+00:00" {
		t.Errorf("we are in %s", zone)
	}
}

func TestAddContact(t *testing.T) {
	v := visiting(t)
	unknown := func(lang, words string) string {
		return `<iq type='error'><error code='404' type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
			`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='` + lang + `'>` + words + `</text></error></iq>`
	}
	found := func(jid string) string {
		return `<iq type='result'><query xmlns='jabber:iq:gateway'><jid>` + jid + `</jid></query></iq>`
	}
	for name, tt := range map[string]struct{ from, lang, prompt, want string }{
		"an address":                     {ann, "", coin, found(coinJID)},
		"a name":                         {ann, "", " bob\n", found("bob@" + domain)},
		"nobody":                         {ann, "", "nobody", unknown("en", "Nobody.")},
		"somebody one may not know":      {ann, "", "dora", unknown("en", "Nobody.")},
		"somebody an admin may know":     {root, "", "dora", found("dora@" + domain)},
		"a broken address":               {ann, "", "1broken", unknown("en", "Nobody.")},
		"nothing":                        {ann, "", "", unknown("en", "Nobody.")},
		"nobody, in the account's words": {bob, "", "nobody", unknown("fr", "Personne.")},
		"nobody, in the stanza's words":  {ann, "fr-CA", "nobody", unknown("fr", "Personne.")},
		"a node is away": {ann, "", "later", `<iq type='error'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
			`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>chain.away</text></error></iq>`},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.same(v.asks("set", tt.from, domain, `<query xmlns='jabber:iq:gateway'><prompt>`+tt.prompt+`</prompt></query>`, tt.lang), tt.want)
		})
	}
}

// Iqs that are no use to anybody get an error, and the gateway stays.
func TestHostileIQs(t *testing.T) {
	v := visiting(t)
	for name, tt := range map[string]struct{ kind, payload string }{
		"no payload":                    {"get", ""},
		"two payloads":                  {"get", query(infoNS, "") + query(infoNS, "")},
		"text only":                     {"set", "pay 1 bob"},
		"an unknown one":                {"get", "<query xmlns='urn:example:unknown'/>"},
		"the right name elsewhere":      {"get", "<query xmlns='jabber:iq:private'/>"},
		"set for get":                   {"set", "<ping xmlns='urn:xmpp:ping'/>"},
		"pubsub without items":          {"get", "<pubsub xmlns='http://jabber.org/protocol/pubsub'/>"},
		"pubsub that publishes":         {"set", "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='x'/></pubsub>"},
		"a picture without a name":      {"get", "<data xmlns='urn:xmpp:bob'/>"},
		"a picture by a path":           {"get", "<data xmlns='urn:xmpp:bob' cid='../../etc/passwd'/>"},
		"a picture by a short hash":     {"get", "<data xmlns='urn:xmpp:bob' cid='sha1+00@bob.xmpp.org'/>"},
		"a picture by another hash":     {"get", "<data xmlns='urn:xmpp:bob' cid='sha1+zz5a505e360702b79c75a5f67773072ed392f52a@bob.xmpp.org'/>"},
		"a command without a node":      {"set", "<command xmlns='http://jabber.org/protocol/commands'/>"},
		"registering twice in one form": {"set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data'><field var='username'><value>a</value></field><field var='username'><value>b</value></field></x></query>"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			if e := v.asks(tt.kind, ann, domain, tt.payload, ""); e.Value("type") != "error" {
				t.Errorf("answered %s", canon(e))
			}
			if asked := v.town.asked(); len(asked) > 0 {
				t.Errorf("the desk was asked %v", asked)
			}
			v.same(v.asks("get", ann, domain, "<ping xmlns='urn:xmpp:ping'/>", ""), "<iq type='result'/>")
		})
	}
}
