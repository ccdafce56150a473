package component

import (
	"context"
	"fmt"
	"time"

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
	conn, _, err := handshake(ctx, addr, me, secret, wire.Options{})
	if err != nil {
		return err
	}
	return conn.Close()
}
