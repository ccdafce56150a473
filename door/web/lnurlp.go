package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lnurl"
)

// errTooFast is the fault of asking for more invoices than one may. The door says when to
// ask again.
var errTooFast = fault.Define(fault.Unavailable, "web.too-fast")

// patience is how long the wallet may take to answer.
const patience = 10 * time.Second

// lnurlp answers what a user takes (LUD-16, LUD-06 step 3).
func (d *Door) lnurlp(w http.ResponseWriter, r *http.Request) {
	offer, ok := d.offered(w, r)
	if !ok {
		return
	}
	body, err := offer.JSON()
	if err != nil {
		d.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

// callback makes an invoice (LUD-06 step 5, LUD-12).
func (d *Door) callback(w http.ResponseWriter, r *http.Request) {
	offer, ok := d.offered(w, r)
	if !ok {
		return
	}
	m, comment, ok := parseCallback(r.URL.RawQuery)
	if !ok {
		d.refuse(w, r, http.StatusOK, "web.how-much", nil)
		return
	}
	invoice, err := d.bill(r, name(r), lnurl.Request{Offer: offer, Amount: m, Comment: comment})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	body, err := lnurl.QuoteJSON(invoice.Text, nil)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

// preflight lets wallets in browsers add headers to their question, which
// need none (Fetch, "CORS-preflight request").
func preflight(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Methods", "GET")
	w.Header().Set("Access-Control-Allow-Headers", "*")
	w.WriteHeader(http.StatusNoContent)
}

// name is the name that a wallet asks for. They have no capitals, but phones
// like to write them.
func name(r *http.Request) string { return address.Fold(r.PathValue("name")) }

// offered is the offer of who is asked for. It answers itself when there is
// none.
func (d *Door) offered(w http.ResponseWriter, r *http.Request) (lnurl.Offer, bool) {
	payee, err := d.payee(r, name(r))
	if err != nil {
		d.fail(w, r, err)
		return lnurl.Offer{}, false
	}
	offer, err := d.offer(payee)
	if err != nil {
		d.fail(w, r, err)
		return lnurl.Offer{}, false
	}
	return offer, true
}

// payee asks the desk who has a name. To ask for nobody costs more.
func (d *Door) payee(r *http.Request, name string) (Payee, error) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	var p Payee
	err := error(fault.New(fault.NotFound, "web.unknown", nil))
	if isName(name) {
		p, err = d.o.Desk.Payee(ctx, name)
	}
	if fault.Is(err, fault.NotFound) {
		d.limits.requests.take(d.client(r).String(), unknownCosts-1)
		err = fault.Wrap(err, fault.NotFound, "web.unknown", nil)
	}
	return p, err
}

// bill asks the desk for an invoice, if it may be asked.
func (d *Door) bill(r *http.Request, name string, q lnurl.Request) (Invoice, error) {
	if err := q.Check(); err != nil {
		return Invoice{}, inOurWords(err)
	}
	if !d.limits.invoice(d.client(r), name) {
		return Invoice{}, errTooFast
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	return d.o.Desk.Invoice(ctx, name, q.Amount, q.Offer.Metadata.Hash(), i18n.Clean(q.Comment))
}

// ourWords is what a payer reads here of a request that lnurl refuses: it is about us, and
// not about some service.
var ourWords = []struct {
	of     error
	phrase string
}{
	{lnurl.ErrRange, "web.range"},
	{lnurl.ErrComment, "web.note-too-long"},
}

func inOurWords(err error) error {
	f := fault.Of(err)
	for _, w := range ourWords {
		if errors.Is(err, w.of) {
			return fault.Wrap(err, f.Kind, w.phrase, f.Args)
		}
	}
	return err
}

// parseCallback reads the query of a callback: one amount in millisatoshi,
// and perhaps one comment. What else a wallet sends is passed over.
func parseCallback(query string) (m amount.Msat, comment string, ok bool) {
	values, err := url.ParseQuery(query)
	amounts, comments := values["amount"], values["comment"]
	if err != nil || len(amounts) != 1 || len(comments) > 1 {
		return 0, "", false
	}
	if amounts[0] == "" || strings.Trim(amounts[0], "0123456789") != "" {
		return 0, "", false
	}
	n, err := strconv.ParseInt(amounts[0], 10, 64)
	if err != nil || n > int64(amount.Max) {
		return 0, "", false
	}
	if len(comments) == 1 {
		comment = comments[0]
	}
	return amount.Msat(n), comment, true
}

// statuses is how each kind of fault is said in HTTP. Wallets go by the body
// (LUD-01), so only what others act on has a status of its own.
var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusOK, fault.NotFound: http.StatusNotFound,
	fault.NotAllowed: http.StatusOK, fault.Conflict: http.StatusOK, fault.InsufficientFunds: http.StatusOK, fault.Unavailable: http.StatusServiceUnavailable,
}

// fail says why not. What nobody classified is for the log.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.Of(err)
	switch {
	case errors.Is(err, errTooFast):
		d.tooFast(w, r)
	case f.Kind == fault.Internal || r.Context().Err() != nil:
		d.o.Log.Error("web: a request failed", "path", r.URL.Path, "err", err)
		d.refuse(w, r, statuses[fault.Unavailable], "web.later", nil)
	default:
		if f.Kind == fault.Unavailable {
			d.o.Log.Warn("web: a request failed", "path", r.URL.Path, "err", err)
		}
		d.refuse(w, r, statuses[f.Kind], f.Phrase, f.Args)
	}
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func writeRefusal(w http.ResponseWriter, status int, reason string) {
	body, err := lnurl.RefusalJSON(reason)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"status":"ERROR"}`)
	}
	writeJSON(w, status, body)
}
