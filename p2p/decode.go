package p2p

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/wire/v2"
)

// limits are the messages that we read, and the longest payload of each in
// bytes. All others are skipped without being decoded. Transactions and blocks
// are read only while somebody waits for one.
var limits = map[string]int{
	wire.CmdVersion:     1024,
	wire.CmdVerAck:      0,
	wire.CmdWTxIdRelay:  0,
	wire.CmdSendAddrV2:  0,
	wire.CmdPing:        8,
	wire.CmdPong:        8,
	wire.CmdFeeFilter:   8,
	wire.CmdInv:         9 + wire.MaxInvPerMsg*36,
	wire.CmdGetData:     9 + wire.MaxInvPerMsg*36,
	wire.CmdNotFound:    9 + wire.MaxInvPerMsg*36,
	wire.CmdHeaders:     9 + wire.MaxBlockHeadersPerMsg*81,
	wire.CmdAddr:        9 + wire.MaxAddrPerMsg*30,
	wire.CmdAddrV2:      9 + wire.MaxAddrPerMsg*(4+9+1+9+512+2),
	wire.CmdReject:      1024,
	wire.CmdTx:          maxSkipped,
	wire.CmdBlock:       maxSkipped,
	wire.CmdSendHeaders: 0,
}

// decode reads the payload of one of the messages in limits.
func decode(command string, payload []byte, pver uint32) (m wire.Message, err error) {
	defer func() {
		if r := recover(); r != nil { // a stranger's bytes must not end the program
			m, err = nil, hostile("%s: decoder: %v", command, r)
		}
	}()
	switch command {
	case wire.CmdVersion:
		m = &wire.MsgVersion{}
	case wire.CmdVerAck:
		m = &wire.MsgVerAck{}
	case wire.CmdWTxIdRelay:
		m = &wire.MsgWTxIdRelay{}
	case wire.CmdSendAddrV2:
		m = &wire.MsgSendAddrV2{}
	case wire.CmdPing:
		m = &wire.MsgPing{}
	case wire.CmdPong:
		m = &wire.MsgPong{}
	case wire.CmdFeeFilter:
		m = &wire.MsgFeeFilter{}
	case wire.CmdInv:
		m = &wire.MsgInv{}
	case wire.CmdGetData:
		m = &wire.MsgGetData{}
	case wire.CmdNotFound:
		m = &wire.MsgNotFound{}
	case wire.CmdHeaders:
		m = &wire.MsgHeaders{}
	case wire.CmdAddr:
		m = &wire.MsgAddr{}
	case wire.CmdAddrV2:
		m = &wire.MsgAddrV2{}
	case wire.CmdReject:
		m = &wire.MsgReject{}
	case wire.CmdTx:
		m = &wire.MsgTx{}
	case wire.CmdBlock:
		m = &wire.MsgBlock{}
	case wire.CmdSendHeaders:
		m = &wire.MsgSendHeaders{}
	default:
		return nil, fmt.Errorf("no decoder for %q", command)
	}
	// The version message is decoded from a *bytes.Buffer and from nothing else.
	b := bytes.NewBuffer(payload)
	if err := m.BtcDecode(b, pver, wire.WitnessEncoding); err != nil {
		return nil, hostile("%s: %v", command, err)
	}
	if b.Len() > 0 && command != wire.CmdVersion {
		return nil, hostile("%s with %d bytes too many", command, b.Len())
	}
	return m, nil
}
