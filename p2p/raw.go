package p2p

import (
	"errors"
	"io"

	"github.com/btcsuite/btcd/wire/v2"
)

// raw is a transaction message that was encoded once, for all peers.
type raw []byte

func (raw) Command() string { return wire.CmdTx }

func (raw) MaxPayloadLength(uint32) uint32 { return maxSkipped }

// BtcEncode writes the bytes as they are.
func (r raw) BtcEncode(w io.Writer, _ uint32, _ wire.MessageEncoding) error {
	_, err := w.Write(r)
	return err
}

// BtcDecode is never needed: raw is only written.
func (raw) BtcDecode(io.Reader, uint32, wire.MessageEncoding) error {
	return errors.New("a raw transaction is not read")
}
