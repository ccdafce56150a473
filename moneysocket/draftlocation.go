package moneysocket

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Types of the TLVs in a websocket's location of the draft v1.
const (
	draftPreference = iota
	draftHost
	draftTLS
	draftPort
	draftPath
)

const worst = 255 // preference, which is never written out

// parseDraftLocation reads the location of a websocket: the preference and the
// host come first, the rest in any order.
func parseDraftLocation(value []byte) (l DraftLocation, err error) {
	all, err := allTLVs(value)
	if err != nil {
		return l, errors.New("invalid websocket location TLVs")
	}
	if len(all) == 0 {
		return l, errors.New("no websocket location TLVs")
	}
	l.Preference = worst
	if all[0].kind == draftPreference {
		switch v := all[0].value; {
		case len(v) == 0:
			return l, errors.New("unable to parse generator_preference")
		case len(v) > 1:
			return l, errors.New("extra generator_preference bytes")
		case v[0] == worst:
			return l, errors.New("generator_preference not minimally encoded")
		default:
			l.Preference = int(v[0])
		}
		if all = all[1:]; len(all) == 0 {
			return l, errors.New("missing hostname TLV")
		}
	}
	if all[0].kind != draftHost {
		return l, errors.New("unknown TLV")
	}
	l.Host = string(all[0].value)
	if !utf8.ValidString(l.Host) {
		return l, errors.New("error decoding hostname string")
	}
	if !isDraftHost(l.Host) {
		return l, errors.New("invalid hostname")
	}
	return l, l.readRest(all[1:])
}

func (l *DraftLocation) readRest(all []tlv) (err error) {
	port := false
	for _, t := range all {
		switch t.kind {
		case draftTLS:
			err = l.readTLS(t.value)
		case draftPort:
			err, port = l.readPort(t.value), true
		case draftPath:
			l.Path = string(t.value)
			if l.Path == "" {
				err = errors.New("path not minimally encoded")
			} else if !utf8.ValidString(l.Path) {
				err = errors.New("error decoding path")
			}
		default:
			err = errors.New("unknown TLV type")
		}
		if err != nil {
			return err
		}
	}
	usual := Location{Plain: l.Plain}.port()
	if port && l.Port == usual {
		return errors.New("port not minimally encoded")
	}
	if !port {
		l.Port = usual
	}
	return nil
}

func (l *DraftLocation) readTLS(v []byte) error {
	switch {
	case len(v) == 0:
		return errors.New("underrun while popping a u8")
	case len(v) > 1:
		return errors.New("extra use_tls bytes")
	case v[0] == 1:
		return errors.New("use_tls not minimally encoded")
	case v[0] > 1:
		return errors.New("unknown use_tls setting")
	}
	l.Plain = true
	return nil
}

func (l *DraftLocation) readPort(v []byte) error {
	n, rest, err := cutBigSize(v)
	switch {
	case errors.Is(err, errUnderrun):
		return errors.New("underrun while peeking a uint8")
	case err != nil:
		return err
	case len(rest) > 0:
		return errors.New("extra port bytes")
	case n > 65535:
		return errors.New("port value too large")
	}
	l.Port = uint16(n)
	return nil
}

// isDraftHost accepts DNS names whose last label is no number, which leaves
// out IP addresses.
func isDraftHost(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if len(label) == 0 || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(host) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}
