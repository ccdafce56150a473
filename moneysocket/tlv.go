package moneysocket

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors of BigSize and TLV (BOLT 1).
var (
	errUnderrun = errors.New("underrun")
	errMinimal  = errors.New("not minimally encoded")
)

// appendBigSize writes n as a BigSize (BOLT 1).
func appendBigSize(to []byte, n uint64) []byte {
	switch {
	case n < 0xfd:
		return append(to, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(to, 0xfd), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(to, 0xfe), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(to, 0xff), n)
}

// cutBigSize reads a BigSize from the front of b. Only the shortest form is a
// BigSize.
func cutBigSize(b []byte) (n uint64, rest []byte, err error) {
	if len(b) == 0 {
		return 0, nil, errUnderrun
	}
	size, least := 0, uint64(0)
	switch b[0] {
	case 0xfd:
		size, least = 2, 0xfd
	case 0xfe:
		size, least = 4, 1<<16
	case 0xff:
		size, least = 8, 1<<32
	default:
		return uint64(b[0]), b[1:], nil
	}
	if len(b) < 1+size {
		return 0, nil, errUnderrun
	}
	for _, c := range b[1 : 1+size] {
		n = n<<8 | uint64(c)
	}
	if n < least {
		return 0, nil, errMinimal
	}
	return n, b[1+size:], nil
}

// tlv is a type and its value (BOLT 1).
type tlv struct {
	kind  uint64
	value []byte
}

func appendTLV(to []byte, kind uint64, value []byte) []byte {
	to = appendBigSize(appendBigSize(to, kind), uint64(len(value)))
	return append(to, value...)
}

// cutTLV reads one TLV from the front of b.
func cutTLV(b []byte) (t tlv, rest []byte, err error) {
	kind, rest, err := cutBigSize(b)
	if err != nil {
		return tlv{}, nil, fmt.Errorf("type of a TLV: %w", err)
	}
	size, rest, err := cutBigSize(rest)
	if err != nil {
		return tlv{}, nil, fmt.Errorf("length of a TLV: %w", err)
	}
	if size > uint64(len(rest)) {
		return tlv{}, nil, fmt.Errorf("value of a TLV: %w", errUnderrun)
	}
	return tlv{kind, rest[:size]}, rest[size:], nil
}

// allTLVs reads b to its end.
func allTLVs(b []byte) (all []tlv, err error) {
	for len(b) > 0 {
		var t tlv
		if t, b, err = cutTLV(b); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// wholeBigSize reads a value that is one BigSize and nothing else.
func wholeBigSize(b []byte) (uint64, error) {
	n, rest, err := cutBigSize(b)
	if err == nil && len(rest) > 0 {
		err = errors.New("extra bytes")
	}
	return n, err
}
