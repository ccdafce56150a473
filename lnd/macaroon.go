package lnd

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Power is something that a macaroon allows: an action on an entity, like
// "write" on "offchain", or one call, whose entity is "uri".
type Power struct {
	Entity string
	Action string
}

// String is how lncli writes a power.
func (p Power) String() string { return p.Entity + ":" + p.Action }

// Powers reads what our macaroon allows. Caveats, which only take away, are
// not looked at.
func (c *Conn) Powers() ([]Power, error) {
	text, err := c.credential()
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFiles, err)
	}
	powers, err := PowersOf(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFiles, err)
	}
	return powers, nil
}

var errMacaroon = errors.New("not a macaroon of LND")

// Parts of a macaroon in the second binary format (libmacaroons, format.txt)
// and of the identifier that LND puts in it (macaroon-bakery, MacaroonId).
const (
	secondFormat = 2
	fieldLoc     = 1
	fieldID      = 2
	bakeryThird  = 3
	idOps        = 3
	opEntity     = 1
	opAction     = 2
)

// PowersOf reads what a macaroon allows.
func PowersOf(raw []byte) ([]Power, error) {
	if len(raw) == 0 || raw[0] != secondFormat {
		return nil, errMacaroon
	}
	raw = raw[1:]
	kind, field, raw, ok := packet(raw)
	if ok && kind == fieldLoc {
		kind, field, _, ok = packet(raw)
	}
	if !ok || kind != fieldID || len(field) == 0 || field[0] != bakeryThird {
		return nil, errMacaroon
	}
	var powers []Power
	err := fields(field[1:], func(number uint64, op []byte) error {
		if number != idOps {
			return nil
		}
		entity := ""
		return fields(op, func(number uint64, text []byte) error {
			switch number {
			case opEntity: // comes first
				entity = string(text)
			case opAction:
				powers = append(powers, Power{entity, string(text)})
			}
			return nil
		})
	})
	return powers, err
}

// packet reads one field of a macaroon: kind, length, data.
func packet(b []byte) (kind uint64, field, rest []byte, ok bool) {
	if kind, b, ok = varint(b); !ok {
		return 0, nil, nil, false
	}
	if field, rest, ok = counted(b); !ok {
		return 0, nil, nil, false
	}
	return kind, field, rest, true
}

// fields reads a protobuf message whose fields all have a length.
func fields(b []byte, each func(number uint64, field []byte) error) error {
	for len(b) > 0 {
		key, rest, ok := varint(b)
		if !ok || key&7 != 2 {
			return errMacaroon
		}
		var field []byte
		if field, b, ok = counted(rest); !ok {
			return errMacaroon
		}
		if err := each(key>>3, field); err != nil {
			return err
		}
	}
	return nil
}

func varint(b []byte) (uint64, []byte, bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}

func counted(b []byte) (field, rest []byte, ok bool) {
	size, b, ok := varint(b)
	if !ok || size > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}
