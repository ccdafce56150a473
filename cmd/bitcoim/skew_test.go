package main

import (
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestClocksThatDisagree(t *testing.T) {
	d := dbtest.SQLite(t)
	const now = 1_800_000_000
	d.SetClock(func() time.Time { return time.Unix(now, 0) })
	for ahead, want := range map[int64]string{0: "", 5: "", -5: "", 6: "is 6 seconds ahead", -6: "is 6 seconds behind", 660: "is 660 seconds ahead", -660: "is 660 seconds behind"} {
		err := inTime(t.Context(), d, func() time.Time { return time.Unix(now+ahead, 0) })
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d seconds ahead: got %v, want %q", ahead, err, want)
		}
	}
	first := true
	slow := func() time.Time { // the database takes a minute to answer
		if first {
			first = false
			return time.Unix(now-50, 0)
		}
		return time.Unix(now+10, 0)
	}
	if err := inTime(t.Context(), d, slow); err != nil {
		t.Error(err)
	}
}
