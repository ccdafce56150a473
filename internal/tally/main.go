// Command tally reads `go test -json`, prints what failed in full and every
// skipped test with its reason, and ends with one line of counts. What was
// skipped never counts as passed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// event is one line of test2json.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

func main() {
	failed, err := tally(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func tally(in io.Reader, out io.Writer) (failed int, err error) {
	passed, skipped, ran := 0, 0, 0
	output := map[string][]string{} // of each test under way
	var skips []string
	s := bufio.NewScanner(in)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var e event
		if json.Unmarshal(s.Bytes(), &e) != nil {
			fmt.Fprintln(out, s.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] = append(output[key], e.Output)
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "pass", "fail", "skip":
			said := output[key]
			delete(output, key)
			if e.Test == "" {
				fmt.Fprintf(out, "%-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
				ran++
				if e.Action == "fail" {
					failed++
					fmt.Fprint(out, strings.Join(said, ""))
					unended(out, output, e.Package)
				}
				continue
			}
			switch e.Action {
			case "pass":
				passed++
				if raced(said) {
					fmt.Fprintf(out, "--- RACE %s\n%s", key, strings.Join(said, ""))
				}
			case "skip":
				skipped++
				skips = append(skips, key+": "+reason(said))
			case "fail":
				failed++
				fmt.Fprintf(out, "--- FAIL %s\n%s", key, strings.Join(said, ""))
			}
		}
	}
	if err := s.Err(); err != nil {
		return 0, err
	}
	if ran == 0 {
		return 0, fmt.Errorf("no test ran")
	}
	for _, k := range skips {
		fmt.Fprintln(out, "skipped:", k)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	return failed, nil
}

// raced reports whether the race detector spoke while a test ran: the test may pass
// all the same, and the race, of a goroutine of another one, fails the package.
func raced(said []string) bool {
	return slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, "WARNING: DATA RACE") })
}

// unended prints the tests of a package that failed before they had ended.
func unended(out io.Writer, output map[string][]string, pkg string) {
	for _, key := range slices.Sorted(maps.Keys(output)) {
		if strings.HasPrefix(key, pkg+" ") {
			fmt.Fprintf(out, "--- NOT ENDED %s\n%s", key, strings.Join(output[key], ""))
			delete(output, key)
		}
	}
}

// reason is the line in which a test says why it does not run.
func reason(said []string) string {
	for _, line := range said {
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "===") && !strings.HasPrefix(t, "---") {
			return t
		}
	}
	return "no reason given"
}
