package lime_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
)

func node(s string) lime.Node {
	n, err := lime.ParseNode(s)
	if err != nil {
		panic(err)
	}
	return n
}

// code is the reason code of an error, 0 if it has none.
func code(err error) lime.Code {
	if err == nil {
		return 0
	}
	return lime.ReasonOf(err, -1).Code
}

// What is written is read again as the same; the text is the one on the right.
func TestEnvelopesAsJSON(t *testing.T) {
	header := lime.Header{ID: "1", From: node("alice@host/home"), To: node("bob@host"), PP: node("bot@host/1"), Metadata: map[string]string{"b": "2", "#a": "1"}}
	for name, tt := range map[string]struct {
		e    lime.Envelope
		want string
	}{
		"a message": {&lime.Message{header, lime.Text("pay 100 bob")},
			`{"id":"1","from":"alice@host/home","to":"bob@host","pp":"bot@host/1","metadata":{"#a":"1","b":"2"},"type":"text/plain","content":"pay 100 bob"}`},
		"text with quotes, newlines and signs": {&lime.Message{Content: lime.Text("\"a\"\n<€&\\> \u2028")},
			`{"type":"text/plain","content":"\"a\"\n<€&\\> \u2028"}`},
		"a notification": {&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Failed, Reason: lime.Errorf(lime.Dispatch, "gone")},
			`{"id":"1","event":"failed","reason":{"code":51,"description":"gone"}}`},
		"a request": {&lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Get, URI: "/ping"},
			`{"id":"1","method":"get","uri":"/ping"}`},
		"a request with a resource": {&lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Set, URI: "/presence", Resource: lime.Presence{Status: lime.Busy, Priority: 3}},
			`{"id":"1","method":"set","uri":"/presence","type":"application/vnd.lime.presence+json","resource":{"status":"busy","priority":3}}`},
		"a response": {&lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Get, Status: lime.Success, Resource: lime.Ping{}},
			`{"id":"1","method":"get","status":"success","type":"application/vnd.lime.ping+json","resource":{}}`},
		"a failure": {&lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Get, Status: lime.Failure, Reason: lime.Errorf(lime.NotFound, "no")},
			`{"id":"1","method":"get","status":"failure","reason":{"code":67,"description":"no"}}`},
		"a session": {&lime.Session{Header: lime.Header{ID: "1"}, State: lime.StateNegotiating, EncryptionOptions: []lime.Encryption{"none", "tls"}, CompressionOptions: []lime.Compression{"none"}},
			`{"id":"1","state":"negotiating","encryptionOptions":["none","tls"],"compressionOptions":["none"]}`},
		"a guest": {&lime.Session{State: lime.StateAuthenticating, Scheme: lime.SchemeGuest, Authentication: &lime.Authentication{Scheme: lime.SchemeGuest}},
			`{"state":"authenticating","scheme":"guest","authentication":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lime.Encode(tt.e)
			if err != nil || string(got) != tt.want {
				t.Fatalf("got %s, %v\nwant %s", got, err, tt.want)
			}
			e, err := lime.Decode(got)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := lime.Encode(e); err != nil || string(again) != tt.want {
				t.Errorf("read and written again: %s, %v", again, err)
			}
		})
	}
}

func TestAResponseHasNoURI(t *testing.T) {
	b, err := lime.Encode(&lime.Command{Method: lime.Get, URI: "/x", Status: lime.Success})
	if err != nil || strings.Contains(string(b), "uri") {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestSecretsTravelAsBase64(t *testing.T) {
	a := lime.WithPassword("sécret")
	b, err := lime.Encode(&lime.Session{State: lime.StateAuthenticating, Scheme: a.Scheme, Authentication: &a})
	if err != nil || !strings.Contains(string(b), `"password":"c8OpY3JldA=="`) {
		t.Fatalf("got %s, %v", b, err)
	}
	for name, tt := range map[string]struct{ wire, want string }{
		"base64":                 {"c8OpY3JldA==", "sécret"},
		"base64 without padding": {"c8OpY3JldA", "sécret"},
		"no base64":              {"it's me", "it's me"},
		"nothing":                {"", ""},
	} {
		e, err := lime.Decode([]byte(`{"state":"authenticating","scheme":"plain","authentication":{"scheme":"plain","password":"` + tt.wire + `"}}`))
		if s := e.(*lime.Session); err != nil || s.Authentication.Password != tt.want || s.Authentication.Raw != tt.wire {
			t.Errorf("%s: got %+v, %v", name, s.Authentication.Password, err)
		}
	}
}

// What others write, and what is made of it.
func TestSloppyEnvelopes(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want lime.Envelope
	}{
		"white space and unknown fields": {" {\n\"new\":{\"a\":[1,{\"id\":\"2\"}]}, \"id\" : \"1\" ,\t\"event\":\"received\"}\r\n",
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Received}},
		"nulls": {`{"id":"1","from":null,"to":null,"metadata":null,"event":"received","reason":null}`,
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Received}},
		"metadata of any kind": {`{"id":"1","event":"received","metadata":{"a":null,"b":1,"c":true,"d":{"e":1},"f":"g"}}`,
			&lime.Notification{Header: lime.Header{ID: "1", Metadata: map[string]string{"a": "", "b": "1", "c": "true", "d": `{"e":1}`, "f": "g"}}, Event: lime.Received}},
		"metadata that is none": {`{"id":"1","event":"received","metadata":[1]}`,
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Received}},
		"a number for an id": {`{"id":17,"event":"received"}`,
			&lime.Notification{Header: lime.Header{ID: "17"}, Event: lime.Received}},
		"a code in quotes": {`{"id":"1","event":"failed","reason":{"code":"67","description":null}}`,
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Failed, Reason: &lime.Reason{Code: lime.NotFound}}},
		"an old event": {`{"id":"1","event":"validated"}`,
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Validated}},
		"pending is a request": {`{"id":"1","method":"get","uri":"/ping","status":"pending"}`,
			&lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Get, URI: lime.PingURI}},
		"an escaped name of a field": {`{"\u0069d":"1","event":"received"}`,
			&lime.Notification{Header: lime.Header{ID: "1"}, Event: lime.Received}},
		"a field twice": {`{"id":"1","id":"2","event":"received"}`,
			&lime.Notification{Header: lime.Header{ID: "2"}, Event: lime.Received}},
		"observe without an id": {`{"method":"observe","uri":"/balance"}`,
			&lime.Command{Method: lime.Observe, URI: "/balance"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lime.Decode([]byte(tt.in))
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, %v\nwant %#v", got, err, tt.want)
			}
		})
	}
}

// What cannot be taken is a Reason, and the id is known.
func TestEnvelopesThatMakeNoSense(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		code lime.Code
	}{
		"text that is no string":          {`{"id":"1","type":"text/plain","content":5}`, lime.InvalidResource},
		"no content":                      {`{"id":"1","type":"text/plain","content":null}`, lime.EmptyDocument},
		"no media type":                   {`{"id":"1","content":"x"}`, lime.InvalidResource},
		"a media type that is none":       {`{"id":"1","type":"text","content":"x"}`, lime.InvalidResource},
		"an unknown event":                {`{"id":"1","event":"sung"}`, lime.Validation},
		"an event that is no string":      {`{"id":"1","event":{}}`, lime.Validation},
		"no uri":                          {`{"id":"1","method":"get"}`, lime.InvalidMethod},
		"an unknown status":               {`{"id":"1","method":"get","uri":"/x","status":"maybe"}`, lime.InvalidStatus},
		"an answer to observe":            {`{"id":"1","method":"observe","uri":"/x","status":"success"}`, lime.InvalidMethod},
		"a sender with a newline":         {`{"id":"1","from":"a\nb","event":"received"}`, lime.InvalidIdentity},
		"a recipient that is a list":      {`{"id":"1","to":["a"],"event":"received"}`, lime.InvalidRecipients},
		"nothing that says what it is":    {`{"id":"1"}`, lime.Validation},
		"an unknown state":                {`{"id":"1","state":"asleep"}`, lime.Validation},
		"text that is not UTF-8":          {"{\"id\":\"1\",\"type\":\"text/plain\",\"content\":\"a\xff\"}", lime.Validation},
		"lists in lists, 10,000 deep":     {`{"id":"1","type":"application/json","content":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, lime.Validation},
		"objects in objects, just enough": {`{"id":"1","type":"application/json","content":` + strings.Repeat(`{"a":`, 64) + `1` + strings.Repeat("}", 64) + `}`, lime.Validation},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := lime.Decode([]byte(tt.in))
			if code(err) != tt.code || e == nil {
				t.Fatalf("got %v, %v", e, err)
			}
			if b, err := lime.Encode(&lime.Notification{Header: *e.Head(), Event: lime.Failed}); err != nil || !strings.Contains(string(b), `"id":"1"`) {
				t.Errorf("the id is lost: %s, %v", b, err)
			}
		})
	}
}

func TestBytesThatAreNoObject(t *testing.T) {
	for name, in := range map[string]string{
		"nothing": "", "white space": " \n", "a list": `[{"id":"1"}]`, "a string": `"x"`, "half an object": `{"id":"1"`,
		"two objects": `{"id":"1"}{"id":"2"}`, "a word": `{"id":one}`, "a comma too many": `{"id":"1",}`, "no colon": `{"id" "1"}`,
	} {
		if e, err := lime.Decode([]byte(in)); e != nil || !errors.Is(err, lime.ErrNotJSON) {
			t.Errorf("%s: got %v, %v", name, e, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","from":"a@b/c","to":"d","pp":"x@y","metadata":{"a":null},"type":"text/plain","content":"hi"}`,
		`{"id":"1","event":"failed","reason":{"code":"67","description":"x"}}`,
		`{"id":"1","method":"set","uri":"lime://a@b/c?x=1","type":"application/vnd.lime.select+json","resource":{"text":"?","options":[{"text":"a","type":"text/plain","value":"b"}]}}`,
		`{"id":"1","method":"get","status":"failure","reason":{"code":1}}`,
		`{"id":"1","state":"authenticating","schemeOptions":["plain",1],"scheme":"plain","authentication":{"password":"eA=="}}`,
		`{"a":` + strings.Repeat("[", 70) + `"`, `{"`, `{"a":"b\`, `{"id":"\ud800","event":"received"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := lime.Decode(in)
		if e == nil && err == nil {
			t.Fatal("neither an envelope nor an error")
		}
		if err != nil {
			return
		}
		// What was understood can be written, and means the same when it is read.
		b, err := lime.Encode(e)
		if err != nil {
			t.Fatalf("%#v cannot be written: %v", e, err)
		}
		again, err := lime.Decode(b)
		if err != nil {
			t.Fatalf("%s cannot be read: %v", b, err)
		}
		c, err := lime.Encode(again)
		if err != nil || string(b) != string(c) {
			t.Fatalf("%s was read as %s, %v", b, c, err)
		}
		documents(e)
	})
}

// documents opens what an envelope holds; all of it may fail, and none panic.
func documents(e lime.Envelope) {
	var d lime.Document
	switch e := e.(type) {
	case *lime.Message:
		d = e.Content
	case *lime.Command:
		d = e.Resource
		_, _ = e.URI.Parse()
	}
	if d == nil {
		return
	}
	if opened, err := lime.Open(d); err == nil {
		_, _ = lime.Encode(&lime.Message{Content: opened})
	}
	_, _ = lime.As[lime.Text](d)
	_, _ = lime.Items[lime.Contact](d)
}
