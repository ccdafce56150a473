package address_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/base58"
	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
)

// rosters are addresses as they stand in the rosters of python-bitcoim's
// users.
var rosters = map[string]string{
	"1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw":         "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0l0p0",
	"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2":         "1bvbmseystwetqtfn5au4m4gfg7xjanvn2-3asdjr",
	"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy":         "3j98t1wpez73cnmqviecrnyiwrnqrhwnly-31eotq",
	"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
}

func TestJID(t *testing.T) {
	for addr, local := range rosters {
		if got := address.EncodeJID(addr); got != local {
			t.Errorf("%s is written %s, want %s", addr, got, local)
		}
		a, err := address.DecodeJID(local, address.Mainnet)
		if err != nil || a.String() != addr || a.Local() != local {
			t.Errorf("%s is read as %s, %v; want %s", local, a, err, addr)
		}
	}
	if got := address.EncodeJID("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"); got != "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" {
		t.Errorf("capitals of a QR code are kept: %s", got)
	}
}

func TestDecodeJIDTakesOneForm(t *testing.T) {
	const local = "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0l0p0"
	for name, text := range map[string]string{
		"capitals":                      strings.ToUpper(local),
		"one capital":                   "1Dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0l0p0",
		"the address as it is":          "1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw",
		"capitals and the suffix":       "1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw-x0l0p0",
		"a capital suffix":              "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-X0L0P0",
		"zeros in front of the suffix":  "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-0x0l0p0",
		"a plus in front of the suffix": "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-+x0l0p0",
		"a minus":                       "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw--x0l0p0",
		"an underscore":                 "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0_l0p0",
		"no suffix":                     "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw",
		"an empty suffix":               "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-",
		"two suffixes":                  local + "-1",
		"another suffix":                "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0l0p1",
		"bits beyond the letters":       "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-e20xf2dg",
		"more than 64 bits":             "1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-3w5e11264sgsg",
		"a suffix of zero":              "1111111111111111111114olvt2-0",
		"a suffix on bech32":            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4-0",
		"capitals of bech32":            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4-zik0zj",
		"nothing":                       "",
		"a dash":                        "-",
		"a username":                    "alice",
		"broken text":                   "\xff-1",
		"long text":                     strings.Repeat("1", 5000) + "-1",
	} {
		t.Run(name, func(t *testing.T) {
			a, err := address.DecodeJID(text, address.Mainnet)
			if f := fault.Of(err); f.Phrase != "address.invalid" || f.Kind != fault.Invalid || !a.IsZero() {
				t.Errorf("%q is read as %v, %v", text, a, err)
			}
		})
	}
	_, err := address.DecodeJID(local, address.Regtest)
	if f := fault.Of(err); f.Phrase != "address.other-network" || f.Args["address"] != inRosters(local) {
		t.Errorf("on another network: got %v", err)
	}
}

func inRosters(local string) string {
	for addr, l := range rosters {
		if l == local {
			return addr
		}
	}
	return ""
}

// anAddress makes a valid address of any kind from any bytes.
func anAddress(seed []byte, kind uint8, n address.Network) string {
	hash := sha256.Sum256(seed)
	params, _ := n.Params()
	switch kind % 4 {
	case 0:
		return base58.CheckEncode(hash[:20], params.PubKeyHashAddrID)
	case 1:
		return base58.CheckEncode(hash[:20], params.ScriptHashAddrID)
	case 2:
		data, _ := bech32.ConvertBits(hash[:20+12*(kind>>7)], 8, 5, true)
		addr, _ := bech32.Encode(params.Bech32HRPSegwit, append([]byte{0}, data...))
		return addr
	}
	version := 1 + kind/4%16
	data, _ := bech32.ConvertBits(hash[:2+int(kind)%31], 8, 5, true)
	addr, _ := bech32.EncodeM(params.Bech32HRPSegwit, append([]byte{version}, data...))
	return addr
}

func FuzzJID(f *testing.F) {
	for addr, local := range rosters {
		f.Add(local, []byte(addr), uint8(0))
	}
	for kind := range 8 {
		f.Add("alice", []byte{}, uint8(kind*31))
	}
	f.Add("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", []byte("x"), uint8(7))
	f.Add("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4-zik0zj", []byte("y"), uint8(9))
	f.Fuzz(func(t *testing.T, local string, seed []byte, kind uint8) {
		for _, n := range address.Networks {
			// Whatever is read is written the same.
			if a, err := address.DecodeJID(local, n); err == nil {
				if a.Local() != local {
					t.Fatalf("%q is read as %s and written %q", local, a, a.Local())
				}
				if again, err := address.Parse(a.String(), n); err != nil || again != a {
					t.Fatalf("%s is read as %s, %v", a, again, err)
				}
				sameAsBTCD(t, a, n)
			} else if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", local, err)
			}
			// Whatever is an address goes to a JID and back.
			addr := anAddress(seed, kind, n)
			a, err := address.Parse(addr, n)
			if err != nil || a.String() != addr {
				t.Fatalf("%s on %s: %s, %v", addr, n, a, err)
			}
			sameAsBTCD(t, a, n)
			node := address.EncodeJID(addr)
			if strings.ToLower(node) != node || address.Bare(node+"@x") != node+"@x" {
				t.Fatalf("%s is written %s, which has case", addr, node)
			}
			if back, err := address.DecodeJID(node, n); err != nil || back != a {
				t.Fatalf("%s is written %s and read as %s, %v", addr, node, back, err)
			}
			if up, err := address.Parse(strings.ToUpper(addr), n); err == nil && up != a {
				t.Fatalf("%s in capitals is %s", addr, up)
			}
		}
	})
}

func ExampleEncodeJID() {
	fmt.Println(address.EncodeJID("1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw"))
	// Output: 1dxfn72vhrxrvyjttxjbmnxyxpyxmgiwfw-x0l0p0
}
