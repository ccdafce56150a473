package moneysocket

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	protocol  = "Moneysocket"
	version   = "0.0.0"
	maxNumber = 40 // characters of a JSON number that anybody could mean
	maxPower  = 18 // of ten, in an exponent
)

// Text writes a message as JSON in the very form of the reference programs:
// the same order of fields, ", " and ": " between them, and nothing but ASCII.
func (m Message) Text() []byte {
	k := kinds[m.Name]
	to := make([]byte, 0, 640)
	to = append(to, `{"timestamp": `...)
	to = appendTime(to, m.Time)
	to = append(to, `, "protocol": "`+protocol+`", "protocol_version": "`+version+`", "message_class": `...)
	if k.request {
		to = appendString(append(to, `"REQUEST", "request_uuid": `...), m.UUID)
		to = append(to, `, "request_name": `...)
	} else {
		to = appendString(append(to, `"NOTIFICATION", "notification_uuid": `...), m.UUID)
		to = append(to, `, "request_reference_uuid": `...)
		if m.Ref == "" {
			to = append(to, "null"...)
		} else {
			to = appendString(to, m.Ref)
		}
		to = append(to, `, "notification_name": `...)
	}
	to = appendString(to, string(m.Name))
	for _, f := range k.fields {
		to = appendString(append(to, ", "...), f.key)
		to = f.write(append(to, ": "...), m)
	}
	for _, key := range slices.Sorted(maps.Keys(m.Extra)) {
		to = appendString(append(to, ", "...), key)
		to = append(append(to, ": "...), m.Extra[key]...)
	}
	return append(to, '}')
}

// ParseMessage reads the JSON of a message and checks it as the reference
// programs do. Errors wrap [ErrMessage].
func ParseMessage(text []byte) (Message, error) {
	m, err := parseMessage(text)
	if err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	return m, nil
}

func parseMessage(text []byte) (m Message, err error) {
	var all map[string]json.RawMessage // exact names of keys, which a struct would not be strict about
	if !utf8.Valid(text) || json.Unmarshal(text, &all) != nil || all == nil {
		return m, errors.New("not a JSON object")
	}
	take := func(key string) json.RawMessage {
		raw := all[key]
		delete(all, key)
		return raw
	}
	if m.Time, err = readTime(take("timestamp")); err != nil {
		return m, err
	}
	if p, err := readText(take("protocol"), "protocol", maxText); err != nil || p != protocol {
		return m, errors.New("unknown protocol")
	}
	if _, err = readText(take("protocol_version"), "protocol_version", maxText); err != nil {
		return m, err
	}
	class, err := readText(take("message_class"), "message_class", maxText)
	request := class == "REQUEST"
	if err != nil || !request && class != "NOTIFICATION" {
		return m, errors.New("not a known message")
	}
	if request {
		err = m.readRequest(take)
	} else {
		err = m.readNotification(take)
	}
	if err != nil {
		return m, err
	}
	k, known := kinds[m.Name]
	if !known || k.request != request {
		return m, fmt.Errorf("unknown name: %.40q", m.Name)
	}
	for _, f := range k.fields {
		raw := take(f.key)
		if raw == nil {
			return m, fmt.Errorf("no %s included", f.key)
		}
		if err = f.read(&m, raw); err != nil {
			return m, err
		}
	}
	if len(all) > 0 {
		m.Extra = all
	}
	return m, nil
}

func (m *Message) readRequest(take func(string) json.RawMessage) (err error) {
	if m.UUID, err = readUUID(take("request_uuid"), "request_uuid"); err != nil {
		return err
	}
	name, err := readText(take("request_name"), "request_name", maxText)
	m.Name = Name(name)
	return err
}

func (m *Message) readNotification(take func(string) json.RawMessage) (err error) {
	if m.UUID, err = readUUID(take("notification_uuid"), "notification_uuid"); err != nil {
		return err
	}
	ref := take("request_reference_uuid") // the key must be there, even if it is null
	if !isNull(ref) {
		if m.Ref, err = readUUID(ref, "request_reference_uuid"); err != nil {
			return err
		}
	}
	name, err := readText(take("notification_name"), "notification_name", maxText)
	m.Name = Name(name)
	return err
}

// readNumber reads a JSON number exactly. Numbers that would need a great deal
// of memory are refused.
func readNumber(raw json.RawMessage) (*big.Rat, error) {
	text := string(raw)
	if text == "" || len(text) > maxNumber || strings.Trim(text, "0123456789+-.eE") != "" {
		return nil, errors.New("not a number")
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if power, err := strconv.Atoi(text[i+1:]); err != nil || power > maxPower || power < -maxPower {
			return nil, errors.New("a number out of all proportion")
		}
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, errors.New("not a number")
	}
	return n, nil
}

// readTime reads seconds since 1970 with a fraction.
func readTime(raw json.RawMessage) (time.Time, error) {
	n, err := readNumber(raw)
	if err != nil {
		return time.Time{}, errors.New("could not understand timestamp")
	}
	if n.Sign() < 0 {
		return time.Time{}, errors.New("timestamp not positive value")
	}
	nanos := new(big.Int).Quo(new(big.Int).Mul(n.Num(), big.NewInt(1e9)), n.Denom())
	seconds, rest := nanos.QuoRem(nanos, big.NewInt(1e9), new(big.Int))
	if !seconds.IsInt64() || seconds.Int64() > 1<<50 {
		return time.Time{}, errors.New("could not understand timestamp")
	}
	return time.Unix(seconds.Int64(), rest.Int64()), nil
}

// appendTime writes seconds with at least one digit behind the point.
func appendTime(to []byte, t time.Time) []byte {
	to = strconv.AppendInt(to, max(0, t.Unix()), 10)
	fraction := strings.TrimRight(fmt.Sprintf("%09d", t.Nanosecond()), "0")
	if fraction == "" {
		fraction = "0"
	}
	return append(append(to, '.'), fraction...)
}

// appendString writes a JSON string in ASCII.
func appendString(to []byte, text string) []byte {
	const short = "\"\\\b\f\n\r\t"
	to = append(to, '"')
	for _, r := range text {
		switch i := strings.IndexRune(short, r); {
		case i >= 0:
			to = append(to, '\\', `"\bfnrt`[i])
		case r >= 0x10000:
			r -= 0x10000
			to = fmt.Appendf(to, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r < ' ' || r > '~':
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = append(to, byte(r))
		}
	}
	return append(to, '"')
}

func appendNullable(to []byte, text *string) []byte {
	if text == nil {
		return append(to, "null"...)
	}
	return appendString(to, *text)
}
