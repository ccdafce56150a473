package lime

import (
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/tally"
)

func TestWrongSecretsSlowANetworkDown(t *testing.T) {
	const thief = "192.0.2.1"
	now := time.Unix(1_700_000_000, 0)
	fresh := func(wrong int, from func(int) string) *failures {
		f := new(failures)
		f.allow(3)
		f.Clock = func() time.Time { return now }
		for i := range wrong {
			if long, ok := f.Wait(network(from(i))); long != 0 || !ok {
				t.Fatalf("number %d waits %s, %v", i, long, ok)
			}
			f.add(from(i))
		}
		return f
	}
	one := func(int) string { return thief }
	for name, tt := range map[string]struct {
		wrong int
		from  func(int) string
		who   string
		later time.Duration
		slow  bool
	}{
		"one less than too many":  {2, one, thief, 0, false},
		"too many":                {3, one, thief, 0, true},
		"another network":         {3, one, "192.0.2.2", 0, false},
		"a minute later":          {3, one, thief, time.Minute + 1, false},
		"many of one household":   {3, func(i int) string { return fmt.Sprintf("2001:db8:0:1::%x", i) }, "2001:db8:0:1::9", 0, true},
		"this machine is no one":  {9, func(int) string { return "127.0.0.1" }, "127.0.0.1", 0, false},
		"who has no address, too": {9, func(int) string { return "" }, "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			begin := now
			defer func() { now = begin }()
			f := fresh(tt.wrong, tt.from)
			now = now.Add(tt.later)
			for i := range failurePauses + 1 {
				want := time.Duration(0)
				if tt.slow {
					want = time.Duration(i) * tally.Pause
				}
				if long, ok := f.Wait(network(tt.who)); long != want || !ok {
					t.Fatalf("number %d waits %s, want %s", i, long, want)
				}
			}
			if err := f.slow(t.Context(), tt.who); (err != nil) != tt.slow || err != nil && ReasonOf(err, 0).Code != RequestLimit {
				t.Errorf("one more hears %v", err)
			}
			now = now.Add(tally.Pause)
			if _, ok := f.Wait(network(tt.who)); !ok {
				t.Error("nobody may wait a moment later")
			}
		})
	}
}
