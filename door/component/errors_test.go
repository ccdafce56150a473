package component_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/fault"
)

func TestEveryFaultIsAStanzaError(t *testing.T) {
	d := open(t, func(_ *component.Config, k *desk) {
		k.faults = map[string]error{}
		for _, kind := range fault.Kinds {
			k.faults[strings.ReplaceAll(kind.String(), " ", "-")] = fault.New(kind, "fault.short", nil)
		}
	})
	for kind, want := range map[fault.Kind]string{
		fault.Internal:          "error 1 wait internal-server-error text",
		fault.Invalid:           "error 1 modify not-acceptable text",
		fault.NotFound:          "error 1 cancel item-not-found text",
		fault.NotAllowed:        "error 1 auth forbidden text",
		fault.Conflict:          "error 1 cancel conflict text",
		fault.InsufficientFunds: "error 1 modify policy-violation text",
		fault.Unavailable:       "error 1 wait resource-constraint text",
	} {
		t.Run(kind.String(), func(t *testing.T) {
			d.t = t
			at := strings.ReplaceAll(kind.String(), " ", "-")
			d.says(strings.Replace(iq("get", "1", "<ping xmlns='urn:xmpp:ping'/>"), "to='", "to='"+at+"@", 1))
			e := d.hears()
			if got := answer(e); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			words := e.Child("", "error").ChildText("urn:ietf:params:xml:ns:xmpp-stanzas", "text")
			if kind == fault.Internal && !strings.HasPrefix(words, "Oops, ") || kind != fault.Internal && words != "Not enough." {
				t.Errorf("it says %q", words)
			}
		})
	}
	if len(fault.Kinds) != 7 {
		t.Errorf("%d kinds of fault, 7 in this table", len(fault.Kinds))
	}
}
