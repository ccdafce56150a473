package answer_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/answer"
)

func TestDecode(t *testing.T) {
	type coin struct {
		TxID   string
		Amount json.Number
		Label  string `json:",omitempty"`
	}
	type said struct {
		Height int64 `json:"blocks"`
		Coins  []coin
		Mine   struct{ Trusted json.Number }
		Until  *int64 `json:"unlocked_until,omitempty"`
		size   int64  // which no node is asked for
	}
	const whole = `{"blocks":7,"coins":[{"txid":"ab","amount":0.10},{"txid":"cd","amount":1,"label":"x"}],"mine":{"trusted":2}}`
	want := said{Height: 7, Coins: []coin{{"ab", "0.10", ""}, {"cd", "1", "x"}}}
	want.Mine.Trusted, want.size = "2", 0
	for _, tt := range []struct {
		name, answer string
		lacks        string // named in the error; "" for none
	}{
		{"all that is asked for", whole, ""},
		{"more, which newer nodes say", strings.Replace(whole, `"blocks":7`, `"blocks":7,"bits":"1d00ffff","signet":{"x":[]}`, 1), ""},
		{"what may be missing is null", strings.Replace(whole, `"blocks":7`, `"blocks":7,"unlocked_until":null`, 1), ""},
		{"a name in other letters", strings.Replace(whole, `"txid"`, `"TxID"`, 1), ""},
		{"a number is missing", strings.Replace(whole, `"blocks":7,`, ``, 1), "blocks"},
		{"a number is null", strings.Replace(whole, `7`, `null`, 1), "blocks"},
		{"a list is missing", `{"blocks":7,"mine":{"trusted":2}}`, "coins"},
		{"a field of the second in a list", strings.Replace(whole, `,"amount":1`, ``, 1), "coins.amount"},
		{"a field of an object", strings.Replace(whole, `"trusted":2`, ``, 1), "mine.trusted"},
		{"a name of before", strings.Replace(whole, `"mine"`, `"watchonly"`, 1), "mine"},
		{"nothing", `null`, "an answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got said
			err := answer.Decode([]byte(tt.answer), &got)
			if tt.lacks != "" {
				if !errors.Is(err, answer.ErrIncomplete) || !strings.Contains(err.Error(), tt.lacks) {
					t.Errorf("got %v, want an error that names %s", err, tt.lacks)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v (%v), want %+v", got, err, want)
			}
		})
	}
	var number int64
	if err := answer.Decode([]byte("null"), &number); !errors.Is(err, answer.ErrIncomplete) {
		t.Errorf("null for a number: got %d (%v)", number, err)
	}
}
