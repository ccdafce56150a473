package lightning

import (
	"strings"
	"unicode/utf8"
)

// A provider's NOTIFY_ERROR for a request of ours is its no, in free text. Some
// pass on what their node said, and a node may say that it does not know, or
// that a payment of that hash is under way: a relay that repeats our request
// makes it say so while the first still goes. Such words end nothing.
var unsureWords = []string{
	"transit", "in flight", "in-flight", "inflight", "in_flight", "pending", "progress", "under way", "already", "duplicate", "exists",
	"timeout", "timed out", "time out", "deadline", "context canceled", "cancelled by client", "monitor", "paystatus", "pay-status", "listpay",
	"listsendpays", "unavailable", "unreachable", "connection", "connect", "closed", "reset", "eof", "broken pipe", "not known", "outcome",
	"don't know", "unknown error", "internal", "exception",
	"is paid", "being paid", "moved on", // another bitcoim, where somebody else pays it
	"est payée", "déjà", "en train", "en cours", "avancé",
}

// knownReasons are words of LND, C-Lightning, Terminus, Costanza and others.
var knownReasons = []struct {
	words  string
	reason Reason
}{
	{"incorrect_payment_details", Wrong}, {"incorrect_or_unknown", Wrong}, {"incorrect payment details", Wrong}, {"expired", Wrong},
	{"no_route", NoRoute}, {"no route", NoRoute}, {"unable to find a path", NoRoute}, {"find a route", NoRoute}, {"ran out of routes", NoRoute},
	{"insufficient_balance", NoBalance}, {"insufficient", NoBalance}, {"insufficent", NoBalance}, {"not enough", NoBalance},
}

// reasonOf reads a provider's no. It is not sure if the payment may be under
// way all the same.
func reasonOf(text string) (r Reason, sure bool) {
	text = strings.ToLower(text)
	for _, words := range unsureWords {
		if strings.Contains(text, words) {
			return Other, false
		}
	}
	for _, k := range knownReasons {
		if strings.Contains(text, k.words) {
			return k.reason, true
		}
	}
	return Other, true
}

// clipped is as much of a provider's words as is kept.
func clipped(text string) string {
	for len(text) > 200 {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
