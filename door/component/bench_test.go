package component_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

// BenchmarkRoundTrip is a line of chat in and its answer out, 512 in flight,
// from a thousand users, with a desk that does nothing.
func BenchmarkRoundTrip(b *testing.B) {
	window := make(chan struct{}, 512)
	server, err := xep0114.Listen(domain, "secret", func([]byte) { <-window })
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	cat, err := i18n.LoadFS(fstest.MapFS{"en.toml": {Data: []byte(phrases)}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	cfg := component.Config{
		Domain: domain, Secret: "secret", Addr: server.Addr(),
		Limits: component.Limits{Burst: 1 << 30},
		Timing: component.Timing{Ping: time.Hour, Silence: 2 * time.Hour}, // what is heard are answers alone
		Alone:  func(context.Context) bool { return false },
	}
	c := component.New(cfg, newDesk(), cat, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	defer func() {
		b.StopTimer()
		stop()
		<-done
	}()
	if err := server.Ready(ctx); err != nil {
		b.Fatal(err)
	}
	lines := make([][]byte, 1000)
	for i := range lines {
		lines[i] = []byte(strings.Replace(chat("m1", "balance &amp; so on",
			`<active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='m1'/>`),
			"ann@", fmt.Sprintf("u%d@", i), 1))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		window <- struct{}{}
		if err := server.Send(lines[i%len(lines)]); err != nil {
			b.Fatal(err)
		}
	}
	late := time.After(30 * time.Second)
	for range cap(window) {
		select {
		case window <- struct{}{}:
		case <-late:
			b.Fatalf("answers are missing: %+v", c.Stats())
		}
	}
}
