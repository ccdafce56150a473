package moneysocket

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Wad is a balance as a provider shows it: millisatoshi, and how they are to be
// said, which is in bitcoin or, if Stable, in another unit.
type Wad struct {
	Msats  Msat
	Stable bool
	Units  json.Number // of the asset, a decimal number; for bitcoin the millisatoshi again
	Code   string      // "BTC", or of the other unit, up to 20 characters

	Countries *string // up to 200 characters
	Decimals  *int    // 0 to 10
	ISO       *int    // number of ISO 4217
	Name      *string // up to 50 characters
	Symbol    *string // up to 5 characters
}

// Bitcoin returns the wad of an amount, as all programs write it.
func Bitcoin(m Msat) Wad {
	return Wad{Msats: m, Units: json.Number(strconv.FormatInt(int64(m), 10)), Code: "BTC",
		Countries: new("All"), Decimals: new(0), Name: new("Bitcoin"), Symbol: new("\u20bf")}
}

// Fiat returns the wad of an amount that is shown in another unit, whatever
// the amount is worth in it: units is a decimal number. Countries are left out:
// the lists of some currencies are longer than other programs accept.
//
// What others could not read is left out: a symbol of more than 5 characters,
// decimals outside of 0 to 10, both of LTC and ETH; units that are no decimal
// number of 0 or more, or a code of more than 20 characters, give the bitcoin
// wad.
func Fiat(m Msat, units json.Number, code, symbol string, decimals int) Wad {
	n, err := readNumber(json.RawMessage(units))
	if err != nil || !json.Valid([]byte(units)) || n.Sign() < 0 || code == "" || utf8.RuneCountInString(code) > 20 {
		return Bitcoin(m)
	}
	w := Wad{Msats: m, Stable: true, Units: units, Code: code}
	if code == "LTC" || code == "ETH" {
		return w
	}
	if decimals >= 0 && decimals <= 10 {
		w.Decimals = &decimals
	}
	if utf8.RuneCountInString(symbol) <= 5 {
		w.Symbol = &symbol
	}
	return w
}

// wadKeys are the keys of a wad: all of them, and no other.
var wadKeys = []string{"msats", "asset_stable", "asset_units", "code", "countries", "decimals", "iso_num", "name", "symbol"}

// readWad reads a wad or null, which is no wad.
func readWad(raw json.RawMessage) (*Wad, error) {
	if isNull(raw) {
		return nil, nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil, errors.New("wad must be a dictionary")
	}
	for _, key := range wadKeys {
		if _, ok := all[key]; !ok || len(all) != len(wadKeys) {
			return nil, errors.New("key set not consistent with wad dictionary")
		}
	}
	var w Wad
	var err error
	if w.Msats, err = readMsats(all["msats"]); err != nil {
		return nil, err
	}
	if err = readBool(&w.Stable, all["asset_stable"], "asset_stable"); err != nil {
		return nil, err
	}
	units, err := readNumber(all["asset_units"])
	if err != nil || units.Sign() < 0 {
		return nil, errors.New("asset_units must be a positive number")
	}
	w.Units = json.Number(all["asset_units"])
	if w.Code, err = readText(all["code"], "code", 4*20); err != nil || utf8.RuneCountInString(w.Code) > 20 {
		return nil, errors.New("code is no string of up to 20 characters")
	}
	if err = w.readNullable(all); err != nil {
		return nil, err
	}
	if !w.Stable {
		w = Bitcoin(w.Msats) // whatever else it says about bitcoin
	}
	return &w, nil
}

func (w *Wad) readNullable(all map[string]json.RawMessage) error {
	for key, text := range map[string]struct {
		to    **string
		limit int
	}{"countries": {&w.Countries, 1000}, "name": {&w.Name, 50}, "symbol": {&w.Symbol, 5}} {
		raw := all[key]
		if isNull(raw) {
			continue
		}
		s, err := readText(raw, key, 4*text.limit)
		if err != nil {
			return err
		}
		if utf8.RuneCountInString(s) > text.limit {
			return errors.New(key + " is too long")
		}
		*text.to = &s
	}
	for key, to := range map[string]**int{"decimals": &w.Decimals, "iso_num": &w.ISO} {
		raw := all[key]
		if isNull(raw) {
			continue
		}
		n, err := strconv.Atoi(string(raw))
		if err != nil || key == "decimals" && (n < 0 || n > 10) {
			return errors.New("unknown " + key)
		}
		*to = &n
	}
	return nil
}

func appendWad(to []byte, w *Wad) []byte {
	if w == nil {
		return append(to, "null"...)
	}
	to = append(to, `{"msats": `...)
	to = strconv.AppendInt(to, int64(w.Msats), 10)
	to = append(to, `, "asset_stable": `...)
	to = strconv.AppendBool(to, w.Stable)
	to = append(to, `, "asset_units": `...)
	to = append(to, w.Units...)
	to = appendString(append(to, `, "code": `...), w.Code)
	to = appendNullable(append(to, `, "countries": `...), w.Countries)
	to = appendInt(append(to, `, "decimals": `...), w.Decimals)
	to = appendInt(append(to, `, "iso_num": `...), w.ISO)
	to = appendNullable(append(to, `, "name": `...), w.Name)
	to = appendNullable(append(to, `, "symbol": `...), w.Symbol)
	return append(to, '}')
}

func appendInt(to []byte, n *int) []byte {
	if n == nil {
		return append(to, "null"...)
	}
	return strconv.AppendInt(to, int64(*n), 10)
}

// String says a wad as other programs do, "₿ 12345.678 sat" or "$ 1.23 USD".
func (w Wad) String() string {
	if !w.Stable {
		return fmt.Sprintf("₿ %d.%03d sat", w.Msats/1000, w.Msats%1000)
	}
	text := string(w.Units)
	if n, err := readNumber(json.RawMessage(text)); err == nil {
		digits := 2
		if w.Decimals != nil {
			digits = *w.Decimals
		}
		text = n.FloatString(digits)
	}
	if w.Symbol != nil {
		text = *w.Symbol + " " + text
	}
	return text + " " + w.Code
}
