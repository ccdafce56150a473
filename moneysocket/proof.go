package moneysocket

import (
	"encoding/json"
)

// Proof is what a provider says when a payment was made, to us or by us.
type Proof struct {
	Preimage string // 64 hex digits in lower case
	Ref      string // request_uuid as the provider repeats it; "" for a payment that came in
	Ext      string // what it says besides, up to 4096 characters
}

// Fee is what the payment cost besides its amount, if the provider tells it:
// some say {"fee_msats": 12} in ext, others say nothing.
func (p Proof) Fee() (m Msat, told bool) {
	var ext struct {
		Fee json.RawMessage `json:"fee_msats"`
	}
	if json.Unmarshal([]byte(p.Ext), &ext) != nil || ext.Fee == nil {
		return 0, false
	}
	m, err := readMsats(ext.Fee)
	return m, err == nil
}

// FeeExt is the ext of a payment with that fee, in msat; "" says none.
func FeeExt(m Msat) string {
	if m <= 0 {
		return ""
	}
	text, _ := json.Marshal(map[string]Msat{"fee_msats": m}) // a number always marshals
	return string(text)
}
