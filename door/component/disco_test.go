package component_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
)

const (
	infoNS  = "http://jabber.org/protocol/disco#info"
	itemsNS = "http://jabber.org/protocol/disco#items"
	rsm     = "http://jabber.org/protocol/rsm"
	coinJID = coinNode + "@" + domain
)

func query(space, node string) string {
	if node == "" {
		return `<query xmlns='` + space + `'/>`
	}
	return `<query xmlns='` + space + `' node='` + node + `'/>`
}

// outcome is an answer in short: the condition of an error, or what the
// children of the payload are.
func outcome(e *component.Element, say func(*component.Element) string) string {
	if e.Value("type") == "error" {
		return "error " + e.Child("", "error").Children[0].Name.Local
	}
	if len(e.Children) == 0 {
		return ""
	}
	var all []string
	for _, c := range e.Children[0].Children {
		if s := say(c); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}

func TestItems(t *testing.T) {
	v := visiting(t)
	list := func(c *component.Element) string {
		if c.Name.Local != "item" {
			return ""
		}
		s := strings.TrimSuffix(c.Value("jid"), "@"+domain)
		if n := c.Value("node"); n != "" {
			s += " " + n
		}
		return s + " (" + c.Value("name") + ")"
	}
	for name, tt := range map[string]struct{ from, to, node, want string }{
		"a member sees her addresses":        {ann, domain, "", "ann addresses (Your addresses)"},
		"a stranger sees the gateway":        {carl, domain, "", domain + " (Bank)"},
		"an admin sees the users, too":       {root, domain, "", "root addresses (Your addresses), " + domain + " users (Users)"},
		"without a name the JID stands":      {dora, domain, "", `dora\40example.org addresses (Your addresses)`},
		"the users are for admins":           {root, domain, "users", "ann (ann), bob (bob)"},
		"and for nobody else":                {ann, domain, "users", "error forbidden"},
		"there is no such node":              {ann, domain, "cellar", "error item-not-found"},
		"there is no such contact":           {ann, "nobody@" + domain, "", "error item-not-found"},
		"a contact one may not know":         {ann, "dora@" + domain, "", "error item-not-found"},
		"a user looks at herself":            {ann, "ann@" + domain, "", "ann addresses (Your addresses), ann@example.org (Real identity)"},
		"an admin looks at a user":           {root, "ann@" + domain, "", "ann addresses (Their addresses), ann@example.org (Real identity)"},
		"others see nothing there":           {bob, "ann@" + domain, "", ""},
		"her addresses":                      {ann, "ann@" + domain, "addresses", coinNode + " (" + coin + ")"},
		"her addresses, for an admin":        {root, "ann@" + domain, "addresses", coinNode + " (" + coin + ")"},
		"her addresses, for others":          {bob, "ann@" + domain, "addresses", "error forbidden"},
		"users have no users":                {root, "ann@" + domain, "users", "error item-not-found"},
		"the gateway has no addresses":       {ann, domain, "addresses", "error item-not-found"},
		"an address names its owner":         {ann, coinJID, "", "ann (Owner)"},
		"to the owner and admins only":       {bob, coinJID, "", ""},
		"an address in capitals is the same": {ann, strings.ToUpper(coinNode) + "@" + domain, "", "ann (Owner)"},
		"the commands":                       {ann, domain, "http://jabber.org/protocol/commands", domain + " pay (Pay), " + domain + " balance (Balance), " + domain + " set (Settings), " + domain + " register (Register)"},
		"the commands, at a contact":         {ann, "bob@" + domain, "http://jabber.org/protocol/commands", "bob pay (Pay), bob balance (Balance), bob set (Settings), bob register (Register)"},
		"the commands, in a user's language": {bob, domain, "http://jabber.org/protocol/commands", domain + " pay (Payer), " + domain + " balance (Solde), " + domain + " set (Settings), " + domain + " register (Register)"},
		"a command has nothing below":        {ann, domain, "pay", ""},
		"there is no such command":           {ann, domain, "steal", "error item-not-found"},
		"commands of nobody":                 {ann, "nobody@" + domain, "http://jabber.org/protocol/commands", "error item-not-found"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			if got := outcome(v.asks("get", tt.from, tt.to, query(itemsNS, tt.node), ""), list); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIdentities(t *testing.T) {
	v := visiting(t)
	list := func(c *component.Element) string {
		if c.Name.Local != "identity" {
			return ""
		}
		return c.Value("category") + "/" + c.Value("type") + "/" + c.Value("lang") + "/" + c.Value("name")
	}
	for name, tt := range map[string]struct{ from, to, node, want string }{
		"the gateway, in every language": {carl, domain, "", "gateway/bitcoin/en/Bank, gateway/bitcoin/fr/Paiements Bitcoin par XMPP"},
		"an address":                     {ann, coinJID, "", "hierarchy/branch//" + coin},
		"a user":                         {ann, "bob@" + domain, "", "account/registered//bob"},
		"the users":                      {root, domain, "users", "directory/user//Users"},
		"the users, for others":          {ann, domain, "users", "error forbidden"},
		"addresses":                      {ann, "ann@" + domain, "addresses", "hierarchy/branch//Your addresses"},
		"the commands":                   {ann, domain, "http://jabber.org/protocol/commands", "automation/command-list//Commands"},
		"a command":                      {ann, domain, "pay", "automation/command-node//Pay"},
		"registering, by its old name":   {ann, domain, "jabber:iq:register", "automation/command-node//Register"},
		"capabilities of another day":    {ann, domain, "https://github.com/bitcoim/bitcoim#AAAA", "error item-not-found"},
		"nothing":                        {ann, domain, "cellar", "error item-not-found"},
		"nobody":                         {ann, "nobody@" + domain, "", "error item-not-found"},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			if got := outcome(v.asks("get", tt.from, tt.to, query(infoNS, tt.node), ""), list); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFeatures(t *testing.T) {
	v := visiting(t)
	has := func(to string) map[string]bool {
		all := map[string]bool{}
		for _, c := range v.asks("get", ann, to, query(infoNS, ""), "").Children[0].Children {
			if c.Name.Local == "feature" {
				if all[c.Value("var")] {
					t.Errorf("%s says %s twice", to, c.Value("var"))
				}
				all[c.Value("var")] = true
			}
		}
		return all
	}
	gateway, address, user := has(domain), has(coinJID), has("bob@"+domain)
	for _, f := range []string{
		infoNS, itemsNS, "http://jabber.org/protocol/commands", "jabber:x:data", "vcard-temp", "urn:xmpp:bob",
		"jabber:iq:version", "jabber:iq:last", "urn:xmpp:ping", "urn:xmpp:time", "urn:xmpp:receipts",
		"http://jabber.org/protocol/chatstates", "urn:xmpp:message-correct:0", "http://jabber.org/protocol/caps",
		"http://jabber.org/protocol/nick", "urn:xmpp:delay",
	} {
		if !gateway[f] || !address[f] || !user[f] {
			t.Errorf("%s: gateway %v, address %v, user %v", f, gateway[f], address[f], user[f])
		}
	}
	for _, f := range []string{"jabber:iq:register", "jabber:iq:gateway"} {
		if !gateway[f] || address[f] || user[f] {
			t.Errorf("%s: gateway %v, address %v, user %v", f, gateway[f], address[f], user[f])
		}
	}
}

// formOf is a form of an answer to disco#info, as "name=value" texts.
func formOf(e *component.Element, kind string) string {
	for _, x := range e.Children[0].Children {
		var all []string
		for _, f := range x.Children {
			for _, val := range f.Children {
				all = append(all, f.Value("var")+"="+val.Text)
			}
		}
		if len(all) > 0 && all[0] == "FORM_TYPE="+kind {
			return strings.Join(all[1:], " ")
		}
	}
	return ""
}

func TestInfoForms(t *testing.T) {
	v := visiting(t, func(c *component.Config) {
		c.Contacts = component.Contacts{Abuse: []string{"mailto:abuse@example.org", "xmpp:root@example.org"}, Support: []string{"xmpp:help@example.org"}}
	})
	e := v.asks("get", carl, domain, query(infoNS, ""), "fr")
	for kind, want := range map[string]string{
		"http://jabber.org/network/serverinfo": "abuse-addresses=mailto:abuse@example.org abuse-addresses=xmpp:root@example.org support-addresses=xmpp:help@example.org",
		"urn:xmpp:dataforms:softwareinfo":      "software=bitcoim software_version=2.0",
		"urn:xmpp:data-policy:0":               "auth_data=no_auth data_retention=infinite data_deletion=false full_erasure=false access_policy=admins extra_info=Policy.",
	} {
		if got := formOf(e, kind); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
	v = visiting(t)
	if got := formOf(v.asks("get", carl, domain, query(infoNS, ""), ""), "http://jabber.org/network/serverinfo"); got != "" {
		t.Errorf("contacts that nobody configured: %q", got)
	}
}

func TestItemsByThePage(t *testing.T) {
	v := visiting(t)
	v.town.menu = nil
	for i := range 450 {
		v.town.menu = append(v.town.menu, command.Spec{Name: "c" + strconv.Itoa(i)})
	}
	ask := func(set string) string {
		e := v.asks("get", ann, domain, `<query xmlns='`+itemsNS+`' node='http://jabber.org/protocol/commands'>`+set+`</query>`, "")
		if e.Value("type") == "error" {
			return "error " + e.Child("", "error").Children[0].Name.Local
		}
		var names []string
		for _, c := range e.Children[0].Children {
			if c.Name.Local == "item" {
				names = append(names, c.Value("node"))
			}
		}
		s := e.Children[0].Child(rsm, "set")
		got := strconv.Itoa(len(names)) + " of " + s.ChildText(rsm, "count")
		if len(names) > 0 {
			got += ": " + names[0] + " to " + names[len(names)-1] + ", index " + s.Child(rsm, "first").Value("index")
		}
		return got
	}
	id := func(name string) string { return domain + " " + name }
	for name, tt := range map[string]struct{ set, want string }{
		"nobody gets all at once":    {"", "200 of 450: c0 to c199, index 0"},
		"the next page":              {"<set xmlns='" + rsm + "'><max>100</max><after>" + id("c199") + "</after></set>", "100 of 450: c200 to c299, index 200"},
		"the end":                    {"<set xmlns='" + rsm + "'><after>" + id("c440") + "</after></set>", "9 of 450: c441 to c449, index 441"},
		"the last page":              {"<set xmlns='" + rsm + "'><max>10</max><before/></set>", "10 of 450: c440 to c449, index 440"},
		"the page before":            {"<set xmlns='" + rsm + "'><max>10</max><before>" + id("c440") + "</before></set>", "10 of 450: c430 to c439, index 430"},
		"only how many":              {"<set xmlns='" + rsm + "'><max>0</max></set>", "0 of 450"},
		"more than we give":          {"<set xmlns='" + rsm + "'><max>100000</max></set>", "200 of 450: c0 to c199, index 0"},
		"a number that is none":      {"<set xmlns='" + rsm + "'><max>many</max></set>", "200 of 450: c0 to c199, index 0"},
		"less than nothing":          {"<set xmlns='" + rsm + "'><max>-1</max></set>", "200 of 450: c0 to c199, index 0"},
		"after what is gone":         {"<set xmlns='" + rsm + "'><after>gone</after></set>", "error item-not-found"},
		"before and after, crossing": {"<set xmlns='" + rsm + "'><after>" + id("c9") + "</after><before>" + id("c5") + "</before></set>", "0 of 450"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask(tt.set); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Nobody may set what disco says, nor a vCard.
func TestNothingToSet(t *testing.T) {
	v := visiting(t)
	for _, payload := range []string{query(infoNS, ""), query(itemsNS, ""), "<vCard xmlns='vcard-temp'/>", query("jabber:iq:version", "")} {
		if got := outcome(v.asks("set", ann, domain, payload, ""), nil); got != "error service-unavailable" {
			t.Errorf("%s: %s", payload, got)
		}
	}
}
