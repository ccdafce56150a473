package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/lime"
)

// AcceptWS makes a WebSocket of a request. Whoever offers subprotocols and not
// ours is refused; whoever offers none is taken.
func AcceptWS(w http.ResponseWriter, r *http.Request, origins []string, from string) (lime.Transport, error) {
	if len(r.Header.Values("Sec-WebSocket-Protocol")) > 0 && !offers(r) {
		http.Error(w, "the subprotocol is "+lime.Subprotocol, http.StatusBadRequest)
		return nil, errors.New("lime: a WebSocket for another protocol")
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{lime.Subprotocol}, OriginPatterns: origins})
	if err != nil {
		return nil, err
	}
	i := lime.Info{Kind: "websocket", Remote: from, Encryption: lime.NoEncryption}
	if r.TLS != nil {
		i.Encryption = lime.TLS
		i.Certificate = verified(*r.TLS)
	}
	return newWS(c, i), nil
}

// offers reports whether a client offers our subprotocol.
func offers(r *http.Request) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(p), lime.Subprotocol) {
				return true
			}
		}
	}
	return false
}

// DialWS connects to a ws or wss URL.
func DialWS(ctx context.Context, u *url.URL, config *tls.Config) (lime.Transport, error) {
	via := &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment}
	defer via.CloseIdleConnections()
	c, answer, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{Subprotocols: []string{lime.Subprotocol}, HTTPClient: &http.Client{Transport: via}})
	if err != nil {
		return nil, fmt.Errorf("lime: %w", err)
	}
	if c.Subprotocol() != lime.Subprotocol {
		_ = c.Close(websocket.StatusProtocolError, "")
		return nil, errors.New("lime: the server does not speak LIME")
	}
	i := lime.Info{Kind: "websocket", Remote: u.Hostname(), Encryption: lime.NoEncryption}
	if strings.EqualFold(u.Scheme, "wss") {
		i.Encryption = lime.TLS
		if answer.TLS != nil {
			i.Certificate = verified(*answer.TLS)
		}
	}
	if u.Hostname() == "localhost" {
		i.Remote = "127.0.0.1"
	}
	return newWS(c, i), nil
}
