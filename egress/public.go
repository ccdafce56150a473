package egress

import "net/netip"

var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	reserved4   = netip.MustParsePrefix("240.0.0.0/4")
	global6     = netip.MustParsePrefix("2000::/3") // all that IANA gave out for unicast
)

// special are the ranges of IANA's special-purpose registries (RFC 6890 and
// what came after) that are not somebody's server on the Internet.
var special = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by a provider's customers (CGNAT)
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local, and the metadata of clouds
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.31.196.0/24", // AS112
	"192.52.193.0/24", // AMT
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"192.175.48.0/24", // AS112
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast

	"2001::/23",         // protocol assignments, Teredo, ORCHID
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4: an IPv4 address in disguise
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

func prefixes(list ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(list))
	for i, text := range list {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// Public reports whether ip is a public unicast address. IPv6 must be in
// 2000::/3, so loopback, link-local, unique-local (fc00::/7), multicast, NAT64
// (64:ff9b::/96) and IPv4 inside of IPv6 are not; nor is what has a zone, which
// no prefix contains.
func Public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Is6() && !global6.Contains(ip) {
		return false
	}
	return !within(ip, special...)
}

func within(ip netip.Addr, ranges ...netip.Prefix) bool {
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}
