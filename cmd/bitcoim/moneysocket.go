package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// moneysocketVerb is `bitcoim moneysocket`: tools that need no configuration.
func moneysocketVerb(ctx context.Context, p *program, args []string) error {
	if len(args) == 0 {
		return p.wrong("moneysocket")
	}
	switch args[0] {
	case "relay":
		return relay(ctx, p, args[1:])
	case "consume":
		return consume(ctx, p, args[1:], os.Stdin)
	case "receipts":
		return receipts(p, args[1:])
	case "beacon":
		return beacon(p, args[1:])
	}
	return p.wrong("moneysocket")
}

// relay is `bitcoim moneysocket relay`: it joins whoever names the same
// rendezvous, until it is interrupted.
func relay(ctx context.Context, p *program, args []string) error {
	f := flag.NewFlagSet("moneysocket relay", flag.ContinueOnError)
	f.SetOutput(p.err)
	listen := f.String("listen", "127.0.0.1:11060", "address and port")
	cert := f.String("cert", "", "file of the TLS certificate with its chain; without it the relay speaks ws, as behind a proxy")
	key := f.String("key", "", "file of the certificate's key")
	var limits moneysocket.Limits
	f.IntVar(&limits.Connections, "connections", 4096, "how many connections at once")
	f.IntVar(&limits.PerAddress, "per-address", 32, "how many of them from one address, -1 for no limit as behind a proxy")
	f.IntVar(&limits.Waiting, "waiting", 2048, "how many of them alone at a rendezvous")
	f.IntVar(&limits.Rate, "rate", 20, "messages a second of one connection")
	verbose := f.Bool("v", false, "log every connection")
	if err := f.Parse(args); err != nil || f.NArg() > 0 || (*cert == "") != (*key == "") {
		return p.wrong("moneysocket")
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	scheme := "ws"
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		l, scheme = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), "wss"
	}
	fmt.Fprintf(p.out, "relay at %s://%s\n", scheme, l.Addr())
	r := &moneysocket.Relay{Limits: limits, Log: log}
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		count(ctx, r, log)
	}()
	err = r.Serve(ctx, l)
	if ctx.Err() != nil {
		<-counted
		return nil // interrupted, as it should end
	}
	return err
}

// count logs how busy the relay is, when that has changed.
func count(ctx context.Context, r *moneysocket.Relay, log *slog.Logger) {
	t := time.NewTicker(10 * time.Second)
	defer t.Stop()
	last := moneysocket.Counts{}
	for {
		select {
		case <-t.C:
			if c := r.Counts(); c != last {
				log.Info("relay", "connections", c.Connections, "waiting", c.Waiting, "joined", c.Joined)
				last = c
			}
		case <-ctx.Done():
			return
		}
	}
}
