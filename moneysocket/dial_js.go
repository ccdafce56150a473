package moneysocket

import (
	"context"
	"errors"
	"time"
)

// Dialer opens websockets with the browser's own WebSocket.
type Dialer struct {
	Timeout time.Duration // for the opening handshake: 30 s
	Limits  Limits
}

// Dial opens the websocket of a location. A page that came by https can only
// open wss, or ws on the loopback.
func (d Dialer) Dial(ctx context.Context, l Location) (Conn, error) {
	if !l.IsWebSocket() {
		return nil, errors.New("the location is no websocket")
	}
	host, err := checkHost(l.Host)
	if err != nil {
		return nil, err
	}
	l.Host = host
	timeout := d.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	return openSocket(ctx, l.URL(), d.Limits.filled())
}
