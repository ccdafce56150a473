package p2p

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"

	"golang.org/x/net/proxy"
)

// dialer is the only way out. With a proxy it goes through it, and there is no
// other way when that fails. Each connection has a user and password of its
// own: Tor then gives it a circuit of its own.
func dialer(cfg Config) (Dialer, error) {
	direct := cfg.Dial
	if direct == nil {
		direct = (&net.Dialer{}).DialContext
	}
	if cfg.Proxy == "" {
		return direct, nil
	}
	if _, _, err := net.SplitHostPort(cfg.Proxy); err != nil {
		return nil, fmt.Errorf("%w: proxy %q is not host:port", ErrUsage, cfg.Proxy)
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		p, err := proxy.SOCKS5("tcp", cfg.Proxy, &proxy.Auth{User: rand.Text(), Password: rand.Text()}, hop(direct))
		if err != nil {
			return nil, err
		}
		through, ok := p.(proxy.ContextDialer)
		if !ok {
			return nil, fmt.Errorf("%w: the proxy cannot be given a deadline", ErrUsage)
		}
		return through.DialContext(ctx, network, addr)
	}, nil
}

// hop is how the proxy itself is reached.
type hop Dialer

func (h hop) Dial(network, addr string) (net.Conn, error) {
	return h(context.Background(), network, addr)
}

func (h hop) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return h(ctx, network, addr)
}
