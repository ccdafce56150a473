//go:build !js

package moneysocket_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// The relay in the place of the recorded one: the recorded clients say what
// they said, and hear what they heard.
func TestTheRelayReplaysARecording(t *testing.T) {
	at := serve(t, &moneysocket.Relay{Limits: loose})
	conns := map[string]*websocket.Conn{}
	played := 0
	for i, l := range recording(t, "relayed.jsonl") {
		if l.At != "relay" {
			continue
		}
		switch l.Dir {
		case "open":
			conns[l.Conn] = socket(t, at)
		case "recv": // the recorded relay received what a client sent
			write(t, conns[l.Conn], unhex(t, l.Hex))
			played++
		case "send":
			want := unhex(t, l.Hex)
			_, got, err := conns[l.Conn].Read(soon(t))
			if err != nil {
				t.Fatalf("line %d: %v", i+1, err)
			}
			if l.Enc != "clear" && !bytes.Equal(got, want) {
				t.Errorf("line %d: the frame is not the same", i+1)
			}
			if l.Enc == "clear" {
				g, err := moneysocket.ParseMessage(got)
				w, _ := moneysocket.ParseMessage(want)
				if err != nil || g.Name != w.Name || g.Ref != w.Ref || g.Rendezvous != w.Rendezvous {
					t.Errorf("line %d: got %s, %v, want %s", i+1, got, err, want)
				}
			}
			played++
		case "close":
			_ = conns[l.Conn].Close(websocket.StatusNormalClosure, "")
		}
	}
	if played < 25 {
		t.Errorf("only %d frames were played", played)
	}
}

// The provider in the place of the recorded one.
func TestTheProviderReplaysARecording(t *testing.T) {
	for _, name := range []string{"relayed.jsonl", "direct.jsonl"} {
		t.Run(name, func(t *testing.T) {
			s, w := seed(t, seedText), newWire()
			said := map[moneysocket.Name]moneysocket.Message{} // by the recorded provider
			p := &moneysocket.Provider{Window: -1, Pace: 1,
				Invoice: func(context.Context, moneysocket.Request) moneysocket.Answer {
					return moneysocket.Answer{Bolt11: said[moneysocket.NotifyInvoice].Bolt11}
				}}
			p.Pay = func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
				defer p.Show(true, true, moneysocket.Bitcoin(1_000_000-r.Invoice.Amount))
				return moneysocket.Answer{Preimage: said[moneysocket.NotifyPreimage].Preimage}
			}
			all := recording(t, name)
			c := moneysocket.NewCodec(s)
			for _, l := range all {
				if l.At == "provider" && l.Dir == "send" {
					if m, err := c.Decode(unhex(t, l.Hex)); err == nil {
						said[m.Name] = m
					}
				}
			}
			p.Account = said[moneysocket.NotifyProvider].Account
			p.Show(true, true, moneysocket.Bitcoin(1_000_000))
			background(t, func(ctx context.Context) { _ = p.Run(ctx, link(s, w)) })
			w.meet(t, s)
			for i, l := range all {
				if l.At != "provider" || l.Enc == "clear" || l.Hex == "" {
					continue
				}
				if l.Dir == "recv" {
					w.to <- unhex(t, l.Hex)
					continue
				}
				want, err := c.Decode(unhex(t, l.Hex))
				if err != nil {
					t.Fatal(err)
				}
				if want.Name == moneysocket.NotifyProviderNotReady {
					continue // ours was ready at once
				}
				got := w.hear(t, s, want.Name)
				got.Time, got.UUID = want.Time, want.UUID
				if want.Name == moneysocket.NotifyProvider {
					got.Ref = want.Ref
				}
				if string(got.Text()) != string(want.Text()) {
					t.Errorf("line %d:\n got %s\nwant %s", i+1, got.Text(), want.Text())
				}
			}
		})
	}
}

// The consumer hears what the recorded one heard, and asks as it asked.
func TestTheConsumerReplaysARecording(t *testing.T) {
	s, w := seed(t, seedText), newWire()
	a := newApp(link(s, w))
	a.Ping = -1
	a.run(t)
	w.meet(t, s)
	w.hear(t, s, moneysocket.RequestProvider)
	c := moneysocket.NewCodec(s)
	paid := make(chan string, 1)
	for i, l := range recording(t, "relayed.jsonl") {
		if l.At != "consumer" || l.Enc == "clear" || l.Hex == "" {
			continue
		}
		m, err := c.Decode(unhex(t, l.Hex))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case l.Dir == "recv":
			w.to <- unhex(t, l.Hex)
		case m.Name == moneysocket.RequestPay:
			go func() {
				text, err := a.Pay(soon(t), m.Bolt11)
				if err != nil {
					t.Error(err)
				}
				paid <- text
			}()
			got := w.hear(t, s, moneysocket.RequestPay)
			got.Time, got.UUID = m.Time, m.UUID
			if string(got.Text()) != string(m.Text()) {
				t.Errorf("line %d:\n got %s\nwant %s", i+1, got.Text(), m.Text())
			}
		}
	}
	if text := <-paid; text != "c86fc49c48ad029fc753ea932d83aebe7e1f5073c3235774ffc6fa5782becd27" {
		t.Errorf("got %s", text)
	}
	a.balance(t, 997_500)
}
