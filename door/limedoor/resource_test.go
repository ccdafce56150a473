package limedoor_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
)

// step is a command and what is answered: a code, or a part of the document.
type step struct {
	name     string
	who      string // of the cast
	method   lime.Method
	uri      string // may hold {code}, {txid}, {id} and {address}
	kind     string // of the resource; "" is one of ours, whose name the path says
	resource string
	code     lime.Code // 0 is success
	says     string    // a part of the answer's JSON
}

const (
	ofAccount    = "application/vnd.lime.account+json"
	ofContact    = "application/vnd.lime.contact+json"
	ofDelegation = "application/vnd.lime.delegation+json"
	ofPresence   = "application/vnd.lime.presence+json"
	ofReceipt    = "application/vnd.lime.receipt+json"
	ofCapability = "application/vnd.lime.capability+json"
)

// steps are every resource, in an order in which each makes sense. The bot
// spends up to 5000 sat a day; the till only receives; ann is there in person.
var steps = []step{
	{"ping", "bot", "get", "/ping", "", "", 0, "{}"},
	{"capability", "bot", "get", "/capability", "", "", 0, "vnd.bitcoim.order+json"},
	{"say what one understands", "bot", "merge", "/capability", ofCapability, `{"contentTypes":["text/plain"]}`, 0, ""},
	{"quota", "bot", "get", "/quota", "", "", 0, "maxEnvelopeSize"},
	{"presence", "bot", "set", "/presence", ofPresence, `{"status":"available","routingRule":"identity"}`, 0, ""},
	{"read presence", "bot", "get", "/presence", "", "", 0, `"available"`},
	{"take presence back", "bot", "delete", "/presence", "", "", 0, ""},
	{"receipts", "bot", "set", "/receipt", ofReceipt, `{"events":["received","consumed"]}`, 0, ""},
	{"read receipts", "bot", "get", "/receipt", "", "", 0, "consumed"},

	{"account", "ann", "get", "/account", "", "", 0, `"user":"ann"`},
	{"a bot reads the account", "bot", "get", "/account", "", "", 0, `"unit":"sat"`},
	{"account in French", "ann", "merge", "/account", ofAccount, `{"culture":"fr"}`, 0, ""},
	{"account counts in bits", "ann", "merge", "/account", ofAccount, `{"extras":{"unit":"bit"}}`, 0, ""},
	{"account in a language that nobody speaks", "ann", "merge", "/account", ofAccount, `{"culture":"xx"}`, lime.InvalidArgument, ""},
	{"account again in English", "ann", "merge", "/account", ofAccount, `{"culture":"en","extras":{"unit":"sat"}}`, 0, ""},
	{"a bot changes the account", "bot", "merge", "/account", ofAccount, `{"culture":"fr"}`, lime.NotAllowed, ""},
	{"a bot takes the password", "bot", "set", "/account", ofAccount, `{"password":"c2VjcmV0IHNlY3JldA==","oldPassword":"c2VjcmV0IHdvcmQ="}`, lime.NotAllowed, ""},
	{"a wrong old password", "ann", "set", "/account", ofAccount, `{"password":"bmV3IHNlY3JldA==","oldPassword":"d3Jvbmc="}`, lime.AuthenticationFailed, ""},
	{"no old password", "ann", "set", "/account", ofAccount, `{"password":"bmV3IHNlY3JldA=="}`, lime.AuthenticationFailed, ""},
	{"a short password", "ann", "set", "/account", ofAccount, `{"password":"c2hvcnQ=","oldPassword":"c2VjcmV0IHdvcmQ="}`, lime.InvalidArgument, ""},
	{"another password", "ann", "set", "/account", ofAccount, `{"password":"bmV3IHNlY3JldA==","oldPassword":"c2VjcmV0IHdvcmQ="}`, 0, ""},
	{"not an account", "ann", "set", "/account", "text/plain", `"hello"`, lime.UnsupportedContent, ""},
	{"an account with coins is not closed", "ann", "delete", "/account", "", "", 1004, ""},
	{"a bot closes the account", "bot", "delete", "/account", "", "", lime.NotAllowed, ""},

	{"balance", "bot", "get", "/balance", "", "", 0, `{"available":100000,"pending":0,"held":0,"unit":"sat"}`},
	{"balance for the till", "till", "get", "/balance", "", "", 0, `"available":100000`},
	{"balance of bob", "bot", "get", "lime://bob@" + gateway + "/balance", "", "", lime.PermissionRequired, ""},
	{"balance of nobody", "bot", "get", "lime://nobody@" + gateway + "/balance", "", "", lime.PermissionRequired, ""},
	{"a balance cannot be set", "bot", "set", "/balance", "", `{"available":1}`, lime.MethodNotSupported, ""},

	{"a new address", "bot", "set", "/addresses", "address", `{"label":"shop"}`, 0, `"label":"shop"`},
	{"addresses", "bot", "get", "/addresses?$skip=1&$take=1", "", "", 0, `"total":2,`},
	{"one address", "bot", "get", "/addresses/{address}", "", "", 0, `"uri":"bitcoin:`},
	{"label an address", "bot", "merge", "/addresses/{address}", "address", `{"label":"door"}`, 0, `"label":"door"`},
	{"an address of nobody", "bot", "get", "/addresses/bcrt1qother", "", "", lime.NotFound, ""},
	{"label what is no address", "bot", "merge", "/addresses/bcrt1qother", "address", `{"label":"door"}`, lime.InvalidArgument, ""},
	{"hide an address", "till", "delete", "/addresses/{address}", "", "", 0, ""},
	{"hide it twice", "bot", "delete", "/addresses/{address}", "", "", 0, ""},
	{"an address that is hidden", "bot", "get", "/addresses/{address}", "", "", lime.NotFound, ""},
	{"addresses without it", "bot", "get", "/addresses", "", "", 0, `"total":1,`},
	{"a label shows it again", "bot", "merge", "/addresses/{address}", "address", `{"label":"door"}`, 0, `"label":"door"`},
	{"hide bob's address", "bot", "delete", "/addresses/{bobsaddress}", "", "", lime.NotFound, ""},

	{"an invoice", "till", "set", "/invoices", "invoice", `{"amount":2500,"memo":"tea"}`, 0, `"state":"open"`},
	{"invoices", "till", "get", "/invoices", "", "", 0, `"memo":"tea"`},
	{"one invoice", "till", "get", "/invoices/{id}", "", "", 0, `"amount":2500`},
	{"an invoice for any amount", "till", "set", "/invoices", "invoice", `{"amount":0}`, 0, `"payreq":"lnbcrt`},
	{"an invoice for less than nothing", "till", "set", "/invoices", "invoice", `{"amount":-5}`, lime.InvalidArgument, ""},
	{"an invoice for too much", "till", "set", "/invoices", "invoice", `{"amount":2000000}`, 1002, ""},
	{"an invoice of bob", "bot", "get", "/invoices/{bobs}", "", "", lime.NotFound, ""},
	{"an invoice of nobody", "bot", "get", "/invoices/00ff", "", "", lime.NotFound, ""},
	{"an invoice of another year", "till", "set", "/invoices", "invoice", `{"amount":2506,"expires":"2020-01-01T00:00:00Z"}`, lime.InvalidArgument, ""},
	{"an invoice that has expired", "till", "set", "/invoices", "invoice", `{"amount":2507,"expires":0}`, lime.InvalidArgument, ""},
	{"an invoice until no time", "till", "set", "/invoices", "invoice", `{"amount":2508,"expires":"soon"}`, lime.InvalidArgument, ""},
	{"an invoice for half a second", "till", "set", "/invoices", "invoice", `{"amount":2509,"expires":0.5}`, lime.InvalidArgument, ""},
	{"an invoice that is not bob's", "bobs", "delete", "/invoices/{id}", "", "", lime.NotFound, ""},
	{"take an invoice back", "till", "delete", "/invoices/{id}", "", "", 0, ""},
	{"an invoice that was taken back", "till", "get", "/invoices/{id}", "", "", 0, `"state":"expired"`},
	{"take it back twice", "bot", "delete", "/invoices/{id}", "", "", 0, ""},
	{"take bob's invoice back", "bot", "delete", "/invoices/{bobs}", "", "", lime.NotFound, ""},
	{"take nobody's invoice back", "bot", "delete", "/invoices/00ff", "", "", lime.NotFound, ""},

	{"an order", "bot", "set", "/orders", "order", `{"to":"bob","amount":1000,"memo":"tea"}`, 0, `"state":"pending"`},
	{"orders", "bot", "get", "/orders", "", "", 0, `"total":1,`},
	{"one order", "bot", "get", "/orders/{code}", "", "", 0, `"amount":1000`},
	{"one order in capitals", "bot", "get", "/ORDERS/{CODE}", "", "", 0, `"amount":1000`},
	{"orders for the till", "till", "get", "/orders", "", "", 0, `"total":1,`},
	{"the till does not pay", "till", "set", "/orders", "order", `{"to":"bob","amount":1000}`, lime.NotAllowed, ""},
	{"the till does not confirm", "till", "merge", "/orders/{code}", "order", `{"state":"confirmed"}`, lime.NotAllowed, ""},
	{"an order made paid", "bot", "merge", "/orders/{code}", "order", `{"state":"sent"}`, lime.InvalidArgument, ""},
	{"an order made nothing", "bot", "merge", "/orders/{code}", "order", `{}`, lime.InvalidArgument, ""},
	{"confirm", "bot", "set", "/orders/{code}/confirm", "order", `{}`, 0, `"state":"sent"`},
	{"confirm twice", "bot", "merge", "/orders/{code}", "order", `{"state":"confirmed"}`, 0, `"state":"sent"`},
	{"cancel too late", "bot", "delete", "/orders/{code}", "", "", 1004, ""},
	{"an order that is dropped", "bot", "set", "/orders", "order", `{"to":"bob","amount":1001}`, 0, `"state":"pending"`},
	{"drop it", "bot", "merge", "/orders/{code}", "order", `{"state":"cancelled"}`, 0, `"state":"cancelled"`},
	{"drop it twice", "bot", "delete", "/orders/{code}", "", "", 0, ""},
	{"confirm what was dropped", "bot", "merge", "/orders/{code}", "order", `{"state":"confirmed"}`, 1004, ""},
	{"an order with more than the budget", "bot", "set", "/orders", "order", `{"to":"bob","amount":50000,"confirm":true}`, 0, `"asked":true`},
	{"an order confirmed at once", "bot", "set", "/orders", "order", `{"to":"bob","amount":"0.00001","unit":"BTC","confirm":true}`, 0, `"state":"sent"`},
	{"somebody in person confirms in two steps", "ann", "set", "/orders", "order", `{"to":"bob","amount":1,"confirm":true}`, 1006, ""},
	{"an order to an address", "bot", "set", "/orders", "order", `{"to":"{bobsaddress}","amount":1002}`, 0, `"rail":"inside"`},
	{"an order to the chain", "bot", "set", "/orders", "order", `{"to":"{stranger}","amount":5000,"speed":"fast"}`, 0, `"rail":"chain"`},
	{"an order with a dear fee", "bot", "set", "/orders", "order", `{"to":"{stranger}","amount":5000,"maxFee":1}`, 1007, ""},
	{"an order that may cost no fee", "bot", "set", "/orders", "order", `{"to":"bob","amount":7,"maxFee":0}`, 0, `"fee":0`},
	{"an order by invoice", "bot", "set", "/orders", "order", `{"to":"{bobsinvoice}"}`, 0, `"rail":"lightning"`},
	{"an order to nobody", "bot", "set", "/orders", "order", `{"to":"carol","amount":1}`, lime.DestinationNotFound, ""},
	{"an order to no one", "bot", "set", "/orders", "order", `{"amount":1}`, lime.InvalidArgument, ""},
	{"an order to oneself", "bot", "set", "/orders", "order", `{"to":"ann","amount":1}`, lime.InvalidArgument, ""},
	{"an order for nothing", "bot", "set", "/orders", "order", `{"to":"bob","amount":0}`, lime.InvalidArgument, ""},
	{"an order for less", "bot", "set", "/orders", "order", `{"to":"bob","amount":-1}`, lime.InvalidArgument, ""},
	{"an order of a float", "bot", "set", "/orders", "order", `{"to":"bob","amount":1e3}`, lime.InvalidArgument, ""},
	{"an order of words", "bot", "set", "/orders", "order", `{"to":"bob","amount":"ten"}`, lime.InvalidArgument, ""},
	{"an order of an object", "bot", "set", "/orders", "order", `{"to":"bob","amount":{}}`, lime.InvalidArgument, ""},
	{"an order of too fine a part", "bot", "set", "/orders", "order", `{"to":"bob","amount":1.0001}`, lime.InvalidArgument, ""},
	{"an order of more than there is", "bot", "set", "/orders", "order", `{"to":"bob","amount":99999999999999999999999}`, lime.InvalidArgument, ""},
	{"an order in dollars", "bot", "set", "/orders", "order", `{"to":"bob","amount":1,"unit":"USD"}`, lime.InvalidArgument, ""},
	{"an order above the limit", "bot", "set", "/orders", "order", `{"to":"bob","amount":200001}`, 1001, ""},
	{"an order without money", "bot", "set", "/orders", "order", `{"to":"bob","amount":150000}`, 1001, ""},
	{"an order in text", "bot", "set", "/orders", "text/plain", `"pay bob"`, lime.InvalidResource, ""},
	{"an order in plain JSON", "bot", "set", "/orders", "application/json", `{"to":"bob","amount":8}`, 0, `"state":"pending"`},
	{"an order in a list", "bot", "set", "/orders", "order", `[]`, lime.Validation, ""},
	{"an order without a document", "bot", "set", "/orders", "", "", lime.EmptyDocument, ""},
	{"an order that nobody made", "bot", "get", "/orders/zzzz", "", "", lime.NotFound, ""},
	{"what is no code", "bot", "get", "/orders/../../etc", "", "", lime.NotFound, ""},
	{"bob's order", "bot", "get", "/orders/{bobscode}", "", "", lime.NotFound, ""},
	{"confirm bob's order", "bot", "merge", "/orders/{bobscode}", "order", `{"state":"confirmed"}`, lime.NotFound, ""},
	{"drop bob's order", "bot", "delete", "/orders/{bobscode}", "", "", lime.NotFound, ""},
	{"confirm at bob's", "bot", "merge", "lime://bob@" + gateway + "/orders/{bobscode}", "order", `{"state":"confirmed"}`, lime.PermissionRequired, ""},
	{"orders are not deleted all at once", "bot", "delete", "/orders", "", "", lime.MethodNotSupported, ""},

	{"history", "bot", "get", "/history?$take=2", "", "", 0, `"direction":"out"`},
	{"history that came in", "bot", "get", "/history?direction=in", "", "", 0, `"total":1,`},
	{"history with bob", "bot", "get", "/history?with=bob&skip=1&take=1", "", "", 0, `"total":2,`},
	{"history of another year", "bot", "get", "/history?from=2130-01-01", "", "", 0, `"total":0`},
	{"history of the day", "bot", "get", "/history?from={today}&to={today}", "", "", 0, `"total":3,`},
	{"history from behind", "bot", "get", "/history?$skip=2", "", "", 0, `"total":3,"itemType":"application/vnd.bitcoim.entry+json","items":[{"number":1,`},
	{"history beyond its end", "bot", "get", "/history?$skip=7", "", "", 0, `"total":3`},
	{"history sideways", "bot", "get", "/history?direction=up", "", "", lime.InvalidArgument, ""},
	{"history of no day", "bot", "get", "/history?from=yesterday", "", "", lime.InvalidArgument, ""},
	{"history of a part that is none", "bot", "get", "/history?$skip=-1", "", "", lime.InvalidArgument, ""},

	{"rate of a bitcoin", "bot", "get", "/rate", "", "", 0, `"sat":100000000`},
	{"rate of bits", "bot", "get", "/rate?amount=2.5&currency=bits", "", "", 0, `"sat":250`},
	{"rate of reais", "bot", "get", "/rate?amount=3&currency=brl", "", "", 0, `"sat":1000,"age":0`},
	{"rate of no reais", "bot", "get", "/rate?amount=0&currency=BRL", "", "", lime.InvalidArgument, ""},
	{"balance in reais", "bot", "get", "/balance?currency=BRL", "", "", 0, `"fiat":{"currency":"BRL","amount":2`},
	{"balance in dollars", "bot", "get", "/balance?currency=USD", "", "", lime.GatewayNotSupported, ""},
	{"rate of dollars", "bot", "get", "/rate?amount=2.5&currency=USD", "", "", lime.GatewayNotSupported, ""},
	{"fees", "bot", "get", "/fees", "", "", 0, `"normal":`},

	{"a transaction", "bot", "get", "/transactions/{txid}", "", "", 0, `"confirmations":1`},
	{"a transaction of bob's", "bot", "get", "/transactions/{bobstxid}", "", "", lime.NotFound, ""},
	{"no transaction", "bot", "get", "/transactions/00", "", "", lime.NotFound, ""},
	{"the newest block", "bot", "get", "/blocks", "", "", 0, `"height":`},

	{"apps", "ann", "get", "/apps", "", "", 0, `"scope":"receive-only"`},
	{"a new app", "ann", "set", "/apps", "app", `{"kind":"lime","name":"shop","budget":{"amount":2000,"per":"day"}}`, 0, `"key":"`},
	{"one app", "ann", "get", "/apps/shop", "", "", 0, `"amount":2000`},
	{"another budget", "ann", "merge", "/apps/shop", "app", `{"budget":{"amount":3000,"per":"week"}}`, 0, `"per":"week"`},
	{"a pause", "ann", "merge", "/apps/shop", "app", `{"paused":true}`, 0, `"paused":true`},
	{"an app that asks about each payment", "ann", "set", "/apps", "app", `{"kind":"lime","name":"asker","budget":{"amount":0}}`, 0, `"budget":{"amount":0,`},
	{"a budget that is none", "ann", "set", "/apps", "app", `{"kind":"lime","name":"more","budget":{"amount":-1}}`, lime.InvalidArgument, ""},
	{"a budget above all money", "ann", "set", "/apps", "app", `{"kind":"lime","name":"more","budget":{"amount":9223372036854775807}}`, lime.InvalidArgument, ""},
	{"a budget of no period", "ann", "merge", "/apps/shop", "app", `{"budget":{"amount":3000,"per":"year"}}`, lime.InvalidArgument, ""},
	{"an app of no kind", "ann", "set", "/apps", "app", `{"name":"more"}`, lime.InvalidArgument, ""},
	{"an app of another scope", "ann", "set", "/apps", "app", `{"kind":"lime","name":"more","scope":"all"}`, lime.InvalidArgument, ""},
	{"a bot with a beacon", "ann", "set", "/apps", "app", `{"kind":"lime","name":"more","beacon":"moneysocket1"}`, lime.InvalidArgument, ""},
	{"an app goes", "ann", "delete", "/apps/shop", "", "", 0, ""},
	{"an app that went", "ann", "get", "/apps/shop", "", "", lime.NotFound, ""},
	{"a bot reads the apps", "bot", "get", "/apps", "", "", lime.NotAllowed, ""},
	{"a bot makes a bot", "bot", "set", "/apps", "app", `{"kind":"lime","name":"more"}`, lime.NotAllowed, ""},
	{"a bot raises its budget", "bot", "merge", "/apps/app1", "app", `{"budget":{"amount":900000,"per":"day"}}`, lime.NotAllowed, ""},

	{"a contact", "ann", "set", "/contacts", ofContact, `{"identity":"bob@` + gateway + `"}`, 0, ""},
	{"contacts", "ann", "get", "/contacts", "", "", 0, `"identity":"bob@` + gateway},
	{"one contact", "ann", "get", "/contacts/bob@" + gateway, "", "", 0, `"group":"users"`},
	{"a contact that is nobody", "ann", "set", "/contacts/carol@" + gateway, ofContact, `{}`, lime.DestinationNotFound, ""},
	{"a contact elsewhere", "ann", "set", "/contacts/bob@example.com", ofContact, `{}`, lime.NotFound, ""},
	{"a contact goes", "ann", "delete", "/contacts/bob@" + gateway, "", "", 0, ""},
	{"a contact that went", "ann", "get", "/contacts/bob", "", "", lime.NotFound, ""},
	{"a bot makes contacts", "bot", "set", "/contacts/bob", ofContact, `{}`, lime.NotAllowed, ""},

	{"a delegation", "ann", "set", "/delegations", ofDelegation, `{"target":"bob","commands":[{"method":"get","uri":"/balance"},{"uri":"/orders"}]}`, 0, ""},
	{"delegations", "ann", "get", "/delegations", "", "", 0, `"target":"bob@` + gateway},
	{"one delegation", "ann", "get", "/delegations/bob@" + gateway, "", "", 0, `"uri":"/balance"`},
	{"a bot delegates", "bot", "set", "/delegations", ofDelegation, `{"target":"bob","envelopeTypes":["command"]}`, lime.NotAllowed, ""},
	{"the till delegates", "till", "set", "/delegations", ofDelegation, `{"target":"bob","envelopeTypes":["command"]}`, lime.NotAllowed, ""},
	{"bob's bot looks at ann's balance", "bobs", "get", "lime://ann@" + gateway + "/balance", "", "", 0, `"available":98000`},
	{"and not at her history", "bobs", "get", "lime://ann@" + gateway + "/history", "", "", lime.PermissionRequired, ""},
	{"it asks for a payment", "bobs", "set", "lime://ann@" + gateway + "/orders", "order", `{"to":"bob","amount":9}`, 0, `"state":"pending"`},
	{"and does not confirm it", "bobs", "merge", "lime://ann@" + gateway + "/orders/{code}", "order", `{"state":"confirmed"}`, lime.NotAllowed, ""},
	{"nor in one step", "bobs", "set", "lime://ann@" + gateway + "/orders", "order", `{"to":"bob","amount":9,"confirm":true}`, lime.NotAllowed, ""},
	{"nor observes it", "bobs", "subscribe", "lime://ann@" + gateway + "/orders", "", "", lime.NotAllowed, ""},
	{"a delegation goes", "ann", "delete", "/delegations/bob", "", "", 0, ""},
	{"and is of no use", "bobs", "get", "lime://ann@" + gateway + "/balance", "", "", lime.PermissionRequired, ""},

	{"observe the balance", "bot", "subscribe", "/balance", "", "", 0, ""},
	{"observe orders", "bot", "subscribe", "/orders", "", "", 0, ""},
	{"observe an order", "bot", "subscribe", "/orders/{code}", "", "", 0, ""},
	{"observe bob's order", "bot", "subscribe", "/orders/{bobscode}", "", "", lime.NotFound, ""},
	{"observe history", "bot", "subscribe", "/history", "", "", 0, ""},
	{"observe invoices", "bot", "subscribe", "/invoices", "", "", 0, ""},
	{"observe a transaction", "bot", "subscribe", "/transactions/{txid}", "", "", 0, ""},
	{"observe blocks", "bot", "subscribe", "/blocks", "", "", 0, ""},
	{"observe bob's balance", "bot", "subscribe", "lime://bob@" + gateway + "/balance", "", "", lime.PermissionRequired, ""},
	{"observe what nobody observes", "bot", "subscribe", "/account", "", "", lime.MethodNotSupported, ""},
	{"no more", "bot", "unsubscribe", "/balance", "", "", 0, ""},

	{"a guest pings", "guest", "get", "/ping", "", "", 0, "{}"},
	{"a guest asks for a rate", "guest", "get", "/rate", "", "", 0, `"sat":100000000`},
	{"a guest looks", "guest", "get", "/balance", "", "", lime.Authorization, ""},
	{"a guest looks at ann", "guest", "get", "lime://ann@" + gateway + "/balance", "", "", lime.Authorization, ""},
	{"a guest registers ann", "guest", "set", "lime://ann@" + gateway + "/account", ofAccount, `{"password":"c2VjcmV0IHdvcmQ="}`, 1004, ""},
	{"a guest registers elsewhere", "guest", "set", "lime://dan@example.com/account", ofAccount, `{"password":"c2VjcmV0IHdvcmQ="}`, lime.InvalidIdentity, ""},
	{"a guest registers what is no name", "guest", "set", "lime://4dan@" + gateway + "/account", ofAccount, `{"password":"c2VjcmV0IHdvcmQ="}`, lime.InvalidArgument, ""},
	{"a guest registers without a password", "guest", "set", "lime://dan@" + gateway + "/account", ofAccount, `{}`, lime.InvalidArgument, ""},
	{"a guest registers", "guest", "set", "lime://dan@" + gateway + "/account", ofAccount, `{"password":"c2VjcmV0IHdvcmQ="}`, 0, ""},
	{"another guest registers the same", "guest", "set", "lime://dan@" + gateway + "/account", ofAccount, `{"password":"c2VjcmV0IHdvcmQ="}`, 1004, ""},

	{"nothing", "bot", "get", "/nothing", "", "", lime.NotFound, ""},
	{"another scheme", "bot", "get", "http://example.org/balance", "", "", lime.InvalidMethod, ""},
}

func TestEveryResource(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		known := w.facts()
		cast := map[string]*bot{"ann": w.person("ann"), "guest": w.guest(),
			"bot": w.bot("ann", w.link("ann", "budget 5000/day")), "till": w.bot("ann", w.link("ann", "receive-only")),
			"bobs": w.bot("bob", w.link("bob", "budget 5000/day"))}
		for _, s := range steps {
			doc, err := cast[s.who].do(s.method, lime.URI(known.in(s.uri)), s.document(known))
			var reason *lime.Reason
			errors.As(err, &reason)
			switch {
			case s.code == 0 && err != nil:
				t.Errorf("%s: %v", s.name, err)
			case s.code != 0 && (reason == nil || reason.Code != s.code || reason.Description == ""):
				t.Errorf("%s: got %v, want code %d", s.name, err, s.code)
			}
			text := ""
			if doc != nil {
				text = jsonOf(t, doc)
			}
			if !strings.Contains(text, s.says) {
				t.Errorf("%s: got %s, want %s", s.name, text, s.says)
			}
			known.learn(text)
		}
	})
}

// document is the resource of a step, nil for none.
func (s step) document(known facts) lime.Document {
	if s.resource == "" {
		return nil
	}
	kind := s.kind
	if !strings.Contains(kind, "/") {
		kind = "application/vnd.bitcoim." + kind + "+json"
	}
	return resource(lime.MediaType(kind), known.in(s.resource))
}
