package component

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A content id names the bytes by their hash (XEP-0231), so any instance
// can say what it stands for.
const (
	bobPrefix = "sha1+"
	bobSuffix = "@bob.xmpp.org"
)

// bobAge is for how many seconds a picture may be kept by who got it. What a
// hash stands for never changes.
const bobAge = "2592000"

// bobCID is the content id of a PNG.
func bobCID(png []byte) string {
	sum := sha1.Sum(png)
	return bobPrefix + hex.EncodeToString(sum[:]) + bobSuffix
}

// bobData is a PNG in a stanza (XEP-0231).
func bobData(png []byte) *Element {
	return El(nsBob, "data").Says(base64.StdEncoding.EncodeToString(png)).
		With("cid", bobCID(png)).With("type", "image/png").With("max-age", bobAge)
}

// bobHash is the SHA-1 that a content id holds, "" if it is none of ours.
func bobHash(cid string) string {
	hash, ok := strings.CutSuffix(cid, bobSuffix)
	if !ok {
		return ""
	}
	if hash, ok = strings.CutPrefix(hash, bobPrefix); !ok || len(hash) != 2*sha1.Size {
		return ""
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return ""
	}
	return strings.ToLower(hash)
}

// bob gives out a picture by its content id (XEP-0231): the contact's own,
// or one drawn of late. Whoever knows the hash has seen the picture named.
func bob(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	t, err := c.target(ctx, q)
	if err != nil {
		return nil, err
	}
	hash := bobHash(q.Child(nsBob, "data").Value("cid"))
	if hash == "" {
		return nil, errNotFound
	}
	p := drawn.byHash(hash)
	if p == nil {
		if p, err = portrait(t); err != nil {
			return nil, err
		}
	}
	if p == nil || p.hash != hash {
		return nil, errNotFound
	}
	return bobData(p.png), nil
}
