// Package egress is the way out for everything that a stranger can make us
// dial: a Lightning Address, an LNURL, a beacon. Where a connection may go is
// decided on the address that is really connected to, after DNS, so that no
// name and no way of writing a number leads into our own network.
//
// The rule is "public unicast only, and only on these ports". Exceptions are
// single addresses with their port, listed one by one; there is no switch
// that turns the rule off.
package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// What dialling and fetching can say, besides what the network says.
var (
	ErrForbidden = errors.New("egress: forbidden address")    // nothing was sent
	ErrURL       = errors.New("egress: not a URL to fetch")   // nothing was sent
	ErrRedirect  = errors.New("egress: redirected elsewhere") // and not followed
	ErrTooLong   = errors.New("egress: the answer is too long")
	ErrEncoded   = errors.New("egress: the answer is compressed, and we did not ask for it")
)

// Policy says where connections may go. The zero Policy allows port 443 of
// public addresses.
type Policy struct {
	Ports []uint16                  // of public addresses; none means 443
	Allow []netip.AddrPort          // exceptions: exactly these, and their ports
	Names map[string]netip.AddrPort // names that are not looked up, in lower case: each is one exception
}

// ParseAllow reads the exceptions as the configuration lists them:
// "127.0.0.1:8443", or "pay.example=127.0.0.1:8443" to say in addition that
// this name is there, on whatever port it is asked for.
func ParseAllow(list []string) (Policy, error) {
	p := Policy{Names: map[string]netip.AddrPort{}}
	for _, entry := range list {
		name, where, named := strings.Cut(entry, "=")
		if !named {
			where = entry
		}
		a, err := netip.ParseAddrPort(where)
		if err != nil {
			return Policy{}, fmt.Errorf("egress: %q is not ADDRESS:PORT", where)
		}
		if !mayExcept(a) {
			return Policy{}, fmt.Errorf("egress: %s can not be an exception", a)
		}
		if !named {
			p.Allow = append(p.Allow, a)
			continue
		}
		name = strings.ToLower(name)
		if !isHost(name) || isNumber(name) || p.Names[name].IsValid() {
			return Policy{}, fmt.Errorf("egress: %q is not a name, or is there twice", name)
		}
		p.Names[name] = a
	}
	return p, nil
}

// mayExcept reports whether an address may be listed: one machine, and not
// one of those that a hosting company keeps its keys on.
func mayExcept(a netip.AddrPort) bool {
	ip := a.Addr()
	return a.Port() != 0 && ip.Zone() == "" && !ip.Is4In6() && !ip.IsUnspecified() && !ip.IsMulticast() &&
		!ip.IsLinkLocalUnicast() && (!ip.Is4() || !within(ip, thisNetwork, reserved4))
}

// Check says whether a connection to a may be made: nil, or ErrForbidden with
// the address.
func (p Policy) Check(a netip.AddrPort) error {
	if slices.Contains(p.Allow, a) {
		return nil
	}
	for _, named := range p.Names {
		if named == a {
			return nil
		}
	}
	if !Public(a.Addr()) {
		return fmt.Errorf("%w %s", ErrForbidden, a.Addr())
	}
	ports := p.Ports
	if len(ports) == 0 {
		ports = []uint16{443}
	}
	if !slices.Contains(ports, a.Port()) {
		return fmt.Errorf("%w: port %d", ErrForbidden, a.Port())
	}
	return nil
}
