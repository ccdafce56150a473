//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"syscall/js"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// provider takes (beacon, handlers) and returns its methods. The handlers
// invoice and pay get a request; the page answers it by its uuid when it can.
func provider(args []js.Value) any {
	l, err := link(args[0].String())
	if err != nil {
		return failed(err)
	}
	on := args[1]
	ask := func(name string) func(context.Context, moneysocket.Request) moneysocket.Answer {
		return func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
			call(on, name, map[string]any{"uuid": r.UUID, "msats": msats(max(r.Msats, r.Invoice.Amount)), "description": r.Description,
				"bolt11": r.Bolt11, "hash": r.Invoice.Hash})
			return moneysocket.Answer{} // later
		}
	}
	p := &moneysocket.Provider{Invoice: ask("invoice"), Pay: ask("pay"),
		OnEvent: func(e moneysocket.Event) { call(on, "event", fromEvent(e)) }}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_ = p.Run(ctx, l)
		call(on, "ended")
	}()
	return map[string]any{
		"show": guarded(func(args []js.Value) any {
			w, err := readWad(args[0].Get("wad"))
			if err != nil {
				return failed(err)
			}
			p.Show(args[0].Get("payer").Truthy(), args[0].Get("payee").Truthy(), w)
			return nil
		}),
		"answer": guarded(func(args []js.Value) any {
			a := args[1]
			p.Answer("", args[0].String(), moneysocket.Answer{Bolt11: text(a.Get("bolt11")), Preimage: text(a.Get("preimage")),
				Ext: text(a.Get("ext")), Error: text(a.Get("error"))})
			return nil
		}),
		"received": guarded(func(args []js.Value) any {
			p.Received(args[0].String())
			return nil
		}),
		"close": guarded(func([]js.Value) any {
			stop()
			return nil
		}),
	}
}

// readWad takes {msats} of bitcoin, or {msats, units, code, symbol, decimals}.
func readWad(v js.Value) (moneysocket.Wad, error) {
	m, err := readMsats(v.Get("msats"))
	if err != nil || !v.Get("code").Truthy() || text(v.Get("code")) == "BTC" {
		return moneysocket.Bitcoin(m), err
	}
	return moneysocket.Fiat(m, json.Number(text(v.Get("units"))), text(v.Get("code")), text(v.Get("symbol")), v.Get("decimals").Int()), nil
}
