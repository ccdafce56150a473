package component

import (
	"context"
	"encoding/base64"

	"github.com/bitcoim/bitcoim/wallet"
)

// vcard says who the gateway or a contact is (XEP-0054). A user's real JID is
// there for those who may know it.
func vcard(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	t, err := c.target(ctx, q)
	if err != nil {
		return nil, err
	}
	v := El(nsVCard, "vCard")
	switch t.Kind {
	case wallet.GatewayContact:
		_, say, err := c.listener(ctx, q)
		if err != nil {
			return nil, err
		}
		v.Add(entry("FN", c.cfg.Name), entry("DESC", say.Say("vcard.gateway", nil)), entry("URL", home))
	case wallet.AddressContact:
		v.Add(entry("FN", t.Name), entry("NICKNAME", t.Label), entry("URL", t.URL))
	case wallet.UserContact:
		v.Add(entry("FN", t.RealJID), entry("NICKNAME", t.Name))
	}
	p, err := portrait(t)
	if err != nil {
		return nil, err
	}
	if p != nil {
		v.Add(El(nsVCard, "PHOTO", entry("TYPE", "image/png"),
			entry("BINVAL", base64.StdEncoding.EncodeToString(p.png))))
	}
	return v, nil
}

// entry is a line of a vCard, nil if there is nothing to say.
func entry(name, text string) *Element {
	if text == "" {
		return nil
	}
	return El(nsVCard, name).Says(text)
}
