package main

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestClocksThatDisagree(t *testing.T) {
	d := dbtest.SQLite(t)
	const now = 1_800_000_000
	d.SetClock(func() time.Time { return time.Unix(now, 0) })
	for ahead, ok := range map[int64]bool{0: true, 5: true, -5: true, 6: false, -6: false, 660: false} {
		err := inTime(t.Context(), d, func() time.Time { return time.Unix(now+ahead, 0) })
		if (err == nil) != ok {
			t.Errorf("%d seconds ahead: got %v", ahead, err)
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
