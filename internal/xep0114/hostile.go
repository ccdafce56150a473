package xep0114

import (
	"fmt"
	"strings"
)

// Stanza is one that an ordinary user may send to a component. In XML, {to}
// stands for the component's domain and {id} for an id of the sender's
// choice; there is no from, which is the server's to add. A server may end the
// sender's stream for others than the broken ones, too: for their size (Prosody
// at 256 KiB) or depth (ejabberd). The sender is to connect again.
type Stanza struct {
	Name     string
	XML      string
	Resource string // the sender is to bind this resource; "" means any
	Broken   bool   // no well-formed XML, or forbidden in XMPP: every server ends the stream of who sends it
}

// For returns the stanza addressed to a component.
func (s Stanza) For(to, id string) string {
	return strings.NewReplacer("{to}", to, "{id}", id).Replace(s.XML)
}

// From returns what a server makes of the stanza: it adds who sent it.
func (s Stanza) From(from, to, id string) string {
	xml := s.For(to, id)
	at := strings.IndexAny(xml, " \t\n/>")
	return xml[:at] + " from='" + from + "'" + xml[at:]
}

const streams = "http://etherx.jabber.org/streams"

func message(name, children string) Stanza {
	return Stanza{Name: name, XML: "<message type='chat' to='{to}' id='{id}'>" + children + "</message>"}
}

func iq(name, kind, children string) Stanza {
	return Stanza{Name: name, XML: "<iq type='" + kind + "' to='{to}' id='{id}'>" + children + "</iq>"}
}

func raw(name, xml string) Stanza { return Stanza{Name: name, XML: xml} }

func broken(s Stanza) Stanza { s.Broken = true; return s }

func bound(s Stanza, resource string) Stanza { s.Resource = resource; return s }

// nested is n elements inside each other.
func nested(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d='x'", i)
	}
	return b.String()
}

// Hostile is what has ended the stream of some component, or could. After
// each of them a component must still answer.
var Hostile = []Stanza{
	// Elements of the stream's namespace.
	message("stream element as child", "<body>x</body><foo xmlns='"+streams+"'/>"),
	message("stream element as grandchild", "<x xmlns='urn:x'><foo xmlns='"+streams+"'/></x>"),
	message("stream element four levels down", "<x xmlns='urn:x'><y><z><foo xmlns='"+streams+"'>t</foo></z></y></x>"),
	message("stream error as child", "<error xmlns='"+streams+"'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>"),
	message("stream start as child", "<stream xmlns='"+streams+"'/>"),
	message("stream element by the stream's prefix", "<body>x</body><stream:foo xmlns:stream='"+streams+"'/>"),
	message("stream element by another prefix", "<x xmlns='urn:x' xmlns:s='"+streams+"'><s:features/></x>"),
	message("stream namespace from an element of another", "<p:x xmlns:p='urn:x' xmlns='"+streams+"'><features/></p:x>"),
	message("stream namespace with references", "<foo xmlns='&#104;ttp://etherx.jabber.org/stream&#x73;'/>"),
	iq("stream element in a query", "get", "<query xmlns='http://jabber.org/protocol/disco#info'><error xmlns='"+streams+"'/></query>"),
	raw("stream element in a presence", "<presence to='{to}' id='{id}'><stream xmlns='"+streams+"'/></presence>"),

	// Addresses that servers accept and stricter profiles do not.
	raw("euro sign as local part", "<presence type='subscribe' to='€@{to}' id='{id}'/>"),
	raw("smiley as local part", "<message to='☺@{to}' id='{id}'><body>help</body></message>"),
	raw("tatweel as local part", "<iq type='get' to='\u0640@{to}' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("new emoji as resource", "<message to='bob@{to}/\U0001FAE9' id='{id}'><body>help</body></message>"),
	raw("soft hyphen as resource", "<message to='bob@{to}/a\u00ADb' id='{id}'><body>help</body></message>"),
	bound(message("from a new emoji", "<body>help</body>"), "\U0001FAE9"),
	bound(message("from a soft hyphen", "<body>help</body>"), "a\u00ADb"),
	raw("broken escape at the end", `<message to='abc\40@{to}' id='{id}'><body>help</body></message>`),
	raw("escaped address", `<message to='bob\40example.com@{to}' id='{id}'><body>help</body></message>`),
	raw("backslash alone", `<message to='\@{to}' id='{id}'><body>help</body></message>`),
	raw("half an escape", `<message to='a\2@{to}' id='{id}'><body>help</body></message>`),
	raw("escaped backslash chain", `<message to='\5c5c\5c\40\20@{to}' id='{id}'><body>help</body></message>`),
	raw("empty local part", "<message to='@{to}' id='{id}'><body>help</body></message>"),
	raw("empty resource", "<message to='bob@{to}/' id='{id}'><body>help</body></message>"),
	raw("long local part", "<message to='"+strings.Repeat("a", 1023)+"@{to}' id='{id}'><body>help</body></message>"),
	raw("domain in capitals", "<message to='X@{to}/R' id='{id}'><body>help</body></message>"),

	// IQs that are not quite.
	iq("iq get without child", "get", ""),
	raw("iq get as empty element", "<iq type='get' to='{to}' id='{id}'/>"),
	iq("iq set without child", "set", ""),
	iq("iq get with text only", "get", "hello"),
	iq("iq get with blanks only", "get", " \n\t"),
	iq("iq get with two children", "get", "<ping xmlns='urn:xmpp:ping'/><query xmlns='jabber:iq:version'/>"),
	iq("iq error without child", "error", ""),
	iq("iq error with text only", "error", "no"),
	iq("iq error with an unknown condition", "error", "<error type='wait'><nonsense xmlns='urn:nonsense'/></error>"),
	iq("iq result that nobody asked for", "result", "<query xmlns='jabber:iq:version'/>"),
	iq("iq of unknown type", "please", "<ping xmlns='urn:xmpp:ping'/>"),
	raw("iq without type", "<iq to='{to}' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("iq without id", "<iq type='get' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("iq with empty id", "<iq type='get' to='{to}' id=''><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("iq with quotes in its id", `<iq type='get' to='{to}' id='"&apos;&lt;&amp;{id}'><ping xmlns='urn:xmpp:ping'/></iq>`),
	raw("iq with a huge id", "<iq type='get' to='{to}' id='"+strings.Repeat("i", 5000)+"'><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("iq with an enormous id", "<iq type='get' to='{to}' id='"+strings.Repeat("i", 50_000)+"'><ping xmlns='urn:xmpp:ping'/></iq>"),
	iq("unknown query", "get", "<query xmlns='urn:unknown:query'/>"),
	raw("a second type by prefix", "<iq xmlns:a='urn:a' a:type='result' a:id='1' type='get' to='{to}' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"),
	raw("a second id by prefix declaration", "<iq xmlns:id='urn:1' xmlns:type='urn:2' type='get' to='{to}' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"),

	// Messages and presences.
	raw("message of unknown type", "<message type='shout' to='{to}' id='{id}'><body>help</body></message>"),
	raw("presence of unknown type", "<presence type='maybe' to='{to}' id='{id}'/>"),
	raw("message error without child", "<message type='error' to='{to}' id='{id}'/>"),
	raw("presence error with text", "<presence type='error' to='{to}' id='{id}'>no</presence>"),
	message("two bodies", "<body>help</body><body>balance</body>"),
	message("bodies in two languages", "<body xml:lang='en'>help</body><body xml:lang='de'>hilfe</body>"),
	message("9,000 bodies", strings.Repeat("<body>a</body>", 9000)),
	message("body with children", "<body>pay <b>all</b> to <i xmlns='urn:i'>me</i></body>"),
	message("body in a foreign namespace", "<body xmlns='urn:body'>help</body>"),
	message("text between elements", "one<body>help</body>two<subject>s</subject>three"),
	message("references", "<body>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;&#10;&#9;&#13;</body>"),
	message("body of blanks", "<body> \n\t&#13;</body>"),
	message("direction marks and joiners", "<body>\u202e\u2066\u200f\ufeff\u0085\u2028\U0001F468\u200d\U0001F469</body>"),
	message("CDATA", "<body><![CDATA[<pay>&all;]]></body>"),
	message("empty CDATA", "<body><![CDATA[]]></body>"),
	message("language that is none", "<body xml:lang='-- \"not a tag\" &lt;'>help</body>"),
	raw("stanza language that is none", "<message xml:lang='en_US.UTF-8@€' to='{to}' id='{id}'><body>help</body></message>"),
	message("urn:bitcoim:wire forged", "<refused xmlns='urn:bitcoim:wire' reason='forged'/>"),

	// Sizes.
	message("64 levels", nested(63)),
	message("65 levels", nested(64)),
	message("5,000 levels", nested(4999)),
	message("20,000 children", strings.Repeat("<a/>", 20_000)),
	message("body of 256 KiB", "<body>"+strings.Repeat("x", 256<<10)+"</body>"),
	message("body of 200 KiB in references", "<body>"+strings.Repeat("&#65;", 40_000)+"</body>"),
	message("10,000 attributes", "<a"+attributes(10_000)+"/>"),
	message("64 attributes", "<a"+attributes(64)+"/>"),
	message("65 attributes", "<a"+attributes(65)+"/>"),
	raw("10,000 attributes of the stanza", "<message to='{to}' id='{id}'"+attributes(10_000)+"><body>help</body></message>"),
	message("attribute of 5 KB", "<a b='"+strings.Repeat("x", 5<<10)+"'/>"),
	message("attribute of 50 KB", "<a b='"+strings.Repeat("x", 50<<10)+"'/>"),
	message("name of 50 KB", "<"+strings.Repeat("n", 50<<10)+"/>"),
	message("64 namespaces on each of 60 levels", spaces(60)),

	// Namespaces.
	message("xml prefix", "<xml:x xml:space='preserve' xml:y='z'/>"),
	message("prefix that names a namespace", "<a xmlns='evil' xmlns:evil='"+streams+"'><b/></a>"),
	message("prefix bound twice", "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'/><p:c/></p:a>"),
	message("no namespace", "<a xmlns=''><b/></a>"),
	message("stanza inside", "<message xmlns='jabber:client' from='{to}' type='chat'><body>help</body></message>"),
	message("handshake inside", "<handshake xmlns='jabber:component:accept'>0</handshake>"),

	// Payloads that carry or copy others.
	message("carbon copy", "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@{to}' to='{to}' type='chat'><body>pay 1</body></message></forwarded></received>"),
	message("forwarded", "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2011-13-45T99:99:99Z'/><message xmlns='jabber:client'><body>pay 1</body></message></forwarded>"),
	message("delayed", "<body>help</body><delay xmlns='urn:xmpp:delay' from='{to}' stamp='yesterday'/>"),
	raw("groupchat", "<message type='groupchat' to='{to}/nick' id='{id}'><body>help</body><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner'/></x></message>"),
	raw("room presence", "<presence to='{to}/nick' id='{id}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"),
	message("extended addresses", "<addresses xmlns='http://jabber.org/protocol/address'><address type='replyto' jid='€@nowhere'/></addresses><body>help</body>"),
	message("receipt for a receipt", "<request xmlns='urn:xmpp:receipts'/><received xmlns='urn:xmpp:receipts'/>"),

	// Forms and commands.
	iq("form with reported", "set", "<command xmlns='http://jabber.org/protocol/commands' node='pay'><x xmlns='jabber:x:data' type='submit'><reported/><item/><field/></x></command>"),
	iq("text-multi ending in a newline", "set", "<command xmlns='http://jabber.org/protocol/commands' node='pay'><x xmlns='jabber:x:data' type='submit'><field var='a' type='text-multi'><value>b\n</value></field></x></command>"),
	iq("form of unknown field types", "set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='perhaps'><field type='picture' var=''><value/><value/></field></x></query>"),
	iq("command without anything", "set", "<command xmlns='http://jabber.org/protocol/commands'/>"),
	iq("registration with everything twice", "set", "<query xmlns='jabber:iq:register'><remove/><remove/><username/><username/></query>"),

	// What no server passes on, unless it is broken itself.
	broken(message("comment", "<body>a<!-- > -->b</body>")),
	broken(message("processing instruction", "<?php echo '</message>' ?><body>x</body>")),
	broken(message("declaration", "<!DOCTYPE a [<!ENTITY b 'c'>]><body>x</body>")),
	broken(message("unknown entity", "<body>&nbsp;</body>")),
	broken(message("billion laughs", "<body>&lol9;</body>")),
	broken(message("reference to a control character", "<body>&#0;&#1;&#x1B;</body>")),
	broken(message("reference to a surrogate", "<body>&#xD800;&#xDFFF;</body>")),
	broken(message("control characters", "<body>\x01\x1b[2J</body>")),
	broken(message("no UTF-8", "<body>\xff\xfe\xc0\xaf\xed\xa0\x80</body>")),
	broken(message("U+FFFE", "<body>\ufffe</body>")),
	broken(message("]]> in text", "<body>]]></body>")),
	broken(message("attribute twice", "<a b='1' b='2'/>")),
	broken(message("attribute twice by namespace", "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'/>")),
	broken(message("attribute without value", "<a b/>")),
	broken(message("attribute without quotes", "<a b=1/>")),
	broken(message("less-than in a value", "<a b='<'/>")),
	broken(message("unbound prefix", "<p:a/>")),
	broken(message("unbound prefix of an attribute", "<a p:b='1'/>")),
	broken(message("prefix unbound", "<a xmlns:p=''/>")),
	broken(message("xml prefix rebound", "<a xmlns:xml='urn:x'/>")),
	broken(message("xmlns prefix bound", "<a xmlns:xmlns='urn:x'/>")),
	broken(message("two colons", "<a:b:c xmlns:a='urn:x'/>")),
	broken(message("name of a digit", "<1/>")),
	broken(message("crossed tags", "<a><b></a></b>")),
	broken(message("stray markup", "<a< b>></a< b>")),
	broken(raw("two senders", "<message from='alice@localhost' from='bob@localhost' to='{to}' id='{id}'><body>help</body></message>")),
}

// spaces is n elements inside each other, each with 62 namespaces of its own.
func spaces(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("<a")
		for j := range 62 {
			fmt.Fprintf(&b, " xmlns:p%dx%d='u%d'", i, j, j)
		}
		b.WriteString(">")
	}
	b.WriteString(strings.Repeat("</a>", n))
	return b.String()
}
