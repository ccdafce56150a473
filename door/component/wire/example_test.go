package wire_test

import (
	"context"
	"encoding/xml"
	"fmt"

	"github.com/bitcoim/bitcoim/door/component/wire"
	"github.com/bitcoim/bitcoim/internal/xep0114"
	"mellium.im/xmlstream"
	"mellium.im/xmpp"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
)

// A session on a guarded connection outlives what a user sends.
func Example() {
	server, err := xep0114.Listen("bitcoin.localhost", "secret", nil)
	if err != nil {
		panic(err)
	}
	defer server.Close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	conn, err := wire.Dial(ctx, "tcp", server.Addr(), wire.Options{})
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	// A session on wire cannot be interrupted by ctx: closing the connection does it.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	session, err := component.NewSession(ctx, jid.MustParse("bitcoin.localhost"), []byte("secret"), conn)
	if err != nil {
		panic(err)
	}

	server.Send([]byte(`<message from="alice@localhost"><stream:stream/></message></stream:stream>`))
	session.Serve(xmpp.HandlerFunc(func(t xmlstream.TokenReadEncoder, start *xml.StartElement) error {
		token, err := t.Token()
		if child, ok := token.(xml.StartElement); ok {
			reason, _ := wire.Refused(child)
			fmt.Println(start.Name.Local, "refused:", reason)
		}
		return err
	}))
	// Output: message refused: stream-element
}
