package p2p

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"

	"github.com/btcsuite/btcd/v2transport"
	"github.com/btcsuite/btcd/wire/v2"
)

// secret is the second transport (BIP 324): encrypted packets that look like
// noise.
type secret struct {
	t    *v2transport.Peer
	w    *bufio.Writer
	pver uint32
}

// both is what v2transport reads from and writes to. Writes are kept until a
// flush; while the handshake runs, each one goes out.
type both struct {
	io.Reader
	w    *bufio.Writer
	hold bool
}

func (b *both) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	if err == nil && !b.hold {
		err = b.w.Flush()
	}
	return n, err
}

// Read refuses a packet that is longer than any we want: v2transport asks for
// all of a packet at once, before anything of it has come.
func (b *both) Read(p []byte) (int, error) {
	if len(p) > maxPacket+64 {
		return 0, hostile("a packet of %d bytes", len(p))
	}
	return b.Reader.Read(p)
}

// agree does the handshake of BIP 324 as its initiator. It reports whether to
// call again with the first transport when the other side hung up.
func agree(r io.Reader, w *bufio.Writer, magic wire.BitcoinNet) (f *secret, older bool, err error) {
	t, rw := v2transport.NewPeer(), &both{Reader: r, w: w}
	t.UseReadWriter(rw)
	if err := t.InitiateV2Handshake(rand.IntN(v2transport.MaxGarbageLen + 1)); err != nil {
		return nil, t.ShouldDowngradeToV1(), err
	}
	if err := t.CompleteHandshake(true, nil, v2transport.BitcoinNet(magic)); err != nil {
		return nil, t.ShouldDowngradeToV1(), err
	}
	rw.hold = true
	return &secret{t: t, w: w}, false, nil
}

func (s *secret) read(wants func(string) int) (string, []byte, error) {
	packet, err := s.t.V2ReceivePacket(nil)
	if err != nil {
		return "", nil, err
	}
	command, payload, err := parsePacket(packet)
	if err != nil {
		return "", nil, err
	}
	switch want := wants(command); {
	case want < 0:
		return command, nil, nil
	case len(payload) > want:
		return "", nil, hostile("%s of %d bytes", command, len(payload))
	}
	return command, payload, nil
}

func (s *secret) write(m wire.Message, enc wire.MessageEncoding) error {
	var b bytes.Buffer
	if _, err := wire.WriteV2MessageN(&b, m, s.pver, enc); err != nil {
		return err
	}
	_, _, err := s.t.V2EncPacket(b.Bytes(), nil, false)
	return err
}

func (s *secret) flush() error { return s.w.Flush() }

// short are the commands with a number of one byte (BIP 324, Message type IDs).
var short = [...]string{
	1: wire.CmdAddr, wire.CmdBlock, "blocktxn", "cmpctblock", wire.CmdFeeFilter, wire.CmdFilterAdd, wire.CmdFilterClear, wire.CmdFilterLoad,
	wire.CmdGetBlocks, "getblocktxn", wire.CmdGetData, wire.CmdGetHeaders, wire.CmdHeaders, wire.CmdInv, wire.CmdMemPool, wire.CmdMerkleBlock,
	wire.CmdNotFound, wire.CmdPing, wire.CmdPong, "sendcmpct", wire.CmdTx, wire.CmdGetCFilters, wire.CmdCFilter, wire.CmdGetCFHeaders,
	wire.CmdCFHeaders, wire.CmdGetCFCheckpt, wire.CmdCFCheckpt, wire.CmdAddrV2,
}

// parsePacket takes the contents of a v2 packet apart. A number that we do not
// know gives a command that nobody wants.
func parsePacket(b []byte) (command string, payload []byte, err error) {
	switch {
	case len(b) == 0:
		return "", nil, hostile("an empty packet")
	case b[0] == 0 && len(b) <= wire.CommandSize:
		return "", nil, hostile("a packet without a command")
	case b[0] == 0:
		command, err = parseCommand(b[1 : 1+wire.CommandSize])
		return command, b[1+wire.CommandSize:], err
	case int(b[0]) < len(short):
		return short[b[0]], b[1:], nil
	}
	return "unknown", b[1:], nil
}
