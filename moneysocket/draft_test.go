package moneysocket_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/moneysocket"
)

func TestDraftsOfTheExamples(t *testing.T) {
	var more []struct {
		Name    string `json:"test_name"`
		Beacon  string `json:"encoded"`
		Decoded any
	}
	load(t, "draft-beacon-good.json", &more)
	for _, e := range more {
		if _, err := moneysocket.ParseDraft(e.Beacon); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	for name, e := range examples(t, "v1 beacon ") {
		d, err := moneysocket.ParseDraft(strings.ToUpper(e.Beacon))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v := e.Dict.Version
		if d.HRP != e.Dict.HRP || string(d.Role) != e.Dict.Role || d.Version != [3]int{v.Major, v.Minor, v.Patch} || hex.EncodeToString(d.Secret[:]) != e.Dict.Seed {
			t.Errorf("%s: got %+v", name, d)
		}
		for i, l := range d.Locations {
			want := e.Dict.Locations[i]
			if l.Host != want.Hostname || l.Port != want.Port || l.Plain == want.TLS || l.Path != want.Path || l.Preference != want.Preference {
				t.Errorf("%s: got %+v, want %+v", name, l, want)
			}
		}
		if _, err := moneysocket.ParseBeacon(e.Beacon); !errors.Is(err, moneysocket.ErrDraft) || errors.Is(err, moneysocket.ErrBeacon) {
			t.Errorf("%s as v0: got %v, want ErrDraft", name, err)
		}
	}
}

func TestBadDraftsOfTheExamples(t *testing.T) {
	var bad []struct {
		Name  string `json:"test_name"`
		Error string `json:"decode_error"`
		Input struct{ Beacon string }
	}
	load(t, "draft-beacon-bad.json", &bad)
	for _, e := range bad {
		_, err := moneysocket.ParseDraft(e.Input.Beacon)
		if err == nil || !strings.HasSuffix(err.Error(), e.Error) {
			t.Errorf("%s: got %v, want %s", e.Name, err, e.Error)
		}
	}
}
