package component

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"mellium.im/xmpp/jid"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// checking is how long a server may take to answer.
const checking = 15 * time.Second

// Check connects, shakes hands and hangs up: whether the server takes us
// (XEP-0114). Nobody may be connected as domain: ejabberd gives whoever comes
// half of what is sent to it, until the hand is let go, and Prosody may drop
// who is there.
func Check(ctx context.Context, addr, domain, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, checking)
	defer cancel()
	me, err := jid.Parse(domain)
	if err != nil {
		return fmt.Errorf("%s: %w", domain, err)
	}
	conn, _, err := handshake(ctx, addr, me, secret, wire.Options{})
	if err != nil {
		return silent(ctx, addr, err)
	}
	return conn.Close()
}

// Knock opens a stream as domain and goes before the handshake (XEP-0114 §3,
// steps 1 and 2): whether there is a server that knows such a component. A
// gateway that is connected notices nothing. The secret is not tried.
func Knock(ctx context.Context, addr, domain string) error {
	ctx, cancel := context.WithTimeout(ctx, checking)
	defer cancel()
	me, err := jid.Parse(domain) // a parsed one has nothing in it that XML would need escaped
	if err != nil {
		return fmt.Errorf("%s: %w", domain, err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return silent(ctx, addr, err)
	}
	unhook := context.AfterFunc(ctx, func() { conn.Close() })
	defer unhook()
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='%s' to='%s'>", nsStreams, me); err != nil {
		return err
	}
	if err := opened(xml.NewDecoder(io.LimitReader(conn, 8<<10))); err != nil {
		return silent(ctx, addr, fmt.Errorf("stream as %s: %w", domain, err))
	}
	_, err = io.WriteString(conn, "</stream:stream>")
	return err
}

// silent is what an error means if the time is over: the server took the connection, or
// nobody did, and said nothing more. How we gave it up is no reason.
func silent(ctx context.Context, addr string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%s does not answer: %w", addr, cause)
	}
	return err
}

const nsStreams = "http://etherx.jabber.org/streams"

// opened waits for the server's side of the stream, which has an id for us to
// prove the secret with, or says why not.
func opened(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Space != nsStreams || start.Name.Local != "stream":
			return fmt.Errorf("the server says <%s> where a stream begins", start.Name.Local)
		default:
			for _, a := range start.Attr {
				if a.Name.Local == "id" && a.Value != "" {
					return nil
				}
			}
			return errors.New("the server gives the stream no id")
		}
	}
}
