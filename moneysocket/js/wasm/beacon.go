//go:build js && wasm

package main

import (
	"errors"
	"syscall/js"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// encodeBeacon takes {seed?, locations: [{host, port?, plain?}]}; without a
// seed it makes one.
func encodeBeacon(args []js.Value) any {
	b := moneysocket.Beacon{Seed: moneysocket.NewSeed()}
	if text := args[0].Get("seed"); text.Truthy() {
		var err error
		if b.Seed, err = moneysocket.ParseSeed(text.String()); err != nil {
			return failed(err)
		}
	}
	list := args[0].Get("locations")
	for i := range list.Length() {
		at := list.Index(i)
		l := moneysocket.Location{Host: at.Get("host").String(), Plain: at.Get("plain").Truthy()}
		if port := at.Get("port"); port.Truthy() {
			if n := port.Int(); n > 65535 || n < 0 {
				return failed(errors.New("no such port"))
			}
			l.Port = uint16(port.Int())
		}
		b.Locations = append(b.Locations, l)
	}
	text := b.String()
	if _, err := moneysocket.ParseBeacon(text); err != nil {
		return failed(err)
	}
	return text
}

func decodeBeacon(args []js.Value) any {
	b, err := moneysocket.ParseBeacon(args[0].String())
	if errors.Is(err, moneysocket.ErrDraft) {
		return map[string]any{"error": err.Error(), "draft": true}
	}
	if err != nil {
		return failed(err)
	}
	list := []any{}
	for _, l := range b.Locations {
		list = append(list, map[string]any{"transport": string(l.Transport), "url": l.URL()})
	}
	return map[string]any{"seed": b.Seed.Hex(), "rendezvous": string(b.Seed.Rendezvous()), "locations": list}
}

func parseInvoice(args []js.Value) any {
	i, err := moneysocket.ParseInvoice(args[0].String())
	if err != nil {
		return failed(err)
	}
	return map[string]any{"network": i.Network, "msats": msats(i.Amount), "hash": i.Hash}
}

// link is what both stacks are made of: a beacon that is dialled.
func link(text string) (moneysocket.Link, error) {
	b, err := moneysocket.ParseBeacon(text)
	return moneysocket.Outgoing(b, moneysocket.Dialer{}), err
}
