package component

import (
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

const (
	nsCaps   = "http://jabber.org/protocol/caps"
	capsNode = home // names the program, not the installation (XEP-0115 §4)
)

// capsElement says in a presence what t can do (XEP-0115 §4). All contacts of
// a kind have the same: thousands of addresses are asked about once.
func capsElement(c *Component, t wallet.Contact) *Element {
	return El(nsCaps, "c").With("hash", "sha-1").With("node", capsNode).With("ver", c.caps[t.Kind])
}

// capsOf is the node that clients ask about after they saw capsElement.
func (c *Component) capsOf(kind wallet.ContactKind) string {
	return capsNode + "#" + c.caps[kind]
}

// capsOfAll is the verification string of each kind of contact. What goes into
// it, down to the languages, is fixed when the component is made.
func (c *Component) capsOfAll() map[wallet.ContactKind]string {
	all := make(map[wallet.ContactKind]string)
	for _, kind := range []wallet.ContactKind{wallet.GatewayContact, wallet.AddressContact, wallet.UserContact} {
		all[kind] = capsHash(c.contactInfo(wallet.Contact{Kind: kind}, "", ""))
	}
	return all
}

// capsHash is the verification string of an answer to disco#info (XEP-0115
// §5.1): its identities, features and forms, sorted, hashed.
func capsHash(info *Element) string {
	var identities, features []string
	var forms []*Element
	for _, e := range info.Children {
		switch e.Name.Local {
		case "identity":
			identities = append(identities, strings.Join([]string{
				e.Value("category"), e.Value("type"), e.Value("lang"), e.Value("name")}, "/"))
		case "feature":
			features = append(features, e.Value("var"))
		case "x":
			if formTypeOf(e) != "" {
				forms = append(forms, e)
			}
		}
	}
	slices.Sort(identities)
	slices.Sort(features)
	slices.SortFunc(forms, func(a, b *Element) int { return cmp.Compare(formTypeOf(a), formTypeOf(b)) })
	var s strings.Builder
	for _, text := range append(identities, features...) {
		capsText(&s, text)
	}
	for _, x := range forms {
		capsForm(&s, x)
	}
	sum := sha1.Sum([]byte(s.String()))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func capsForm(s *strings.Builder, x *Element) {
	capsText(s, formTypeOf(x))
	fields := slices.Clone(x.Children)
	slices.SortFunc(fields, func(a, b *Element) int { return cmp.Compare(a.Value("var"), b.Value("var")) })
	for _, f := range fields {
		name := f.Value("var")
		if f.Name.Local != "field" || name == "" || name == "FORM_TYPE" {
			continue
		}
		capsText(s, name)
		var values []string
		for _, v := range f.Children {
			if v.Name.Local == "value" {
				values = append(values, v.Text)
			}
		}
		slices.Sort(values)
		for _, v := range values {
			capsText(s, v)
		}
	}
}

// capsText adds one text. Nothing that we say of ourselves has a "<" in it.
func capsText(s *strings.Builder, text string) {
	s.WriteString(text)
	s.WriteByte('<')
}

// formTypeOf is what a form is for, "" if it does not say (XEP-0068).
func formTypeOf(x *Element) string {
	for _, f := range x.Children {
		if f.Value("var") == "FORM_TYPE" {
			return f.ChildText(f.Name.Space, "value")
		}
	}
	return ""
}
