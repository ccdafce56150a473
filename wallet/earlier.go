package wallet

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Earlier is the result of a request that came before, as it was stored: its type, and
// what it was. It is an error where a result of another type is asked for.
type Earlier struct {
	Is     string // name of the type, with its package
	Result json.RawMessage
}

func (e *Earlier) Error() string { return "wallet: the request was answered before, by a " + e.Is }

// TypeOf names the type of a result. A name that is changed is not known any more in the
// keys that were spent before, which are kept for a week.
func TypeOf[T any]() string { return reflect.TypeFor[T]().String() }

// Read is the result, if it is of that type.
func Read[T any](e *Earlier) (v T, err error) {
	if e.Is != TypeOf[T]() {
		return v, e
	}
	if err := json.Unmarshal(e.Result, &v); err != nil {
		return v, fmt.Errorf("wallet: stored result: %w", err)
	}
	return v, nil
}

// replied is the type of results of before there were types: replies of chat.
const replied = "command.Reply"

// UnmarshalJSON reads what stored writes, and what was stored before there were types.
func (e *Earlier) UnmarshalJSON(text []byte) error {
	var typed struct {
		Is     string          `json:"is"`
		Result json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(text, &typed); err != nil {
		return err
	}
	e.Is, e.Result = typed.Is, typed.Result
	if e.Is == "" {
		e.Is, e.Result = replied, append(json.RawMessage{}, text...)
	}
	return nil
}

// stored is a result as the database keeps it.
func stored[T any](v T) (string, error) {
	text, err := json.Marshal(struct {
		Is     string `json:"is"`
		Result T      `json:"result"`
	}{TypeOf[T](), v})
	if err != nil {
		return "", fmt.Errorf("wallet: result: %w", err)
	}
	return string(text), nil
}
