package lime_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// sent is a document as the other side gets it.
func sent(t *testing.T, d lime.Document) lime.Raw {
	t.Helper()
	b, err := lime.Encode(&lime.Message{Content: d})
	if err != nil {
		t.Fatal(err)
	}
	e, err := lime.Decode(b)
	if err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return e.(*lime.Message).Content.(lime.Raw)
}

// Documents as JSON, in the forms of the protocol's own pages.
func TestDocuments(t *testing.T) {
	for name, tt := range map[string]struct {
		d    lime.Document
		want string
	}{
		"text":             {lime.Text("hi"), `"hi"`},
		"text of a kind":   {lime.OtherText{Type: "text/markdown", Text: "*hi*"}, `"*hi*"`},
		"data":             {lime.Binary{Type: "image/png", Data: []byte{1, 2, 255}}, `"AQL/"`},
		"any JSON":         {lime.JSON{Value: []any{"a", json.Number("1.50")}}, `["a",1.50]`},
		"a container":      {lime.Container{Value: lime.Text("hi")}, `{"type":"text/plain","value":"hi"}`},
		"a collection":     {lime.Collection{Total: 9, ItemType: lime.TextPlain, Items: []lime.Document{lime.Text("a")}}, `{"total":9,"itemType":"text/plain","items":["a"]}`},
		"an empty one":     {lime.CollectionOf[lime.Contact](nil), `{"total":0,"itemType":"application/vnd.lime.contact+json","items":[]}`},
		"a list":           {lime.List{Header: lime.Container{Value: lime.Text("h")}, Items: []lime.Container{{Value: lime.Text("i")}}}, `{"header":{"type":"text/plain","value":"h"},"items":[{"type":"text/plain","value":"i"}]}`},
		"a secret":         {lime.Sensitive{Value: lime.Text("s")}, `{"type":"text/plain","value":"s"}`},
		"a reply":          {lime.Reply{Replied: lime.Text("yes"), InReplyTo: "1"}, `{"replied":{"type":"text/plain","value":"yes"},"inReplyTo":{"id":"1"}}`},
		"a choice":         {lime.Select{Text: "?", Options: []lime.Option{{Order: 1, Text: "Confirm", Value: lime.Text("confirm k7fw")}, {Text: "No"}}}, `{"text":"?","options":[{"text":"Confirm","order":1,"type":"text/plain","value":"confirm k7fw"},{"text":"No"}]}`},
		"a question":       {lime.Input{Label: lime.Container{Value: lime.Text("?")}, Validation: &lime.InputCheck{Rule: "number"}}, `{"label":{"type":"text/plain","value":"?"},"validation":{"rule":"number"}}`},
		"presence":         {lime.Presence{Status: lime.Available, RoutingRule: lime.RouteIdentity}, `{"status":"available","routingRule":"identity"}`},
		"receipts":         {lime.Receipt{Events: []lime.Event{lime.Received}}, `{"events":["received"]}`},
		"a quota":          {lime.Quota{Throughput: 20, MaxEnvelopeSize: 1}, `{"throughput":20,"maxEnvelopeSize":1}`},
		"a contact":        {lime.Contact{Identity: lime.Identity{Name: "bob", Domain: "h"}, Name: "Bob"}, `{"identity":"bob@h","name":"Bob"}`},
		"a delegation":     {lime.Delegation{Target: lime.Identity{Name: "bot", Domain: "h"}, EnvelopeTypes: []string{"message"}}, `{"target":"bot@h","envelopeTypes":["message"]}`},
		"an account":       {lime.Account{FullName: "A", Extras: map[string]string{"unit": "sat"}}, `{"fullName":"A","extras":{"unit":"sat"}}`},
		"a link":           {lime.WebLink{URI: "bitcoin:x", Title: "Pay"}, `{"uri":"bitcoin:x","title":"Pay"}`},
		"a picture":        {lime.MediaLink{Type: "image/png", URI: "x", Size: 5}, `{"type":"image/png","size":5,"uri":"x"}`},
		"typing":           {lime.ChatState{State: "composing"}, `{"state":"composing"}`},
		"an invoice":       {lime.Invoice{Currency: "BTC", Total: "0.00010000", DueTo: "2027-01-01", Items: []lime.InvoiceItem{{Quantity: "1", Unit: "0.0001", Total: "0.0001", Currency: "BTC", Description: "tea"}}}, `{"dueTo":"2027-01-01","currency":"BTC","total":0.00010000,"items":[{"quantity":1,"unit":0.0001,"currency":"BTC","total":0.0001,"description":"tea"}]}`},
		"its status":       {lime.InvoiceStatus{Status: lime.InvoiceCompleted, Date: lime.Date(time.Unix(0, 5e6)), Code: "k7fw"}, `{"status":"completed","date":"1970-01-01T00:00:00.005Z","code":"k7fw"}`},
		"a payment":        {lime.PaymentReceipt{PaidOn: "2027", Code: "1", Method: lime.PaymentMethod{Name: "Bitcoin"}, Currency: "SAT", Total: "10"}, `{"paidOn":"2027","code":"1","method":{"name":"Bitcoin"},"currency":"SAT","total":10}`},
		"an unknown thing": {lime.Raw{Type: "application/vnd.x+json", JSON: json.RawMessage(`[{"a":1e400}]`)}, `[{"a":1e400}]`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := sent(t, tt.d)
			if string(raw.JSON) != tt.want {
				t.Errorf("got  %s\nwant %s", raw.JSON, tt.want)
			}
			opened, err := lime.Open(raw)
			if err != nil {
				t.Fatal(err)
			}
			if reflect.TypeOf(opened) != reflect.TypeOf(tt.d) {
				t.Errorf("opened as a %T", opened)
			}
			if again := sent(t, opened); string(again.JSON) != tt.want {
				t.Errorf("again %s", again.JSON)
			}
		})
	}
}

func TestAmountsAreNotRounded(t *testing.T) {
	for in, want := range map[string]lime.Decimal{
		`{"total":20999999.97690000}`: "20999999.97690000", `{"total":"10.85"}`: "10.85", `{"total":1e3}`: "1e3", `{"total":"ten"}`: "ten", `{}`: "", `{"total":null}`: "",
	} {
		got, err := lime.As[lime.Invoice](lime.Raw{Type: lime.TypeInvoice, JSON: json.RawMessage(in)})
		if err != nil || got.Total != want {
			t.Errorf("%s: got %q, %v", in, got.Total, err)
		}
	}
	if raw := sent(t, lime.Invoice{Total: "ten"}); string(raw.JSON) != `{"total":"ten"}` {
		t.Errorf("got %s", raw.JSON)
	}
}

func TestWhatIsWrappedIsFound(t *testing.T) {
	wrapped := lime.Container{Value: lime.Reply{Replied: lime.Sensitive{Value: lime.Text("hi")}}}
	for name, d := range map[string]lime.Document{"as made": wrapped, "as sent": sent(t, wrapped)} {
		if got, err := lime.As[lime.Text](d); err != nil || got != "hi" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	var deep lime.Document = lime.Text("x")
	for range 200 {
		deep = lime.Container{Value: deep}
	}
	for name, tt := range map[string]struct {
		d    lime.Document
		code lime.Code
	}{
		"another type":           {lime.Ping{}, lime.UnsupportedContent},
		"an empty container":     {lime.Container{}, lime.UnsupportedContent},
		"nothing":                {nil, lime.EmptyDocument},
		"too many wrappers":      {deep, lime.UnsupportedContent},
		"a string that is a map": {lime.Raw{Type: lime.TextPlain, JSON: json.RawMessage(`{}`)}, lime.Validation},
	} {
		if got, err := lime.As[lime.Text](tt.d); code(err) != tt.code {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestCollectionsOfOthers(t *testing.T) {
	d := lime.Raw{Type: lime.TypeCollection, JSON: json.RawMessage(`{"total":"7","itemType":"text/plain; charset=utf-8","items":["a","b"]}`)}
	c, err := lime.As[lime.Collection](d)
	if err != nil || c.Total != 7 {
		t.Fatalf("got %+v, %v", c, err)
	}
	if items, err := lime.Items[lime.Text](d); err != nil || !reflect.DeepEqual(items, []lime.Text{"a", "b"}) {
		t.Errorf("got %v, %v", items, err)
	}
}

func TestADocumentThatCannotBeWritten(t *testing.T) {
	for name, d := range map[string]lime.Document{
		"JSON that is none": lime.Raw{Type: "application/json", JSON: json.RawMessage(`{`)}, "a function": lime.JSON{Value: func() {}}, "a container of it": lime.Container{Value: lime.JSON{Value: func() {}}},
	} {
		if b, err := lime.Encode(&lime.Message{Content: d}); err == nil {
			t.Errorf("%s: got %s", name, b)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	for _, v := range []any{lime.WithPassword("hush"), lime.Sensitive{Value: lime.Text("hush")}} {
		if s := fmt.Sprintf("%v %+v %#v %s", v, v, v, v); s == "" || strings.Contains(s, "hush") {
			t.Errorf("got %s", s)
		}
	}
}
