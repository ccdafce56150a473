package moneysocketdoor

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// show shows the app its wallet, if that is not what it saw.
func (l *link) show(w wallet.AppWallet) {
	l.mu.Lock()
	same := l.shown != nil && equal(*l.shown, w)
	l.shown = &w
	l.mu.Unlock()
	if !same {
		l.provider.Show(w.Pays, w.Receives, wad(w))
	}
}

func equal(a, b wallet.AppWallet) bool {
	if a.Fiat != nil && b.Fiat != nil && *a.Fiat == *b.Fiat {
		a.Fiat = b.Fiat
	}
	return a == b
}

// least is what an app is shown that may spend nothing and may be paid. Apps
// take the price of a unit from the wad, by division, and the shop of the
// reference programs breaks at 0.
const least amount.Msat = 1

// wad is what an app may spend, as it shall be said.
func wad(w wallet.AppWallet) moneysocket.Wad {
	m := max(0, w.Amount)
	if w.Receives {
		m = max(least, m)
	}
	if f := w.Fiat; f != nil {
		return moneysocket.Fiat(moneysocket.Msat(m), json.Number(units(m, *f)), f.Code, f.Symbol, f.Decimals)
	}
	return moneysocket.Bitcoin(moneysocket.Msat(m))
}

// finest is how many decimals units have at most. The smallest amount is worth
// a part of the smallest coin, and a shop that divides by it gets its prices.
const finest = 15

// units is what m is worth, cut off where nobody would miss it, so that units
// and msat together give the price that the desk knows.
func units(m amount.Msat, f wallet.Fiat) string {
	n, ok := new(big.Rat).SetString(f.PerBTC)
	if !ok || n.Sign() <= 0 {
		return f.Units
	}
	n.Mul(n, big.NewRat(int64(m), int64(amount.BTC)))
	text := new(big.Int).Quo(new(big.Int).Mul(n.Num(), new(big.Int).Exp(big.NewInt(10), big.NewInt(finest), nil)), n.Denom()).String()
	text = strings.Repeat("0", max(0, finest+1-len(text))) + text
	dot := len(text) - finest
	return strings.TrimRight(strings.TrimRight(text[:dot]+"."+text[dot:], "0"), ".")
}
