//go:build !js

package moneysocket

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// Dialer opens websockets. The zero value is ready to use.
type Dialer struct {
	// NetDial opens the TCP connection, nil is a net.Dialer. A beacon is
	// what a stranger wrote: who dials for others refuses here the
	// addresses of his own network, after the name was resolved.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	TLS     *tls.Config   // nil verifies certificates as usual
	Timeout time.Duration // for all of the opening handshake: 30 s
	Limits  Limits
}

// maxHeader is how many bytes a server may answer to the opening handshake.
const maxHeader = 16 << 10

// Dial opens the websocket of a location. It follows no redirects and uses no
// proxy.
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
	dialing, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	road := &http.Transport{DialContext: d.NetDial, TLSClientConfig: d.TLS, TLSHandshakeTimeout: timeout,
		DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader, DisableCompression: true,
		ReadBufferSize: smallBuffer, WriteBufferSize: smallBuffer}
	defer road.CloseIdleConnections()
	ws, _, err := websocket.Dial(dialing, l.URL(), &websocket.DialOptions{HTTPClient: &http.Client{
		Transport:     road,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}})
	if err != nil {
		return nil, err
	}
	// The connection outlives the context of its opening.
	return newSocket(context.WithoutCancel(ctx), ws, d.Limits.filled()), nil
}
