package component

const nsStanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"

// refusal is a stanza error (RFC 6120 §8.3.2). A service returns one where
// its protocol prescribes more than the kind of a fault says.
type refusal struct {
	Type      string   // "cancel", "modify", "auth" or "wait"
	Condition string   // such as "item-not-found"
	Code      string   // of the days before XMPP (XEP-0086), for old clients
	Text      string   // for people, "" for none
	Lang      string   // of Text
	Detail    *Element // condition of the protocol's own, nil for none
}

func (r *refusal) Error() string {
	if r.Text == "" {
		return r.Condition
	}
	return r.Condition + ": " + r.Text
}

// element is the <error/> to answer with.
func (r *refusal) element() *Element {
	e := El("", "error", El(nsStanzas, r.Condition)).With("code", r.Code).With("type", r.Type)
	if r.Text != "" {
		e.Add(El(nsStanzas, "text").Says(r.Text).With("lang", r.Lang))
	}
	return e.Add(r.Detail)
}

// What is refused without words.
var (
	errNotFound  = &refusal{Type: "cancel", Condition: "item-not-found"}
	errForbidden = &refusal{Type: "auth", Condition: "forbidden"}
)
