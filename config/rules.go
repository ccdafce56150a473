package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A rule looks at one value and says what is wrong with it, or "". Empty
// texts and lists pass: whether a key is needed depends on others (check.go).
type rule func(at any) string

// each applies a test to a text, or to every text of a list.
func each(good func(string) bool, complaint string) rule {
	return func(at any) string {
		var texts []string
		switch at := at.(type) {
		case *string:
			texts = []string{*at}
		case *[]string:
			texts = *at
		}
		_, list := at.(*[]string)
		for _, s := range texts {
			if (s != "" || list) && !good(s) {
				return fmt.Sprintf("%q %s", s, complaint)
			}
		}
		return ""
	}
}

func oneOf(words ...string) rule {
	return func(at any) string {
		s := *at.(*string)
		for _, w := range words {
			if s == w {
				return ""
			}
		}
		return fmt.Sprintf("%q must be one of: %s", s, strings.Join(words, ", "))
	}
}

// between bounds a number, an amount or a duration, ends included.
func between[T int | int64 | time.Duration](low, high T) rule {
	return func(at any) string {
		n, say := number(at)
		if n < int64(low) || n > int64(high) {
			return fmt.Sprintf("must be between %s and %s", say(int64(low)), say(int64(high)))
		}
		return ""
	}
}

// sats bounds an amount by all the satoshis there can be.
func sats(low int64) rule { return between(low, 21_000_000*100_000_000) }

func anything(any) string { return "" }

var (
	isDomain    = each(domain, "is not a domain name")
	isJID       = each(bareJID, "is not a JID of the form name@domain")
	isURI       = each(uri, "is not a URI such as xmpp:help@example.org")
	isLanguage  = each(language.MatchString, "is not a language tag such as en or pt-BR")
	isAddress   = each(hostPort, "is not host:port")
	isNodeURL   = each(plainURL, "is not http://host:port without user, password and path")
	isLNDURL    = each(lndURL, "is not https://host:port without user, password and path")
	isExplorer  = each(explorer, "is not an http(s) URL with {address} in it")
	isPublicKey = each(publicKey.MatchString, "is not a public key: 66 hexadecimal digits")
	isPublicURL = each(publicURL, "is not https://host without user, password and path")
	isSocketURL = each(socketURL, "is not wss://host or wss://host:port without user and path")
	isPage      = each(page, "is not https://host/path without a user")
	isBudget    = each(budget.MatchString, "is not a budget such as 1000 sat/day, with day, week, month or total")
	isPrefix    = each(prefix, "is not an IP address or a prefix such as 10.0.0.0/8")
	isEndpoint  = each(endpoint, "is not address:port of an IP address, nor name=address:port")
	isPlain     = each(plain, "must not begin or end with a space or hold control characters")
)

var (
	language  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	publicKey = regexp.MustCompile(`^0[23][0-9a-f]{64}$`)
	budget    = regexp.MustCompile(`^[0-9]{1,12}( ?sat)?/(day|week|month|total)$|^0$`)
	label     = regexp.MustCompile(`^[\p{L}\p{N}\p{M}_]([\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?$`)
)

func domain(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if len(part) > 63 || !label.MatchString(part) {
			return false
		}
	}
	return len(s) <= 253
}

func bareJID(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && plain(name) && name != "" && !strings.ContainsAny(name, " \"&'/:<>") && domain(host)
}

func uri(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}

func hostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" || strings.ContainsAny(host, " /@") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// bare is a URL of a scheme, a host and a port, and nothing else.
func bare(s string) (scheme, host string) {
	u, err := url.Parse(s)
	if err != nil || u.Port() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return "", ""
	}
	return u.Scheme, u.Hostname()
}

// plainURL is for bitcoind, which speaks no TLS.
func plainURL(s string) bool {
	scheme, host := bare(s)
	return scheme == "http" && host != ""
}

// lndURL wants TLS, but on the machine itself.
func lndURL(s string) bool {
	scheme, host := bare(s)
	ip := net.ParseIP(host)
	return host != "" && (scheme == "https" || scheme == "http" && (host == "localhost" || ip.IsLoopback()))
}

func explorer(s string) bool {
	u, err := url.Parse(strings.ReplaceAll(s, "{address}", "bc1q"))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		strings.Contains(s, "{address}")
}

func plain(s string) bool {
	return strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
}

// publicURL is the origin of a site that the world reaches by TLS.
func publicURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && (u.Path == "" || u.Path == "/")
}

// socketURL is where a relay is met.
func socketURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "wss" || u.Scheme == "ws") && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" &&
		(u.Path == "" || u.Path == "/")
}

func page(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Fragment == ""
}

func prefix(s string) bool {
	_, err := netip.ParsePrefix(s)
	if err != nil {
		_, err = netip.ParseAddr(s)
	}
	return err == nil
}

// endpoint is address:port, or name=address:port.
func endpoint(s string) bool {
	name, where, named := strings.Cut(s, "=")
	if !named {
		name, where = "localhost", s
	}
	_, err := netip.ParseAddrPort(where)
	return err == nil && domain(name)
}
