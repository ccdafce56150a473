package egress

import (
	"net/netip"

	"code.dny.dev/ssrf"
)

var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	reserved4   = netip.MustParsePrefix("240.0.0.0/4")
)

// Public reports whether ip is a public unicast address: none of IANA's
// special-purpose registries (RFC 6890 and what came after). IPv6 must be in
// 2000::/3, so loopback, link-local, unique-local (fc00::/7), multicast, NAT64
// (64:ff9b::/96) and IPv4 inside of IPv6 are not; nor is what has a zone, which
// no prefix contains.
func Public(ip netip.Addr) bool {
	switch {
	case ip.Is4():
		return !within(ip, ssrf.IPv4DeniedPrefixes...)
	case ip.Is6():
		return ssrf.IPv6GlobalUnicast.Contains(ip) && !within(ip, ssrf.IPv6DeniedPrefixes...)
	}
	return false
}

func within(ip netip.Addr, ranges ...netip.Prefix) bool {
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}
