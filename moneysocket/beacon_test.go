package moneysocket_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// wrap is a payload of hex as bech32.
func wrap(hrp, payload string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(payload, " ", ""))
	if err != nil {
		panic(err)
	}
	return wrapBytes(hrp, b)
}

func wrapBytes(hrp string, b []byte) string {
	groups, _ := bech32.ConvertBits(b, 8, 5, true)
	text, _ := bech32.Encode(hrp, groups)
	return text
}

// Parts of a payload.
const (
	aSeed = "fe000101bd10000102030405060708090a0b0c0d0e0f"
	aHost = "fe000101c303 000168" // wss://h:443
	one   = "fe000101bf0101"
)

// sized puts a type and a length of one byte before hex.
func sized(kind, payload string) string {
	payload = strings.ReplaceAll(payload, " ", "")
	return kind + hex.EncodeToString([]byte{byte(len(payload) / 2)}) + payload
}

func v0(parts ...string) string {
	return wrap("moneysocket", sized("fe000101bb", strings.Join(parts, "")))
}

func list(parts ...string) string { return sized("fe000101c1", strings.Join(parts, "")) }

func ws(subs string) string { return v0(aSeed, list(one, sized("fe000101c3", subs))) }

func TestParseBeacon(t *testing.T) {
	plain := v0(aSeed, list(one, aHost))
	for name, tt := range map[string]struct{ text, want, err string }{
		"plain":                       {plain, "wss://h:443", ""},
		"in capitals":                 {strings.ToUpper(plain), "wss://h:443", ""},
		"white space around":          {" \n" + plain + "\t", "wss://h:443", ""},
		"with a scheme":               {"MoneySocket:" + strings.ToUpper(plain), "wss://h:443", ""},
		"mixed case":                  {strings.ToUpper(plain[:20]) + plain[20:], "", "could not decode"},
		"bad checksum":                {plain[:len(plain)-1] + "q", "", "could not decode"},
		"bech32m":                     {bech32m(plain), "", "could not decode"},
		"empty":                       {"", "", "could not decode"},
		"endless":                     {strings.Repeat("q", 5000), "", "too long"},
		"another name":                {wrap("moneysocket-app", sized("fe000101bb", aSeed+list(one, aHost))), "", "not a moneysocket beacon"},
		"bytes after the beacon":      {wrap("moneysocket", sized("fe000101bb", aSeed+list(one, aHost))+"0100"), "wss://h:443", ""},
		"a TLV more in the beacon":    {v0(aSeed, list(one, aHost), "0700"), "wss://h:443", ""},
		"a seed of 15 bytes":          {v0(sized("fe000101bd", strings.Repeat("00", 15)), list(one, aHost)), "", "16 bytes"},
		"the list before the seed":    {v0(list(one, aHost), aSeed), "", "unexpected shared seed"},
		"no locations":                {v0(aSeed, list("fe000101bf0100")), "", "no websocket"},
		"fewer than counted":          {v0(aSeed, list("fe000101bf0102", aHost)), "", "underrun"},
		"more than counted":           {v0(aSeed, list(one, aHost, aHost)), "wss://h:443", ""},
		"counted beyond all reason":   {v0(aSeed, list("fe000101bf09ffffffffffffffffff", aHost)), "", "too many"},
		"an unknown location is left": {v0(aSeed, list("fe000101bf0102", "fe000101cb03000168", aHost)), "wss://h:443", ""},
		"only an unknown location":    {v0(aSeed, list(one, "fe000101cb03000168")), "", "no websocket"},
		"only WebRTC":                 {v0(aSeed, list(one, "fe000101c503000178")), "", "no websocket"},
		"TLS written out":             {ws("000168 010101"), "wss://h:443", ""},
		"TLS of 2":                    {ws("000168 010102"), "", "use_tls"},
		"TLS of two bytes":            {ws("000168 01020000"), "", "use_tls"},
		"without TLS":                 {ws("000168 010100"), "ws://h:80", ""},
		"the port first":              {ws("0203fd20fb 000168"), "wss://h:8443", ""},
		"the default port":            {ws("000168 0203fd01bb"), "wss://h:443", ""},
		"port 0":                      {ws("000168 020100"), "wss://h:443", ""},
		"port 70000":                  {ws("000168 0205fe00011170"), "", "too large"},
		"a port that is not minimal":  {ws("000168 0203fd0050"), "", "not minimally encoded"},
		"an unknown part":             {ws("000168 040100"), "wss://h:443", ""},
		"no host":                     {ws("010100"), "", "no host"},
		"an empty host":               {ws("0000"), "", "invalid host"},
		"a host with a path":          {ws("0003682f78"), "", "invalid host"},
		"a host with a user":          {ws("0003684078"), "", "invalid host"},
		"a host that is not UTF-8":    {ws("0001ff"), "", "decoding host"},
		"a host with a line":          {ws("00040d0a6868"), "", "invalid host"},
		"an address of IPv6":          {ws("00055b3a3a315d"), "wss://[::1]:443", ""},
		"without brackets":            {ws("00033a3a31"), "wss://[::1]:443", ""},
		"a part that is cut off":      {ws("0005 68"), "", "underrun"},
		"an invoice":                  {"lnbc25n1exampleonly", "", "could not decode"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := moneysocket.ParseBeacon(tt.text)
			switch {
			case tt.err == "" && (err != nil || len(b.Locations) != 1 || b.Locations[0].URL() != tt.want || b.Seed.Hex() != seedText):
				t.Errorf("got %v, %v, want %s", b.Locations, err, tt.want)
			case tt.err != "" && (!errors.Is(err, moneysocket.ErrBeacon) || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("got %v, want %s", err, tt.err)
			}
			if err == nil {
				if again, err := moneysocket.ParseBeacon(b.String()); err != nil || again.Locations[0] != b.Locations[0] {
					t.Errorf("again: got %v, %v", again, err)
				}
			}
		})
	}
}

func bech32m(text string) string {
	hrp, groups, _ := bech32.DecodeNoLimit(text)
	text, _ = bech32.EncodeM(hrp, groups)
	return text
}

func TestSeedsAreSecret(t *testing.T) {
	s := seed(t, seedText)
	if text := s.String(); strings.Contains(text, seedText[:8]) {
		t.Errorf("a seed is written as %q", text)
	}
	if one, two := moneysocket.NewSeed(), moneysocket.NewSeed(); one == two {
		t.Error("two seeds are the same")
	}
	for _, bad := range []string{"", "00", seedText + "00", strings.Repeat("x", 32)} {
		if _, err := moneysocket.ParseSeed(bad); err == nil {
			t.Errorf("%q is a seed", bad)
		}
	}
}
