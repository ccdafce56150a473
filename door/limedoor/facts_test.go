package limedoor_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// facts are what the steps cannot know before, and learn on their way.
type facts map[string]string

func (f facts) in(text string) string {
	for name, value := range f {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// learn keeps the newest code, id and address of an answer.
func (f facts) learn(text string) {
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return
	}
	for _, name := range []string{"code", "id", "address"} {
		if value, is := doc[name].(string); is {
			f[name] = value
		}
	}
	f["CODE"] = strings.ToUpper(f["code"])
}

// facts are those of the town.
func (w *town) facts() facts {
	w.t.Helper()
	return facts{
		"bobscode":    w.drafts("bob", "pay 500 ann"),
		"bobsinvoice": w.invoices("bob", "receive 1003").Text,
		"bobs":        w.invoice("bob", "receive 1004"),
		"bobsaddress": w.says("bob", "address").Copy[0],
		"txid":        fmt.Sprintf("%064x", 1), "bobstxid": fmt.Sprintf("%064x", 2),
		"today":    time.Unix(w.clock.Load(), 0).UTC().Format(time.DateOnly),
		"stranger": "bcrt1q6rhpng9evdsfnn833a4f4vej0asu6dk5srld6x",
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
