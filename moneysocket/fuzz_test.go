package moneysocket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// seeds are texts of the examples.
func seeds(f *testing.F, pick func(name string, e example) []byte) {
	text, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		f.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		f.Fatal(err)
	}
	for name, text := range raw {
		var e example
		if json.Unmarshal(text, &e) == nil {
			if b := pick(name, e); len(b) > 0 {
				f.Add(b)
			}
		}
	}
}

// A beacon that is read is written so that it is read the same, and all in it
// can be used.
func FuzzBeacon(f *testing.F) {
	seeds(f, func(_ string, e example) []byte { return []byte(e.Beacon) })
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = moneysocket.ParseDraft(string(text))
		b, err := moneysocket.ParseBeacon(string(text))
		if err != nil {
			if !errors.Is(err, moneysocket.ErrBeacon) && !errors.Is(err, moneysocket.ErrDraft) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		again, err := moneysocket.ParseBeacon(b.String())
		if err != nil || again.Seed != b.Seed || len(again.Locations) != len(b.Locations) {
			t.Fatalf("%v is read again as %v, %v", b.Locations, again.Locations, err)
		}
		for i, l := range b.Locations {
			if again.Locations[i] != l {
				t.Errorf("%+v is read again as %+v", l, again.Locations[i])
			}
		}
	})
}

// The payload of a beacon, whose checksum a fuzzer would not find.
func FuzzBeaconPayload(f *testing.F) {
	seeds(f, func(_ string, e example) []byte {
		b := make([]byte, len(e.Inner)/2)
		for i := range b {
			b[i] = unhexByte(e.Inner[2*i])<<4 | unhexByte(e.Inner[2*i+1])
		}
		return b
	})
	f.Fuzz(func(t *testing.T, payload []byte) {
		text := wrapBytes("moneysocket", payload)
		_, _ = moneysocket.ParseDraft(text)
		if b, err := moneysocket.ParseBeacon(text); err == nil {
			again, err := moneysocket.ParseBeacon(b.String())
			if err != nil || again.String() != b.String() {
				t.Errorf("%v is read again as %v, %v", b.Locations, again.Locations, err)
			}
		}
	})
}

// A frame never does more than be dropped, and what is read can be written.
func FuzzCodec(f *testing.F) {
	c := moneysocket.NewCodec(moneysocket.Seed{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	seeds(f, func(_ string, e example) []byte {
		b := make([]byte, len(e.Hex)/2)
		for i := range b {
			b[i] = unhexByte(e.Hex[2*i])<<4 | unhexByte(e.Hex[2*i+1])
		}
		return b
	})
	f.Fuzz(func(t *testing.T, frame []byte) {
		if m, err := c.Decode(frame); err == nil && m.Name.Clear() == !json.Valid(frame) {
			t.Errorf("%s came as %q", m.Name, frame)
		}
		plain, err := c.Unseal(c.Seal(frame))
		if err != nil || !bytes.Equal(plain, bytes.TrimRight(frame, "\x00")) {
			t.Errorf("%q is unsealed as %q, %v", frame, plain, err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	seeds(f, func(_ string, e example) []byte { return []byte(e.JSON) })
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := moneysocket.ParseMessage(text)
		if err != nil {
			if !errors.Is(err, moneysocket.ErrMessage) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if m.Msats < 0 || m.Msats > moneysocket.MaxMsat {
			t.Errorf("%d msat", m.Msats)
		}
		again, err := moneysocket.ParseMessage(m.Text())
		if err != nil || !bytes.Equal(again.Text(), m.Text()) || !utf8.Valid(m.Text()) {
			t.Errorf("%s is read again as %s, %v", m.Text(), again.Text(), err)
		}
	})
}

func unhexByte(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
