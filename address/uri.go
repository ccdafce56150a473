package address

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// URI is a payment URI (BIP 321, and BIP 21 before it).
type URI struct {
	Address   Address     // zero if there is none
	Amount    amount.Msat // 0 if none was given
	Label     string      // of the recipient; a stranger's words, as is Message
	Message   string
	Lightning string // a BOLT 11 invoice, not looked into
	Offer     string // a BOLT 12 offer, not looked into
}

// longestURI is how long a payment URI may be, in bytes: an invoice with all
// its hints, and an offer, have room.
const longestURI = 8192

// IsURI reports whether text means to be a payment URI.
func IsURI(text string) bool {
	return len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

const scheme = "bitcoin:"

// ParseURI reads a payment URI for one network. Keys are taken in any case,
// unknown keys are passed over, and of several payment instructions of a kind
// the first counts. An address may stand in the body or, if that is empty,
// under its own prefix ("bc=bc1...").
//
// Its errors are those of Parse for the address, and of ErrURI, all of kind Invalid:
//
//	uri.syntax    {}       not a payment URI
//	uri.required  {param}  it needs something we do not know (req-...)
//	uri.repeated  {param}  it says something twice that can be said once
//	uri.amount    {text}   its amount is none that can be paid
//	uri.nothing   {}       it names nothing that we could pay to
func ParseURI(text string, network Network) (URI, error) {
	params, known := network.Params()
	if !known || !IsURI(text) || len(text) > longestURI || strings.ContainsAny(text, "# \t\r\n") {
		return URI{}, ErrURI.New(fault.Invalid, "uri.syntax", nil)
	}
	body, query, _ := strings.Cut(text[len(scheme):], "?")
	u, seen := URI{}, map[string]bool{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, raw, _ := strings.Cut(pair, "=")
		key = strings.ToLower(key)
		value, err := url.PathUnescape(raw)
		if err != nil || !utf8.ValidString(key) || !utf8.ValidString(value) {
			return URI{}, ErrURI.New(fault.Invalid, "uri.syntax", nil)
		}
		switch {
		case strings.HasPrefix(key, "req-"):
			return URI{}, ErrURI.New(fault.Invalid, "uri.required", fault.Args{"param": shown(key)})
		case seen[key] && (key == "amount" || key == "label" || key == "message" || key == "pop"):
			return URI{}, ErrURI.New(fault.Invalid, "uri.repeated", fault.Args{"param": key})
		case body == "" && key == params.Bech32HRPSegwit:
			body = value
		case !seen[key]:
			if err := u.set(key, value); err != nil {
				return URI{}, err
			}
		}
		seen[key] = true
	}
	if body == "" {
		if u.Lightning == "" && u.Offer == "" {
			return URI{}, ErrURI.New(fault.Invalid, "uri.nothing", nil)
		}
		return u, nil
	}
	var err error
	if u.Address, err = Parse(body, network); err != nil {
		return URI{}, err
	}
	return u, nil
}

func (u *URI) set(key, value string) error {
	switch key {
	case "label":
		u.Label = value
	case "message":
		u.Message = value
	case "lightning":
		u.Lightning = value
	case "lno":
		u.Offer = value
	case "amount":
		m, err := amount.ParseBTC(value)
		if err != nil || m <= 0 {
			return ErrURI.New(fault.Invalid, "uri.amount", fault.Args{"text": shown(value)})
		}
		u.Amount = m
	}
	return nil
}

// String writes u so that ParseURI reads the same. What is empty is left out.
func (u URI) String() string {
	return u.build(u.Address.String())
}

// For writes u with an address that is known to be good in place of its own.
func (u URI) For(addr string) string { return u.build(addr) }

// BuildURI writes a payment URI for an address that is known to be good. An
// amount of 0 and an empty label are left out.
func BuildURI(addr string, m amount.Msat, label string) string {
	return URI{Amount: m, Label: label}.build(addr)
}

func (u URI) build(addr string) string {
	var b strings.Builder
	b.WriteString(scheme + addr)
	sep := byte('?')
	add := func(key, value string) {
		if value == "" {
			return
		}
		b.WriteByte(sep)
		// A plus is a plus in these URIs, so a space must not become one.
		b.WriteString(key + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		sep = '&'
	}
	if u.Amount > 0 {
		add("amount", u.Amount.BTC())
	}
	add("label", u.Label)
	add("message", u.Message)
	add("lightning", u.Lightning)
	add("lno", u.Offer)
	return b.String()
}
