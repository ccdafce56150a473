package limedoor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/httpserve"
)

// goodbye is how long sessions have to end, and what is under way to be done,
// when we stop.
const goodbye = 10 * time.Second

// Listen opens the configured addresses. Where there is no certificate and
// passwords could be read on the way, none are asked for.
func (d *Door) Listen(ctx context.Context) error {
	var c net.ListenConfig
	for _, at := range []struct {
		address  string
		listener *net.Listener
	}{{d.o.TCP, &d.tcp}, {d.o.TLS, &d.tls}, {d.o.WS, &d.ws}} {
		if at.address == "" {
			continue
		}
		l, err := c.Listen(ctx, "tcp", at.address)
		if err != nil {
			d.close()
			return fmt.Errorf("lime: %w", err)
		}
		*at.listener = l
	}
	return nil
}

func (d *Door) close() {
	for _, l := range []net.Listener{d.tcp, d.tls, d.ws} {
		if l != nil {
			_ = l.Close()
		}
	}
}

// Addresses lists where bots reach the door, as they dial it.
func (d *Door) Addresses() (all []string) {
	web := "ws://"
	if d.cert != nil {
		web = "wss://"
	}
	for _, at := range []struct {
		scheme   string
		listener net.Listener
		path     string
	}{{"tcp://", d.tcp, ""}, {"tls://", d.tls, ""}, {web, d.ws, "/lime"}} {
		if at.listener != nil {
			all = append(all, at.scheme+at.listener.Addr().String()+at.path)
		}
	}
	return all
}

// Serve answers who comes until ctx ends, and then finishes all sessions and
// waits for what is under way.
func (d *Door) Serve(ctx context.Context) error {
	all, open := errgroup.WithContext(ctx) // the first that fails closes the others
	if d.tcp != nil {
		all.Go(func() error { return d.server.ListenTCP(open, d.tcp) })
	}
	if d.tls != nil {
		all.Go(func() error { return d.server.ListenTLS(open, d.tls) })
	}
	if d.ws != nil {
		all.Go(func() error { return d.serveWeb(open) })
	}
	all.Go(func() error { d.attend(open); return nil })
	<-open.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if err := d.server.Shutdown(last); err != nil {
		d.log.Warn("lime: sessions were cut off", "err", err)
	}
	err := all.Wait()
	_ = d.queues.Close(last) // the tasks are waited for below
	d.tasks.Wait()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// serveWeb takes WebSockets. They outlive the server that let them in: Shutdown
// ends them.
func (d *Door) serveWeb(ctx context.Context) error {
	server := &http.Server{Handler: d.server, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)} // strangers fill it
	l := d.ws
	if d.cert != nil {
		l = tls.NewListener(l, d.cert.Config("http/1.1"))
	}
	if err := httpserve.Serve(ctx, server, l, 0); err != nil {
		return fmt.Errorf("lime: %w", err)
	}
	return nil
}
