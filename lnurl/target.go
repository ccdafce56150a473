package lnurl

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/fault"
)

// Target is where to ask for an offer.
type Target struct {
	URL     string // https
	Host    string // of the URL: LUD-06 wants it to be shown
	Address string // the Lightning Address (LUD-16) that was given, or ""
}

// Lengths in bytes.
const (
	longestText = 4096 // of what Parse reads
	longestURL  = 2048
	longestName = 64 // of a Lightning Address
)

// schemes of LUD-17 for something else than paying.
var otherSchemes = map[string]string{"lnurlw": "withdraw", "lnurlc": "channel", "keyauth": "login"}

// otherTags of LUD-01 that stand in the URL itself.
var otherTags = map[string]string{"withdrawRequest": "withdraw", "channelRequest": "channel", "hostedChannelRequest": "channel", "login": "login"}

// Is reports whether text means to be an LNURL or a Lightning Address, so
// that an error of Parse is worth to be shown.
func Is(text string) bool {
	text = strings.ToLower(trimScheme(strings.TrimSpace(text)))
	scheme, _, _ := strings.Cut(text, ":")
	return strings.HasPrefix(text, "lnurl1") || scheme == "lnurlp" || otherSchemes[scheme] != "" || IsAddress(text)
}

// IsAddress reports whether text has the form of a Lightning Address
// (LUD-16): name@domain, in any case. It may be a JID as well.
func IsAddress(text string) bool {
	_, _, ok := splitAddress(text)
	return ok
}

// Parse reads an LNURL as people paste it: in bech32 (LUD-01), with or without
// "lightning:" before it or as the lightning parameter of a web address, as
// lnurlp:// (LUD-17), or as a Lightning Address (LUD-16). Its errors are
// lnurl.syntax, lnurl.kind and lnurl.onion.
func Parse(text string) (Target, error) {
	text = strings.TrimSpace(text)
	if len(text) > longestText {
		return Target{}, notOne(text)
	}
	body := trimScheme(text)
	if name, domain, ok := splitAddress(body); ok {
		t, err := target("https://"+domain+"/.well-known/lnurlp/"+name, text)
		t.Address = name + "@" + domain
		return t, err
	}
	if hasPrefix(body, "lnurl1") {
		return decode(body, text)
	}
	scheme, rest, _ := strings.Cut(body, ":")
	switch scheme = strings.ToLower(scheme); {
	case otherSchemes[scheme] != "":
		return Target{}, ErrLNURL.New(fault.Invalid, "lnurl.kind", fault.Args{"tag": otherSchemes[scheme]})
	case scheme == "lnurlp":
		return target("https://"+strings.TrimLeft(rest, "/"), text)
	case scheme == "https":
		if u, err := url.Parse(body); err == nil {
			if inner := u.Query().Get("lightning"); hasPrefix(inner, "lnurl1") {
				return decode(inner, text)
			}
		}
	}
	return Target{}, notOne(text)
}

// Encode writes address as an LNURL in capitals, as QR codes want it (LUD-01).
func Encode(address string) (string, error) {
	out, err := bech32.EncodeFromBase256("lnurl", []byte(address))
	return strings.ToUpper(out), err
}

func decode(text, given string) (Target, error) {
	prefix, words, version, err := bech32.DecodeNoLimitWithVersion(text)
	if err != nil || prefix != "lnurl" || version != bech32.Version0 {
		return Target{}, notOne(given)
	}
	address, err := bech32.ConvertBits(words, 5, 8, false)
	if err != nil {
		return Target{}, notOne(given)
	}
	return target(string(address), given)
}

// target checks the URL that was found in what was given.
func target(address, given string) (Target, error) {
	u, ok := parseURL(address)
	if !ok {
		return Target{}, notOne(given)
	}
	if strings.HasSuffix(u.Hostname(), ".onion") {
		return Target{}, ErrLNURL.New(fault.Invalid, "lnurl.onion", fault.Args{"host": u.Hostname()})
	}
	if u.Scheme != "https" {
		return Target{}, notOne(given)
	}
	if kind := otherTags[u.Query().Get("tag")]; kind != "" {
		return Target{}, ErrLNURL.New(fault.Invalid, "lnurl.kind", fault.Args{"tag": kind})
	}
	return Target{URL: u.String(), Host: u.Host}, nil
}

// parseURL reads an https or http URL with a host in ASCII, in lower case,
// without user and fragment.
func parseURL(text string) (*url.URL, bool) {
	if len(text) > longestURL {
		return nil, false
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return nil, false
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" || u.User != nil || u.Fragment != "" {
		return nil, false
	}
	u.Host = strings.ToLower(u.Host)
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && !isDomain(u.Hostname()) {
		return nil, false
	}
	return u, true
}

// splitAddress cuts a Lightning Address, in lower case. Its domain may have a
// port.
func splitAddress(text string) (name, domain string, ok bool) {
	name, domain, ok = strings.Cut(strings.ToLower(text), "@")
	host, port, hasPort := strings.Cut(domain, ":")
	if !ok || name == "" || len(name) > longestName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != "" ||
		strings.Trim(name, ".") == "" || !isDomain(host) || !strings.Contains(host, ".") {
		return "", "", false
	}
	if hasPort && (port == "" || len(port) > 5 || port[0] == '0' || strings.Trim(port, "0123456789") != "") {
		return "", "", false
	}
	return name, domain, true
}

// isDomain reports whether name is a host name in ASCII that no program takes
// for a number.
func isDomain(name string) bool {
	if len(name) > 253 {
		return false
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return last[0] < '0' || last[0] > '9'
}

func trimScheme(text string) string {
	if hasPrefix(text, "lightning:") {
		return strings.TrimLeft(text[len("lightning:"):], "/")
	}
	return text
}

func hasPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func notOne(text string) error {
	return ErrLNURL.New(fault.Invalid, "lnurl.syntax", fault.Args{"text": clean(text, 80)})
}
