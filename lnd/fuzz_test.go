package lnd_test

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lnd"
)

func FuzzStream(f *testing.F) {
	for _, s := range []string{
		"{\"result\":{\"status\":\"IN_FLIGHT\"}}\n{\"result\":{\"status\":\"SUCCEEDED\"}}\n",
		"{\"error\":{\"code\":5,\"message\":\"payment isn't initiated\"}}\n", "{}\n", "\n\n", "null\n", "{\"result\":null}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := lnd.Messages(strings.NewReader(text), func(m json.RawMessage) error {
			if !json.Valid(m) {
				t.Errorf("delivered %q", m)
			}
			return nil
		})
		if err == nil {
			t.Error("a stream that nobody ended ended well")
		}
	})
}

// baked is a macaroon of LND 0.20 for two calls and one broad power.
const baked = "0201036c6e640267030a109d264f2e68b1ee122d86c1d970f610041201301a110a086f6666636861696e120577726974651a3c0a03757269121b2f6c6e7270632e4c696768746e696e672f416464496e766f69636512182f6c6e7270632e4c696768746e696e672f476574496e666f0000062012258c167832d946307e29b5a96628bf66a2ac112700428c705d53080b10711f"

func FuzzPowers(f *testing.F) {
	raw, err := hex.DecodeString(baked)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{2})
	f.Add([]byte{2, 2, 1, 3})
	f.Fuzz(func(t *testing.T, raw []byte) {
		powers, err := lnd.PowersOf(raw)
		size := 0
		for _, p := range powers {
			size += len(p.Entity) + len(p.Action)
		}
		if err == nil && len(powers) > len(raw) {
			t.Errorf("%d powers in %d bytes", len(powers), len(raw))
		}
	})
}

func TestPowers(t *testing.T) {
	raw, err := hex.DecodeString(baked)
	if err != nil {
		t.Fatal(err)
	}
	want := []lnd.Power{{"offchain", "write"}, {"uri", "/lnrpc.Lightning/AddInvoice"}, {"uri", "/lnrpc.Lightning/GetInfo"}}
	got, err := lnd.PowersOf(raw)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
	for n := range raw[:60] {
		if got, err := lnd.PowersOf(raw[:n]); err == nil {
			t.Errorf("the first %d bytes are read as %v", n, got)
		}
	}
}
