// Package ticker says what somebody waits for, and how long.
package ticker

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Start says every while what is being waited for, until stop is called with how
// it ended. A terminal gets one line that is redrawn each second, a log gets a
// line each 15 seconds.
func Start(w io.Writer, what string) (stop func(how string)) {
	every, format := 15*time.Second, "%s (%d s)\n"
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			every, format = time.Second, "\r%s (%d s)"
		}
	}
	begin := time.Now()
	say := func() { fmt.Fprintf(w, format, what, int(time.Since(begin).Seconds())) }
	say()
	done, ended := make(chan string), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				say()
			case how := <-done:
				fmt.Fprintf(w, format, what+": "+how, int(time.Since(begin).Seconds()))
				if every == time.Second {
					fmt.Fprintln(w)
				}
				return
			}
		}
	}()
	return func(how string) { done <- how; <-ended }
}
