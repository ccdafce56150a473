package egress_test

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"testing"

	"github.com/bitcoim/bitcoim/egress"
)

// forbidden are ways into a network that is not the Internet.
var forbidden = map[string]string{
	"loopback":                       "127.0.0.1",
	"loopback, another":              "127.8.9.10",
	"loopback in IPv6":               "::1",
	"the unspecified address":        "0.0.0.0",
	"this network":                   "0.1.2.3",
	"unspecified in IPv6":            "::",
	"zero":                           "0",
	"one":                            "1",
	"loopback as a decimal":          "2130706433",
	"loopback as a hexadecimal":      "0x7f000001",
	"loopback as an octal":           "017700000001",
	"loopback in octal parts":        "0177.0.0.1",
	"loopback in hexadecimal parts":  "0x7f.0.0.1",
	"loopback ending in hexadecimal": "127.0.0.0x1",
	"loopback in two parts":          "127.1",
	"loopback in three parts":        "127.0.1",
	"loopback with leading zeros":    "127.000.000.001",
	"loopback with a dot behind":     "127.0.0.1.",
	"the metadata of a cloud":        "169.254.169.254",
	"metadata as a decimal":          "2852039166",
	"metadata in IPv6":               "fd00:ec2::254",
	"private, ten":                   "10.0.0.1",
	"private, 172":                   "172.16.0.1",
	"private, end of 172":            "172.31.255.255",
	"private, 192":                   "192.168.1.1",
	"a provider's customers":         "100.64.0.1",
	"protocol assignments":           "192.0.0.170",
	"benchmarks":                     "198.18.0.1",
	"documentation":                  "192.0.2.1",
	"6to4 relay":                     "192.88.99.1",
	"multicast":                      "224.0.0.1",
	"multicast of services":          "239.255.255.250",
	"reserved":                       "240.0.0.1",
	"broadcast":                      "255.255.255.255",
	"mapped loopback":                "::ffff:127.0.0.1",
	"mapped, in hexadecimal":         "::ffff:7f00:1",
	"mapped private":                 "::ffff:10.0.0.1",
	"mapped public":                  "::ffff:8.8.8.8",
	"compatible loopback":            "::127.0.0.1",
	"translated loopback":            "::ffff:0:127.0.0.1",
	"NAT64":                          "64:ff9b::127.0.0.1",
	"NAT64, local":                   "64:ff9b:1::a00:1",
	"6to4":                           "2002:7f00:1::1",
	"6to4 of a private":              "2002:a00:1::1",
	"Teredo":                         "2001:0:4136:e378:8000:63bf:3fff:fdd2",
	"ORCHID":                         "2001:20::1",
	"documentation in IPv6":          "2001:db8::1",
	"new documentation":              "3fff::1",
	"unique-local":                   "fc00::1",
	"unique-local, random":           "fd12:3456:789a::1",
	"link-local":                     "fe80::1",
	"link-local with a zone":         "fe80::1%lo",
	"loopback with a zone":           "::1%lo",
	"public with a zone":             "2606:4700::1%eth0",
	"site-local":                     "fec0::1",
	"multicast in IPv6":              "ff02::1",
	"discard":                        "100::1",
	"segment routing":                "5f00::1",
	"nothing":                        "",
	"a name with an empty label":     "a..example",
	"a name with a blank":            "a b.example",
	"a name with a zone":             "example%25lo",
	"a name with an escape":          "127.0.0.1%00.example",
	"full-width digits":              "１２７.0.0.1",
	"a name that is a path":          "/run/lnd.sock",
}

func TestNoWayIntoOurNetwork(t *testing.T) {
	d := &egress.Dialer{}
	for name, host := range forbidden {
		t.Run(name, func(t *testing.T) {
			conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, "443"))
			if err == nil {
				conn.Close()
			}
			if !errors.Is(err, egress.ErrForbidden) {
				t.Errorf("dial %q: got %v, want ErrForbidden", host, err)
			}
		})
	}
}

// What a name leads to is looked at, not the name.
func TestNoNameLeadsIntoOurNetwork(t *testing.T) {
	n := &names{answers: map[string][][]string{}}
	hosts := map[string]string{}
	i := 0
	for name, host := range forbidden {
		if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" {
			i++
			hosts[name] = "host" + strconv.Itoa(i) + ".example"
			n.answers[hosts[name]+"."] = [][]string{{host}}
		}
	}
	d := &egress.Dialer{Resolver: n.resolver(t)}
	for name, host := range hosts {
		if name == "mapped public" {
			continue // DNS says an IPv4 address then, and a public one
		}
		t.Run(name, func(t *testing.T) {
			conn, err := d.DialContext(t.Context(), "tcp", host+":443")
			if err == nil {
				conn.Close()
			}
			if !errors.Is(err, egress.ErrForbidden) {
				t.Errorf("got %v, want ErrForbidden", err)
			}
		})
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asked == 0 {
		t.Error("nobody asked the DNS server")
	}
}

func TestOnlyTCP(t *testing.T) {
	at, _ := listener(t, "127.0.0.1:0")
	d := &egress.Dialer{Policy: allow(t, at)}
	for _, network := range []string{"unix", "unixgram", "udp", "udp4", "ip4:icmp", "", "TCP"} {
		conn, err := d.DialContext(t.Context(), network, at) // where TCP may go
		if err == nil {
			conn.Close()
		}
		if !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%q: got %v, want ErrForbidden", network, err)
		}
	}
}

func TestPortsOfThePolicy(t *testing.T) {
	public := netip.MustParseAddr("8.8.8.8")
	for name, tt := range map[string]struct {
		policy egress.Policy
		port   uint16
		want   error
	}{
		"443 without being said":   {egress.Policy{}, 443, nil},
		"no mail":                  {egress.Policy{}, 25, egress.ErrForbidden},
		"no port":                  {egress.Policy{}, 0, egress.ErrForbidden},
		"a port that is listed":    {egress.Policy{Ports: []uint16{443, 8080}}, 8080, nil},
		"a list replaces 443":      {egress.Policy{Ports: []uint16{8080}}, 443, egress.ErrForbidden},
		"a neighbour of an except": {allow(t, "127.0.0.1:8443"), 8443, egress.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			if err := tt.policy.Check(netip.AddrPortFrom(public, tt.port)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func allow(t *testing.T, list ...string) egress.Policy {
	t.Helper()
	p, err := egress.ParseAllow(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublicAddressesAreAllowed(t *testing.T) {
	for _, text := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "2003::1", "3ffe::1",
	} {
		if !egress.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s is not public", text)
		}
	}
}

func TestExceptionsAreSingle(t *testing.T) {
	for _, entry := range []string{
		"", "*", "127.0.0.1", "127.0.0.1:0", "127.0.0.0/8", "127.0.0.1:*", ":443", "localhost:443", "0.0.0.0:443", "[::]:443",
		"169.254.169.254:80", "[fe80::1]:443", "224.0.0.1:443", "255.255.255.255:443", "[::ffff:127.0.0.1]:443", "[fe80::1%lo]:443",
		"=127.0.0.1:443", "a b=127.0.0.1:443", "*.example=127.0.0.1:443", "127.1=127.0.0.1:443", "a.example=", "a.example=0.0.0.0:443",
	} {
		if _, err := egress.ParseAllow([]string{entry}); err == nil {
			t.Errorf("%q is taken", entry)
		}
	}
	if _, err := egress.ParseAllow([]string{"a.example=127.0.0.1:1", "A.example=127.0.0.1:2"}); err == nil {
		t.Error("a name may be in two places")
	}
}

// listener counts those who come.
func listener(t *testing.T, address string) (at string, came func() int) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	n, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n++
			conn.Close()
		}
	}()
	came = func() int { l.Close(); <-done; return n }
	t.Cleanup(func() { came() })
	return l.Addr().String(), came
}
