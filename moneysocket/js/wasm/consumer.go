//go:build js && wasm

package main

import (
	"context"
	"syscall/js"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// consumer takes (beacon, handlers) and returns its methods.
func consumer(args []js.Value) any {
	l, err := link(args[0].String())
	if err != nil {
		return failed(err)
	}
	on := args[1]
	c := &moneysocket.Consumer{Link: l,
		OnInfo:    func(i moneysocket.Info) { call(on, "info", fromInfo(i)) },
		OnEvent:   func(e moneysocket.Event) { call(on, "event", fromEvent(e)) },
		OnPong:    func(d time.Duration) { call(on, "pong", int(d.Milliseconds())) },
		OnInvoice: func(bolt11 string) { call(on, "invoice", bolt11) },
		OnError:   func(no moneysocket.Refused) { call(on, "error", no.Text) },
		OnReceived: func(p moneysocket.Payment) {
			call(on, "received", map[string]any{"bolt11": p.Bolt11, "hash": p.Hash, "preimage": p.Preimage, "msats": msats(p.Msats)})
		},
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_ = c.Run(ctx)
		call(on, "ended")
	}()
	return map[string]any{
		"invoice": guarded(func(args []js.Value) any {
			m, err := readMsats(args[0])
			if err != nil {
				return failed(err)
			}
			description, done := text(args[1]), args[2]
			go answer(done, func() (any, error) { return c.Invoice(ctx, m, description) })
			return nil
		}),
		"pay": guarded(func(args []js.Value) any {
			bolt11, done := args[0].String(), args[1]
			go answer(done, func() (any, error) {
				p, err := c.Prove(ctx, bolt11)
				paid := map[string]any{"preimage": p.Preimage, "ext": p.Ext, "fee": nil}
				if fee, told := p.Fee(); told {
					paid["fee"] = msats(fee)
				}
				return paid, err
			})
			return nil
		}),
		"watch": guarded(func(args []js.Value) any {
			if err := c.Watch(args[0].String()); err != nil {
				return failed(err)
			}
			return nil
		}),
		"close": guarded(func([]js.Value) any {
			stop()
			return nil
		}),
	}
}

// answer hands the outcome of f to the page.
func answer(done js.Value, f func() (any, error)) {
	defer func() { _ = recover() }() // the module does not throw
	result, err := f()
	if err != nil {
		done.Invoke(js.Null(), kind(err))
		return
	}
	done.Invoke(result)
}
