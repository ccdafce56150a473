package lnurl

import (
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// Offer is what a service takes (payRequest, LUD-06).
type Offer struct {
	Host     string // that was asked, to be shown
	Address  string // the Lightning Address that was asked, or ""
	Callback string // where the invoice comes from; https
	Min, Max amount.Msat
	Comment  int // longest note in characters (LUD-12); 0: none
	Metadata Metadata
}

// LongestComment is the longest note we send or take: escaped, it must fit
// into a URL (LUD-12).
const LongestComment = 280

// ParseOffer reads the answer of a service to the request for t.
func ParseOffer(body []byte, t Target) (Offer, error) {
	o, err := parseObject(body)
	if err != nil {
		return Offer{}, nonsense(t.Host, err.Error())
	}
	if err := refusal(o, t.Host); err != nil {
		return Offer{}, err
	}
	if tag, ok := o.text("tag"); !ok {
		return Offer{}, nonsense(t.Host, "no tag")
	} else if kind := otherTags[tag]; kind != "" {
		return Offer{}, ErrLNURL.New(fault.Invalid, "lnurl.kind", fault.Args{"tag": kind})
	} else if tag != "payRequest" {
		return Offer{}, nonsense(t.Host, "unknown tag")
	}
	offer := Offer{Host: t.Host, Address: t.Address}
	if err := offer.setRange(o); err != "" {
		return Offer{}, nonsense(t.Host, err)
	}
	callback, _ := o.text("callback")
	if !goodCallback(callback) {
		return Offer{}, nonsense(t.Host, "the callback is not a good URL")
	}
	offer.Callback = callback
	raw, ok := o.text("metadata")
	if !ok {
		return Offer{}, nonsense(t.Host, "no metadata")
	}
	if offer.Metadata, err = ParseMetadata(raw); err != nil {
		return Offer{}, nonsense(t.Host, err.Error())
	}
	if o.has("commentAllowed") {
		n, ok := o.whole("commentAllowed")
		if !ok {
			return Offer{}, nonsense(t.Host, "commentAllowed is not a number")
		}
		offer.Comment = int(min(n, LongestComment))
	}
	return offer, demands(o, t.Host)
}

func (offer *Offer) setRange(o object) (wrong string) {
	least, ok1 := o.whole("minSendable")
	most, ok2 := o.whole("maxSendable")
	if !ok1 || !ok2 {
		return "minSendable or maxSendable is not a whole number"
	}
	// Some write a maximum of all the numbers they have.
	most = min(most, int64(amount.Max))
	if least < 1 || most < least {
		return "minSendable and maxSendable are no range"
	}
	offer.Min, offer.Max = amount.Msat(least), amount.Msat(most)
	return ""
}

// refusal is the fault of an answer that says no.
func refusal(o object, host string) error {
	status, _ := o.text("status")
	if !strings.EqualFold(status, "ERROR") {
		return nil
	}
	reason, _ := o.text("reason")
	return ErrLNURL.New(fault.Invalid, "lnurl.refused", fault.Args{"host": host, "reason": clean(reason, 200)})
}

// demands is the fault of a service that will not be paid by somebody
// nameless (LUD-18 §2). What it only would like to know it is not told.
func demands(o object, host string) error {
	if !o.has("payerData") {
		return nil
	}
	fields, err := parseObject(o["payerData"])
	if err != nil {
		return nonsense(host, "payerData: "+err.Error())
	}
	for name := range fields {
		if !fields.has(name) {
			continue
		}
		field, err := parseObject(fields[name])
		if err != nil {
			return nonsense(host, "payerData: "+err.Error())
		}
		if string(field["mandatory"]) == "true" {
			return ErrLNURL.New(fault.Invalid, "lnurl.payer", fault.Args{"host": host})
		}
	}
	return nil
}

// goodCallback reports whether a callback may be asked. It may be on another
// host, as when somebody's own domain points to a provider. Whether the host
// is in a network that we go to is decided when we dial.
func goodCallback(callback string) bool {
	u, ok := parseURL(callback)
	if !ok || u.Scheme != "https" || strings.HasSuffix(u.Hostname(), ".onion") {
		return false
	}
	q := u.Query()
	// We add these; who finds two may take the wrong one.
	return !q.Has("amount") && !q.Has("comment") && !strings.Contains(u.RawQuery, ";")
}

// JSON is the answer of a service that makes this offer.
func (offer Offer) JSON() ([]byte, error) {
	return encode(struct {
		Tag      string `json:"tag"`
		Callback string `json:"callback"`
		Min      int64  `json:"minSendable"`
		Max      int64  `json:"maxSendable"`
		Metadata string `json:"metadata"`
		Comment  int    `json:"commentAllowed,omitempty"`
	}{"payRequest", offer.Callback, int64(offer.Min), int64(offer.Max), offer.Metadata.String(), min(offer.Comment, LongestComment)})
}

// RefusalJSON is the answer of a service that says no (LUD-06).
func RefusalJSON(reason string) ([]byte, error) {
	return encode(struct {
		Status string `json:"status"`
		Reason string `json:"reason"`
	}{"ERROR", reason})
}
