package e2e_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// noPictureWaits has somebody look at each picture that the gateway draws. All are long
// texts in one element, in a long stanza; none waits in the server's parser until
// somebody says more, and each arrives whole.
func noPictureWaits(t *testing.T, h *house) {
	still := h.alive(t)
	ann := h.rich(t, "pictures-ann", 1000)
	bob := h.member(t, "pictures-bob")
	contact := ann.address() + "@" + ann.gateway
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ask := func(to, kind, payload string) xmppclient.Stanza {
		t.Helper()
		e, err := ann.IQ(ctx, to, kind, payload)
		if err != nil {
			t.Fatalf("%s %s: %v", to, payload, err)
		}
		if _, err := bob.IQ(ctx, bob.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>"); err != nil {
			t.Fatalf("after %s %s nobody else is answered: %v", to, payload, err)
		}
		return xmppclient.Stanza{Element: e}
	}
	const commands = "<command xmlns='http://jabber.org/protocol/commands' node='address' "
	session := ask(ann.gateway, "set", commands+"action='execute'/>").Child("command").Attribute("sessionid")
	form := ask(ann.gateway, "set", commands+"action='complete' sessionid='"+session+"'><x xmlns='jabber:x:data' type='submit'/></command>")
	_, after, found := strings.Cut(form.String(), "cid:")
	if !found {
		t.Fatalf("no picture in %s", form)
	}
	cid, _, _ := strings.Cut(after, "<")
	for _, c := range []struct{ name, to, payload, until string }{
		{"an address's vCard", contact, "<vCard xmlns='vcard-temp'/>", "BINVAL"},
		{"an address's avatar", contact, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'/></pubsub>", "data"},
		{"a form's picture", ann.gateway, "<data xmlns='urn:xmpp:bob' cid='" + cid + "'/>", "data"},
	} {
		most := 0
		for range 10 {
			answer := ask(c.to, "get", c.payload)
			text := innermost(answer.Element, c.until)
			png, err := base64.StdEncoding.DecodeString(text)
			if err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
				t.Fatalf("%s: %v in %.300s", c.name, err, answer)
			}
			most = max(most, len(answer.String()))
		}
		t.Logf("%-20s 10 of 10 answered, %d bytes", c.name, most)
	}
	t.Logf("%-20s answered, %d bytes", "the form", len(form.String()))
	still()
}

// innermost is the text of the first element of that name with any.
func innermost(e *xmppclient.Element, name string) string {
	if e.XMLName.Local == name && strings.TrimSpace(e.Text) != "" {
		return strings.TrimSpace(e.Text)
	}
	for i := range e.Children {
		if text := innermost(e.Children[i], name); text != "" {
			return text
		}
	}
	return ""
}
