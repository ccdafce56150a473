package component

import (
	"context"
	"fmt"
	"time"

	xep0114 "mellium.im/xmpp/component"
	"mellium.im/xmpp/jid"

	"github.com/bitcoim/bitcoim/component/wire"
)

// Check connects, shakes hands and hangs up: whether the server takes us
// (XEP-0114). Where a component may have one connection only, a gateway that
// runs is dropped for a moment.
func Check(ctx context.Context, addr, domain, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	me, err := jid.Parse(domain)
	if err != nil {
		return fmt.Errorf("%s: %w", domain, err)
	}
	conn, err := wire.Dial(ctx, "tcp", addr, wire.Options{})
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := xep0114.NewSession(ctx, me, []byte(secret), conn); err != nil {
		return fmt.Errorf("handshake as %s: %w", domain, err)
	}
	return nil
}
