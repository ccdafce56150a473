package component_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestCommandWithoutForm(t *testing.T) {
	v := visiting(t)
	for name, tt := range map[string]struct {
		reply command.Reply
		err   error
		want  string
	}{
		"nothing to say": {command.Reply{}, nil, "completed"},
		"a line":         {command.Reply{Lines: []command.Line{{Phrase: "test.first"}}}, nil, "completed info[First.]"},
		"lines":          {command.Reply{Lines: []command.Line{{Phrase: "test.first"}, {Phrase: "test.second"}}}, nil, "completed info[First.] result<Balance> result=First.=Second."},
		"something to copy": {command.Reply{Lines: []command.Line{{Phrase: "test.first"}}, Copy: []string{"bitcoin:1", "lnbc1"}}, nil,
			"completed info[First.] result<Balance> result=First. copy1=bitcoin:1 copy2=lnbc1"},
		"something to scan": {command.Reply{QR: "bitcoin:1"}, nil, "completed result<Balance> qr=bitcoin:1"},
		"more to scan than a picture holds": {command.Reply{QR: strings.Repeat("x", 4000)}, nil,
			"completed result<Balance> qr=" + strings.Repeat("x", 4000)},
		"a wrong request":         {command.Reply{}, fault.New(fault.Invalid, "test.wrong", nil), "completed error[Wrong.]"},
		"no money":                {command.Reply{}, fault.New(fault.InsufficientFunds, "test.wrong", nil), "completed error[Wrong.]"},
		"a suggestion is no code": {command.Reply{Next: []command.Suggestion{{Text: "confirm k7fw", Label: "button.confirm"}}}, nil, "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			v.town.do = func(command.Request) (command.Reply, error) { return tt.reply, tt.err }
			if got := short(v.step("balance", "", "execute", "")); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	for condition, kind := range map[string]fault.Kind{"forbidden": fault.NotAllowed, "internal-server-error": fault.Internal} {
		v.town.do = func(command.Request) (command.Reply, error) {
			return command.Reply{}, fault.New(kind, "test.wrong", nil)
		}
		if got := outcome(v.asks("set", ann, domain, does("balance", "", "", ""), ""), nil); got != "error "+condition {
			t.Errorf("got %s, want %s", got, condition)
		}
	}
}

func TestChoices(t *testing.T) {
	v := visiting(t)
	e := v.asks("set", ann, domain, does("set", "", "", ""), "")
	session := e.Children[0].Value("sessionid")
	v.same(e, `<iq type='result'><command xmlns='`+commandsNS+`' node='set' sessionid='`+session+`' status='executing' xml:lang='en'>
<actions execute='complete'><complete/></actions>
<x xmlns='jabber:x:data' type='form'><title>Settings</title>
<field type='list-single' var='unit' label='Unit'><option label='satoshi'><value>sat</value></option><option label='bitcoin'><value>btc</value></option>
<value>sat</value><required/></field>
<field type='boolean' var='loud' label='Loud'><value>false</value></field></x></command></iq>`)
	for name, tt := range map[string]struct{ inside, want, asks string }{
		"chosen":                   {submits("unit=btc", "loud=1"), "completed", "set map[loud:yes unit:btc]"},
		"chosen, and not":          {submits("unit=btc", "loud=false"), "completed", "set map[loud:no unit:btc]"},
		"chosen, and nothing said": {submits("unit=btc"), "completed", "set map[unit:btc]"},
		"what was not on offer":    {submits("unit=doge"), "executing complete(complete) error[Unit is not one of the choices.] form<Settings> unit=doge loud=false", ""},
		"neither yes nor no":       {submits("unit=sat", "loud=perhaps"), "executing complete(complete) error[Loud is not one of the choices.] form<Settings> unit=sat loud=false", ""},
		"two values are not one":   {"<x xmlns='jabber:x:data'><field var='unit'><value>sat</value><value>btc</value></field></x>", "executing complete(complete) error[Unit is not one of the choices.] form<Settings> unit=sat\nbtc loud=false", ""},
		"a form without its type":  {"<x xmlns='jabber:x:data'><reported><field var='unit'/></reported><field var='unit' type='list-single'><value>btc</value></field></x>", "completed", "set map[unit:btc]"},
		"fields of other forms":    {submits("unit=btc", "FORM_TYPE=x", "admin=1"), "completed", "set map[unit:btc]"},
		"a field that has no name": {"<x xmlns='jabber:x:data'><field><value>1</value></field><field><value>2</value></field><field var='unit'><value>btc</value></field></x>", "completed", "set map[unit:btc]"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			if got := short(v.step("set", session, "", tt.inside)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := requests(v.town.asked()); got != tt.asks {
				t.Errorf("asked %q, want %q", got, tt.asks)
			}
		})
	}
}

// A session is in one language: the stanza's, else the account's.
func TestLanguageOfACommand(t *testing.T) {
	v := visiting(t)
	paying(v)
	for name, tt := range map[string]struct{ from, lang, attr, want string }{
		"the stanza's":             {ann, "fr-CA", "", "Payer"},
		"the account's":            {bob, "", "", "Payer"},
		"the stanza's comes first": {bob, "en", "", "Pay"},
		"the command's":            {ann, "", " xml:lang='fr'", "Payer"},
		"one that nobody speaks":   {bob, "tlh", "", "Payer"},
		"none":                     {ann, "", "", "Pay"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			payload := strings.Replace(does("pay", "", "", submits("amount=1", "to=bob")), " node=", tt.attr+" node=", 1)
			e := v.asks("set", tt.from, domain, payload, tt.lang).Children[0]
			x := e.Child(formNS, "x")
			if title, recap := x.ChildText(formNS, "title"), x.ChildText(formNS, "instructions"); title != tt.want || !strings.HasPrefix(recap, tt.want+" ") {
				t.Errorf("%q, %q", title, recap)
			}
			if said := e.Value("lang"); !strings.HasPrefix(tt.want, map[string]string{"en": "Pay", "fr": "Payer"}[said]) {
				t.Errorf("said to be %q", said)
			}
		})
	}
}

// A step sent again is the same request; a form mended is another.
func TestKeysOfSteps(t *testing.T) {
	v := visiting(t)
	key := func(node, session, inside string) string {
		v.step(node, session, "", inside)
		asked := v.town.asked()
		if len(asked) != 1 || asked[0].ID == "" {
			t.Fatalf("asked %v", asked)
		}
		return asked[0].ID
	}
	one := v.step("pay", "", "", "").Value("sessionid")
	two := v.step("pay", "", "", "").Value("sessionid")
	if one == two {
		t.Fatal("two sessions have one id")
	}
	first := key("pay", one, submits("amount=1", "to=bob"))
	for name, tt := range map[string]struct {
		key  string
		same bool
	}{
		"the same again":          {key("pay", one, submits("to=bob", "amount=1")), true},
		"mended":                  {key("pay", one, submits("amount=2", "to=bob")), false},
		"moved between fields":    {key("pay", one, submits("amount=1", "to=b", "memo=ob")), false},
		"in another session":      {key("pay", two, submits("amount=1", "to=bob")), false},
		"another command":         {key("balance", one, ""), false},
		"by itself":               {key("balance", "", ""), false},
		"by itself, without form": {key("pay", "", submits("amount=1", "to=bob")), false},
	} {
		if (tt.key == first) != tt.same {
			t.Errorf("%s: %q and %q", name, first, tt.key)
		}
	}
	if sent, again := key("balance", "", ""), key("balance", "", ""); sent != again {
		t.Error("a stanza that was sent twice is two requests")
	}
}

// Registering is a command, too, under the name where clients look for it.
func TestRegisterAsCommand(t *testing.T) {
	v := visiting(t)
	e := v.step("jabber:iq:register", "", "", "")
	if got := short(e); got != "executing complete(complete) form<Register> name" || e.Value("node") != "jabber:iq:register" {
		t.Errorf("%s at %s", got, e.Value("node"))
	}
	v.step("jabber:iq:register", e.Value("sessionid"), "", submits("name=carl"))
	if got := requests(v.town.asked()); got != "register map[name:carl]" {
		t.Errorf("asked %s", got)
	}
}

// What a command does to the roster is seen after its end.
func TestTheRosterFollowsACommand(t *testing.T) {
	v := visiting(t)
	v.town.do = func(command.Request) (command.Reply, error) {
		return command.Reply{Greet: []wallet.Contact{{Kind: wallet.AddressContact, Node: coinNode, Name: coin}}, Part: []string{"bob"}}, nil
	}
	v.says(`<iq type='set' from='` + ann + `/x' to='` + domain + `' id='q1'>` + does("balance", "", "", "") + `</iq>`)
	for _, want := range []string{"iq result " + domain, "presence subscribe " + coinJID,
		"presence unsubscribe bob@" + domain, "presence unsubscribed bob@" + domain, "presence unavailable bob@" + domain} {
		e := v.hears()
		if got := e.Name.Local + " " + e.Value("type") + " " + e.Value("from"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A command at a contact is asked of the desk there.
func TestCommandAtAContact(t *testing.T) {
	v := visiting(t)
	v.asks("set", ann, "bob@"+domain, does("balance", "", "", ""), "fr")
	asked := v.town.asked()
	if len(asked) != 1 || asked[0].At != "bob" || asked[0].User != ann || asked[0].Lang != "fr" {
		t.Errorf("asked %+v", asked)
	}
}
