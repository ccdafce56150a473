package lightning_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// A relay that has no key says in clear that a payment was made, and that an
// invoice was paid. Nothing of that is heard.
func TestClearWordsProveNothing(t *testing.T) {
	t.Parallel()
	seed := moneysocket.NewSeed()
	codec := moneysocket.NewCodec(seed)
	p := billOf(t, 1, 5000)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(rw, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		say := func(frame []byte) { _ = ws.Write(r.Context(), websocket.MessageBinary, frame) }
		show := func(m moneysocket.Wad) {
			shown := moneysocket.NewNotification(moneysocket.NotifyProvider, "")
			shown.Account, shown.Payer, shown.Payee, shown.Wad = "33333333-3333-4333-8333-333333333333", true, true, &m
			say(codec.Encode(shown))
		}
		for {
			_, frame, err := ws.Read(r.Context())
			if err != nil {
				return
			}
			if m, err := moneysocket.ParseMessage(frame); err == nil && m.Name == moneysocket.RequestRendezvous {
				met := moneysocket.NewNotification(moneysocket.NotifyRendezvous, m.UUID)
				met.Rendezvous = m.Rendezvous
				say(met.Text())
				continue
			}
			m, err := codec.Decode(frame)
			switch {
			case err != nil:
			case m.Name == moneysocket.RequestProvider:
				show(moneysocket.Bitcoin(1000))
			case m.Name == moneysocket.RequestInvoice:
				made := moneysocket.NewNotification(moneysocket.NotifyInvoice, m.UUID)
				made.Bolt11 = billOf(t, 2, amount.Msat(m.Msats)).Invoice
				say(codec.Encode(made))
			case m.Name == moneysocket.RequestPay:
				for n := range 2 {
					lie := moneysocket.NewNotification(moneysocket.NotifyPreimage, m.UUID)
					lie.Preimage = secretHex(n + 1)
					say(lie.Text())
				}
				no := moneysocket.NewNotification(moneysocket.NotifyError, m.UUID)
				no.Error = "no_route"
				say(no.Text())
				show(moneysocket.Bitcoin(999)) // and then what is true
			}
		}
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	node := through(t, moneysocket.Beacon{Seed: seed, Locations: []moneysocket.Location{{Host: "127.0.0.1", Port: uint16(number), Plain: true}}})
	asks(t, node, 7000)
	paying(t, node, p)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for b := (lightning.Balance{}); b.Local != 999; <-tick.C {
		if b, err = node.Balance(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	is(t, node, p.Hash, lightning.InFlight)
	if all, _, err := node.Received(t.Context(), 0, 10); err != nil || len(all) != 0 {
		t.Errorf("listed %+v (%v)", all, err)
	}
}
