//go:build js && wasm

package main

import (
	"errors"
	"strconv"
	"syscall/js"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// msats goes to the page as decimal text, of which the module makes a BigInt:
// a JavaScript number is a float.
func msats(m moneysocket.Msat) string { return strconv.FormatInt(int64(m), 10) }

var errMsats = errors.New("msats is a whole number above 0")

func readMsats(v js.Value) (moneysocket.Msat, error) {
	n, err := strconv.ParseInt(v.String(), 10, 64)
	if err != nil || n < 0 || moneysocket.Msat(n) > moneysocket.MaxMsat {
		return 0, errMsats
	}
	return moneysocket.Msat(n), nil
}

func text(v js.Value) string {
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

func fromInfo(i moneysocket.Info) map[string]any {
	w := map[string]any{"msats": msats(i.Wad.Msats), "stable": i.Wad.Stable, "units": string(i.Wad.Units), "code": i.Wad.Code, "text": i.Wad.String()}
	return map[string]any{"account": i.Account, "payer": i.Payer, "payee": i.Payee, "wad": w}
}

func fromEvent(e moneysocket.Event) map[string]any {
	m := map[string]any{"state": string(e.State), "hint": string(e.Hint), "retry": int(e.Retry.Milliseconds())}
	if e.Err != nil {
		m["reason"] = e.Err.Error()
	}
	return m
}

// kind names an error for the page.
func kind(err error) map[string]any {
	m := map[string]any{"error": err.Error(), "kind": "failed"}
	for name, is := range map[string]error{"not-sent": moneysocket.ErrNotSent, "unknown": moneysocket.ErrUnknown, "wrong": moneysocket.ErrWrong} {
		if errors.Is(err, is) {
			m["kind"] = name
		}
	}
	if _, ok := errors.AsType[*moneysocket.Refused](err); ok {
		m["kind"] = "refused"
	}
	return m
}

// call calls a function of the page if there is one. What it throws is its own
// affair: the module reports it.
func call(on js.Value, name string, args ...any) {
	defer func() { _ = recover() }()
	if f := on.Get(name); f.Type() == js.TypeFunction {
		f.Invoke(args...)
	}
}
