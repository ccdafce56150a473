package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// An invoice of 2500 msat and its preimage.
const (
	opinion = "lnbc25n1p4spjn6pp5ux2pvcarpm6jsukhqsc08ldewaljnc83sv9rkv6peu0cpwq35fhssp57dd2ry5f2uva8nkx554s2u2ds38hexcdrp67cz7tnkf6j7fdvy2s" +
		"dq8w3jhxaqxqrrss9qrsgqp9ghw2pcsnysl7adwhnhu2z3q7drhkrelx2vxk3kslmtwj3kf3lj7xkt3204tlsn5w5wt7g9s4qfckd6adx9rqh640txmfyyaqg8cqsqnva0de"
	proof = "c86fc49c48ad029fc753ea932d83aebe7e1f5073c3235774ffc6fa5782becd27"
)

// firstLine gives the first line that is written to it.
type firstLine struct {
	once sync.Once
	line chan string
}

func (f *firstLine) Write(text []byte) (int, error) {
	f.once.Do(func() { f.line <- string(text) })
	return len(text), nil
}

// printed are the lines that are written to it.
type printed chan string

func (p printed) Write(text []byte) (int, error) {
	p <- string(text)
	return len(text), nil
}

// alongside runs f until the test ends, and waits for it.
func alongside(t *testing.T, f func(ctx context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { f(ctx) })
	t.Cleanup(func() { stop(); all.Wait() })
}

// A relay and an app of the command line, and a wallet.
func TestMoneysocketOnTheCommandLine(t *testing.T) {
	first := &firstLine{line: make(chan string, 1)}
	alongside(t, func(ctx context.Context) {
		if err := run(ctx, []string{"moneysocket", "relay", "-listen", "127.0.0.1:0"}, first, new(bytes.Buffer)); err != nil {
			t.Errorf("relay: %v", err)
		}
	})
	said := <-first.line
	url, ok := strings.CutPrefix(strings.TrimSpace(said), "relay at ")
	if !ok {
		t.Fatalf("the relay says %q", said)
	}
	text := encoded(t, url)
	b, err := moneysocket.ParseBeacon(text)
	if err != nil {
		t.Fatal(err)
	}
	var refusal atomic.Pointer[string]
	w := &moneysocket.Provider{
		Invoice: func(context.Context, moneysocket.Request) moneysocket.Answer {
			return moneysocket.Answer{Bolt11: opinion}
		},
		Pay: func(context.Context, moneysocket.Request) moneysocket.Answer {
			if no := refusal.Load(); no != nil {
				return moneysocket.Answer{Error: *no}
			}
			return moneysocket.Answer{Preimage: proof, Ext: moneysocket.FeeExt(12_500)}
		},
	}
	w.Show(true, true, moneysocket.Bitcoin(12_345_678))
	l := moneysocket.Outgoing(b, moneysocket.Dialer{})
	l.First = time.Millisecond
	alongside(t, func(ctx context.Context) { _ = w.Run(ctx, l) })

	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"the wallet":          {nil, "wallet: ₿ 12345.678 sat, pays, makes invoices"},
		"an invoice":          {[]string{"invoice", "2.5", "sat", "an", "opinion"}, opinion},
		"a payment":           {[]string{"pay", opinion}, "paid, preimage " + proof + ", fee 12.5 sat"},
		"what to wait for":    {[]string{"watch", opinion}, "watched"},
		"what it understands": {[]string{"dance"}, "pay BOLT11"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			args := append([]string{"moneysocket", "consume", text}, tt.args...)
			if tt.args == nil {
				args = append(args, "wad")
			}
			if err := run(t.Context(), args, &out, &errs); err != nil || !strings.Contains(out.String(), tt.want) {
				t.Errorf("got %q, %q, %v", out.String(), errs.String(), err)
			}
		})
	}
	t.Run("what a wallet refuses", func(t *testing.T) {
		refusal.Store(new("no\x1b[2J\npaid, preimage " + proof))
		defer refusal.Store(nil)
		err := run(t.Context(), []string{"moneysocket", "consume", text, "pay", opinion}, new(bytes.Buffer), new(bytes.Buffer))
		no, refused := errors.AsType[*moneysocket.Refused](err)
		if !refused || err.Error() != "the provider refused: no [2J paid, preimage "+proof || !strings.Contains(no.Text, "\x1b") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("what the wallet says to another session", func(t *testing.T) {
		told := make(printed, 16)
		in, typing := io.Pipe()
		alongside(t, func(ctx context.Context) {
			if err := consume(ctx, &program{out: told, err: new(bytes.Buffer)}, []string{text}, in); err != nil {
				t.Error(err)
			}
		})
		<-told // the wallet: it is there
		w.Answer("", "22222222-2222-4222-8222-222222222222", moneysocket.Answer{Error: "boom\x1b[2J\npaid, preimage " + proof})
		want := "the wallet says, of no request of ours: boom [2J paid, preimage " + proof + "\n"
		for got := ""; got != want; {
			select {
			case got = <-told:
			case <-time.After(20 * time.Second):
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		_ = typing.Close()
	})
	t.Run("a conversation", func(t *testing.T) {
		var out, errs bytes.Buffer
		p := &program{out: &out, err: &errs}
		if err := consume(t.Context(), p, []string{text}, strings.NewReader("wad\n\ninvoice 3 sat\ninvoice nothing\npay nothing\nquit\n")); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "account ") || !strings.Contains(errs.String(), "does not fit") || !strings.Contains(errs.String(), "nothing was sent") ||
			!strings.Contains(errs.String(), "no amount") {
			t.Errorf("got %q, %q", out.String(), errs.String())
		}
	})
}

func encoded(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"moneysocket", "beacon", "encode"}, args...), &out, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestBeaconsOnTheCommandLine(t *testing.T) {
	const seed = "000102030405060708090a0b0c0d0e0f"
	decode := func(text string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), []string{"moneysocket", "beacon", "decode", text}, &out, new(bytes.Buffer))
		return out.String(), err
	}
	text := encoded(t, "-seed", seed, "wss://relay.socket.money", "ws://[::1]:11060/")
	got, err := decode("moneysocket:" + strings.ToUpper(text))
	for _, want := range []string{seed, "2acc58b6", "wss://relay.socket.money:443\n", "ws://[::1]:11060\n"} {
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
	}
	const draft = "moneysocket1qq6sqqcpqqqqzqgqqggqqqgzqvzq2ps8pqys5zcvp58q7qceqqtszztvda3kzmrgdaehgqspqqps8lftxszqymtnqgeyn4"
	if got, err = decode(draft); err != nil || !strings.Contains(got, "draft 1") || !strings.Contains(got, "ws://localhost:11060/ms") {
		t.Errorf("a draft: got %q, %v", got, err)
	}
	if _, err = decode(text[:60]); err == nil {
		t.Error("half a beacon is decoded")
	}
	for _, url := range []string{"http://example.org", "wss://example.org/path", "wss://ann@example.org", "wss://", "ws://example.org:70000"} {
		if err := run(t.Context(), []string{"moneysocket", "beacon", "encode", url}, new(bytes.Buffer), new(bytes.Buffer)); err == nil {
			t.Errorf("%s is encoded", url)
		}
	}
}
