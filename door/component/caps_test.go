package component

import (
	"encoding/xml"
	"strings"
	"testing"
)

// element reads XML as the wire does.
func element(t *testing.T, text string) *Element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if start, ok := tok.(xml.StartElement); ok {
			e, err := readElement(d, &start)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			return e
		}
	}
}

// The two examples of XEP-0115, §5.2 and §5.3.
func TestCapsHash(t *testing.T) {
	for name, tt := range map[string]struct{ info, want string }{
		"a simple one": {`
<query xmlns='http://jabber.org/protocol/disco#info' node='http://code.google.com/p/exodus#QgayPKawpkPSDYmwT/WM94uAlu0='>
  <identity category='client' name='Exodus 0.9.1' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/>
  <feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/muc'/>
</query>`, "QgayPKawpkPSDYmwT/WM94uAlu0="},
		"with two languages and a form": {`
<query xmlns='http://jabber.org/protocol/disco#info' node='http://psi-im.org#q07IKJEyjvHSyhy//CH0CxmKi8w='>
  <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/>
  <feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/muc'/>
  <x xmlns='jabber:x:data' type='result'>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
    <field var='ip_version'><value>ipv4</value><value>ipv6</value></field>
    <field var='os'><value>Mac</value></field>
    <field var='os_version'><value>10.5.1</value></field>
    <field var='software'><value>Psi</value></field>
    <field var='software_version'><value>0.11</value></field>
  </x>
</query>`, "q07IKJEyjvHSyhy//CH0CxmKi8w="},
		"in another order it is the same": {`
<query xmlns='http://jabber.org/protocol/disco#info'>
  <x xmlns='jabber:x:data' type='result'>
    <field var='software_version'><value>0.11</value></field>
    <field var='ip_version'><value>ipv6</value><value>ipv4</value></field>
    <field var='os'><value>Mac</value></field>
    <field var='software'><value>Psi</value></field>
    <field var='os_version'><value>10.5.1</value></field>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
  </x>
  <x xmlns='jabber:x:data' type='result'><field var='of'><value>no type</value></field></x>
  <feature var='http://jabber.org/protocol/muc'/>
  <feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/caps'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
</query>`, "q07IKJEyjvHSyhy//CH0CxmKi8w="},
	} {
		t.Run(name, func(t *testing.T) {
			if got := capsHash(element(t, tt.info)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
