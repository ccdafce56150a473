package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/config"
)

// A node that hangs takes nobody else's time: what is well is not blamed for it. What
// is said comes in its order, whoever was first.
func TestAHungNodeIsTheOnlyOneThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context, _ config.Config) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}
		slow := func(ctx context.Context, _ config.Config) (string, error) {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(checkTime * 3 / 4):
				return "answers", nil
			}
		}
		var out bytes.Buffer
		failed := tryAll(t.Context(), &out, config.Config{}, []oneCheck{{"chain", hangs}, {"lightning", hangs}, {"p2p", slow}, {"xmpp", slow}})
		if !slices.Equal(failed, []string{"chain", "lightning"}) {
			t.Errorf("%q failed", failed)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			name, rest, _ := strings.Cut(line, " ")
			got = append(got, name+" "+strings.Fields(rest)[0])
		}
		want := "chain FAILED:,lightning FAILED:,p2p ok:,xmpp ok:"
		if said := strings.Join(got, ","); said != want {
			t.Errorf("got %s, want %s\n%s", said, want, out.String())
		}
	})
}
