package limedoor_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/internal/limepeers"
	"github.com/bitcoim/bitcoim/lime"
)

func onWebSockets(t *testing.T) *town {
	w := newTown(t, dbtest.SQLite(t), func(o *limedoor.Options) { o.WS = "127.0.0.1:0" })
	w.enrol("ann", "bob")
	return w
}

// document is the resource of a response.
func documentOf(t *testing.T, answer limepeers.Envelope) map[string]any {
	t.Helper()
	doc, is := answer["resource"].(map[string]any)
	if answer["status"] != "success" || !is {
		t.Fatalf("got %v", answer)
	}
	return doc
}

// A program on lime-js pays out of its budget, and hears of what its user does
// in chat.
func TestAnOrdinaryClientPays(t *testing.T) {
	w := onWebSockets(t)
	p := limepeers.Start(t, limepeers.Ordinary, limepeers.Options{URL: w.door.Addresses()[0], Identity: "ann@" + gateway, Instance: "js", Scheme: "key",
		Secret: w.link("ann", "budget 5000/day")})
	if got := p.Did("established"); got.Local != "ann@"+gateway+"/js" || got.Remote != "postmaster@"+gateway+"/test" {
		t.Errorf("got %s at %s", got.Local, got.Remote)
	}
	if got := documentOf(t, p.Do(limepeers.Envelope{"id": "1", "method": "get", "uri": "/balance"})); got["available"] != float64(100_000) {
		t.Errorf("got %v", got)
	}
	for _, uri := range []string{"/balance", "/orders"} {
		if got := p.Do(limepeers.Envelope{"id": "sub" + uri, "method": "subscribe", "uri": uri}); got["status"] != "success" {
			t.Errorf("got %v", got)
		}
	}
	order := limepeers.Envelope{"id": "2", "method": "set", "uri": "/orders", "type": string(limedoor.TypeOrder),
		"resource": map[string]any{"to": "bob", "amount": 1200, "memo": "tea", "confirm": true}}
	first := documentOf(t, p.Do(order))
	if first["state"] != "sent" || first["amount"] != float64(1200) {
		t.Errorf("got %v", first)
	}
	if again := documentOf(t, p.Do(order)); again["code"] != first["code"] {
		t.Errorf("the same id made %v and %v", first, again)
	}
	p.Came(limepeers.Envelope{"method": "observe", "uri": "/balance"})

	// Made over LIME, confirmed in chat.
	order["id"], order["resource"] = "3", map[string]any{"to": "bob", "amount": 7000}
	code, _ := documentOf(t, p.Do(order))["code"].(string)
	w.says("ann", "confirm "+code)
	p.Came(limepeers.Envelope{"method": "observe", "uri": "/orders/" + code})
	if got := documentOf(t, p.Do(limepeers.Envelope{"id": "4", "method": "get", "uri": "/orders/" + code})); got["state"] != "sent" {
		t.Errorf("got %v", got)
	}
	answer := p.Do(limepeers.Envelope{"id": "5", "method": "get", "uri": "/orders/zzzz"})
	if reason, _ := answer["reason"].(map[string]any); reason["code"] != float64(67) {
		t.Errorf("got %v", answer)
	}

	p.Order("message", limepeers.Envelope{"id": "m1", "type": "text/plain", "content": "balance"})
	m := p.Next("an answer", func(l limepeers.Line) bool {
		text, _ := l.Came["content"].(string)
		return strings.Contains(text, "91")
	})
	if meta, _ := m.Came["metadata"].(map[string]any); meta[limedoor.InReplyTo] != "m1" {
		t.Errorf("got %v", m.Came)
	}
	p.Order("finish", nil)
	p.Did("closed")
}

// failed is the code with which a command of a client was refused, 0 if it was not.
func failed(answer limepeers.Envelope) lime.Code {
	reason, _ := answer["reason"].(map[string]any)
	code, _ := reason["code"].(float64)
	return lime.Code(code)
}

// What a program on lime-js reads of amounts adds up, in sat and in msat.
func TestAnOrdinaryClientAddsUp(t *testing.T) {
	w := onWebSockets(t)
	p := limepeers.Start(t, limepeers.Ordinary, limepeers.Options{URL: w.door.Addresses()[0], Identity: "ann@" + gateway, Instance: "js", Scheme: "key",
		Secret: w.link("ann", "budget 5000/day")})
	p.Did("established")
	n := 0
	do := func(method, uri string, resource map[string]any) limepeers.Envelope {
		n++
		command := limepeers.Envelope{"id": fmt.Sprint("c", n), "method": method, "uri": uri}
		if resource != nil {
			command["type"], command["resource"] = string(limedoor.TypeOrder), resource
		}
		return p.Do(command)
	}
	fees := documentOf(t, do("get", "/fees", nil))
	slow, normal, fast := fees["slow"].(float64), fees["normal"].(float64), fees["fast"].(float64)
	if slow <= 0 || slow > normal || normal > fast {
		t.Errorf("the fees are %v", fees)
	}
	if got := do("set", "/orders", map[string]any{"to": "bob", "amount": 1.5}); failed(got) != lime.InvalidArgument {
		t.Errorf("a sat and a half: %v", got)
	}
	for _, resource := range []map[string]any{{"to": "bob", "amount": 1500, "unit": "msat"}, {"to": "bob", "amount": 2},
		{"to": w.invoices("bob", "receive 3000").Text, "amount": 3000}} {
		o := documentOf(t, do("set", "/orders", resource))
		exact := func(whole, fine string) (msat int64) {
			sat, _ := o[whole].(float64)
			text, is := o[fine].(string)
			if !is {
				return int64(sat) * 1000
			}
			msat, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				t.Errorf("%s is %v", fine, o[fine])
			}
			return msat
		}
		if o["amount"].(float64)+o["fee"].(float64) != o["total"].(float64) ||
			exact("amount", "amountMsat")+exact("fee", "feeMsat") != exact("total", "totalMsat") {
			t.Errorf("it does not add up: %v", o)
		}
	}
}

// A guest on lime-js opens an account, unless somebody has the name.
func TestAnOrdinaryClientRegisters(t *testing.T) {
	w := onWebSockets(t)
	p := limepeers.Start(t, limepeers.Ordinary, limepeers.Options{URL: w.door.Addresses()[0], Identity: "guest@" + gateway, Scheme: "guest"})
	p.Did("established")
	for name, want := range map[string]lime.Code{"ann": limedoor.CodeDone, "carol": 0} {
		got := p.Do(limepeers.Envelope{"id": name, "method": "set", "uri": "lime://" + name + "@" + gateway + "/account",
			"type": "application/vnd.lime.account+json", "resource": map[string]any{"password": "Y2Fyb2wncyB3b3Jk"}}) // "carol's word"
		if failed(got) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if w.in("ann", "carol's word") || !w.in("carol", "carol's word") {
		t.Error("ann's account is another's, or carol's is not hers")
	}
}

// A bot of BLiP takes a payment as it would through another provider.
func TestABotOfBLiPIsPaid(t *testing.T) {
	w := onWebSockets(t)
	p := limepeers.Start(t, limepeers.Bot, limepeers.Options{URL: w.door.Addresses()[0], Identity: "bob@" + gateway, Instance: "bot",
		Secret: w.link("bob", "receive-only")})
	p.Did("established")
	payer := strings.ReplaceAll("ann@"+home, "@", "%40") + "@" + gateway
	p.Order("message", limepeers.Envelope{"id": "bill-1", "to": payer, "type": "application/vnd.lime.invoice+json", "content": map[string]any{
		"dueTo": time.Unix(w.clock.Load(), 0).AddDate(0, 1, 0).UTC().Format(time.RFC3339), "currency": "SAT", "total": 2100, "items": []any{
			map[string]any{"quantity": 1.0, "unit": 2100, "currency": "SAT", "total": 2100, "description": "tea"}}}})
	link := p.Next("a link", func(l limepeers.Line) bool { return l.Came["type"] == "application/vnd.lime.web-link+json" }).Came
	content, _ := link["content"].(map[string]any)
	if uri, _ := content["uri"].(string); !strings.HasPrefix(uri, "bitcoin:") || link["from"] != payer {
		t.Errorf("got %v", link)
	}
	answer := p.Do(limepeers.Envelope{"id": "1", "method": "get", "uri": "/invoices"})
	items, _ := documentOf(t, answer)["items"].([]any)
	newest, _ := items[0].(map[string]any)
	id, _ := newest["id"].(string)
	w.paid(id, 2100)
	status := p.Next("a status", func(l limepeers.Line) bool { return l.Came["type"] == "application/vnd.lime.invoice-status+json" }).Came
	content, _ = status["content"].(map[string]any)
	if content["status"] != "completed" || content["code"] != id || status["id"] != "bill-1" || status["pp"] != "postmaster@"+gateway {
		t.Errorf("got %v", status)
	}
	p.Order("finish", nil)
	p.Did("closed")
}
