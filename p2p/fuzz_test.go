package p2p_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

func FuzzHeader(f *testing.F) {
	f.Add(header(params.Net, "version", 100))
	f.Add(header(wire.MainNet, "inv", 1<<31))
	f.Add(bytes.Repeat([]byte{0xff}, 24))
	f.Fuzz(func(t *testing.T, b []byte) {
		var head [24]byte
		copy(head[:], b)
		command, size, _, err := p2p.ParseHeader(head, params.Net)
		if err != nil {
			return
		}
		if command == "" || len(command) > wire.CommandSize || size < 0 || strings.ContainsFunc(command, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("got command %q of %d bytes", command, size)
		}
	})
}

func FuzzPacket(f *testing.F) {
	f.Add([]byte{18, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0})
	f.Add(append([]byte{0}, "version\x00\x00\x00\x00\x00payload"...))
	f.Add([]byte{255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		command, payload, err := p2p.ParsePacket(b)
		if err == nil && (command == "" || len(payload) >= len(b)) {
			t.Errorf("got %q and %d bytes of %d", command, len(payload), len(b))
		}
	})
}

// Whatever a payload holds, it is decoded, or it is an error; and what is
// decoded can be encoded.
func FuzzDecode(f *testing.F) {
	commands := []string{"version", "verack", "wtxidrelay", "sendaddrv2", "ping", "pong", "feefilter", "inv", "getdata", "notfound", "headers", "addr",
		"addrv2", "reject", "tx", "block", "sendheaders"}
	seed := func(m wire.Message) {
		var b bytes.Buffer
		if err := m.BtcEncode(&b, wire.ProtocolVersion, wire.WitnessEncoding); err != nil {
			f.Fatal(err)
		}
		for i, c := range commands {
			if c == m.Command() {
				f.Add(uint8(i), b.Bytes())
			}
		}
	}
	seed(wire.NewMsgPing(1))
	seed(inventory(3, 1))
	seed(made(1))
	seed(wire.NewMsgReject("tx", wire.RejectDuplicate, "already have"))
	f.Add(uint8(14), []byte{1, 0, 0, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, n uint8, payload []byte) {
		command := commands[int(n)%len(commands)]
		m, err := p2p.Decode(command, payload, wire.ProtocolVersion)
		if err == nil && m.Command() != command {
			t.Errorf("%s was decoded as %s", command, m.Command())
		}
	})
}

func FuzzSpentBy(f *testing.F) {
	id := strings.Repeat("ab", 32)
	f.Add("output already spent in mempool: output=" + id + ":0, tx=" + id)
	f.Add("already spent tx=")
	f.Add("already spent tx=zz" + id)
	f.Fuzz(func(t *testing.T, reason string) {
		other, ok := p2p.SpentBy(&wire.MsgReject{Cmd: "tx", Code: wire.RejectDuplicate, Reason: reason})
		if ok && !strings.Contains(strings.ToLower(reason), other.String()) {
			t.Errorf("%q names %s", reason, other)
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "[::1]:8333", "::1", "Node.Example:1", "a b", "x:y", strings.Repeat("a", 56) + ".onion:8333", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, err := p2p.Address(s, params)
		if err != nil {
			return
		}
		if two, err := p2p.Address(one, params); err != nil || one != two {
			t.Errorf("%q became %q and then %q (%v)", s, one, two, err)
		}
	})
}

func TestShortCommands(t *testing.T) {
	for _, m := range []wire.Message{wire.NewMsgPing(1), wire.NewMsgPong(1), wire.NewMsgInv(), wire.NewMsgGetData(), wire.NewMsgNotFound(), made(1),
		wire.NewMsgHeaders(), wire.NewMsgFeeFilter(1), wire.NewMsgAddr(), &wire.MsgVerAck{}, wire.NewMsgWTxIdRelay(), wire.NewMsgGetHeaders()} {
		var b bytes.Buffer
		if _, err := wire.WriteV2MessageN(&b, m, wire.ProtocolVersion, wire.WitnessEncoding); err != nil && m.Command() != "addr" {
			t.Fatal(m.Command(), err)
		}
		if command, _, err := p2p.ParsePacket(b.Bytes()); err != nil || command != m.Command() {
			t.Errorf("%s is read as %q, %v", m.Command(), command, err)
		}
	}
}

func TestProofOfWork(t *testing.T) {
	genesis := chaincfg.MainNetParams.GenesisBlock
	h := genesis.Header
	if p2p.Worked(&h, h.BlockHash(), &chaincfg.MainNetParams) {
		t.Error("a header as easy as the first is believed on the main network of today")
	}
	test := chaincfg.TestNet3Params.GenesisBlock.Header
	if !p2p.Worked(&test, test.BlockHash(), &chaincfg.TestNet3Params) {
		t.Error("the first header of testnet3 has no proof of work")
	}
	test.Nonce++
	if p2p.Worked(&test, test.BlockHash(), &chaincfg.TestNet3Params) {
		t.Error("a header that was changed has its proof of work still")
	}
	for name, bits := range map[string]uint32{"negative": 0x20ffffff, "nothing": 0x20000000, "easier than the network's": 0x2100ffff, "more than a hash": 0xff7fffff} {
		h := chaincfg.RegressionNetParams.GenesisBlock.Header
		h.Bits = bits
		for h.Nonce = range 100 { // each has the work of an easy target, sooner or later
			if p2p.Worked(&h, h.BlockHash(), &chaincfg.RegressionNetParams) {
				t.Fatalf("%s: a target that is none is believed", name)
			}
		}
	}
}
