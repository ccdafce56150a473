package httpserve

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are those whose X-Forwarded-For is believed.
type Proxies []netip.Prefix

// Client is who asks: the address of the connection, or what a proxy of ours
// says of it. It is the zero Addr for a connection without address.
func (p Proxies) Client(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	ip := at.Addr().Unmap().WithZone("")
	if err != nil {
		return ip
	}
	return p.forwarded(ip, r.Header.Values("X-Forwarded-For"))
}

// forwarded returns ip if it is not a proxy of ours. Else it reads
// X-Forwarded-For from its end, where our proxies wrote: the first address
// that is none of theirs is the one that they saw. What stands before it
// anybody can have written.
func (p Proxies) forwarded(ip netip.Addr, headers []string) netip.Addr {
	list := strings.Split(strings.Join(headers, ","), ",")
	for i := len(list) - 1; i >= 0 && p.Has(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(list[i]))
		if err != nil {
			break
		}
		ip = next.Unmap().WithZone("")
	}
	return ip
}

// Has reports whether an address is a proxy of ours.
func (p Proxies) Has(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}
