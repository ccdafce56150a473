// Package echo is the component that bitcoim is compared with: mellium.im/xmpp
// as its documentation shows it, a session on a TCP connection and a mux,
// which answers every chat message with its own words. It knows nothing and
// remembers nothing, so it does less for an answer than anybody can.
package echo

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"mellium.im/xmlstream"
	"mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"
	"mellium.im/xmpp/mux"
	"mellium.im/xmpp/stanza"
)

// Ready is what Main prints once the server has taken it.
const Ready = "echo is connected"

// message is a chat message with what is said in it.
type message struct {
	stanza.Message
	Body string `xml:"body"`
}

// Main is the program: it serves until it is told to stop.
func Main(addr, domain, secret string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := Run(ctx, addr, domain, secret, func() { fmt.Println(Ready) }); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		return 1
	}
	return 0
}

// Run connects, says that it is ready, and answers until ctx ends.
func Run(ctx context.Context, addr, domain, secret string, ready func()) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	me, err := jid.Parse(domain)
	if err != nil {
		return err
	}
	session, err := component.NewSession(ctx, me, []byte(secret), conn)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	ready()
	body := xml.Name{Local: "body"}
	err = session.Serve(mux.New(component.NSAccept,
		mux.MessageFunc(stanza.ChatMessage, body, answer),
		mux.MessageFunc(stanza.NormalMessage, body, answer),
	))
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func answer(_ stanza.Message, t xmlstream.TokenReadEncoder) error {
	var said message
	if err := xml.NewTokenDecoder(t).Decode(&said); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return t.Encode(message{
		Message: stanza.Message{ID: said.ID, To: said.From, From: said.To, Type: stanza.ChatMessage},
		Body:    said.Body,
	})
}
