package address

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Owner is what somebody has all of: the domain that was registered, the one below
// which a service gives names to everybody, or the site of an IPv6 address (RFC 6177), in
// brackets as in a JID (RFC 7622 §3.2) or without.
func Owner(host string) string {
	literal := host
	if inside, ok := strings.CutPrefix(host, "["); ok {
		literal = strings.TrimSuffix(inside, "]")
	}
	if ip, err := netip.ParseAddr(literal); err == nil {
		if ip.Is6() {
			site, _ := ip.WithZone("").Prefix(48)
			return site.String()
		}
		return host
	}
	host = strings.TrimSuffix(host, ".")
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && strings.Contains(suffix, ".") {
		return suffix // duckdns.org: names there cost nothing
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
