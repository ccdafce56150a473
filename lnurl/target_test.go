package lnurl_test

import (
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

// ofLUD01 is the example of LUD-01.
const (
	ofLUD01 = "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
	urlOf01 = "https://service.com/api?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df"
)

func encoded(t *testing.T, address string) string {
	t.Helper()
	text, err := lnurl.Encode(address)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestParse(t *testing.T) {
	const carol = "https://example.com/.well-known/lnurlp/carol"
	for name, tt := range map[string]struct{ text, url, address string }{
		"the example of LUD-01":         {ofLUD01, urlOf01, ""},
		"in small letters":              {strings.ToLower(ofLUD01), urlOf01, ""},
		"with lightning before it":      {"lightning:" + ofLUD01, urlOf01, ""},
		"as a QR code has it":           {"LIGHTNING:" + ofLUD01, urlOf01, ""},
		"with slashes":                  {"lightning://" + ofLUD01, urlOf01, ""},
		"in a web address":              {"https://shop.example/card?id=1&lightning=" + ofLUD01, urlOf01, ""},
		"lnurlp":                        {"lnurlp://example.com/p?x=1", "https://example.com/p?x=1", ""},
		"lnurlp in capitals":            {"LNURLP://EXAMPLE.COM/Pay", "https://example.com/Pay", ""},
		"lnurlp without slashes":        {"lnurlp:example.com/p", "https://example.com/p", ""},
		"lightning and lnurlp":          {"lightning:lnurlp://example.com/p", "https://example.com/p", ""},
		"a Lightning Address":           {"carol@example.com", carol, "carol@example.com"},
		"as phones write it":            {" Carol@Example.com ", carol, "carol@example.com"},
		"with lightning before a name":  {"lightning:carol@example.com", carol, "carol@example.com"},
		"with every sign of LUD-16":     {"a-b_c.d+tag@example.com", "https://example.com/.well-known/lnurlp/a-b_c.d+tag", "a-b_c.d+tag@example.com"},
		"with a port":                   {"carol@example.com:8443", "https://example.com:8443/.well-known/lnurlp/carol", "carol@example.com:8443"},
		"the name of the house itself":  {"_@example.com", "https://example.com/.well-known/lnurlp/_", "_@example.com"},
		"with the tag in the URL":       {"lnurlp://example.com/p?tag=payRequest", "https://example.com/p?tag=payRequest", ""},
		"a domain of another alphabet":  {"carol@xn--bcher-kva.example", "https://xn--bcher-kva.example/.well-known/lnurlp/carol", "carol@xn--bcher-kva.example"},
		"an address, which egress sees": {"lnurlp://127.0.0.1/p", "https://127.0.0.1/p", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lnurl.Parse(tt.text)
			if err != nil || got.URL != tt.url || got.Address != tt.address {
				t.Errorf("got %+v, %v, want %s %s", got, err, tt.url, tt.address)
			}
			if !lnurl.Is(tt.text) && name != "in a web address" {
				t.Error("is not recognised")
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, phrase string }{
		"nothing":                      {"", "lnurl.syntax"},
		"an invoice":                   {"lnbc1pvjluezpp5", "lnurl.syntax"},
		"a web address":                {"https://example.com/p", "lnurl.syntax"},
		"bech32m":                      {inBech32m(t, urlOf01), "lnurl.syntax"},
		"a typing error":               {ofLUD01[:40] + "Q" + ofLUD01[41:], "lnurl.syntax"},
		"two cases":                    {"lnurl1" + ofLUD01[6:], "lnurl.syntax"},
		"cut short":                    {ofLUD01[:60], "lnurl.syntax"},
		"only its beginning":           {"lnurl1", "lnurl.syntax"},
		"far too long":                 {"lnurl1" + strings.Repeat("q", 5000), "lnurl.syntax"},
		"http":                         {encoded(t, "http://example.com/p"), "lnurl.syntax"},
		"a file":                       {encoded(t, "file:///etc/passwd"), "lnurl.syntax"},
		"a script":                     {encoded(t, "javascript:alert(1)"), "lnurl.syntax"},
		"a user":                       {encoded(t, "https://u:p@example.com/"), "lnurl.syntax"},
		"not ASCII":                    {encoded(t, "https://exämple.com/"), "lnurl.syntax"},
		"a line end":                   {encoded(t, "https://example.com/\r\nX: y"), "lnurl.syntax"},
		"no host":                      {encoded(t, "https:///p"), "lnurl.syntax"},
		"a number as host":             {encoded(t, "https://2130706433/p"), "lnurl.syntax"},
		"an octal host":                {encoded(t, "https://0177.0.0.1/p"), "lnurl.syntax"},
		"an onion":                     {encoded(t, "http://abcdefghijklmnop.onion/p"), "lnurl.onion"},
		"an onion address":             {"carol@abcdefghijklmnop.onion", "lnurl.onion"},
		"a withdrawal":                 {"lnurlw://example.com/w", "lnurl.kind"},
		"a channel":                    {"lnurlc://example.com/c", "lnurl.kind"},
		"a login":                      {"keyauth://example.com/l?tag=login&k1=00", "lnurl.kind"},
		"a login in bech32":            {encoded(t, "https://example.com/l?tag=login&k1=00"), "lnurl.kind"},
		"a fast withdrawal":            {encoded(t, "https://example.com/w?tag=withdrawRequest"), "lnurl.kind"},
		"a name without a domain":      {"carol@", "lnurl.syntax"},
		"a domain without a name":      {"@example.com", "lnurl.syntax"},
		"a name with a slash":          {"a/b@example.com", "lnurl.syntax"},
		"a name that climbs":           {"..@example.com", "lnurl.syntax"},
		"a name with a question mark":  {"a?b@example.com", "lnurl.syntax"},
		"a name that is not ASCII":     {"cärol@example.com", "lnurl.syntax"},
		"a host without a dot":         {"carol@localhost", "lnurl.syntax"},
		"an address in numbers":        {"carol@127.0.0.1", "lnurl.syntax"},
		"a path behind the domain":     {"carol@example.com/admin", "lnurl.syntax"},
		"a second at-sign":             {"carol@example.com@evil.example", "lnurl.syntax"},
		"a port that is none":          {"carol@example.com:0443", "lnurl.syntax"},
		"lnurlp with a user":           {"lnurlp://a@b@example.com/p", "lnurl.syntax"},
		"lnurlp with nothing":          {"lnurlp://", "lnurl.syntax"},
		"a web address with a bad one": {"https://shop.example/?lightning=lnurl1xx", "lnurl.syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lnurl.Parse(tt.text)
			if err == nil || fault.Of(err).Phrase != tt.phrase {
				t.Errorf("%.60q: got %+v, %v, want %s", tt.text, got, err, tt.phrase)
			}
		})
	}
}

func inBech32m(t *testing.T, address string) string {
	t.Helper()
	words, err := bech32.ConvertBits([]byte(address), 8, 5, true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := bech32.EncodeM("lnurl", words)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEncode(t *testing.T) {
	if got := encoded(t, urlOf01); got != ofLUD01 {
		t.Errorf("got %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(ofLUD01)
	f.Add("lightning:carol@example.com:8443")
	f.Add("lnurlp://example.com/p?tag=payRequest#x")
	f.Add("https://shop.example/card?id=1&lightning=" + ofLUD01)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := lnurl.Parse(text)
		if err != nil {
			if !strings.HasPrefix(fault.Of(err).Phrase, "lnurl.") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if !strings.HasPrefix(got.URL, "https://"+got.Host) || strings.ContainsAny(got.URL, " \r\n\x00") || got.Host == "" {
			t.Fatalf("%q became %+v", text, got)
		}
		again, err := lnurl.Encode(got.URL)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := lnurl.Parse(again); err != nil || back.URL != got.URL {
			t.Fatalf("%q became %q, and that %+v, %v", text, got.URL, back, err)
		}
	})
}
