// Command smoke plays the conversation of a newcomer on real servers, prints
// it as it happens, and fails at the first thing that is not as it should be.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

// stages are the two houses that the conversation is played in.
var stages = []world.Options{
	{Server: "prosody", Database: "sqlite", Gateways: 1},
	{Server: "ejabberd", Database: "postgres", Gateways: 2},
}

func main() {
	only := flag.String("server", "", "play on this server only: prosody or ejabberd")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	passed, failed := 0, 0
	for _, o := range stages {
		if *only != "" && *only != o.Server {
			continue
		}
		if err := play(ctx, o); err != nil {
			fmt.Printf("\nFAILED on %s with %s: %v\n", o.Server, o.Database, err)
			failed++
			continue
		}
		passed++
	}
	stop()
	fmt.Printf("\nsmoke: %d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// play brings a world up, plays in it, and takes it down.
func play(ctx context.Context, o world.Options) (err error) {
	title := fmt.Sprintf("%s, %s, gateways: %d", o.Server, o.Database, o.Gateways)
	fmt.Printf("\n%s\n%s\n", title, strings.Repeat("=", len(title)))
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	_, core := nodes.Bitcoind()
	o.Progress, o.Faults, o.Lightning = os.Stdout, true, !core
	o.Settings = map[string]string{"limits.order_ttl": `"10s"`}
	w, err := world.Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if stop := w.Stop(); err == nil {
			err = stop
		}
	}()
	s := &scene{world: w}
	defer s.leave()
	if err := s.conversation(ctx); err != nil {
		for _, g := range w.Gateways {
			fmt.Printf("\n--- end of %s\n%s", g.Log, tail(g.Log))
		}
		return err
	}
	return nil
}

// tail is the end of a log.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}
