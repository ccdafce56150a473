package component

import (
	"context"
	"fmt"

	"mellium.im/xmpp"
	xep0114 "mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// handshake connects to the server and shakes hands with it (XEP-0114 §3). When
// ctx ends before that is done, it is given up.
func handshake(ctx context.Context, addr string, me jid.JID, secret string, o wire.Options) (*wire.Conn, *xmpp.Session, error) {
	conn, err := wire.Dial(ctx, "tcp", addr, o)
	if err != nil {
		return nil, nil, err
	}
	unhook := context.AfterFunc(ctx, func() { conn.Close() })
	session, err := xep0114.NewSession(ctx, me, []byte(secret), conn)
	if !unhook() {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("handshake as %s: %w", me, err)
	}
	return conn, session, nil
}
