package command

import (
	"strings"

	"github.com/bitcoim/bitcoim/fault"
)

// What an app is told in place of how it stands with the owner of the wallet.
const (
	notNow         = "app.not-now"
	ownerLimits    = "limit.owner"
	ownerShort     = "app.owner-short"
	ownerSuspended = "app.owner-suspended"
)

// hears are the faults that an app is told as they are: of what it said, of its own
// rights and budget, and of the order, the invoice and the payee that it named; and
// of this service, as it is for everybody. None tells how it stands with the owner.
// A fault that is not here, because it is new or has another name by now, is told
// as notNow.
var hears = phrases(`
address.invalid address.misplaced address.mistyped address.not-yours address.other-network
app.asks-too-much app.is-paused app.key-used app.no-amount app.not-in-person app.over app.receives-only app.unknown
chain.away chain.no-funds contact.unknown edit.ignored edit.too-late history.number
invoice.kept invoice.unknown lightning.away lightning.refused limit.in-flight-all
order.begun order.cancelled order.confirmed-before order.expired order.failed-before order.invoice-taken order.may-be-made
order.paid-before order.stopped order.too-late order.unknown
pay.bad-address pay.dust pay.how-much pay.invoice-amount pay.invoice-bad pay.invoice-expired pay.invoice-forged
pay.invoice-locks pay.invoice-operator pay.invoice-paid pay.no-lightning pay.no-offers pay.only-here pay.outside-jid
pay.own-address pay.recipient-full pay.recipient-gone pay.too-small pay.unknown pay.whole-sat pay.yourself
receive.expires receive.too-small request.enough request.not-heard request.only-here request.users-only
tx.none tx.unknown user.closed user.not-registered user.not-served user.unknown`)

// hearsAll are the beginnings of those that are about the line itself, and about what
// a service of the payee's answered.
var hearsAll = []string{"amount.", "command.", "lnurl.", "uri."}

// ofBalance are those that tell what the owner has. An app that may ask for the
// balance hears them.
var ofBalance = phrases("fault.short order.short pay.nothing")

// instead is what an app is told in place of a fault that it does not hear, if more
// than notNow can be said.
var instead = map[string]string{
	"limit.day": ownerLimits, "limit.payment": ownerLimits, "limit.open-orders": ownerLimits, "limit.in-flight": ownerLimits,
	"limit.in-flight-alone": ownerLimits, "limit.open-invoices": ownerLimits, "limit.invoice": ownerLimits,
	"limit.bills":    ownerLimits,
	"user.suspended": ownerSuspended,
	"fault.short":    ownerShort, "order.short": ownerShort, "pay.nothing": ownerShort,
}

func phrases(text string) map[string]bool {
	all := map[string]bool{}
	for _, phrase := range strings.Fields(text) {
		all[phrase] = true
	}
	return all
}

// heardBy is a fault as who asks hears it: the user in person (0), or a bot of theirs,
// which may ask for the balance.
func heardBy(app int64, err error) error {
	if app == 0 {
		return err
	}
	return discreet(err, true)
}

// discreet is a fault as an app hears it; sees says that it may ask for the balance.
// What is Internal no door says: it tells a reference.
func discreet(err error, sees bool) error {
	if err == nil || fault.Is(err, fault.Internal) {
		return err
	}
	f := fault.Of(err)
	if hears[f.Phrase] || sees && ofBalance[f.Phrase] {
		return err
	}
	for _, beginning := range hearsAll {
		if strings.HasPrefix(f.Phrase, beginning) {
			return err
		}
	}
	phrase := instead[f.Phrase]
	if phrase == "" {
		phrase = notNow
	}
	return fault.Wrap(err, f.Kind, phrase, nil)
}
