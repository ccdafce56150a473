//go:build js && wasm

// Command wasm is the Go side of the JavaScript module: it hands the stacks of
// package moneysocket to a page, through one object, and runs until the page
// ends. See moneysocket.js for what the page sees.
package main

import (
	"syscall/js"
)

func main() {
	ready := js.Global().Get("__moneysocket")
	for name, f := range map[string]func(args []js.Value) any{
		"encodeBeacon": encodeBeacon,
		"decodeBeacon": decodeBeacon,
		"parseInvoice": parseInvoice,
		"consumer":     consumer,
		"provider":     provider,
	} {
		ready.Set(name, guarded(f))
	}
	ready.Call("ready")
	select {}
}

// guarded is a function for the page that never throws: what goes wrong comes
// back as {error: text}, which the module throws.
func guarded(f func([]js.Value) any) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) (result any) {
		defer func() {
			if e := recover(); e != nil {
				result = map[string]any{"error": "wrong arguments"}
			}
		}()
		return f(args)
	})
}

func failed(err error) any { return map[string]any{"error": err.Error()} }
