package httpserve

import "net/netip"

// How much of IPv6 somebody has: a household at least 64 bits, and a site of many
// households often 48 (RFC 6177).
const (
	householdBits = 64
	siteBits      = 48
)

// Household is whom an address stands for: IPv6 counts by its first 64 bits.
func ClientPrefix(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = householdBits
	}
	p, _ := ip.Prefix(bits) // the zero Prefix for a connection without address
	return p
}

// Site is the site of an IPv6 address; false for another.
func Site(ip netip.Addr) (netip.Prefix, bool) {
	if ip = ip.Unmap().WithZone(""); !ip.Is6() {
		return netip.Prefix{}, false
	}
	p, _ := ip.Prefix(siteBits)
	return p, true
}
