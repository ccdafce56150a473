package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// client is who asks: the address of the connection, or what a proxy of ours
// says of it.
func (d *Door) client(r *http.Request) netip.Prefix {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	ip := at.Addr().Unmap().WithZone("")
	if err == nil {
		ip = d.forwarded(ip, r.Header.Values("X-Forwarded-For"))
	}
	return household(ip)
}

// household is whom an address stands for: IPv6 counts by its first 64 bits.
func household(ip netip.Addr) netip.Prefix {
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.WithZone("").Prefix(bits) // the zero Prefix for a connection without address
	return p
}

// forwarded returns ip if it is not a proxy of ours. Else it reads
// X-Forwarded-For from its end, where our proxies wrote: the first address
// that is none of theirs is the one that they saw. What stands before it
// anybody can have written.
func (d *Door) forwarded(ip netip.Addr, headers []string) netip.Addr {
	list := strings.Split(strings.Join(headers, ","), ",")
	for i := len(list) - 1; i >= 0 && d.isProxy(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(list[i]))
		if err != nil {
			break
		}
		ip = next.Unmap().WithZone("")
	}
	return ip
}

func (d *Door) isProxy(ip netip.Addr) bool {
	for _, p := range d.o.Proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
