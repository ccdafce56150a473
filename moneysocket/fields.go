package moneysocket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// field is a member of a message's JSON object: how it is read, with the
// checks that others make, and how it is written.
type field struct {
	key   string
	read  func(m *Message, raw json.RawMessage) error
	write func(to []byte, m Message) []byte
}

const (
	maxExt   = 4096
	maxText  = 32 * 1024 // of an error
	maxFrame = 64 * 1024 // of an invoice: one that is far too long can still be answered
	hexChars = "0123456789abcdefABCDEF"
)

var (
	rendezvousField = field{"rendezvous_id",
		func(m *Message, raw json.RawMessage) error {
			id, err := readHex256(raw, "rendezvous_id")
			m.Rendezvous = RendezvousID(id)
			return err
		},
		func(to []byte, m Message) []byte { return appendString(to, string(m.Rendezvous)) }}
	accountField = field{"account_uuid",
		func(m *Message, raw json.RawMessage) (err error) {
			m.Account, err = readUUID(raw, "account_uuid")
			return err
		},
		func(to []byte, m Message) []byte { return appendString(to, m.Account) }}
	payerField = field{"payer",
		func(m *Message, raw json.RawMessage) error { return readBool(&m.Payer, raw, "payer") },
		func(to []byte, m Message) []byte { return strconv.AppendBool(to, m.Payer) }}
	payeeField = field{"payee",
		func(m *Message, raw json.RawMessage) error { return readBool(&m.Payee, raw, "payee") },
		func(to []byte, m Message) []byte { return strconv.AppendBool(to, m.Payee) }}
	wadField = field{"wad",
		func(m *Message, raw json.RawMessage) (err error) {
			m.Wad, err = readWad(raw)
			return err
		},
		func(to []byte, m Message) []byte { return appendWad(to, m.Wad) }}
	msatsField = field{"msats",
		func(m *Message, raw json.RawMessage) (err error) {
			if m.Msats, err = readMsats(raw); err == nil && m.Msats == 0 {
				err = errors.New("msats must be a positive number")
			}
			return err
		},
		func(to []byte, m Message) []byte { return strconv.AppendInt(to, int64(m.Msats), 10) }}
	bolt11Field = field{"bolt11",
		func(m *Message, raw json.RawMessage) (err error) {
			if m.Bolt11, err = readText(raw, "bolt11", maxFrame); err == nil && !strings.HasPrefix(m.Bolt11, "lnbc") {
				err = errors.New("doesn't look like a bolt11")
			}
			return err
		},
		func(to []byte, m Message) []byte { return appendString(to, m.Bolt11) }}
	preimageField = field{"preimage",
		func(m *Message, raw json.RawMessage) (err error) {
			m.Preimage, err = readHex256(raw, "preimage")
			return err
		},
		func(to []byte, m Message) []byte { return appendString(to, m.Preimage) }}
	extField = field{"ext",
		func(m *Message, raw json.RawMessage) error {
			if isNull(raw) {
				return nil
			}
			text, err := readText(raw, "ext", 4*maxExt)
			if err == nil && utf8.RuneCountInString(text) > maxExt {
				err = errors.New("ext is larger than 4096 characters")
			}
			m.Ext = &text
			return err
		},
		func(to []byte, m Message) []byte { return appendNullable(to, m.Ext) }}
	errorField = field{"error_msg",
		func(m *Message, raw json.RawMessage) (err error) {
			m.Error, err = readText(raw, "error_msg", maxText)
			return err
		},
		func(to []byte, m Message) []byte { return appendString(to, m.Error) }}
)

func isNull(raw json.RawMessage) bool { return bytes.Equal(raw, []byte("null")) }

func readText(raw json.RawMessage, key string, limit int) (text string, err error) {
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("unknown %s type", key)
	}
	if len(text) > limit {
		return "", fmt.Errorf("%s is too long", key)
	}
	return text, nil
}

func readBool(to *bool, raw json.RawMessage, key string) error {
	switch string(raw) {
	case "true":
		*to = true
	case "false":
		*to = false
	default:
		return fmt.Errorf("%s must be True or False", key)
	}
	return nil
}

// readMsats takes whole numbers only, as other programs do, and no more than
// all the money there is.
func readMsats(raw json.RawMessage) (Msat, error) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, errors.New("unknown msats type")
	case err != nil || n > int64(MaxMsat):
		return 0, errors.New("more msats than there are")
	case n < 0:
		return 0, errors.New("msats must be a positive number")
	}
	return Msat(n), nil
}

func readHex256(raw json.RawMessage, key string) (string, error) {
	text, err := readText(raw, key, maxText)
	switch {
	case err != nil:
		return "", err
	case strings.Trim(text, hexChars) != "":
		return "", fmt.Errorf("%s not hex string", key)
	case len(text) != 64:
		return "", fmt.Errorf("%s not 256-bit value hex string", key)
	}
	return text, nil
}

func readUUID(raw json.RawMessage, key string) (string, error) {
	text, err := readText(raw, key, 64)
	if err == nil && canonical(text) == "" {
		err = fmt.Errorf("invalid %s", key)
	}
	return text, err
}

// canonical returns the 32 lower-case digits of a UUID in any of the forms that
// others accept, and nothing if it is none.
func canonical(uuid string) string {
	bare := strings.ReplaceAll(strings.ReplaceAll(uuid, "urn:", ""), "uuid:", "")
	bare = strings.ReplaceAll(strings.Trim(bare, "{}"), "-", "")
	if len(bare) != 32 || strings.Trim(bare, hexChars) != "" {
		return ""
	}
	return strings.ToLower(bare)
}
