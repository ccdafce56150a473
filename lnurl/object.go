package lnurl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// object is a JSON object whose values were not looked into.
type object map[string]json.RawMessage

// parseObject reads body as one JSON object and nothing else. A key that is
// there twice is an error: two programs may each believe another of the two.
func parseObject(body []byte) (object, error) {
	if len(body) > LongestAnswer {
		return nil, errors.New("too long")
	}
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	o := object{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if _, twice := o[key]; twice {
			return nil, errors.New("a key is there twice")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		o[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return o, nil
}

// has reports whether there is a value that is not null.
func (o object) has(key string) bool {
	value, ok := o[key]
	return ok && string(value) != "null"
}

// text returns the string under key; ok is false if it is none.
func (o object) text(key string) (s string, ok bool) {
	if value := o[key]; len(value) == 0 || value[0] != '"' {
		return "", false
	}
	err := json.Unmarshal(o[key], &s)
	return s, err == nil
}

// whole returns the number under key if it is written as a whole number that
// is not negative: 1000, and not 1000.0, 1e3 or "1000".
func (o object) whole(key string) (n int64, ok bool) {
	for _, c := range o[key] {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(o[key]), 10, 64)
	return n, err == nil
}
