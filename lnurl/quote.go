package lnurl

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/fault"
)

// Request is what we ask the callback of an offer for.
type Request struct {
	Offer   Offer
	Amount  amount.Msat
	Comment string // LUD-12
}

// Check says whether the offer allows such a request. Its faults are
// ErrRange and ErrComment. Both sides ask it.
func (r Request) Check() error {
	if r.Amount < r.Offer.Min || r.Amount > r.Offer.Max {
		return ErrRange.With(fault.Args{
			"host": r.Offer.Host, "min": int64(r.Offer.Min), "max": int64(r.Offer.Max)})
	}
	if utf8.RuneCountInString(r.Comment) > min(r.Offer.Comment, LongestComment) || !utf8.ValidString(r.Comment) {
		return ErrComment.With(fault.Args{
			"host": r.Offer.Host, "max": int64(min(r.Offer.Comment, LongestComment))})
	}
	return nil
}

// URL is the callback with the amount and the note (LUD-06, step 4).
func (r Request) URL() (string, error) {
	if err := r.Check(); err != nil {
		return "", err
	}
	u, ok := parseURL(r.Offer.Callback)
	if !ok {
		return "", nonsense(r.Offer.Host, "the callback is not a good URL")
	}
	query := "amount=" + strconv.FormatInt(int64(r.Amount), 10)
	if r.Comment != "" {
		query += "&comment=" + strings.ReplaceAll(url.QueryEscape(r.Comment), "+", "%20")
	}
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	u.RawQuery = query
	return u.String(), nil
}

// Quote is the invoice that a service made for a request.
type Quote struct {
	Request Request
	Invoice string   // BOLT 11, in lower case, not looked into
	Success *Success // to be shown when it is paid; nil if there is nothing
}

// ParseQuote reads the answer of a service's callback.
func ParseQuote(body []byte, r Request) (Quote, error) {
	host := r.Offer.Host
	o, err := parseObject(body)
	if err != nil {
		return Quote{}, nonsense(host, err.Error())
	}
	if err := refusal(o, host); err != nil {
		return Quote{}, err
	}
	invoice, _ := o.text("pr")
	lower := strings.ToLower(invoice)
	if len(invoice) > bolt11.MaxLength || !strings.HasPrefix(lower, "ln") || strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789") != "" ||
		invoice != lower && invoice != strings.ToUpper(invoice) {
		return Quote{}, nonsense(host, "pr is not an invoice")
	}
	q := Quote{Request: r, Invoice: lower}
	if o.has("successAction") {
		if q.Success, err = parseSuccess(o["successAction"], r.Offer); err != nil {
			return Quote{}, err
		}
	}
	return q, nil
}

// QuoteJSON is the answer of a service that made an invoice. success may be
// nil. The invoice belongs to one payment, the offer does not (LUD-11).
func QuoteJSON(invoice string, success *Success) ([]byte, error) {
	return encode(struct {
		Invoice    string   `json:"pr"`
		Routes     []string `json:"routes"`
		Success    *Success `json:"successAction,omitempty"`
		Disposable bool     `json:"disposable"`
	}{invoice, []string{}, success, false})
}
