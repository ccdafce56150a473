package fiat

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
)

// Parse reads a document of rates: what one bitcoin costs, by the code of the
// currency. A rate is a number or a string that holds one. Keys that are no
// code of a Currency ("time") are passed over, whatever they hold, and so is
// the rate -1, by which mempool says that it knows none. Any other rate that
// makes no sense makes the whole document senseless. A key that is there
// twice counts as it is there last.
func Parse(body []byte) (map[string]*big.Rat, error) {
	if len(body) > Longest {
		return nil, fmt.Errorf("fiat: more than %d bytes", Longest)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, errors.New("fiat: not a JSON object") // the answer is a stranger's: it is not repeated
	}
	per := map[string]*big.Rat{}
	for code, raw := range all {
		if _, ok := currencies[code]; !ok {
			continue
		}
		text := string(raw)
		if text == "-1" {
			continue
		}
		if len(raw) > 0 && raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return nil, fmt.Errorf("fiat: %s is no number", code)
			}
		}
		var err error
		if per[code], err = number(text); err != nil {
			return nil, fmt.Errorf("fiat: %s %w", code, err)
		}
	}
	if len(per) == 0 {
		return nil, errors.New("fiat: not one currency is in it")
	}
	return per, nil
}

// decimal is how a rate may be written. Its length is bounded, and so is its
// exponent: "1e999999999" is a short text of a number that fills a memory.
var decimal = regexp.MustCompile(`^[0-9]{1,24}(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?$`)

// Between these is the price of a bitcoin, in whatever currency.
var (
	lowest  = big.NewRat(1, 1_000_000_000_000_000_000)
	highest = big.NewRat(1_000_000_000_000_000_000, 1)
)

func number(text string) (*big.Rat, error) {
	if !decimal.MatchString(text) {
		return nil, errors.New("is no decimal number above 0")
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, errors.New("is no decimal number above 0")
	}
	if n.Cmp(lowest) < 0 || n.Cmp(highest) > 0 {
		return nil, errors.New("is out of range")
	}
	return n, nil
}
