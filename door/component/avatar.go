package component

import (
	"context"
	"encoding/base64"
	"strconv"

	"github.com/bitcoim/bitcoim/wallet"
)

// photoHash is the SHA-1 of a contact's picture in hex, as its presence tells
// it (XEP-0153), "" for a contact without one.
func photoHash(t wallet.Contact) string {
	p, err := portrait(t)
	if err != nil || p == nil {
		return ""
	}
	return p.hash
}

// avatar gives a contact's picture to clients that look for it in a pubsub
// node (XEP-0084). No other node is there.
func avatar(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	t, err := c.target(ctx, q)
	if err != nil {
		return nil, err
	}
	items := q.Child(nsPubsub, "pubsub").Child(nsPubsub, "items")
	if items == nil {
		return nil, errUnavailable
	}
	p, err := portrait(t)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errNotFound
	}
	var content *Element
	switch items.Value("node") {
	case nsAvatarData:
		content = El(nsAvatarData, "data").Says(base64.StdEncoding.EncodeToString(p.png))
	case nsAvatarMeta:
		side := strconv.Itoa(p.side)
		content = El(nsAvatarMeta, "metadata", El(nsAvatarMeta, "info").
			With("bytes", strconv.Itoa(len(p.png))).With("id", p.hash).
			With("width", side).With("height", side).With("type", "image/png"))
	default:
		return nil, errNotFound
	}
	answer := El(nsPubsub, "items").With("node", items.Value("node"))
	if wants(items, p.hash) {
		answer.Add(El(nsPubsub, "item", content).With("id", p.hash))
	}
	return El(nsPubsub, "pubsub", answer), nil
}

// wants reports whether a request for items means the one with that id
// (XEP-0060 §6.5.8): it names it, or names none.
func wants(items *Element, id string) bool {
	named := false
	for _, e := range items.Children {
		if e.Name.Local == "item" {
			if e.Value("id") == id {
				return true
			}
			named = true
		}
	}
	return !named
}
