package bolt11

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/btcsuite/btcd/address/v2/bech32"
)

// letters are the fields that this package knows by their types (BOLT 11, "Tagged
// Fields"), each of which may come once. Of the features it knows nothing more.
var letters = map[byte]byte{1: 'p', 16: 's', 13: 'd', 27: 'm', 19: 'n', 23: 'h', 6: 'x', 24: 'c', 5: '9'}

// lengths are those that some fields must have, in groups of five bits.
var lengths = map[byte]int{'p': 52, 'h': 52, 's': 52, 'n': 53}

// mostGroups is how long a number may be that fits into an int64.
const mostGroups = 12

// readFields reads tagged fields: a type, two groups of length, data.
func (r *reading) readFields(data []byte) error {
	r.fields = map[byte][]byte{}
	for len(data) > 0 {
		if len(data) < 3 {
			return errors.New("the last field is cut")
		}
		name, known := letters[data[0]]
		size := int(number(data[1:3]))
		if data = data[3:]; len(data) < size {
			return errors.New("the last field is cut")
		}
		field := data[:size:size]
		data = data[size:]
		if !known {
			continue
		}
		if _, twice := r.fields[name]; twice {
			return fmt.Errorf("two fields %c", name)
		}
		if want, fixed := lengths[name]; fixed && size != want {
			return fmt.Errorf("a field %c of %d groups", name, size)
		}
		r.fields[name] = field
	}
	return r.understand()
}

// understand takes what the fields say, without asking for those that are missing.
func (r *reading) understand() error {
	hash, err := r.bytes('p')
	if err != nil {
		return err
	}
	if hash == nil {
		return errors.New("no payment hash")
	}
	r.Hash = [32]byte(hash)
	if r.DescriptionHash, err = r.bytes('h'); err != nil {
		return err
	}
	text, err := r.bytes('d')
	if err != nil || !utf8.Valid(text) {
		return errors.New("a description that is no text")
	}
	r.Description = string(text)
	r.Expiry, r.FinalCLTV = DefaultExpiry, DefaultFinalCLTV
	if x, ok := r.fields['x']; ok {
		if len(x) > mostGroups || number(x) > int64(MaxExpiry/time.Second) {
			return errors.New("an expiry beyond all clocks")
		}
		r.Expiry = time.Duration(number(x)) * time.Second
	}
	if c, ok := r.fields['c']; ok {
		if len(c) > mostGroups {
			return fmt.Errorf("%d groups of blocks", len(c))
		}
		r.FinalCLTV = number(c)
	}
	return nil
}

// check asks for the fields that an invoice must have to be paid (BOLT 11,
// "Requirements" of a reader).
func (r *reading) check() error {
	_, text := r.fields['d']
	_, hash := r.fields['h']
	_, secret := r.fields['s']
	switch {
	case text == hash:
		return errors.New("neither a description nor the hash of one, or both")
	case !secret:
		return errors.New("no payment secret")
	}
	return nil
}

// bytes is a field in bytes, nil if it is not there. What is left of the last group
// must be zeros.
func (r *reading) bytes(name byte) ([]byte, error) {
	field, ok := r.fields[name]
	if !ok {
		return nil, nil
	}
	b, err := bech32.ConvertBits(field, 5, 8, false)
	if err != nil {
		return nil, fmt.Errorf("field %c: %w", name, err)
	}
	return b, nil
}

// number reads groups of five bits, mostGroups of them, the highest first.
func number(groups []byte) int64 {
	n := int64(0)
	for _, g := range groups {
		n = n<<5 | int64(g)
	}
	return n
}
