package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lnurl"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// view is what a page shows: a payee, an invoice, or only a notice.
type view struct {
	i18n.Printer
	Style  template.CSS
	Notice string // what is wrong

	Name, Address string
	Pay, Chat     template.URL // lightning: and xmpp: links
	QR            template.HTML
	Min, Max      int64 // msat
	Comment       int   // longest note
	Amount, Note  string
	Invoice       string // BOLT 11
	Msat, Until   int64  // its amount, and its end in Unix seconds
}

// T says a phrase, with arguments as name, value, name, value.
func (v view) T(key string, args ...any) string {
	named := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			named[name] = args[i+1]
		}
	}
	return v.Say(key, named)
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	v.Printer, v.Style = d.printer(r), template.CSS(style)
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		d.o.Log.Error("web: a page failed", "path", r.URL.Path, "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// home is for who comes without a name.
func (d *Door) home(w http.ResponseWriter, r *http.Request) {
	d.refuse(w, r, http.StatusOK, "web.home", map[string]any{"url": d.url})
}

// named is the payee of a page /@name. It answers itself when there is none.
func (d *Door) named(w http.ResponseWriter, r *http.Request) (p Payee, offer lnurl.Offer, ok bool) {
	name, is := strings.CutPrefix(address.Fold(r.PathValue("page")), "@")
	if !is {
		d.nothing(w, r)
		return Payee{}, lnurl.Offer{}, false
	}
	p, err := d.payee(r, name)
	if err == nil {
		offer, err = d.offer(p)
	}
	if err != nil {
		d.fail(w, r, err)
	}
	return p, offer, err == nil
}

// page shows how to pay somebody.
func (d *Door) page(w http.ResponseWriter, r *http.Request) {
	if p, offer, ok := d.named(w, r); ok {
		d.showPayee(w, r, http.StatusOK, p, offer, view{})
	}
}

func (d *Door) showPayee(w http.ResponseWriter, r *http.Request, status int, p Payee, offer lnurl.Offer, v view) {
	link, err := d.link(p)
	if err == nil {
		v.QR, err = drawQR("LIGHTNING:" + link)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	v.Name, v.Address, v.Min, v.Max, v.Comment = p.Name, offer.Address, int64(offer.Min), int64(offer.Max), offer.Comment
	v.Pay = template.URL("lightning:" + link)
	if p.JID != "" {
		v.Chat = template.URL(chatLink(p.JID))
	}
	d.show(w, r, status, v)
}

// invoice makes an invoice for what the form says, and shows it.
func (d *Door) invoice(w http.ResponseWriter, r *http.Request) {
	p, offer, ok := d.named(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.refuse(w, r, http.StatusBadRequest, "web.later", nil)
		return
	}
	v := view{Amount: i18n.Clean(r.PostForm.Get("amount")), Note: i18n.Clean(r.PostForm.Get("note"))}
	text := v.Amount
	if text != "" && strings.Trim(text, "0123456789. ") == "" {
		text += " sat" // as the field says; in chat, "2500.5" could be anything
	}
	m, err := amount.Parse(text, amount.InSat)
	var made Invoice
	if err == nil {
		made, err = d.bill(r, p.Name, lnurl.Request{Offer: offer, Amount: m, Comment: v.Note})
	}
	if fault.Is(err, fault.Invalid) {
		f := fault.Of(err)
		v.Notice = d.printer(r).Say(f.Phrase, f.Args)
		d.showPayee(w, r, http.StatusUnprocessableEntity, p, offer, v)
		return
	}
	if err == nil {
		v.QR, err = drawQR(strings.ToUpper("lightning:" + made.Text))
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	v.Name, v.Address, v.Invoice, v.Until = p.Name, offer.Address, made.Text, made.Expires.Unix()
	v.Msat = int64(m)
	v.Pay = template.URL("lightning:" + url.PathEscape(made.Text))
	d.show(w, r, http.StatusOK, v)
}

// chatLink is the link that opens a chat with jid (RFC 5122, XEP-0147).
func chatLink(jid string) string {
	local, domain, has := strings.Cut(jid, "@")
	if !has {
		return "xmpp:" + url.PathEscape(jid) + "?message"
	}
	return "xmpp:" + url.PathEscape(local) + "@" + url.PathEscape(domain) + "?message"
}
