package component_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestRegistrationForm(t *testing.T) {
	v := visiting(t)
	for name, tt := range map[string]struct{ from, to, lang, want string }{
		"of somebody new": {carl, domain, "", `<iq type='result'><query xmlns='jabber:iq:register'>
<instructions>Choose a name.</instructions><username/>
<x xmlns='jabber:x:data' type='form'><title>Account</title><instructions>Choose a name.</instructions>
<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>
<field type='text-single' var='username' label='Username'/></x></query></iq>`},
		"of a member": {ann, domain, "", `<iq type='result'><query xmlns='jabber:iq:register'><registered/>
<instructions>Change your name.</instructions><username>ann</username>
<x xmlns='jabber:x:data' type='form'><title>Account</title><instructions>Change your name.</instructions>
<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>
<field type='text-single' var='username' label='Username'><value>ann</value></field></x></query></iq>`},
		"at a contact": {ann, "bob@" + domain, "", `<iq type='error'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.same(v.asks("get", tt.from, tt.to, query("jabber:iq:register", ""), tt.lang), tt.want)
		})
	}
	e := v.asks("get", bob, domain, query("jabber:iq:register", ""), "")
	if got := e.Children[0].Child("jabber:x:data", "x").ChildText("jabber:x:data", "title"); got != "Compte" {
		t.Errorf("bob reads %q", got)
	}
}

// Who comes from a server that is not served finds no form to fill in.
func TestNoFormForWhoIsNotServed(t *testing.T) {
	v := visiting(t)
	v.same(v.asks("get", "eve"+far, domain, query("jabber:iq:register", ""), ""), `<iq type='error'>
<error type='cancel' code='405'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>For example.org.</text></error></iq>`)
}

func TestRegister(t *testing.T) {
	v := visiting(t)
	form := func(fields string) string { return `<x xmlns='jabber:x:data' type='submit'>` + fields + `</x>` }
	const name = `<field var='username'><value> carl </value></field>`
	for title, tt := range map[string]struct{ from, inside, asks string }{
		"with a field":            {carl, "<username> carl </username>", "register name=carl"},
		"with a form":             {carl, form(name), "register name=carl"},
		"with a form of no type":  {carl, "<x xmlns='jabber:x:data'>" + name + "</x>", "register name=carl"},
		"the form is believed":    {carl, "<username>old</username>" + form(name), "register name=carl"},
		"with a report in it":     {carl, form("<reported><field var='username'/></reported>" + name), "register name=carl"},
		"with a stranger's field": {carl, form("<field var='FORM_TYPE'><value>jabber:iq:register</value></field><field var='age'><value>7</value></field>" + name), "register name=carl"},
		"with a password":         {carl, "<username>carl</username><password>x</password>", "register name=carl"},
		"without a name":          {carl, "", "register name="},
		"never mind":              {carl, "<x xmlns='jabber:x:data' type='cancel'/>", ""},
		"leave":                   {ann, "<remove/>", "unregister sure=yes"},
	} {
		t.Run(title, func(t *testing.T) {
			v.t = t
			v.same(v.asks("set", tt.from, domain, "<query xmlns='jabber:iq:register'>"+tt.inside+"</query>", ""), "<iq type='result'/>")
			var got []string
			for _, r := range v.town.asked() {
				for k, val := range r.Args {
					got = append(got, r.Name+" "+k+"="+val)
				}
				if r.User != tt.from || r.At != "" || r.ID != "" {
					t.Errorf("asked as %q at %q with key %q", r.User, r.At, r.ID)
				}
			}
			if strings.Join(got, ", ") != tt.asks {
				t.Errorf("asked %q, want %q", got, tt.asks)
			}
		})
	}
}

func TestNotRegistered(t *testing.T) {
	v := visiting(t)
	refused := func(code, kind, condition, text string) string {
		if code != "" {
			code = ` code='` + code + `'`
		}
		s := `<iq type='error'><error type='` + kind + `'` + code + `><` + condition + ` xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`
		if text != "" {
			s += `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>` + text + `</text>`
		}
		return s + `</error></iq>`
	}
	for name, tt := range map[string]struct {
		from, inside string
		kind         fault.Kind
		want         string
	}{
		"a name that is none":       {carl, "<username>1x</username>", fault.Invalid, refused("406", "modify", "not-acceptable", "Wrong.")},
		"a name that is taken":      {carl, "<username>ann</username>", fault.Conflict, refused("409", "cancel", "conflict", "Wrong.")},
		"nobody new is let in":      {carl, "<username>carl</username>", fault.NotAllowed, refused("405", "cancel", "not-allowed", "Wrong.")},
		"a stranger cannot leave":   {carl, "<remove/>", 0, refused("407", "auth", "registration-required", "")},
		"a form for something else": {ann, "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:x</value></field><field var='username'><value>x</value></field></x>", 0, refused("", "modify", "bad-request", "")},
		"a new password":            {ann, "<username/><password>x</password>", 0, refused("", "modify", "not-acceptable", "")},
		"leave, and something else": {ann, "<remove/><username>x</username>", 0, `<iq type='error'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`},
		"a node is away":            {carl, "<username>carl</username>", fault.Unavailable, `<iq type='error'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Wrong.</text></error></iq>`},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.town.do = func(command.Request) (command.Reply, error) {
				return command.Reply{}, fault.New(tt.kind, "test.wrong", nil)
			}
			v.same(v.asks("set", tt.from, domain, "<query xmlns='jabber:iq:register'>"+tt.inside+"</query>", ""), tt.want)
		})
	}
}

// XEP-0077 has no words for success: what the desk says comes in the user's
// chat, and then the roster follows.
func TestRegisteringTellsAndGreets(t *testing.T) {
	v := visiting(t)
	v.town.do = func(r command.Request) (command.Reply, error) {
		if r.Name == "unregister" {
			return command.Reply{Lines: []command.Line{{Phrase: "test.second"}}, Part: []string{""}}, nil
		}
		return command.Reply{
			Lines: []command.Line{{Phrase: "test.first"}, {Phrase: "test.second"}},
			Greet: []wallet.Contact{{Kind: wallet.AddressContact, Node: coinNode, Name: coin}},
		}, nil
	}
	for name, tt := range map[string]struct {
		user, inside string
		want         []string
	}{
		"registering": {carl, "<username>carl</username>", []string{
			"iq result " + domain + " > " + carl + "/x ",
			"message chat " + domain + " > " + carl + " First.|Second.",
			"presence subscribe " + coinJID + " > " + carl + " ",
		}},
		"leaving": {ann, "<remove/>", []string{
			"iq result " + domain + " > " + ann + "/x ",
			"message chat " + domain + " > " + ann + " Second.",
			"presence unsubscribe " + domain + " > " + ann + " ",
			"presence unsubscribed " + domain + " > " + ann + " ",
			"presence unavailable " + domain + " > " + ann + " ",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.says(`<iq type='set' from='` + tt.user + `/x' to='` + domain + `' id='q1'><query xmlns='jabber:iq:register'>` + tt.inside + `</query></iq>`)
			for _, want := range tt.want {
				e := v.hears()
				got := strings.Join([]string{e.Name.Local, e.Value("type"), e.Value("from"), ">", e.Value("to"),
					strings.ReplaceAll(e.ChildText("", "body"), "\n", "|")}, " ")
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}
