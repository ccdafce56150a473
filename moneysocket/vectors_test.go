package moneysocket_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// load reads a file of testdata as JSON.
func load(t *testing.T, name string, to any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatal(err)
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// place is a location as the examples write it.
type place struct {
	Type, Host, Hostname, Path string
	Port                       uint16
	TLS                        bool `json:"use_tls"`
	Preference                 int  `json:"generator_preference"`
}

// example is an entry of testdata/examples.json; each has some of this.
type example struct {
	Hex    string `json:"wire_hex"`
	JSON   string
	IV     string
	Text   string `json:"decrypts_to"`
	Beacon string
	Inner  string `json:"tlv_hex"`
	Key    string `json:"aes256_key"`
	ID     string `json:"rendezvous_id"`
	Dict   struct {
		HRP       string
		Seed      string                            `json:"shared_seed"`
		Role      string                            `json:"role_hint"`
		Version   struct{ Major, Minor, Patch int } `json:"generator_version"`
		Locations []place
	}
}

// examples are those whose name begins with a prefix, by the rest of it.
func examples(t *testing.T, prefix string) map[string]example {
	t.Helper()
	var raw map[string]json.RawMessage
	load(t, "examples.json", &raw)
	found := map[string]example{}
	for name, text := range raw {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		var e example
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found[rest] = e
	}
	if len(found) == 0 {
		t.Fatalf("no example begins with %q", prefix)
	}
	return found
}

const seedText = "000102030405060708090a0b0c0d0e0f"

func seed(t testing.TB, text string) moneysocket.Seed {
	t.Helper()
	s, err := moneysocket.ParseSeed(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeysOfTheExamples(t *testing.T) {
	for text, e := range examples(t, "v0 derive ") {
		s := seed(t, text)
		if key := s.Key(); hex.EncodeToString(key[:]) != e.Key {
			t.Errorf("key of %s: got %x, want %s", text, key, e.Key)
		}
		if id := s.Rendezvous(); string(id) != e.ID {
			t.Errorf("rendezvous of %s: got %s, want %s", text, id, e.ID)
		}
	}
	// The reason why a Draft has no Seed: its rendezvous is the key of v0.
	for text, e := range examples(t, "v1 derive ") {
		if key := seed(t, text).Key(); hex.EncodeToString(key[:]) != e.ID {
			t.Errorf("the rendezvous of v1 of %s is not the key of v0", text)
		}
	}
}

func TestBeaconsOfTheExamples(t *testing.T) {
	for name, e := range examples(t, "v0 beacon ") {
		b, err := moneysocket.ParseBeacon(e.Beacon)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b.Seed.Hex() != e.Dict.Seed || len(b.Locations) != len(e.Dict.Locations) {
			t.Errorf("%s: got %s %v", name, b.Seed.Hex(), b.Locations)
		}
		for i, want := range e.Dict.Locations {
			got := b.Locations[i]
			if string(got.Transport) != want.Type || got.Host != want.Host || got.Port != want.Port || got.IsWebSocket() && got.Plain == want.TLS {
				t.Errorf("%s: location %d: got %+v, want %+v", name, i, got, want)
			}
		}
		if got := b.String(); got != e.Beacon {
			t.Errorf("%s:\n got %s\nwant %s", name, got, e.Beacon)
		}
	}
}

func TestMessagesOfTheExamples(t *testing.T) {
	c := moneysocket.NewCodec(seed(t, seedText))
	for name, e := range examples(t, "v0 message ") {
		frame := unhex(t, e.Hex)
		m, err := c.Decode(frame)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(m.Text()); got != e.JSON || string(m.Name) != name {
			t.Errorf("%s:\n got %s\nwant %s", name, got, e.JSON)
		}
		again := m.Text()
		if !m.Name.Clear() {
			again = c.SealWith([16]byte(frame[:16]), again)
		}
		if string(again) != string(frame) {
			t.Errorf("%s: the frame is not the same again", name)
		}
	}
}

func TestFramesOfTheExamples(t *testing.T) {
	c := moneysocket.NewCodec(seed(t, seedText))
	for name, e := range examples(t, "v0 encrypt ") {
		frame := unhex(t, e.Hex)
		plain, err := c.Unseal(frame)
		if err != nil || string(plain) != e.Text {
			t.Errorf("%s: got %q, %v", name, plain, err)
		}
		if got := c.SealWith([16]byte(unhex(t, e.IV)), plain); string(got) != string(frame) {
			t.Errorf("%s: got %x, want %s", name, got, e.Hex)
		}
	}
}

// line is one of a recorded session.
type line struct {
	At, Dir, Conn, Opcode, Enc, Hex, Text string
}

func recording(t *testing.T, name string) (all []line) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

func TestFramesOfTheRecordings(t *testing.T) {
	for _, name := range []string{"relayed.jsonl", "direct.jsonl"} {
		all, frames := recording(t, name), 0
		c := moneysocket.NewCodec(seed(t, seedText))
		for i, l := range all {
			if l.Hex == "" {
				continue
			}
			frames++
			frame := unhex(t, l.Hex)
			m, err := c.Decode(frame)
			if err != nil {
				t.Errorf("%s:%d: %v", name, i+1, err)
				continue
			}
			if got := string(m.Text()); got != l.Text {
				t.Errorf("%s:%d:\n got %s\nwant %s", name, i+1, got, l.Text)
			}
			if m.Name.Clear() != (l.Enc == "clear") {
				t.Errorf("%s:%d: %s came as %s", name, i+1, m.Name, l.Enc)
			}
		}
		if frames < 10 {
			t.Errorf("%s has %d frames", name, frames)
		}
	}
}
