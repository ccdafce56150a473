package moneysocket

import (
	"errors"
	"fmt"
	"strings"
)

// Draft is what a beacon of the draft v1 says. No program can meet there yet;
// it is read only to tell a user what the text is. Its seed must never be used
// for v0: the rendezvous of the one is the key of the other, so it is no [Seed].
type Draft struct {
	HRP       string // begins with "moneysocket"
	Version   [3]int // of the program that made it: major, minor, patch
	Role      Role
	Secret    [16]byte
	Locations []DraftLocation // websockets only
	Unknown   int             // how many locations and TLVs are of an unknown kind
}

// DraftLocation is a websocket in a beacon of the draft v1.
type DraftLocation struct {
	Preference int // 0 is best, 255 worst and the default
	Host       string
	Port       uint16
	Plain      bool // ws instead of wss
	Path       string
}

// Role is who made a beacon of the draft v1.
type Role string

// The roles that a beacon of the draft v1 can name; it may name none.
const (
	ProviderRole  Role = "PROVIDER_GENERATOR_SEEKING_CONSUMER"
	ConsumerRole  Role = "CONSUMER_GENERATOR_SEEKING_PROVIDER"
	AutomaticRole Role = "AUTOMATIC_GENERATOR"
)

var draftRoles = []Role{ProviderRole, ConsumerRole, AutomaticRole}

// Types of the TLVs in a beacon of the draft v1, in the order they come in.
const (
	draftVersion = iota
	draftRole
	draftSeed
	draftLocations
)

// ParseDraft reads a beacon of the draft v1, as strictly as the draft is.
func ParseDraft(text string) (Draft, error) {
	name, payload, err := unwrap(text)
	if err != nil {
		return Draft{}, err
	}
	d, err := parseDraft(name, payload)
	if err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrBeacon, err)
	}
	return d, nil
}

func parseDraft(name string, payload []byte) (d Draft, err error) {
	if d.HRP = name; !strings.HasPrefix(name, hrp) {
		return d, errors.New("unknown human readable part")
	}
	outer, rest, err := cutTLV(payload)
	switch {
	case err != nil:
		return d, errors.New("invalid beacon TLV")
	case outer.kind != 0:
		return d, errors.New("unknown TLV")
	case len(rest) > 0:
		return d, errors.New("extra bytes in beacon")
	case len(outer.value) == 0:
		return d, errors.New("no TLVs")
	}
	all, err := allTLVs(outer.value)
	if err != nil {
		return d, errors.New("invalid TLVs in beacon")
	}
	if all, err = d.readVersion(all); err != nil {
		return d, err
	}
	if all, err = d.readRole(all); err != nil {
		return d, err
	}
	if all, err = d.readSeed(all); err != nil {
		return d, err
	}
	if len(all) == 0 || all[0].kind != draftLocations {
		return d, errors.New("missing location_list TLV")
	}
	d.Unknown = len(all) - 1
	return d, d.readLocations(all[0].value)
}

func (d *Draft) readVersion(all []tlv) (rest []tlv, err error) {
	if all[0].kind != draftVersion {
		return nil, errors.New("missing generator_version TLV")
	}
	v := all[0].value
	if len(v) != 3 {
		return nil, errors.New("unable to decode version from bytes")
	}
	d.Version = [3]int{int(v[0]), int(v[1]), int(v[2])}
	return all[1:], nil
}

func (d *Draft) readRole(all []tlv) (rest []tlv, err error) {
	if len(all) == 0 {
		return nil, errors.New("missing shared_seed or role_hint TLV")
	}
	if all[0].kind != draftRole {
		return all, nil
	}
	switch v := all[0].value; {
	case len(v) == 0:
		return nil, errors.New("unable to parse role_hint")
	case int(v[0]) >= len(draftRoles):
		return nil, errors.New("unknown role_hint value")
	case len(v) > 1:
		return nil, errors.New("extra role_hint bytes")
	default:
		d.Role = draftRoles[v[0]]
	}
	return all[1:], nil
}

func (d *Draft) readSeed(all []tlv) (rest []tlv, err error) {
	if len(all) == 0 || all[0].kind != draftSeed {
		return nil, errors.New("missing shared_seed TLV")
	}
	switch v := all[0].value; {
	case len(v) < 8:
		return nil, errors.New("unable to parse shared_seed_hi")
	case len(v) < 16:
		return nil, errors.New("unable to parse shared_seed_lo")
	case len(v) > 16:
		return nil, errors.New("extra shared_seed bytes")
	default:
		d.Secret = [16]byte(v)
	}
	return all[1:], nil
}

func (d *Draft) readLocations(list []byte) error {
	if len(list) == 0 {
		return errors.New("no locations in location_list")
	}
	all, err := allTLVs(list)
	if err != nil {
		return errors.New("invalid location_list")
	}
	for _, t := range all {
		if t.kind != 0 {
			d.Unknown++
			continue
		}
		l, err := parseDraftLocation(t.value)
		if err != nil {
			return err
		}
		d.Locations = append(d.Locations, l)
	}
	if len(d.Locations) == 0 {
		return errors.New("no known locations in location_list")
	}
	return nil
}
