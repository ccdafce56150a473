package component

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/wallet"
)

// alwaysFeatures are what the gateway and its contacts do outside of iqs, or
// inside of other payloads.
var alwaysFeatures = []string{
	nsCaps,
	nsForm,
	nsRSM,
	nsMedia,
	nsReceipts,
	nsChatStates,
	nsCorrect,
	nsOriginID,
	nsReply,
	nsNick,
	nsHints,
	nsRetract,
	"urn:xmpp:delay",
	"jid\\20escaping", // XEP-0106
}

// features is what a contact of that kind can do, in order.
func features(kind wallet.ContactKind) []string {
	all := slices.Clone(alwaysFeatures)
	for _, s := range services {
		if s.Feature != "" && (kind == wallet.GatewayContact || !gatewayOnly[s.Feature]) {
			all = append(all, s.Feature)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// identity says what something is (XEP-0030 §3.1), from the registry of
// categories and types. No "bitcoin" is registered below gateway; clients
// look at the category.
func identity(category, kind, name string) *Element {
	return El(nsInfo, "identity").With("category", category).With("type", kind).With("name", name)
}

// info is an answer to disco#info.
func info(node string, identities []*Element, features []string, forms ...*Element) *Element {
	e := El(nsInfo, "query").With("node", node).Add(identities...)
	for _, f := range features {
		e.Add(El(nsInfo, "feature").With("var", f))
	}
	return e.Add(forms...)
}

// contactInfo is what a contact is and can do. Without a name it is the same
// for all of a kind.
func (c *Component) contactInfo(t wallet.Contact, node, name string) *Element {
	can := features(t.Kind)
	switch t.Kind {
	case wallet.AddressContact:
		return info(node, []*Element{identity("hierarchy", "branch", name)}, can)
	case wallet.UserContact:
		return info(node, []*Element{identity("account", "registered", name)}, can)
	}
	return info(node, c.gatewayNames(), can, c.infoForms()...)
}

// gatewayNames is the gateway's identity in each of the operator's languages,
// so that it is the same for every reader.
func (c *Component) gatewayNames() []*Element {
	var all []*Element
	var done []string
	for _, tag := range append(slices.Clone(c.cfg.Languages), "") {
		lang := c.match(tag)
		if slices.Contains(done, lang) || (tag == "" && len(done) > 0) {
			continue
		}
		done = append(done, lang)
		name := c.words("", lang).Say("disco.name", map[string]any{"name": c.cfg.Name})
		all = append(all, identity("gateway", "bitcoin", name).With("lang", lang))
	}
	return all
}

// discoInfo says what the gateway, a contact or one of their nodes is
// (XEP-0030 §3).
func discoInfo(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	t, err := c.target(ctx, q)
	if err != nil {
		return nil, err
	}
	node := q.Child(nsInfo, "query").Value("node")
	if node == "" {
		return c.contactInfo(t, "", t.Name), nil
	}
	if node == c.capsOf(t.Kind) {
		return c.contactInfo(t, node, ""), nil
	}
	at, err := c.place(ctx, q, t, node)
	if err != nil {
		return nil, err
	}
	return info(node, []*Element{identity(at.category, at.kind, at.name)}, at.features), nil
}

// discoItems lists what belongs to the gateway, a contact or one of their
// nodes (XEP-0030 §4), a page at a time.
func discoItems(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	t, err := c.target(ctx, q)
	if err != nil {
		return nil, err
	}
	query := q.Child(nsItems, "query")
	node := query.Value("node")
	at, err := c.place(ctx, q, t, node)
	if err != nil {
		return nil, err
	}
	var items []*Element
	if at.items != nil {
		if items, err = at.items(ctx); err != nil {
			return nil, err
		}
	}
	return page(El(nsItems, "query").With("node", node), query.Child(nsRSM, "set"), items)
}

// item is one of disco#items.
func item(jid, node, name string) *Element {
	return El(nsItems, "item").With("jid", jid).With("node", node).With("name", name)
}
