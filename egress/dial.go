package egress

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// Dialer makes TCP connections that a Policy allows.
type Dialer struct {
	Policy   Policy
	Resolver *net.Resolver // nil: Go's own, which reads /etc/hosts and resolv.conf
	Timeout  time.Duration // of name and connection together; 0 means 5 s
}

// DialContext connects to host:port, over "tcp", "tcp4" or "tcp6". It fits
// http.Transport. What the Policy does not allow is ErrForbidden.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return nil, fmt.Errorf("%w: network %q", ErrForbidden, network)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	address = net.JoinHostPort(host, port)
	if a, named := d.Policy.Names[host]; named {
		address = a.String()
	} else if ip, err := netip.ParseAddr(host); err == nil && ip.Is4In6() || err != nil && (!isHost(host) || isNumber(host)) {
		return nil, fmt.Errorf("%w %q", ErrForbidden, host)
	}
	timeout := d.Timeout
	if timeout == 0 {
		timeout = 5 * time.Second
	}
	dialer := net.Dialer{Timeout: timeout, Resolver: ending(d.Resolver), Control: d.control}
	return dialer.DialContext(ctx, network, address)
}

// control sees each address that is about to be connected to, after DNS.
func (d *Dialer) control(network, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w %q", ErrForbidden, address)
	}
	return d.Policy.Check(a)
}

// isHost reports whether name is a host name in ASCII (RFC 1123 §2.1, and the
// underscore that people use).
func isHost(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// isNumber reports whether the last part of name is a number, decimal, octal
// or hexadecimal: some programs take such a name for an IPv4 address (127.1,
// 0177.0.0.1, 2130706433), and no top-level domain is one.
func isNumber(name string) bool {
	last := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return strings.Trim(last, "0123456789") == "" ||
		strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == ""
}
