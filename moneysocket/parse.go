package moneysocket

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/btcsuite/btcd/address/v2/bech32"
)

// ErrBeacon is what [ParseBeacon] wraps if a text is no beacon of v0.
var ErrBeacon = errors.New("no moneysocket beacon")

// ErrDraft is what [ParseBeacon] wraps if a text is a beacon of the draft v1,
// which no program can use yet. [ParseDraft] tells what is in it.
var ErrDraft = errors.New("a moneysocket beacon of the draft version 1, which no program speaks yet")

// ParseBeacon reads a v0 beacon as people paste or scan it: in lower or upper
// case, with white space around it, with or without "moneysocket:" before it.
// What is found must be usable: hosts are DNS names or IP addresses, ports are
// ports, and at least one location is a websocket. Locations of an unknown
// kind are left out. Errors wrap [ErrBeacon] or [ErrDraft].
func ParseBeacon(text string) (Beacon, error) {
	name, payload, err := unwrap(text)
	if err != nil {
		return Beacon{}, err
	}
	if isDraft(name, payload) {
		if _, err := ParseDraft(text); err != nil {
			return Beacon{}, fmt.Errorf("%w, and a broken one: %w", ErrDraft, err)
		}
		return Beacon{}, ErrDraft
	}
	if name != hrp {
		return Beacon{}, fmt.Errorf("%w: string is not a moneysocket beacon", ErrBeacon)
	}
	b, err := parsePayload(payload)
	if err != nil && !errors.Is(err, ErrBeacon) {
		err = fmt.Errorf("%w: %w", ErrBeacon, err)
	}
	return b, err
}

// isDraft tells the generations apart: v1 starts with a TLV of type 0.
func isDraft(name string, payload []byte) bool {
	return strings.HasPrefix(name, hrp) && len(payload) > 0 && payload[0] == 0
}

// unwrap takes off what people put around a beacon, and bech32.
func unwrap(text string) (name string, payload []byte, err error) {
	text = strings.TrimSpace(text)
	if n := len(hrp) + 1; len(text) > n && strings.EqualFold(text[:n], hrp+":") {
		text = text[n:]
	}
	if len(text) > maxBeacon {
		return "", nil, fmt.Errorf("%w: too long", ErrBeacon)
	}
	name, groups, version, err := bech32.DecodeNoLimitWithVersion(text)
	if err != nil || version != bech32.Version0 || name == "" {
		return "", nil, fmt.Errorf("%w: could not decode bech32 string", ErrBeacon)
	}
	if payload, err = bech32.ConvertBits(groups, 5, 8, false); err != nil {
		return "", nil, fmt.Errorf("%w: could not decode bech32 string", ErrBeacon)
	}
	return strings.ToLower(name), payload, nil
}

func parsePayload(payload []byte) (Beacon, error) {
	outer, _, err := cutTLV(payload) // what follows is ignored, as by all others
	if err != nil {
		return Beacon{}, err
	}
	if outer.kind != tlvBeacon {
		return Beacon{}, errors.New("got unexpected tlv type")
	}
	seed, rest, err := cutTLV(outer.value)
	if err != nil {
		return Beacon{}, err
	}
	if seed.kind != tlvSeed {
		return Beacon{}, errors.New("got unexpected shared seed tlv type")
	}
	if len(seed.value) != len(Seed{}) {
		return Beacon{}, errors.New("the shared seed is not 16 bytes")
	}
	list, _, err := cutTLV(rest)
	if err != nil {
		return Beacon{}, err
	}
	if list.kind != tlvLocations {
		return Beacon{}, errors.New("got unexpected location list tlv type")
	}
	b := Beacon{Seed: Seed(seed.value)}
	b.Locations, err = parseLocations(list.value)
	return b, err
}

func parseLocations(list []byte) (all []Location, err error) {
	first, rest, err := cutTLV(list)
	if err != nil {
		return nil, err
	}
	if first.kind != tlvCount {
		return nil, errors.New("got unexpected location count tlv type")
	}
	count, err := wholeBigSize(first.value)
	if err != nil {
		return nil, fmt.Errorf("location count: %w", err)
	}
	if count > maxLocations {
		return nil, errors.New("too many locations")
	}
	usable := false
	for range count {
		var t tlv
		if t, rest, err = cutTLV(rest); err != nil {
			return nil, err
		}
		l, known, err := parseLocation(t)
		if err != nil {
			return nil, err
		}
		if known {
			all = append(all, l)
			usable = usable || l.IsWebSocket()
		}
	}
	if !usable {
		return nil, errors.New("no websocket location")
	}
	return all, nil
}

func parseLocation(t tlv) (l Location, known bool, err error) {
	transport, placeholder := placeholders[t.kind]
	if !placeholder && t.kind != tlvWebSocket {
		return Location{}, false, nil
	}
	subs, err := allTLVs(t.value)
	if err != nil {
		return Location{}, false, err
	}
	if placeholder {
		l.Transport = transport
		for _, sub := range subs {
			if sub.kind == subHost && utf8.Valid(sub.value) && len(sub.value) <= placeholderLimit {
				l.Placeholder = string(sub.value)
			}
		}
		return l, true, nil
	}
	l, err = parseWebSocket(subs)
	return l, err == nil, err
}

// parseWebSocket reads the parts of a websocket's location, in any order.
func parseWebSocket(subs []tlv) (l Location, err error) {
	l.Transport = WebSocket
	found := false
	for _, sub := range subs {
		switch sub.kind {
		case subHost:
			if !utf8.Valid(sub.value) {
				return Location{}, errors.New("error decoding host string")
			}
			if l.Host, err = checkHost(string(sub.value)); err != nil {
				return Location{}, err
			}
			found = true
		case subTLS:
			n, err := wholeBigSize(sub.value)
			if err != nil || n > 1 {
				return Location{}, errors.New("error decoding use_tls setting")
			}
			l.Plain = n == 0
		case subPort:
			n, err := wholeBigSize(sub.value)
			if err != nil {
				return Location{}, fmt.Errorf("port: %w", err)
			}
			if n > 65535 {
				return Location{}, errors.New("port value too large")
			}
			l.Port = uint16(n)
		}
	}
	if !found {
		return Location{}, errors.New("no host tlv given")
	}
	if l.Port == 0 {
		l.Port = l.port()
	}
	return l, nil
}
